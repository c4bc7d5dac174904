"""By which names a question is compared with statements in the other language."""

from __future__ import annotations

import pytest

from matchmaker.recommend.asked_words import names_abroad


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ball valves", "球阀"),
        ("who makes bonnets", "阀盖"),
        ("who makes bonnets and can also machine them", "阀盖 机加工"),
        ("good morning", ""),
        ("who was here yesterday", ""),
    ],
)
def test_what_is_listed_is_named_in_chinese_too(text: str, names: str) -> None:
    """Seen: nobody makes bonnets, as a model takes them for hats and the thesaurus has none."""
    assert names_abroad(text, "en") == names


def test_what_is_not_wanted_is_not_named() -> None:
    assert "阀盖" not in names_abroad("springs wanted, no bonnets", "en")


def test_a_text_in_chinese_is_named_in_english_by_the_thesaurus() -> None:
    assert names_abroad("球阀", "zh") == "ball valve"
