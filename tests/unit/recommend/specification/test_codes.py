"""Codes of parts are found as they are written, spaces and dashes aside."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.recommend.specification.codes import occurrence
from matchmaker.recommend.specification.model import Requirement, RequirementKind

CHARACTERS = st.text(st.sampled_from("ab01- /.，"), max_size=24)


@given(st.text(st.sampled_from("ab01/."), min_size=1, max_size=6), CHARACTERS)
def test_a_code_is_found_where_a_pattern_of_its_characters_matches(code: str, text: str) -> None:
    """Between two characters one space or dash at most, and no letter or figure around."""
    pattern = "[ -]?".join(map(re.escape, code))
    expected = re.search(rf"(?<![a-z0-9]){pattern}(?![a-z0-9])", text)
    asked = Requirement(RequirementKind.CODE, code.upper(), code, 0, len(code), code.upper())
    found = occurrence(asked, text)
    assert (found and (found.start, found.end)) == (expected and expected.span())
