"""What statements say in other words, against a plain loop over statements."""

import math
from collections.abc import Iterable
from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.dictionary import dictionary, words_of
from matchmaker.domain import GraphRows, Kind, Offer, OfferKind, Organization
from matchmaker.snapshot.build import build
from matchmaker.snapshot.lexical import build_lexical
from matchmaker.snapshot.model import Snapshot
from matchmaker.snapshot.other_words import (
    MOST_CONCEPTS,
    WIDER,
    ListedThing,
    concept_share,
    translated_share,
)
from matchmaker.store.ports import Export
from matchmaker.text import terms
from matchmaker.thesaurus import named, thesaurus

SAID = ("铸造", "翻砂件", "sand casting", "阀门", "球阀", "valves", "ball valve", "不锈钢",
        "stainless steel", "CNC", "袜子", "seals and gaskets", "泵", "pump")  # fmt: skip
TEXTS = st.lists(st.lists(st.sampled_from(SAID), max_size=4).map(" ".join), min_size=1, max_size=8)
ASKED = st.lists(st.sampled_from(SAID), min_size=1, max_size=4).map(", ".join)


def offered(texts: Iterable[str]) -> tuple[Snapshot, list[int]]:
    """A graph of these offers, and where each of them stands among its statements."""
    offers = tuple(
        Offer(f"o:{number}", "t:firm", OfferKind.PRODUCT, text or "—")
        for number, text in enumerate(texts)
    )
    rows = GraphRows(organizations=(Organization("t:firm", "Firm", Kind.FIRM),), offers=offers)
    snapshot = build(Export(1, rows), date(2020, 1, 1), None)
    ids = snapshot.statements.table["id"].to_pylist()
    return snapshot, [ids.index(offer.id) for offer in offers]


@given(TEXTS, ASKED)
def test_shares_of_concepts_are_those_of_a_plain_loop(texts: list[str], asked: str) -> None:
    snapshot, order = offered(texts)
    said = [set(terms(text or "—")) for text in texts]
    concepts, coverage = named(asked)
    known = thesaurus().concepts

    def names(statement: set[str], concept: int) -> bool:
        forms = (set(terms(form)) for form in known[concept].forms)
        return any(form and form <= statement for form in forms)

    total, sums = 0.0, [0.0] * len(texts)
    for number, worth in sorted(concepts.items(), key=lambda item: -item[1])[:MOST_CONCEPTS]:
        same = (number, *known[number].narrower)
        scores = [
            1.0 if any(names(statement, each) for each in same)
            else WIDER if any(names(statement, each) for each in known[number].wider)
            else 0.0
            for statement in said
        ]  # fmt: skip
        spoken = sum(bool(statement) for statement in said)
        rarity = worth * math.log1p(spoken / (1 + sum(score > 0 for score in scores)))
        total += rarity
        sums = [a + rarity * score for a, score in zip(sums, scores, strict=True)]
    shares = concept_share(snapshot, asked)
    if not total:
        assert shares is None
        return
    expected = [each / total * math.sqrt(coverage) for each in sums]
    assert shares is not None
    np.testing.assert_allclose(shares[order], expected, rtol=1e-5, atol=1e-7)


@given(TEXTS, ASKED, st.data())
def test_translated_shares_are_those_of_a_plain_loop(
    texts: list[str], asked: str, data: st.DataObject
) -> None:
    is_chinese = [data.draw(st.booleans()) for _ in texts]
    chinese = np.flatnonzero(is_chinese).astype(np.int32)
    said = [set(terms(text)) for text in texts]
    total, sums = 0.0, [0.0] * len(texts)
    for word in words_of(asked):
        headwords = dictionary().headwords_of(word)
        scores = [
            max(
                [share for each, share in headwords.items()
                 if set(terms(each)) and set(terms(each)) <= statement]
                + [1.0 for term in terms(word) if term in statement]
                + [0.0]
            ) if is_there else 0.0
            for statement, is_there in zip(said, is_chinese, strict=True)
        ]  # fmt: skip
        rarity = math.log1p(len(chinese) / (1 + sum(score > 0 for score in scores)))
        total += rarity
        sums = [a + rarity * score for a, score in zip(sums, scores, strict=True)]
    expected = [each / total if total else 0.0 for each in sums]
    shares = translated_share(build_lexical(texts), asked, chinese)
    np.testing.assert_allclose(shares, expected, rtol=1e-5, atol=1e-7)


