"""What people write around a need does not change who answers it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName
from matchmaker.recommend.asides import (
    Aside,
    aside_texts,
    asides,
    clauses_of_long,
    named_in,
    without_named_in,
)
from matchmaker.recommend.model import Request
from matchmaker.recommend.specification import RequirementKind, read
from matchmaker.settings import Settings
from matchmaker.wiring import wire
from tests.samples import copy_samples

# Around each need what its author tells besides, in words that `asides.tsv` does not have.
PLAIN_ZH, AROUND_ZH = (
    "不锈钢阀体铸件，DN100，每月300件",
    "老板您好，我是朋友拉进群的，头一回来这儿发消息。上一家做活的师傅回老家了，电话都打不通，"
    "我们这边急得团团转。{need}。钱的事好说，做得好年年都找你，看到回一下，谢谢老板！",
)
PLAIN_EN, AROUND_EN = (
    "stainless steel valve body castings, DN100, 300 a month",
    "Good day, my cousin showed me this page, I have never used such a thing. The man who worked "
    "for us moved away and his number is dead, so we are rather desperate by now. We need {need}. "
    "Money is not the problem, if it goes well you will hear from us every year. Cheers to all!",
)


@pytest.fixture(scope="module")
def matching(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asides") / "data"
    copy_samples(tmp_path_factory, folder)
    wired = wire(Settings(data_dir=folder, store="", _env_file=None))
    yield wired.matching
    wired.store.close()


def asked(matching, text, **choices):
    request = replace(Request[str](GoalName.SUPPLIER, 10), **choices)
    return matching.for_text(ADMIN, text, request, "", recorded=False)


@pytest.mark.slow
@pytest.mark.parametrize(("plain", "around"), [(PLAIN_ZH, AROUND_ZH), (PLAIN_EN, AROUND_EN)])
def test_who_answers_a_need_answers_it_among_much_else_too(matching, plain, around):
    short, long = asked(matching, plain), asked(matching, around.format(need=plain))
    first = [each.id for each in short.recommendations[:3]]
    assert len(first) == 3
    assert len(set(first) & {each.id for each in long.recommendations[:4]}) >= 2
    assert short.recommendations[0].id in [each.id for each in long.recommendations[:2]]
    (notice,) = long.notices
    assert str(notice).startswith("Said around the need, and not compared: ")
    assert "DN100" not in str(notice)
    assert short.notices == ()
    kinds = {each.kind for each in long.requirements}
    assert {RequirementKind.PRODUCT, RequirementKind.QUANTITY} <= kinds


def test_a_short_text_is_compared_whole():
    assert clauses_of_long(PLAIN_ZH) == clauses_of_long(PLAIN_EN) == []
    assert clauses_of_long("") == []


def test_clauses_are_sentences_and_in_chinese_what_stands_between_commas():
    text = AROUND_ZH.format(need=PLAIN_ZH)
    spans = clauses_of_long(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert [text[start:end] for start, end in spans][:3] == [
        "老板您好，", "我是朋友拉进群的，", "头一回来这儿发消息。",
    ]  # fmt: skip
    text = "It is 3.5 mm thick, 2,000 pieces a year. " * 5
    assert [text[start:end].strip() for start, end in clauses_of_long(text)] == [
        "It is 3.5 mm thick, 2,000 pieces a year."
    ] * 5


def test_what_an_aside_names_is_left_out_and_what_else_it_specifies_stays():
    text = "Ball valves DN50. Could you tell me what a mould costs before the end of March?"
    start = text.index("Could")
    aside = (Aside(start, len(text), text[start:]),)
    said = [item.value for item in named_in(read(text), aside)]
    assert said == ["mould"]
    kinds = {item.kind: item.text for item in read(without_named_in(read(text), aside)).items}
    assert RequirementKind.DEADLINE in kinds
    assert "mould" not in without_named_in(read(text), aside)
    (kept,) = {item.key for item in named_in(read(text), aside)}
    assert "mould" in without_named_in(read(text), aside, {kept})
    assert named_in(read(text), aside, {kept}) == ()


def test_a_text_of_thousands_of_words_on_their_own_costs_no_more_than_one_of_some():
    """They were embedded each: seconds of a processor for one request of 20,000 characters."""
    embedded = []

    def embed(texts, languages, *, kept=False):
        embedded.append(len(texts))
        return np.zeros((len(texts), 2), np.float32)

    snapshot = SimpleNamespace(meta=SimpleNamespace(dimension=2), cached=lambda key, make: make())
    assert asides(snapshot, "\n".join(map(str, range(3000))), "en", embed) == ()
    assert max(embedded) < 1000


def test_asides_are_known_in_both_languages_and_each_once():
    for language in ("zh", "en"):
        assert len(aside_texts()[language]) == len(set(aside_texts()[language])) > 50
    assert set(aside_texts()) == {"zh", "en"}
