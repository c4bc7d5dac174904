"""A clock that is set by years: nothing is deleted for its age, nor lapses, at once."""

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, GraphRows, Kind, Organization
from matchmaker.errors import WrongState
from matchmaker.jobs import delete_old, expire_postings, periodic_work
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring
from matchmaker.workflow.account import AccountMembership
from matchmaker.workflow.interactions import Interaction, InteractionKind
from matchmaker.workflow.introduction import Proposal

NOW = datetime(2026, 3, 1, 3, 17, tzinfo=UTC)


class Installation:
    """An installation whose clock is set by hand, with a list shown 300 days ago."""

    def __init__(self, folder):
        self.now = NOW
        self.wired = Wiring(Settings(data_dir=folder, _env_file=None))
        self.wired.clock = lambda: self.now
        self.wired.store.prepare()
        firms = [Organization(f"t:{name}", name, Kind.FIRM) for name in "ab"]
        self.wired.store.upsert(GraphRows(organizations=tuple(firms)))
        repositories = self.wired.repositories
        shown = Interaction(
            "x", InteractionKind.IMPRESSION, NOW - timedelta(days=300), "account:1",
            GoalName.SUPPLIER, "t:a", (),
        )  # fmt: skip
        unit = UnitOfWork("account:1", NOW)
        unit.add(repositories.interactions.put(shown))
        unit.log("account.changed", "account/1")
        unit.commit(repositories.records)

    def runs(self, **days):
        """The service runs on, looking at the clock now and then; at last at night."""
        for _ in range(3 * timedelta(**days).days):
            self.now += timedelta(hours=8)
            expire_postings(self.wired)
        delete_old(self.wired)

    @property
    def remembers(self):
        return self.wired.repositories.interactions.get_or_none("x") is not None


@pytest.fixture
def installation(tmp_path):
    made = Installation(tmp_path)
    yield made
    made.wired.store.close()


def test_what_is_old_is_deleted_by_a_clock_that_runs_on(installation):
    """Kept for 400 days, so for another 100; those of the first week are watched only."""
    installation.runs(days=99)
    assert installation.remembers
    installation.runs(days=2)
    assert not installation.remembers


def test_a_clock_set_ten_years_ahead_for_a_night_deletes_nothing(installation):
    installation.runs(days=10)
    right = installation.now
    installation.now += timedelta(days=3650)
    delete_old(installation.wired)
    assert installation.remembers
    with pytest.raises(WrongState, match="from 2026-03-11 03:17 to 2036-03-08 03:17 at once"):
        installation.wired.clock_watch.check()
    installation.now = right + timedelta(hours=8)
    installation.runs(days=8)
    assert installation.remembers
    installation.wired.clock_watch.check()


def test_a_service_that_was_off_for_weeks_deletes_a_week_later(installation):
    installation.runs(days=10)
    installation.now += timedelta(days=200)
    delete_old(installation.wired)
    installation.runs(days=6)
    assert installation.remembers
    installation.runs(days=1)
    assert not installation.remembers


def test_who_begins_to_watch_deletes_nothing_for_a_week(installation):
    """An earlier version noted nothing: its clock may have been set just now."""
    installation.now += timedelta(days=365)
    delete_old(installation.wired)
    assert installation.remembers
    with pytest.raises(WrongState, match="not been watched for 7 days"):
        installation.wired.clock_watch.require_deleting()


def test_nothing_lapses_on_the_day_on_which_the_clock_was_set(installation):
    wired = installation.wired
    people = [
        wired.accounts.create(
            ADMIN, f"{name}@example.org", name, "correct horse 9",
            memberships=(AccountMembership(f"t:{name}"),),
        )
        for name in "ab"
    ]  # fmt: skip
    member = people[0].principal()
    introduction = wired.introductions.propose(member, Proposal(GoalName.SUPPLIER, "t:a", "t:b"))
    expire = next(each for each in periodic_work(wired) if each.name == "introductions expired")
    expire.work()
    right = installation.now
    installation.now += timedelta(days=3650)
    expire.work()
    expire_postings(wired)
    assert wired.introductions.show(member, introduction.id).state == "proposed"
    installation.now = right + timedelta(hours=1)
    expire.work()
    assert wired.introductions.show(member, introduction.id).state == "proposed"
    # Where it was right, what is due lapses on the day after.
    installation.now += timedelta(days=3650)
    expire.work()
    installation.now += timedelta(hours=25)
    expire.work()
    assert wired.introductions.show(member, introduction.id).state == "expired"


def on_for(installation, hours, work):
    """The machine is on for so long, and looks at the clock every hour."""
    for _ in range(hours):
        installation.now += timedelta(hours=1)
        work()


def test_a_machine_that_is_on_for_hours_a_week_comes_to_let_lapse_and_to_delete(installation):
    """Eight hours a week: what is due lapses after three weeks, and 21 weeks are seven days."""
    wired = installation.wired
    weeks = 0
    while not wired.clock_watch.lets_lapse() or weeks == 0:
        installation.now += timedelta(days=7)
        on_for(installation, 8, wired.clock_watch.lets_lapse)
        weeks += 1
        assert weeks < 9
    assert weeks in (3, 4)
    installation.now += timedelta(days=8)  # a holiday changes nothing
    on_for(installation, 1, wired.clock_watch.lets_lapse)
    assert wired.clock_watch.lets_lapse()
    for _ in range(22):
        installation.now += timedelta(days=7)
        on_for(installation, 8, wired.clock_watch.lets_lapse)
    wired.clock_watch.require_deleting()


def test_nor_does_such_a_machine_believe_a_clock_that_is_set_by_years(installation):
    wired = installation.wired
    for _ in range(30):
        installation.now += timedelta(days=7)
        on_for(installation, 8, wired.clock_watch.lets_lapse)
    assert wired.clock_watch.lets_lapse()
    installation.now += timedelta(days=3650)
    on_for(installation, 20, wired.clock_watch.lets_lapse)
    assert not wired.clock_watch.lets_lapse()
    with pytest.raises(WrongState, match="at once"):
        wired.clock_watch.require_deleting()


def test_weeks_off_once_make_no_machine_of_which_that_is_usual(installation):
    installation.runs(days=10)
    installation.now += timedelta(days=40)
    installation.runs(days=20)
    installation.now += timedelta(days=40)
    assert not installation.wired.clock_watch.lets_lapse()


def test_an_installation_without_anything_stays_empty(tmp_path):
    wired = Wiring(Settings(data_dir=tmp_path, _env_file=None))
    wired.store.prepare()
    assert wired.clock_watch.lets_lapse()
    assert wired.store.is_empty()
    wired.store.close()
