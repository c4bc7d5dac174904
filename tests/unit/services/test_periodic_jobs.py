"""The worker's rounds: each part by itself, and what is due is done."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from matchmaker import jobs
from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, GraphRows, Kind, Organization
from matchmaker.errors import StoreUnavailable, WrongState
from matchmaker.jobs import expire_postings, periodic_work
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring
from matchmaker.workflow.account import AccountMembership
from matchmaker.workflow.introduction import Proposal


def test_what_nobody_answered_expires_though_the_mail_server_is_down(tmp_path):
    settings = Settings(
        data_dir=tmp_path, smtp_host="127.0.0.1", smtp_port=9, smtp_tls=False, _env_file=None
    )
    now = Wiring(settings)
    now.store.prepare()
    now.store.upsert(
        GraphRows(
            organizations=(
                Organization("t:a", "甲", Kind.FIRM), Organization("t:b", "乙", Kind.FIRM)
            )
        )
    )  # fmt: skip
    people = [
        now.accounts.create(
            ADMIN,
            f"{name}@example.org",
            name,
            "correct horse 9",
            memberships=(AccountMembership(f"t:{name}"),),
        )
        for name in "ab"
    ]
    introduction = now.introductions.propose(
        people[0].principal(), Proposal(GoalName.SUPPLIER, "t:a", "t:b")
    )
    later = Wiring(settings)
    later.clock = lambda: utc_now() + timedelta(days=15)
    for each in periodic_work(later):
        if each.name not in ("refresh", "retention", "backup"):
            each.work()
    expire_postings(later)
    assert later.introductions.show(people[0].principal(), introduction.id).state == "expired"
    # The letters wait for a server that takes them.
    assert later.repositories.notifications.count("unmailed", "yes") >= 2
    now.store.close()
    later.store.close()


def test_what_nobody_reviews_any_more_is_given_back_every_minute(tmp_path: Path) -> None:
    """Who left a cluster, or posts where the review was switched off, waited up to an hour."""
    wired = Wiring(Settings(data_dir=tmp_path, _env_file=None))
    name = "unreviewed postings and lists given back"
    [work] = [each for each in periodic_work(wired) if each.name == name]
    wired.store.close()
    minutes = (datetime(2026, 11, 30, 12, minute, tzinfo=UTC) for minute in range(60))
    assert work.every == 60
    assert all(map(work.schedule, minutes))


class Ticks:
    """An event that is never set but at the end, and notes how long it was waited for."""

    def __init__(self, rounds):
        self.rounds, self.waited = rounds, []

    def is_set(self):
        return len(self.waited) == self.rounds

    def wait(self, seconds):
        self.waited.append(seconds)


def test_changes_are_looked_for_every_few_seconds_and_long_work_rests_as_long(monkeypatch):
    """At half past the minute by a clock that stands, but for what the work takes."""
    clock = [0.0]
    took = iter((0.0, 20.0))

    def work():
        clock[0] += next(took, 0.0)
        if clock[0] == 20.0 and next(failing):
            raise StoreUnavailable("The database does not answer.")

    failing = iter((False, True))
    monkeypatch.setattr(
        jobs, "time", SimpleNamespace(time=lambda: 30.0, monotonic=lambda: clock[0])
    )
    over = Ticks(3)
    jobs.PeriodicWork("refresh", lambda _: True, work, every=2.0).repeat(over)
    # After nothing two seconds, after twenty seconds' work twenty, after a fault the next minute.
    assert over.waited == [2.0, 20.0, 30.0]


def test_what_another_process_was_at_is_looked_for_again_as_ever(monkeypatch):
    clock = [0.0]

    def work():
        clock[0] += 60.0
        raise WrongState("Another refresh is running.")

    monkeypatch.setattr(
        jobs, "time", SimpleNamespace(time=lambda: 30.0, monotonic=lambda: clock[0])
    )
    over = Ticks(2)
    jobs.PeriodicWork("refresh", lambda _: True, work, every=2.0).repeat(over)
    assert over.waited == [2.0, 2.0]


def test_the_refresh_is_among_what_is_looked_for_often(tmp_path):
    wired = Wiring(Settings(data_dir=tmp_path, _env_file=None))
    [refresh] = [each for each in periodic_work(wired) if each.name == "refresh"]
    assert refresh.every <= 5