def test_an_english_question_is_answered_by_the_chinese_words_for_it() -> None:
    texts = ["铸件和阀门", "不锈钢阀门", "袜子", "castings and valves", "CNC 车床"]
    shares = translated_share(
        build_lexical(texts), "castings, valves", np.arange(3, dtype=np.int32)
    )
    # Of three statements in Chinese one says castings and two say valves, both in full.
    castings, valves = math.log(1 + 3 / 2), math.log(1 + 3 / 3)
    expected = [1, valves / (castings + valves), 0, 0, 0]
    np.testing.assert_allclose(shares, expected, rtol=1e-6)


def test_a_word_that_a_chinese_statement_has_as_it_is_needs_no_translation() -> None:
    index = build_lexical(["CNC 车床", "袜子"])
    shares = translated_share(index, "CNC", np.arange(2, dtype=np.int32))
    assert shares.tolist() == [1, 0]


def stating(*offers: str) -> tuple[Snapshot, list[int]]:
    """A graph of one firm that says these, and the row of each."""
    rows = GraphRows(
        organizations=(Organization("t:firm", "Firm", Kind.FIRM),),
        offers=tuple(
            Offer(f"o:{number}", "t:firm", OfferKind.PRODUCT, text)
            for number, text in enumerate(offers)
        ),
    )
    snapshot = build(Export(1, rows), date(2020, 1, 1), None)
    ids = snapshot.statements.table["id"].to_pylist()
    return snapshot, [ids.index(f"o:{number}") for number in range(len(offers))]


def test_who_names_the_same_in_other_words_or_a_narrower_thing_says_it() -> None:
    """Of four statements two say sand casting and one casting; one says ball valve."""
    offers = ("翻砂件，来图加工", "green sand casting of grey iron", "铸造", "球阀")
    snapshot, order = stating(*offers)
    assert concept_share(snapshot, "你好") is None
    assert concept_share(build(Export(1, GraphRows()), date(2020, 1, 1), None), "铸造") is None
    narrow = concept_share(snapshot, "砂型铸造")
    assert narrow is not None
    np.testing.assert_allclose(narrow[order], [1, 1, 0.4, 0], rtol=1e-6)
    wide = concept_share(snapshot, "casting")
    assert wide is not None
    np.testing.assert_allclose(wide[order], [1, 1, 1, 0], rtol=1e-6)
    # Both name half of what is asked for; sand casting is said by three, a ball valve by one.
    both = concept_share(snapshot, "砂型铸造球阀")
    assert both is not None
    casting, valve = math.log(1 + 4 / 4), math.log(1 + 4 / 2)
    share = casting / (casting + valve)
    np.testing.assert_allclose(both[order], [share, share, 0.4 * share, 1 - share], rtol=1e-6)


def test_things_of_lists_are_asked_for_beside_the_concepts_of_the_thesaurus() -> None:
    """Of three statements one says the sprayed carbide, by a grade, and one that it sprays."""
    offers = ("HVOF喷WC-12Co，球体", "热喷涂加工", "袜子")
    snapshot, order = stating(*offers)
    spraying = ListedThing("process", "thermal spraying", ("hvof", "热喷涂"), "tungsten carbide")
    carbide = ListedThing("material", "made-up carbide", ("wc-12co",), "sprayed on")
    # 24 of 24 letters are of what is sought; two of three statements spray, one says the grade.
    text = "tungsten carbide sprayed on"
    shares = concept_share(snapshot, text, (spraying, carbide))
    assert shares is not None
    sprayed, made_up = math.log(1 + 3 / 3), math.log(1 + 3 / 2)
    known = math.log(1 + 3 / 1)  # the thesaurus knows tungsten carbide, which no statement names
    total = sprayed + made_up + known
    expected = [(sprayed + made_up) / total, sprayed / total, 0]
    np.testing.assert_allclose(shares[order], expected, rtol=1e-5)


def test_a_thing_that_a_list_and_the_thesaurus_know_counts_once() -> None:
    snapshot, order = stating("铸造", "浇铸件", "袜子")
    listed = ListedThing("process", "casting", ("铸造", "浇铸件"), "铸造")
    shares = concept_share(snapshot, "铸造", (listed,))
    assert shares is not None
    np.testing.assert_allclose(shares[order], [1, 1, 0], rtol=1e-6)


def test_a_thing_on_no_list_is_asked_for_as_it_is_said() -> None:
    snapshot, order = stating("阀门手轮", "袜子")
    shares = concept_share(snapshot, "手轮", (ListedThing("product", "手轮", (), "手轮"),))
    assert shares is not None
    assert shares[order][0] > 0 == shares[order][1]
