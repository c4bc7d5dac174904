"""Names that are searched: ready before anybody asks, and taken over where none is another."""

from dataclasses import replace

import pytest

from matchmaker.domain import (
    GoalName,
    GraphRows,
    Kind,
    Need,
    NeedState,
    Offer,
    OfferKind,
    Organization,
    Place,
    PlaceLevel,
)
from matchmaker.services.directory import searched_names
from matchmaker.services.directory.codes import industry_index, place_index
from matchmaker.services.directory.searched_names import (
    is_word_of_names,
    names_searched,
    prepare_names,
    words_of_names,
)
from matchmaker.services.matching.seekers import SeekerFactory
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from tests.unit.recommend import small_graphs
from tests.unit.snapshot.graphs import random_rows, snapshot_of

TABLES = ("organizations", "clusters", "places", "industries")


def test_whoever_searches_first_waits_for_no_table_of_names(monkeypatch: pytest.MonkeyPatch):
    snapshot = snapshot_of(random_rows(1, size=20))
    prepare_names(snapshot)
    monkeypatch.setattr(searched_names, "NameTable", lambda *_, **__: pytest.fail("made"))
    first = snapshot.name_of(0)
    assert 0 in names_searched(snapshot, "organizations").matches(first)
    for table in TABLES:
        names_searched(snapshot, table)


def test_names_are_taken_over_but_for_a_table_in_which_one_is_another():
    rows = random_rows(1, size=20)
    named = replace(rows.organizations[3], name="Zwiebelfabrik")
    earlier = snapshot_of(rows)
    later = snapshot_of(
        replace(rows, organizations=(*rows.organizations[:3], named, *rows.organizations[4:]))
    )
    prepare_names(earlier)
    prepare_names(later, earlier)
    organizations = names_searched(later, "organizations")
    assert [later.id_of(row) for row in organizations.matches("Zwiebelfabrik")] == [named.id]
    assert not names_searched(earlier, "organizations").matches("Zwiebelfabrik")
    for table in TABLES[1:]:
        assert names_searched(later, table) is names_searched(earlier, table)


def test_places_and_industries_are_read_anew_only_where_one_is_another():
    rows = random_rows(1, size=20)
    earlier, same = snapshot_of(rows), snapshot_of(rows)
    place = replace(rows.places[0], name="Zwiebelstadt")
    industry = replace(rows.industries[0], name="Zwiebelbau")
    later = snapshot_of(
        replace(rows, places=(place, *rows.places[1:]), industries=(industry, *rows.industries[1:]))
    )
    prepare_names(earlier)
    prepare_names(same, earlier)
    assert place_index(same) is place_index(earlier)
    assert industry_index(same) is industry_index(earlier)
    prepare_names(later, same)
    assert "Zwiebelstadt" in str(place_index(later).path(place.id))
    assert "Zwiebelbau" in str(industry_index(later).path(industry.id))


def test_names_in_the_graph_are_no_slips_of_the_pen_but_of_who_opted_out():
    rows = GraphRows(
        organizations=(
            Organization("t:1", "大唐机械", Kind.FIRM, name_en="Datang Machinery"),
            Organization("t:2", "华灵", Kind.FIRM, other_names=("Hualing",)),
            Organization("t:3", "复旦", Kind.FIRM, name_en="Fudan Ltd", listed=False),
        ),
        places=(Place("p:1", "昌平", PlaceLevel.COUNTY, "Changping"),),
    )
    snapshot = small_graphs.snapshot_of(rows)
    assert set(words_of_names(snapshot)) == {"datang", "machinery", "hualing", "changping"}
    factory = SeekerFactory(None, SnapshotRows(snapshot), None, None)
    asked = ["is datang any good?", "hualing in changping", "fudan ltd", "titanum screws"]
    texts = factory.free_texts(asked, GoalName.SUPPLIER)
    # "furan" is what anybody reads whom nobody is known to be called.
    assert [text.text for text in texts] == [*asked[:2], "furan ltd", "titanium screws"]


def test_who_opts_out_has_no_names_read_again_and_leaves_words_that_others_bear(
    monkeypatch: pytest.MonkeyPatch,
):
    """Of five who are called so one is left; a word of the four alone is no word of names."""
    rows = GraphRows(
        organizations=tuple(
            Organization(f"t:{n}", f"厂{n}", Kind.FIRM, name_en=f"Plywod {'Forgng' if n else ''}")
            for n in range(5)
        )
    )
    snapshot = small_graphs.snapshot_of(rows)
    words_of_names(snapshot)
    monkeypatch.setattr(searched_names, "_words_of_names", lambda *_: pytest.fail("read again"))
    for count in range(1, 5):
        gone = frozenset(range(5 - count, 5))
        assert is_word_of_names(snapshot, "plywod", gone)
        assert is_word_of_names(snapshot, "forgng", gone) == (count < 4)


def test_what_nobody_may_read_keeps_no_word_from_being_a_slip_of_the_pen():
    """Said by who opted out, before the snapshot or since, or in a need that is closed."""
    rows = GraphRows(
        organizations=(
            Organization("t:1", "甲厂", Kind.FIRM),
            Organization("t:2", "乙厂", Kind.FIRM, listed=False),
            Organization("t:3", "丙厂", Kind.FIRM, name_en="Plywod Works"),
        ),
        offers=(
            Offer("o:1", "t:1", OfferKind.PRODUCT, "screws of titanium, forgng too", "en"),
            Offer("o:2", "t:2", OfferKind.PRODUCT, "titanum screws", "en"),
            Offer("o:3", "t:3", OfferKind.PRODUCT, "polishng of all kinds", "en"),
        ),
        needs=(Need("n:1", "t:1", GoalName.SUPPLIER, "galvanizng", "en", state=NeedState.CLOSED),),
    )
    snapshot = small_graphs.snapshot_of(rows)
    gone = set()
    factory = SeekerFactory(None, SnapshotRows(snapshot), None, None, lambda: frozenset(gone))
    asked = ["forgng", "titanum screws", "galvanizng", "polishng", "plywod"]

    def read():
        texts = replace(factory).free_texts(asked, GoalName.SUPPLIER)
        return [text.text for text in texts]

    assert read() == ["forgng", "titanium screws", "galvanizing", "polishng", "plywod"]
    gone.add("t:3")
    assert read() == ["forgng", "titanium screws", "galvanizing", "polishing", "plywood"]
