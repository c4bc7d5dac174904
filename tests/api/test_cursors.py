"""Cursors: signed, and bound to the question they came from."""

import pytest

from matchmaker.api.http.cursors import Cursors
from matchmaker.errors import InvalidInput

CURSORS = Cursors(lambda: "secret")
QUESTION = {"kind": ["firm"]}


def test_a_cursor_gives_its_place_back():
    assert CURSORS.decode(CURSORS.encode("a:甲/1", QUESTION), QUESTION) == "a:甲/1"


def test_the_last_page_has_no_cursor():
    assert CURSORS.encode(None, QUESTION) is None
    assert CURSORS.decode(None, QUESTION) is None


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "a.b", "W10.x", Cursors(lambda: "another").encode("a:1", QUESTION)],
    ids=["empty", "short", "two parts", "bad signature", "another secret"],
)
def test_a_forged_cursor_is_refused(cursor):
    with pytest.raises(InvalidInput) as refused:
        CURSORS.decode(cursor, QUESTION)
    assert refused.value.where == "cursor"


def test_a_cursor_of_another_question_is_refused():
    with pytest.raises(InvalidInput):
        CURSORS.decode(CURSORS.encode("a:1", QUESTION), {"kind": ["university"]})
