"""Which ties count for which year, counted by hand."""

import datetime

import pytest

from matchmaker.audit.network import network_of
from matchmaker.audit.ties import Channel, last_year, ties_of
from matchmaker.domain import (
    Cluster,
    Engagement,
    EngagementKind,
    GraphRows,
    Kind,
    Layer,
    Membership,
    Organization,
    OrganizationStatus,
    Participant,
    Provenance,
    Role,
    Tie,
)
from tests.unit.snapshot.graphs import snapshot_of


def day(text):
    return datetime.date.fromisoformat(text)


NAMES = {"a": Kind.FIRM, "b": Kind.FIRM, "c": Kind.FIRM, "lab": Kind.UNIVERSITY, "out": Kind.FIRM}


def joined(*kinds_and_parties, date="2020-06-01", kind=EngagementKind.RESEARCH_PROJECT):
    parties = tuple(Participant(f"t:{who}", role) for who, role in kinds_and_parties)
    return Engagement(f"e:{date}{kind}", kind, parties, date=day(date))


def network(year, channel, ties=(), engagements=(), memberships=None, gone=None):
    if memberships is None:
        memberships = [Membership("c:1", f"t:{name}") for name in ("a", "b", "c", "lab")]
    rows = GraphRows(
        organizations=tuple(
            Organization(f"t:{n}", n, kind, **(gone or {}).get(n, {})) for n, kind in NAMES.items()
        ),
        clusters=(Cluster("c:1", "One"),),
        memberships=tuple(memberships),
        ties=tuple(ties),
        engagements=tuple(engagements),
    )
    snapshot = snapshot_of(rows, vectors=False)
    found = network_of(ties_of(snapshot, 0), channel, year)
    names = [one.removeprefix("t:") for one in snapshot.ids_of(found.members)]
    pairs = {(names[i], names[j]) for i, j in zip(*found.arcs.nonzero(), strict=True)}
    outside = {
        (names[i], snapshot.id_of(int(found.outsiders[j])).removeprefix("t:"))
        for i, j in zip(*found.border.nonzero(), strict=True)
    }
    return set(names), pairs, outside


def tie(source, target, layer=Layer.SUPPLIES, since=None, until=None):
    return Tie(
        f"r:{source}{target}{layer}",
        f"t:{source}",
        f"t:{target}",
        layer,
        since=day(since) if since else None,
        until=day(until) if until else None,
    )


@pytest.mark.parametrize(
    ("year", "counts"), [(2018, False), (2019, True), (2021, True), (2022, False)]
)
def test_a_tie_counts_for_the_years_it_was_there(year, counts):
    there = tie("a", "b", since="2019-12-31", until="2021-01-01")
    _, pairs, _ = network(year, Channel.SUPPLY, [there])
    assert pairs == ({("a", "b")} if counts else set())


def test_a_tie_without_dates_counts_always():
    assert network(1990, Channel.SUPPLY, [tie("a", "b")])[1] == {("a", "b")}


@pytest.mark.parametrize(("year", "counts"), [(2019, False), (2020, True), (2021, False)])
def test_a_tie_counts_only_while_both_belonged(year, counts):
    """a until March 2020, b from February 2020: together in 2020 only."""
    memberships = [
        Membership("c:1", "t:a", until=day("2020-03-01")),
        Membership("c:1", "t:b", since=day("2020-02-01")),
    ]
    _, pairs, _ = network(year, Channel.SUPPLY, [tie("a", "b")], memberships=memberships)
    assert pairs == ({("a", "b")} if counts else set())


def test_both_belonged_in_a_year_but_not_together():
    """a left in March, b came in May: no tie of the cluster, and none across its border."""
    memberships = [
        Membership("c:1", "t:a", until=day("2020-03-01")),
        Membership("c:1", "t:b", since=day("2020-05-01")),
    ]
    names, pairs, outside = network(2020, Channel.SUPPLY, [tie("a", "b")], memberships=memberships)
    assert (names, pairs, outside) == ({"a", "b"}, set(), set())


def test_who_has_left_is_an_outsider():
    memberships = [Membership("c:1", "t:a"), Membership("c:1", "t:b", until=day("2019-01-01"))]
    names, pairs, outside = network(2020, Channel.SUPPLY, [tie("b", "a")], memberships=memberships)
    assert (names, pairs, outside) == ({"a"}, set(), {("a", "b")})


