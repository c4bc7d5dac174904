"""An import never knows less than before: rows merged field by field, on both stores."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.domain import (
    Cluster,
    ContradictedValue,
    DatePrecision,
    Description,
    FieldOrigin,
    GraphRows,
    Kind,
    Need,
    NeedState,
    Offer,
    OfferKind,
    Organization,
    Participant,
    Provenance,
    Role,
    Size,
    SourceTier,
    Terms,
    Tier,
)
from matchmaker.store.merging import as_said_of, edited_organization, merged_organization
from matchmaker.store.ports import GraphStore, MergeRules
from tests.contract.graphs import DAY, firm, project

LIST = Provenance("members", "line 2", SourceTier.IMPORT, DAY(2024, 1, 1))
LATER = Provenance("other list", "line 9", SourceTier.IMPORT, DAY(2025, 1, 1))
MEMBER = Provenance("api", "", SourceTier.SELF, DAY(2024, 6, 1))
FULL = Organization(
    "erp:S-001", "示例恒泰阀门有限公司", Kind.FIRM, "Sample Hengtai Valve", Size.SMALL,
    Tier.LITTLE_GIANT, country="CN", website="https://hengtai.example",
    contact="sales@hengtai.example", listed=False, provenance=LIST,
)  # fmt: skip


def merged(row: Organization, before: Organization = FULL) -> Organization:
    return merged_organization(before, row)


def test_what_a_row_leaves_blank_stays_in_the_store(store: GraphStore) -> None:
    """An order list that knows a number and a short name."""
    store.import_rows(GraphRows(organizations=(FULL,)))
    short = Organization(FULL.id, "恒泰", Kind.FIRM, provenance=LATER)
    rules = MergeRules(fill_blanks_tables=frozenset({"organizations"}))
    changes = store.import_rows(GraphRows(organizations=(short,)), rules)
    assert store.organization(FULL.id) == replace(FULL, version=1)
    assert changes.counts.unchanged == {"organizations": 1}
    assert not changes.after.organizations


def test_what_is_blank_is_filled_and_its_source_kept(store: GraphStore) -> None:
    store.import_rows(GraphRows(organizations=(FULL,)))
    row = Organization(FULL.id, FULL.name, Kind.FIRM, vat="DE136695976", provenance=LATER)
    changes = store.import_rows(GraphRows(organizations=(row,)))
    stored = store.organization(FULL.id)
    assert (stored.vat, stored.contact, stored.version) == ("DE136695976", FULL.contact, 2)
    assert stored.origins == (FieldOrigin("vat", "other list", SourceTier.IMPORT, DAY(2025, 1, 1)),)
    assert [row.version for row in changes.before.organizations] == [1]
    assert changes.after.organizations == (stored,)


def test_a_dry_run_tells_what_would_change_and_changes_nothing(store: GraphStore) -> None:
    store.import_rows(GraphRows(organizations=(FULL,)))
    rows = GraphRows(organizations=(replace(FULL, website="https://new.example"), firm(2)))
    changes = store.import_rows(rows, MergeRules(dry_run=True))
    assert changes.counts.created == {"organizations": 1}
    assert changes.counts.changed == {"organizations": 1}
    assert store.organization(FULL.id).website == "https://hengtai.example"
    assert store.version() == 1


def test_the_same_rows_twice_change_nothing_whenever_they_come(store: GraphStore) -> None:
    store.import_rows(GraphRows(organizations=(FULL,)))
    again = replace(FULL, provenance=replace(LIST, record="line 7", date=DAY(2026, 1, 1)))
    assert store.import_rows(GraphRows(organizations=(again,))).counts.any_written is False
    assert store.version() == 1


def test_clusters_offers_and_needs_keep_what_a_row_leaves_blank(store: GraphStore) -> None:
    rows = GraphRows(
        organizations=(firm(1),),
        clusters=(Cluster("c:1", "Valves", "Valves", level="national", batch=2022),),
        offers=(Offer("o:1", "t:1", OfferKind.PRODUCT, "balls", "en", Terms.FREE, 4,
                      active=False),),
        needs=(Need("n:1", "t:1", "supplier", "castings", quantity="500",  # type: ignore[arg-type]
                    deadline=DAY(2027, 1, 1), state=NeedState.CLOSED),),
    )  # fmt: skip
    store.import_rows(rows)
    bare = GraphRows(
        clusters=(Cluster("c:1", "Valve cluster"),),
        offers=(Offer("o:1", "t:1", OfferKind.PRODUCT, "ball valves"),),
        needs=(Need("n:1", "t:1", "supplier", "castings"),),  # type: ignore[arg-type]
    )
    store.import_rows(bare)
    stored = store.export().rows
    assert stored.clusters == (replace(rows.clusters[0], name="Valve cluster"),)
    assert stored.offers == (replace(rows.offers[0], text="ball valves"),)
    assert stored.needs == rows.needs
    explicit = {("offers", "o:1"): frozenset({"active"})}
    store.import_rows(bare, MergeRules(explicit))
    assert store.offer("o:1").active


def test_what_a_stronger_source_overrules_is_told(store: GraphStore) -> None:
    """What the firm wrote of itself stays; that the list said otherwise is not passed over."""
    own = Description("t:d#about", "t:d", "我们做高压球阀", "zh", provenance=MEMBER)
    firm_row = replace(FULL, id="t:d")
    store.import_rows(GraphRows(organizations=(firm_row,), descriptions=(own,)))
    listed = replace(own, text="阀门厂", provenance=LIST)
    changes = store.import_rows(GraphRows(descriptions=(listed,)))
    assert changes.contradicted_keys == (("descriptions", own.id),)
    same = replace(own, provenance=LIST)
    assert store.import_rows(GraphRows(descriptions=(same,))).contradicted_keys == ()
    assert store.rows_about("t:d").descriptions == (own,)


def test_participants_are_added_to_and_not_taken_away(store: GraphStore) -> None:
    both = replace(
        project("p", 1, 2, title="T"),
        participants=(Participant("t:1", Role.PARTNER, 10.0), Participant("t:2", Role.PARTNER)),
    )
    store.import_rows(GraphRows(organizations=(firm(1), firm(2), firm(3)), engagements=(both,)))
    other = replace(both, participants=(Participant("t:1", Role.PARTNER),
                                        Participant("t:3", Role.PARTNER)))  # fmt: skip
    store.import_rows(GraphRows(engagements=(other,)))
    assert store.engagement("t:p").participants == (
        Participant("t:1", Role.PARTNER, 10.0), Participant("t:2", Role.PARTNER),
        Participant("t:3", Role.PARTNER),
    )  # fmt: skip


def test_of_equal_tiers_the_newer_wins_and_the_other_is_kept_beside_it() -> None:
    row = Organization(FULL.id, FULL.name, Kind.FIRM, website="https://b.example", provenance=LATER)
    after = merged(row)
    assert after.website == "https://b.example"
    old = ContradictedValue("https://hengtai.example", "members", SourceTier.IMPORT,
                            DAY(2024, 1, 1))  # fmt: skip
    assert after.origins == (
        FieldOrigin("website", "other list", SourceTier.IMPORT, DAY(2025, 1, 1), old),
    )
    older = replace(row, provenance=replace(LATER, date=DAY(2020, 1, 1)))
    assert merged(older).website == FULL.website
    assert merged(older).origins[0].conflict.value == "https://b.example"  # type: ignore[union-attr]


def test_what_a_member_wrote_is_not_changed_by_an_import() -> None:
    own = edited_organization(FULL, {"contact": "new@hengtai.example", "name": "恒泰"}, MEMBER)
    after = merged(replace(FULL, provenance=LATER), own)
    assert (after.name, after.contact) == ("恒泰", "new@hengtai.example")
    told = {origin.field: origin.conflict for origin in after.origins}
    assert told["contact"].value == "sales@hengtai.example"  # type: ignore[union-attr]
    assert merged(replace(FULL, provenance=LATER), after) == after


def test_what_a_member_emptied_stays_empty() -> None:
    own = edited_organization(FULL, {"contact": ""}, MEMBER)
    assert merged(replace(FULL, provenance=LATER), own).contact == ""


def test_a_stronger_source_that_says_the_same_makes_a_field_stronger() -> None:
    register = replace(FULL, provenance=Provenance("ROR", tier=SourceTier.REGISTER))
    after = merged(register)
    assert {origin.tier for origin in after.origins} == {SourceTier.REGISTER}
    assert merged(replace(FULL, name="别名", provenance=LATER), after).name == FULL.name


EXPLICIT = (FieldOrigin("listed", "other list", SourceTier.IMPORT, DAY(2025, 1, 1)),)


@pytest.mark.parametrize(
    ("before", "row", "listed"),
    [
        (FULL, replace(FULL, listed=True), False),  # silence
        (FULL, replace(FULL, listed=True, provenance=LATER, origins=EXPLICIT), True),
        (replace(FULL, provenance=MEMBER),
         replace(FULL, listed=True, provenance=LATER, origins=EXPLICIT), False),
        (replace(FULL, listed=True), replace(FULL, provenance=LATER), False),
        (edited_organization(FULL, {"listed": True}, MEMBER),
         replace(FULL, provenance=LATER), True),
        # A list had said it before its own people did.
        (edited_organization(FULL, {"listed": False}, MEMBER),
         replace(FULL, listed=True, provenance=LATER, origins=EXPLICIT), False),
    ],
)  # fmt: skip
def test_opting_out(before: Organization, row: Organization, listed: bool) -> None:
    """Only a word that is no weaker undoes it; silence never does."""
    assert merged(row, before).listed is listed


def test_a_kind_taken_by_default_changes_no_kind_that_was_given() -> None:
    derived = (FieldOrigin("kind", "erp", SourceTier.DERIVED),)
    row = Organization(FULL.id, FULL.name, Kind.UNIVERSITY, provenance=LATER, origins=derived)
    assert merged(row) == FULL
    assert merged(replace(FULL, kind=Kind.PLATFORM), row).kind is Kind.PLATFORM


def test_a_year_alone_does_not_blur_a_known_day() -> None:
    known = replace(FULL, founded=DAY(2012, 6, 1))
    year = Organization(
        FULL.id, FULL.name, Kind.FIRM, founded=DAY(2012, 1, 1), provenance=LATER,
        date_precision=DatePrecision.YEAR,
    )  # fmt: skip
    assert merged(year, known) == known
    after = merged(replace(year, founded=DAY(2013, 1, 1)), known)
    assert (after.founded, after.date_precision) == (DAY(2013, 1, 1), DatePrecision.YEAR)


def test_other_names_of_two_lists_are_kept_together() -> None:
    before = replace(FULL, other_names=("恒泰",))
    row = Organization(FULL.id, FULL.name, Kind.FIRM, other_names=("Hengtai", "恒泰"),
                       provenance=LATER)  # fmt: skip
    after = merged(row, before)
    assert after.other_names == ("恒泰", "Hengtai")
    assert all(origin.conflict is None for origin in after.origins)
    assert merged(row, after) == after


def test_other_names_that_a_member_wrote_stay_beside_those_of_a_list() -> None:
    before = edited_organization(FULL, {"other_names": ("恒泰",)}, MEMBER)
    row = Organization(FULL.id, FULL.name, Kind.FIRM, other_names=("HT",), provenance=LATER)
    after = merged(row, before)
    (told,) = [origin for origin in after.origins if origin.field == "other_names"]
    assert after.other_names == ("恒泰",)
    assert told.conflict is not None
    assert told.conflict.value == "HT"


def test_chunks_come_to_the_same_as_their_rows_at_once(store: GraphStore) -> None:
    """The second chunk refers to the first; two rows are new, one changes, one is as it was."""
    store.upsert(GraphRows(organizations=(FULL, firm(1))))
    filled = replace(FULL, vat="DE136695976", provenance=LATER)
    follower = replace(firm(3), successor="t:2")
    chunks = (
        GraphRows(organizations=(filled, firm(1), firm(2))),
        GraphRows(organizations=(follower,)),
    )
    version = store.version()
    told = store.import_batches(lambda: chunks, MergeRules(dry_run=True), 100)
    assert store.version() == version
    changes = store.import_batches(lambda: chunks, MergeRules(), 100)
    for each in (told, changes):
        assert each.counts.created == {"organizations": 2}
        assert each.counts.changed == {"organizations": 1}
        assert each.counts.unchanged == {"organizations": 1}
        assert {row.id for row in each.after.organizations} == {"t:2", FULL.id, "t:3"}
    assert store.organization("t:3").successor == "t:2"
    assert store.organization(FULL.id).vat == "DE136695976"


def test_of_many_changes_those_of_known_rows_are_listed(store: GraphStore) -> None:
    """One row is enough: of later chunks the new ones are counted alone."""
    store.upsert(GraphRows(organizations=(FULL,)))
    filled = replace(FULL, vat="DE136695976", provenance=LATER)
    chunks = (
        GraphRows(organizations=(firm(1), firm(2))),
        GraphRows(organizations=(firm(3), filled)),
    )
    changes = store.import_batches(lambda: chunks, MergeRules(), 1)
    assert changes.counts.created == {"organizations": 3}
    assert {row.id for row in changes.after.organizations} == {"t:1", "t:2", FULL.id}


def test_the_name_that_is_lost_in_a_merge_is_an_other_name() -> None:
    gone = Organization("o:1", "恒泰阀门厂", Kind.FIRM, other_names=("HT",), provenance=LIST)
    kept = merged_organization(FULL, as_said_of(gone, FULL.id), only_blanks=True)
    assert (kept.name, kept.other_names) == (FULL.name, ("恒泰阀门厂", "HT"))
    again = replace(gone, name=FULL.name.upper(), other_names=())
    assert merged_organization(FULL, as_said_of(again, FULL.id), only_blanks=True) == FULL
