"""Putting and dropping rows as one change, and what is stored under given keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.domain import Alias, DuplicateCandidate, GraphRows, Membership, OrganizationFilter
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.ingest.merge import merged
from matchmaker.ingest.undo import KeptField, reversal
from matchmaker.store.ports import GraphStore
from tests.contract.graphs import everything, firm, project, tie


def plain(rows: GraphRows) -> GraphRows:
    """Without versions, in order of key."""
    organizations = tuple(replace(row, version=0) for row in rows.organizations)
    return replace(rows, organizations=organizations)


def test_what_is_stored_under_keys_is_what_was_written(store: GraphStore) -> None:
    assert store.stored(everything()) == GraphRows()
    store.upsert(everything())
    stored = store.stored(everything())
    for name, rows in plain(everything()).tables():
        same = getattr(plain(stored), name)
        assert sorted(map(repr, same)) == sorted(map(repr, rows))


def test_dropping_everything_leaves_an_empty_graph(store: GraphStore) -> None:
    store.upsert(everything())
    before = store.version()
    store.replace_rows(GraphRows(), everything())
    assert store.export().rows == GraphRows()
    assert store.version() > before
    assert store.search("Firm", OrganizationFilter(), 10) == ()
    assert store.missing_embeddings("m") == ()


def test_dropping_one_row_of_a_table_leaves_the_others(store: GraphStore) -> None:
    pairs = [DuplicateCandidate("t:1", f"t:{n}", 0.9, "name") for n in (2, 3, 4)]
    ties = (tie("a", 1, 2), tie("b", 2, 3))
    firms = tuple(firm(n) for n in (1, 2, 3, 4))
    store.upsert(
        GraphRows(
            organizations=firms, duplicates=tuple(pairs), ties=ties,
            engagements=(project("p", 1, 2, text="球阀"), project("q", 3, 4, text="袜子")),
        )
    )  # fmt: skip
    store.replace_rows(
        GraphRows(),
        GraphRows(duplicates=(pairs[1],), ties=(ties[0],), engagements=(project("p", 1, 2),)),
    )
    rows = store.export().rows
    assert rows.duplicates == store.duplicates() == (pairs[0], pairs[2])
    assert rows.ties == (ties[1],)
    assert [row.id for row in rows.engagements] == ["t:q"]
    assert len(rows.organizations) == 4
    assert [hit.organization.id for hit in store.search("球阀", OrganizationFilter(), 10)] == []


def test_what_is_referred_to_stays_and_nothing_is_half_done(store: GraphStore) -> None:
    store.upsert(GraphRows(organizations=(firm(1), firm(2)), ties=(tie("a", 1, 2),)))
    before = store.export()
    with pytest.raises(InvalidInput, match="refers"):
        store.replace_rows(GraphRows(organizations=(firm(9),)), GraphRows(organizations=(firm(1),)))
    assert store.export() == before


def test_dropping_what_is_not_there_changes_nothing(store: GraphStore) -> None:
    store.upsert(GraphRows(organizations=(firm(1),)))
    before = store.export()
    store.replace_rows(GraphRows(), GraphRows(organizations=(firm(7),), ties=(tie("z", 7, 8),)))
    assert store.export() == before


def test_an_import_is_taken_back_but_not_what_others_changed_since(store: GraphStore) -> None:
    store.upsert(GraphRows(organizations=(firm(1, "Old name"),)))
    earlier = plain(store.export().rows)
    imported = GraphRows(
        organizations=(firm(1, "New name"), firm(2), firm(3)), ties=(tie("a", 2, 3),)
    )
    before = store.stored(imported)
    store.upsert(imported)
    back = reversal(imported, before, store.stored(imported))
    store.replace_rows(back.put, back.drop)
    assert back.kept == ()
    assert plain(store.export().rows) == earlier

    before = store.stored(imported)
    store.upsert(imported)
    store.upsert(GraphRows(organizations=(firm(1, "Somebody's own name"),)))
    back = reversal(imported, before, store.stored(imported))
    store.replace_rows(back.put, back.drop)
    assert back.kept == (KeptField("organizations", "t:1", "name"),)
    assert [row.name for row in store.export().rows.organizations] == ["Somebody's own name"]


def test_an_import_is_taken_back_field_by_field(store: GraphStore) -> None:
    """Of three fields that the import changed one was changed again: it stays."""
    store.upsert(GraphRows(organizations=(firm(1, "Old name", website="https://a.example"),)))
    row = firm(1, "New name", website="https://b.example", vat="DE136695976")
    imported = GraphRows(organizations=(row,))
    changes = store.import_rows(imported)
    now = changes.after.organizations[0]
    edited = replace(now, website="https://c.example", contact="me@example.com")
    store.replace_organization(edited, None, now.version)
    back = reversal(changes.after, changes.before, store.stored(imported))
    store.replace_rows(back.put, back.drop)
    assert back.kept == (KeptField("organizations", "t:1", "website"),)
    stored = store.organization("t:1")
    assert (stored.name, stored.website, stored.vat, stored.contact) == (
        "Old name", "https://c.example", "", "me@example.com",
    )  # fmt: skip
    assert stored.provenance == changes.before.organizations[0].provenance


def test_two_organisations_become_one_wherever_they_stand(store: GraphStore) -> None:
    rows = everything()
    store.upsert(rows)
    firms = [row.id for row in rows.organizations]
    gone, kept = firms[1], firms[0]
    store.upsert(
        GraphRows(
            ties=(replace(tie("between", 1, 2), source=gone, target=kept),),
            engagements=(replace(project("both", 1, 2), participants=tuple(
                replace(project("x", 1).participants[0], organization=row) for row in (gone, kept)
            )),),
        )
    )  # fmt: skip
    websites = {row.id: replace(row, website="") for row in rows.organizations}
    websites[gone] = replace(websites[gone], website="https://example.org")
    store.upsert(GraphRows(organizations=(websites[gone], websites[kept])))
    before = store.export().rows
    put, drop = merged(before, gone, kept, "merged")
    about_both = store.rows_about(gone) | store.rows_about(kept)
    for merged_rows, expected in zip(
        merged(about_both, gone, kept, "merged"), (put, drop), strict=True
    ):
        for name, rows_of_table in expected.tables():
            assert sorted(map(repr, getattr(merged_rows, name))) == sorted(map(repr, rows_of_table))
    store.replace_rows(put, drop)
    assert store.organization(kept).website == "https://example.org"
    assert store.organization(kept).name == websites[kept].name
    after = store.export().rows
    assert store.organization(gone).id == kept
    assert gone not in {row.id for row in after.organizations}
    assert Alias(gone, kept, "merged") in after.aliases
    assert f"'{gone}'" not in repr(replace(after, aliases=()))
    for table in ("descriptions", "offers", "needs", "engagements", "observations"):
        assert len(getattr(after, table)) == len(getattr(before, table))
    between = [row for row in before.ties if {row.source, row.target} == {gone, kept}]
    assert len(after.ties) == len(before.ties) - len(between)
    engagement = store.engagement("t:both")
    assert [part.organization for part in engagement.participants] == [kept]
    inside = {row.cluster for row in before.memberships if row.organization in (gone, kept)}
    assert {row.cluster for row in after.memberships if row.organization == kept} == inside


def test_a_membership_of_a_dropped_organisation_must_go_with_it(store: GraphStore) -> None:
    rows = everything()
    store.upsert(rows)
    cluster = rows.clusters[0]
    store.upsert(
        GraphRows(organizations=(firm("x"),), memberships=(Membership(cluster.id, "t:x"),))
    )
    with pytest.raises(InvalidInput):
        store.replace_rows(GraphRows(), GraphRows(organizations=(firm("x"),)))
    store.replace_rows(
        GraphRows(),
        GraphRows(organizations=(firm("x"),), memberships=(Membership(cluster.id, "t:x"),)),
    )
    with pytest.raises(NotFound):
        store.organization("t:x")