def written(name, text, since=None):
    source = Provenance("list", date=day(text))
    return Membership("c:1", f"t:{name}", since=day(since) if since else None, provenance=source)


@pytest.mark.parametrize(
    ("first", "later", "alone_before", "counts_from"),
    [
        # Beside members whose days are known: from the year of writing, even on the same day.
        (("2021-03-01", "2010-01-01"), "2021-03-01", {"a"}, 2021),
        # Nobody's day is known: the first list counts always, what came later does not.
        (("2021-03-01", None), "2022-02-01", {"a"}, 2022),
        (("2021-03-01", None), "2021-03-01", {"a", "b"}, 1990),
        # Written after the newest year of the data: at the latest from that year.
        (("2021-03-01", None), "2025-02-01", {"a"}, 2023),
    ],
)
def test_who_was_brought_in_later_without_a_day_is_no_member_of_the_past(
    first, later, alone_before, counts_from
):
    memberships = [written("a", *first), written("b", later)]
    ties = [tie("a", "out", since="2023-05-01")]  # the newest that the data speak of

    def names(year):
        return network(year, Channel.SUPPLY, ties, memberships=memberships)[0]

    assert names(2020) == alone_before
    assert names(counts_from) == {"a", "b"}
    if alone_before == {"a"}:
        assert names(counts_from - 1) == {"a"}


def test_layers_are_never_pooled_but_in_all_cooperation():
    ties = [
        tie("a", "b"),
        tie("a", "c", Layer.USES),
        tie("b", "c", Layer.SHARES_WITH),
        tie("a", "lab", Layer.COOPERATES_WITH),
        tie("b", "a", Layer.COOPERATES_WITH),
        tie("a", "c", Layer.COMPETES_WITH),
        tie("c", "a", Layer.OWNS),
    ]
    assert network(2020, Channel.SUPPLY, ties)[1] == {("a", "b")}
    assert network(2020, Channel.PLATFORM, ties)[1] == {("a", "c")}
    assert network(2020, Channel.SHARING, ties)[1] == {("b", "c")}
    assert network(2020, Channel.RESEARCH, ties)[1] == {("a", "lab"), ("lab", "a")}
    everything = network(2020, Channel.COOPERATION, ties)[1]
    undirected = {tuple(sorted(pair)) for pair in everything}
    assert undirected == {("a", "b"), ("a", "c"), ("b", "c"), ("a", "lab")}


def test_a_project_joins_all_its_parties_for_three_years():
    project = joined(("a", Role.COORDINATOR), ("b", Role.PARTNER), ("out", Role.PARTNER))
    for year, counts in ((2019, False), (2020, True), (2023, True), (2024, False)):
        _, pairs, outside = network(year, Channel.RESEARCH, engagements=[project])
        assert pairs == ({("a", "b"), ("b", "a")} if counts else set())
        assert outside == ({("a", "out"), ("b", "out")} if counts else set())


def test_a_contract_is_supply_from_supplier_to_buyer():
    contract = joined(("b", Role.BUYER), ("c", Role.SUPPLIER), kind=EngagementKind.CONTRACT)
    assert network(2020, Channel.SUPPLY, engagements=[contract])[1] == {("c", "b")}
    assert network(2020, Channel.RESEARCH, engagements=[contract])[1] == set()


def test_an_event_is_no_tie():
    event = joined(("a", Role.ATTENDEE), ("b", Role.ATTENDEE), kind=EngagementKind.EVENT)
    assert network(2020, Channel.COOPERATION, engagements=[event])[1] == set()


def test_the_newest_year_is_that_of_the_data():
    rows = GraphRows(
        organizations=(Organization("t:a", "a", Kind.FIRM), Organization("t:b", "b", Kind.FIRM)),
        ties=(tie("a", "b", since="2017-05-05"),),
    )
    assert last_year(snapshot_of(rows, vectors=False)) == 2017


@pytest.mark.parametrize(
    ("year", "ended", "members"),
    [
        (2020, day("2021-05-01"), {"a", "b", "c", "lab"}),
        (2022, day("2021-05-01"), {"b", "c", "lab"}),
        (2020, None, {"b", "c", "lab"}),
    ],
)
def test_who_was_dissolved_is_a_member_until_that_day(year, ended, members):
    """Where the day is unknown it counts in no year."""
    gone = {"a": {"status": OrganizationStatus.DISSOLVED, "ended": ended}}
    assert network(year, Channel.SUPPLY, gone=gone)[0] == members
