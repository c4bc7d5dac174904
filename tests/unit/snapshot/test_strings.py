"""Single strings of a column are those that Arrow tells, however the column lies in memory."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.snapshot.strings import StringColumn

texts = st.lists(st.text(alphabet="aé中𝛼\n\x00 ", max_size=6), max_size=8)


@given(texts, st.sampled_from([pa.string(), pa.large_string()]), st.integers(0, 3))
def test_each_string_is_that_of_the_column(said: list[str], kind: pa.DataType, left: int) -> None:
    column = StringColumn(pa.chunked_array([pa.array(said, kind)[left:]]))
    assert [column[row] for row in range(len(column))] == said[left:]


@given(texts, texts)
def test_a_column_in_pieces_and_one_with_gaps_are_read_alike(
    some: list[str], others: list[str]
) -> None:
    pieces = pa.chunked_array([pa.array([*some, None], pa.string()), pa.array(others, pa.string())])
    column = StringColumn(pieces)
    assert [column[row] for row in range(len(column))] == [*some, None, *others]


def test_no_row_but_those_there_are() -> None:
    column = StringColumn(pa.chunked_array([pa.array(["a", "b"])[:1]]))
    with pytest.raises(IndexError):
        column[1]


def test_a_column_goes_to_another_process() -> None:
    column = StringColumn(pa.chunked_array([pa.array(["螺栓", ""])]))
    again = pickle.loads(pickle.dumps(column))
    assert [again[0], again[1]] == ["螺栓", ""]
