"""Full text in two languages, and vectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.domain import (
    Description,
    GoalName,
    GraphRows,
    Kind,
    Need,
    NeedState,
    Offer,
    OfferKind,
    OrganizationFilter,
    StatementKind,
)
from matchmaker.store.ports import GraphStore
from tests.contract.graphs import everything, firm

ANY = OrganizationFilter()
DIMENSION = 384


def _about(number: int, text: str) -> Description:
    return Description(f"d:{number}", f"t:{number}", text)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("我厂专做不锈钢阀门铸件，交期三十天。", "阀门"),
        ("專業生產不鏽鋼閥門", "不锈钢阀门"),
        ("专业生产不锈钢阀门", "不鏽鋼閥門"),
        ("We supply ball valves for tanks", "valve"),
        ("Each valve is tested", "VALVES"),
        ("DN50不锈钢球阀", "dn50 球阀"),
        ("耐压1.6MPa的阀体", "1.6mpa"),
    ],
)
def test_a_text_is_found_by_other_spellings(store: GraphStore, text: str, query: str) -> None:
    others = (_about(2, "袜子织造与染整"), _about(3, "Injection moulding of lenses"))
    store.upsert(
        GraphRows(
            organizations=(firm(1), firm(2), firm(3)), descriptions=(_about(1, text), *others)
        )
    )
    hits = store.search(query, ANY, 10)
    assert [hit.organization.id for hit in hits] == ["t:1"]
    assert hits[0].statement is not None
    assert hits[0].statement.id == "d:1"


def test_words_that_say_nothing_find_nobody(store: GraphStore) -> None:
    """A question is not met by an article, in whichever store."""
    texts = (_about(1, "And this is not the one"), _about(2, "Valves for the tank"))
    store.upsert(GraphRows(organizations=(firm(1), firm(2)), descriptions=texts))
    assert store.search("AND OR NOT", ANY, 5) == ()
    hits = store.search("the valves and the pumps", ANY, 5)
    assert [hit.organization.id for hit in hits] == ["t:2"]


def test_a_name_is_found_in_both_languages(store: GraphStore) -> None:
    store.upsert(everything())
    assert store.search("甲阀门", ANY, 5)[0].organization.id == "t:1"
    assert store.search("sample valve", ANY, 5)[0].organization.id == "t:1"


def test_search_is_narrowed_by_filters(store: GraphStore) -> None:
    store.upsert(everything())
    only = OrganizationFilter(kinds=frozenset({Kind.UNIVERSITY}))
    assert [hit.organization.id for hit in store.search("示例", only, 5)] == ["t:3"]
    inside = OrganizationFilter(places=frozenset({"p:zz"}))
    assert store.search("ball valves", inside, 5)[0].organization.id == "t:2"


def test_search_gives_at_most_what_was_asked_for(store: GraphStore) -> None:
    people = tuple(firm(number, f"Valve works {number}") for number in range(8))
    store.upsert(GraphRows(organizations=people))
    assert len(store.search("valve", ANY, 3)) == 3


def test_a_text_that_was_changed_is_no_longer_found(store: GraphStore) -> None:
    store.upsert(GraphRows(organizations=(firm(1),), descriptions=(_about(1, "cobalt"),)))
    store.upsert(GraphRows(descriptions=(_about(1, "nickel"),)))
    assert store.search("cobalt", ANY, 5) == ()
    assert len(store.search("nickel", ANY, 5)) == 1


def test_what_was_closed_or_withdrawn_is_no_longer_found(store: GraphStore) -> None:
    need = Need("n:1", "t:1", GoalName.SUPPLIER, "cobalt rods")
    offer = Offer("o:1", "t:2", OfferKind.PRODUCT, "cobalt tubes")
    store.upsert(GraphRows(organizations=(firm(1), firm(2)), needs=(need,), offers=(offer,)))
    assert {hit.organization.id for hit in store.search("cobalt", ANY, 5)} == {"t:1", "t:2"}
    closed = (replace(need, state=NeedState.CLOSED),)
    store.upsert(GraphRows(needs=closed, offers=(replace(offer, active=False),)))
    assert store.search("cobalt", ANY, 5) == ()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_no_character_has_a_special_meaning(store: GraphStore, query: str) -> None:
    store.search(query, ANY, 5)


@pytest.mark.parametrize(
    "query", ["", " ", '"', "a AND", "NOT", "*", "name:x", "(", "a^2 ~ \\", "NEAR(a b)", "-valve"]
)
def test_operators_are_plain_words(store: GraphStore, query: str) -> None:
    store.upsert(everything())
    store.search(query, ANY, 5)


def _vectors(count: int) -> np.ndarray:
    vectors = np.random.default_rng(3).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_nearest_statements_are_brute_force(store: GraphStore) -> None:
    ids = [f"o:{number:02}" for number in range(30)]
    store.upsert(
        GraphRows(
            organizations=(firm(1),),
            offers=tuple(Offer(id, "t:1", OfferKind.PRODUCT, f"text {id}") for id in ids),
            descriptions=(_about(1, "about"),),
        )
    )
    vectors = _vectors(31)
    store.set_embeddings("r1", [*ids, "d:1", "o:gone"], [*vectors.tolist(), vectors[0].tolist()])
    query = vectors[4] + 0.4 * vectors[9]
    nearest = store.nearest_statements(query.tolist(), frozenset({StatementKind.OFFER}), 5)
    cosine = vectors[:30] @ query / np.linalg.norm(query)
    expected = np.argsort(-cosine)[:5]
    assert [statement.statement.id for statement in nearest] == [ids[number] for number in expected]
    assert [statement.similarity for statement in nearest] == pytest.approx(
        cosine[expected], abs=1e-4
    )
    assert nearest[0].statement.organizations == ("t:1",)


def test_a_vector_goes_with_its_text(store: GraphStore) -> None:
    store.upsert(everything())
    everyone = store.missing_embeddings("r1")
    assert everyone == ("e:1", "n:1", "o:1", "t:1#about")
    version = store.version()
    store.set_embeddings("r1", everyone, _vectors(4).tolist())
    assert store.version() == version
    assert store.missing_embeddings("r1") == ()
    assert store.missing_embeddings("r2") == everyone
    (before,) = everything().descriptions
    changed = Description(before.id, before.organization, "another text", "en")
    store.upsert(GraphRows(descriptions=(changed,), offers=everything().offers))
    assert store.missing_embeddings("r1") == ("t:1#about",)


def test_an_organization_is_found_by_its_other_names(store: GraphStore) -> None:
    store.upsert(GraphRows(organizations=(firm(1, "示例流体控制有限公司"), firm(2, "乙泵业"))))
    store.upsert(GraphRows(organizations=(
        firm(1, "示例流体控制有限公司", other_names=("恒泰阀门厂", "HTV")),
    )))  # fmt: skip
    for query in ("恒泰阀门", "htv", "流体控制"):
        assert [hit.organization.id for hit in store.search(query, ANY, 5)] == ["t:1"]
    first, _ = store.duplicate_keys()
    assert first.other_names == ("恒泰阀门厂", "HTV")
