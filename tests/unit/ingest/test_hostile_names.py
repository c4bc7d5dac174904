"""Cells that were made to cost much: the time that they take grows as they do."""

import itertools
import time
from contextlib import suppress

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.ingest import trade_names
from matchmaker.ingest.bilingual import in_two_languages
from matchmaker.ingest.cells import CellWarning
from matchmaker.ingest.certificates import certificates_in
from matchmaker.ingest.consortia import (
    consortium_members,
    is_only_form,
    is_organization_name,
    listed_members,
    without_others,
)
from matchmaker.ingest.names import name_key, without_former
from matchmaker.ingest.need_sides import sides
from matchmaker.ingest.noted_names import without_notes
from matchmaker.ingest.numbers import clue, is_open, parse
from matchmaker.ingest.parties import name_and_country
from matchmaker.ingest.periods import period_of
from matchmaker.ingest.words import kind, kind_of_name, tier

LENGTH = 16_000  # half of what a cell of a workbook holds
SECONDS = 1.25  # what grows with the square of its length has 5 for a whole one: it was minutes
SAMPLED = 4  # every reader and every part is in the sample
PARTS = (
    " ",
    ",",
    "，",
    "-",
    "\n",
    "\t",
    "(",
    "了",
    "A, ",
    "A Ltd and ",
    "A Ltd/",
    "公司和",
    "GB/T ",
    "1. ",
    "甲、",
    "阀",
    "1-",
)
READERS = (
    consortium_members, listed_members, is_only_form, is_organization_name, without_others,
    name_key, without_former, name_and_country, in_two_languages, period_of, certificates_in, kind,
    kind_of_name, sides, tier, without_notes,
)  # fmt: skip


def sampled(*lists):
    """All combinations; those but one in SAMPLED run in the long matrix only."""
    for number, chosen in enumerate(itertools.product(*lists)):
        yield pytest.param(*chosen, marks=() if number % SAMPLED == 0 else pytest.mark.long)


@pytest.mark.slow
@pytest.mark.parametrize(("reader", "part"), sampled(READERS, PARTS))
def test_a_cell_full_of_anything_is_read_in_seconds(reader, part):
    cell = (part * LENGTH)[:LENGTH]
    began = time.process_time()
    with suppress(InvalidInput, CellWarning):  # a column may refuse it
        reader(f"A{cell}B")
    assert time.process_time() - began < SECONDS


@pytest.mark.slow
def test_blanks_beside_what_is_sought_and_offered_are_read_in_seconds():
    """Of a whole cell of a file 32,000; each took as long as all behind it."""
    began = time.process_time()
    with pytest.raises(InvalidInput):
        sides(f"供{' ' * 2 * LENGTH}求 B")
    assert time.process_time() - began < SECONDS


@pytest.mark.slow
def test_lines_without_end_within_a_chinese_name_are_read_in_seconds():
    """Where a narrow column breaks a name: all ways to share them took four seconds a cell."""
    began = time.process_time()
    name = "示例阀门厂" + "\n" * LENGTH + "B"
    assert in_two_languages(name) == (name, "")
    assert time.process_time() - began < SECONDS
    assert in_two_languages("示例阀门 \n\n 有限公司") == ("示例阀门有限公司", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reader", "part", "ends"),
    sampled(
        [parse, clue, is_open],
        [*PARTS, " (", "1 ", "1.", ".-", "1,", "万", "E", "5m "],
        [("1", "x"), ("1 ", "1"), ("1", " 含税")],
    ),
)
def test_a_number_beside_anything_is_read_in_seconds(reader, part, ends):
    cell = (part * LENGTH)[:LENGTH]
    began = time.process_time()
    with suppress(InvalidInput, CellWarning):
        reader(f"{ends[0]}{cell}{ends[1]}")
    assert time.process_time() - began < SECONDS


def test_a_cell_of_thousands_of_names_names_them_all():
    names = [f"Firm {number} Ltd" for number in range(3_000)]
    assert consortium_members(" and ".join(names)) == tuple(names)


def test_a_name_of_places_without_end_has_as_many_as_a_long_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each look-up of a name beside others cost more with each: 200 questions took 31 seconds."""
    names = trade_names.divisions()
    looked_up: list[str] = []

    class Counted(dict[str, frozenset[str]]):
        def get(self, name, default=None):
            looked_up.append(name)
            return super().get(name, default)

    monkeypatch.setattr(trade_names, "divisions", lambda: Counted(names))
    counts = []
    for repeats in (20, 250):
        looked_up.clear()
        assert trade_names.is_full("中国" * repeats) is False
        counts.append(len(looked_up))
    assert 0 < counts[0] == counts[1]
