"""Kept searches: told of newcomers once, stopped, and gone with the account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Kind, Offer, OfferKind, Organization
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.workflow.saved_search import ALERTED_RANKS, MIN_INTERVAL, SavedSearch

PASSWORD = "correct horse 9"
FIELDS = {"goal": ["supplier"], "text": ["stainless ball valve castings"], "unknown": ["x"]}
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def search(**changes):
    return SavedSearch("s", "a", "", "Castings", (("goal", "supplier"),), NOW, NOW, **changes)


def test_nobody_is_told_twice_and_only_the_first_ten_count():
    ranking = [f"o{number}" for number in range(ALERTED_RANKS + 2)]
    begun = search().begun(ranking, NOW)
    assert (begun.told, begun.latest, begun.alerts) == (tuple(ranking[:ALERTED_RANKS]), (), True)
    moved = ["new", *ranking]
    assert begun.newcomers(moved) == ("new",)
    seen = begun.after_looking(moved, NOW)
    assert (seen.latest, seen.latest_at) == (("new",), NOW)
    # One that fell out and comes back is no newcomer; one that moves up is.
    assert seen.newcomers(ranking) == ()
    assert seen.newcomers(["o10", "new"]) == ("o10",)


def test_a_search_is_due_after_an_hour_unless_it_was_stopped():
    assert not search().is_due(NOW + MIN_INTERVAL - timedelta(seconds=1))
    assert search().is_due(NOW + MIN_INTERVAL)
    assert not search().stopped().is_due(NOW + MIN_INTERVAL)


def sellers(*numbers):
    return GraphRows(
        organizations=tuple(
            Organization(f"t:{number}", f"Foundry {number}", Kind.FIRM) for number in numbers
        ),
        offers=tuple(
            Offer(
                f"t:{number}#o", f"t:{number}", OfferKind.PRODUCT, "Stainless ball valve castings."
            )
            for number in numbers
        ),
    )


@pytest.fixture
def world(wired):
    time = [NOW]
    wired.clock = lambda: time[0]
    wired.store.upsert(sellers(1, 2))
    wired.refresher.refresh(ADMIN)
    account = wired.accounts.create(ADMIN, "a@example.org", "A", PASSWORD)
    return wired, account, time


def notices(wired, account):
    return [
        stored.value for stored in wired.repositories.notifications.iterate("account", account.id)
    ]


@pytest.mark.slow
def test_somebody_new_is_told_once_and_stopped_searches_tell_nothing(world):
    wired, account, time = world
    me, searches = account.principal(), wired.saved_searches
    kept = searches.keep(me, "  Ball valve  castings ", "", FIELDS)
    assert (kept.name, set(kept.told)) == ("Ball valve castings", {"t:1", "t:2"})
    assert ("unknown", "x") not in kept.query
    time[0] += MIN_INTERVAL
    assert searches.look_again() == 0
    wired.store.upsert(sellers(3))
    wired.refresher.refresh(ADMIN)
    assert searches.look_again() == 0, "looked at within the hour"
    time[0] += MIN_INTERVAL
    assert searches.look_again() == 1
    time[0] += MIN_INTERVAL
    assert searches.look_again() == 0
    [notice] = notices(wired, account)
    assert notice.message.text("en") == (
        "New among the first ten of your search Ball valve castings: 1"
    )
    assert searches.show(me, kept.id).latest == ("t:3",)
    searches.set_alerts(me, kept.id, alerts=False)
    wired.store.upsert(sellers(4))
    wired.refresher.refresh(ADMIN)
    time[0] += MIN_INTERVAL
    assert searches.look_again() == 0
    # Begun again, what came meanwhile is nothing new.
    searches.set_alerts(me, kept.id, alerts=True)
    time[0] += MIN_INTERVAL
    assert searches.look_again() == 0
    assert len(notices(wired, account)) == 1


@pytest.mark.slow
def test_searches_are_ones_own_and_leave_with_the_account(world):
    wired, account, _ = world
    me, searches = account.principal(), wired.saved_searches
    kept = searches.keep(me, "Castings", "", FIELDS)
    other = wired.accounts.create(ADMIN, "b@example.org", "B", PASSWORD).principal()
    assert searches.listed(other) == ()
    for forbidden in (searches.show, searches.remove):
        with pytest.raises(NotFound):
            forbidden(other, kept.id)
    with pytest.raises(InvalidInput):
        searches.keep(me, " ", "", FIELDS)
    with pytest.raises(InvalidInput):
        searches.keep(me, "x", "", {**FIELDS, "goal": ["friend"]})
    exported = wired.privacy.export_own(me)["saved_searches"]
    assert [each["name"] for each in exported] == ["Castings"]
    wired.privacy.delete_own(me, PASSWORD)
    assert list(wired.repositories.saved_searches.iterate()) == []
