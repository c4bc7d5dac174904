"""Programmes tell firms that fit, and before they close, on both stores.

Which conditions are met, and on which days somebody is told, is said by hand.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import (
    Cluster,
    FieldOrigin,
    GraphRows,
    Kind,
    Membership,
    Offer,
    OfferKind,
    Organization,
    OrganizationStatus,
    Provenance,
    Size,
    SourceTier,
    Tier,
)
from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.provenance import POSTED
from matchmaker.services.directory.cluster_sources import ClusterSources
from matchmaker.services.directory.published import PublishedStatements
from matchmaker.services.matching.programme_alerts import ProgrammeAlerts
from matchmaker.services.matching.seekers import SeekerFactory
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from matchmaker.services.operations.document_merge import DocumentMerge
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.people.notifications import named_now
from matchmaker.snapshot.build import build
from matchmaker.store.documents import Store
from matchmaker.workflow.channel import NoticeChannel
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.programme_alerts import ProgrammeChoice, told_by
from tests.contract.cooperation import START, services_on

FIT, CLOSE = NotificationKind.PROGRAMMES_FIT, NotificationKind.PROGRAMMES_CLOSE
TODAY = START.date()
SMALL = Organization("t:small", "小厂", Kind.FIRM, size=Size.SMALL, tier=Tier.SPECIALISED)
LARGE = Organization("t:large", "大厂", Kind.FIRM, size=Size.LARGE)
OFFICE = Organization("t:office", "市经信局", Kind.PUBLIC_BODY)


def programme(name: str, deadline: date | None = None, **terms) -> Offer:
    return Offer(
        f"o:{name}", OFFICE.id, OfferKind.PROGRAMME, f"{name}\n说明", deadline=deadline, **terms
    )


class Desk:
    """The use cases on a store; `refresh` takes a snapshot of what it holds now."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.base = services_on(store)
        self.clock, self.repositories = self.base.clock, self.base.repositories
        self.snapshot = None
        self.exclusions = self.base.introductions.exclusions
        store.upsert(GraphRows(organizations=(SMALL, LARGE, OFFICE)))
        self.people = {id: self.base.person(id) for id in (SMALL.id, LARGE.id, OFFICE.id)}
        self.alerts = ProgrammeAlerts(
            store, self, self._seekers, self.repositories,
            NotificationOutbox(self.repositories), self.clock, ClusterSources(store),
            self.exclusions.opted_out, self.exclusions.reader,
        )  # fmt: skip

    def _seekers(self, snapshot) -> SeekerFactory:
        return SeekerFactory(self.store, SnapshotRows(snapshot), None, None)

    def current(self):
        return self.snapshot

    def publish(self, *offers: Offer) -> None:
        self.store.upsert(GraphRows(offers=offers))
        self.refresh()

    def refresh(self) -> None:
        export = self.store.export()
        self.snapshot = build(export, self.clock().date(), None)

    def principal(self, id: str) -> Principal:
        return self.people[id].principal()

    def told(self, id: str, language: str = "en") -> list[tuple[NotificationKind, str]]:
        account = self.people[id].id
        notices = sorted(
            self.repositories.notifications.values("account", account), key=lambda each: each.at
        )
        return [(each.kind, each.message.text(language)) for each in notices]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def written(day: date) -> str:
    """As letters in English have it."""
    return f"{day:%b} {day.day}, {day.year}"


def test_who_fails_no_condition_is_told_once_with_what_has_to_be_checked(desk: Desk) -> None:
    until = TODAY + timedelta(days=30)
    desk.publish(programme("技改补助", until, for_sizes=(Size.SMALL,), max_years=9))
    assert desk.alerts.tell() == 1
    assert desk.told(SMALL.id) == [
        (
            FIT,
            f"This programme fits you: “技改补助”, until {written(until)}"
            " (check: Years since founded)",
        )
    ]
    assert desk.told(SMALL.id, "zh")[0][1].startswith("有项目适合贵单位：“技改补助”")
    assert desk.told(LARGE.id) == desk.told(OFFICE.id) == []
    for _ in range(30):
        desk.clock.forward(timedelta(hours=1))
        desk.alerts.tell()
    assert len(desk.told(SMALL.id)) == 1


def test_an_import_of_two_hundred_is_one_notice_that_names_three(desk: Desk) -> None:
    many = [programme(f"P{number:03}", for_sizes=(Size.SMALL,)) for number in range(199)]
    best = programme(
        "Best", TODAY + timedelta(40), for_sizes=(Size.SMALL,), for_tiers=(SMALL.tier,)
    )
    desk.publish(*many, best)
    assert desk.alerts.tell() == 1
    ((kind, text),) = desk.told(SMALL.id)
    assert kind is FIT
    assert text.startswith(
        f"200 programmes fit you, among them: “Best”, until {written(best.deadline)}"
    )
    assert [f"P{number:03}" in text for number in range(4)] == [True, True, False, False]


def test_of_new_ones_a_firm_is_told_once_a_day(desk: Desk) -> None:
    desk.publish(programme("A"))
    desk.alerts.tell()
    for name in "BCD":
        desk.clock.forward(timedelta(hours=2))
        desk.publish(programme(name))
        assert desk.alerts.tell() == 0
    desk.clock.forward(timedelta(hours=18))
    assert desk.alerts.tell() == 2  # the small firm and the large one
    assert [text[:24] for _, text in desk.told(SMALL.id)] == [
        "This programme fits you:", "3 programmes fit you, am",
    ]  # fmt: skip


def test_reminders_come_five_and_two_days_before_the_last(desk: Desk) -> None:
    desk.publish(programme("A", TODAY + timedelta(days=20), for_sizes=(Size.SMALL,)))
    seen = {}
    for _ in range(66):
        before = len(desk.told(SMALL.id))
        desk.refresh()
        desk.alerts.tell()
        if len(desk.told(SMALL.id)) > before:
            left = (TODAY + timedelta(days=20) - desk.clock().date()).days
            seen[left] = desk.told(SMALL.id)[-1][0]
        desk.clock.forward(timedelta(hours=8))
    assert seen == {20: FIT, 5: CLOSE, 2: CLOSE}
    # Who does not fit is told only of what it keeps.
    assert desk.told(LARGE.id) == []


def test_what_is_prolonged_is_reminded_of_anew(desk: Desk) -> None:
    late = programme("A", TODAY + timedelta(days=2))
    desk.publish(late)
    desk.alerts.tell()
    assert [kind for kind, _ in desk.told(SMALL.id)] == [FIT]  # it says until when: no reminder
    desk.publish(replace(late, deadline=TODAY + timedelta(days=12)))
    desk.clock.forward(timedelta(days=8))
    desk.refresh()
    desk.alerts.tell()
    assert [kind for kind, _ in desk.told(SMALL.id)] == [FIT, CLOSE]


def test_who_keeps_one_is_reminded_and_who_leaves_one_is_not(desk: Desk) -> None:
    desk.publish(programme("A", TODAY + timedelta(days=9), for_sizes=(Size.SMALL,)))
    desk.alerts.choose(desk.principal(LARGE.id), LARGE.id, "o:A", ProgrammeChoice.KEPT)
    desk.alerts.choose(desk.principal(SMALL.id), SMALL.id, "o:A", ProgrammeChoice.LEFT)
    desk.clock.forward(timedelta(days=4))
    desk.refresh()
    assert desk.alerts.tell() == 1
    assert [kind for kind, _ in desk.told(LARGE.id)] == [CLOSE]
    assert desk.told(SMALL.id) == []
    # What is kept stays on the list though a condition is not met; what is left stands last.
    (kept,) = desk.alerts.listed(desk.principal(LARGE.id), LARGE.id)
    assert kept.choice is ProgrammeChoice.KEPT
    (left,) = desk.alerts.listed(desk.principal(SMALL.id), SMALL.id)
    assert left.choice is ProgrammeChoice.LEFT
    assert desk.alerts.closing((left,)) == ()
    assert desk.alerts.closing((kept,)) == (kept,)


@pytest.mark.parametrize(
    "change",
    [{"listed": False}, {"status": OrganizationStatus.DISSOLVED, "ended": TODAY}],
    ids=["opted out", "dissolved"],
)
def test_who_opted_out_or_is_gone_is_told_nothing(desk: Desk, change: dict) -> None:
    desk.store.upsert(GraphRows(organizations=(replace(SMALL, **change),)))
    desk.publish(programme("A", TODAY + timedelta(days=3), for_sizes=(Size.SMALL,)))
    assert desk.alerts.tell() == 0


def test_people_stop_it_for_themselves(desk: Desk) -> None:
    other = desk.base.person(SMALL.id, 1)
    quiet = replace(other.preferences, programmes=False)
    desk.base.accounts.set_preferences(other.principal(), quiet)
    desk.publish(programme("A", for_sizes=(Size.SMALL,)))
    assert desk.alerts.tell() == 1
    assert len(desk.told(SMALL.id)) == 1
    assert list(desk.repositories.notifications.values("account", other.id)) == []


def test_it_goes_to_the_channels_of_an_account(desk: Desk) -> None:
    account = desk.people[SMALL.id]
    channel = NoticeChannel("ch", account.subject, "wecom", "label", "sealed", START)
    unit_put = desk.repositories.channels.put(channel)
    desk.repositories.records.commit([unit_put])
    desk.publish(programme("A", for_sizes=(Size.SMALL,)))
    desk.alerts.tell()
    (notice,) = desk.repositories.channel_notices.values("channel", "ch")
    assert notice.kind is FIT
    assert notice.message.text("en") == "This programme fits you: “A”"


def test_only_own_people_of_a_firm_choose_and_only_programmes(desk: Desk) -> None:
    machine = Offer("o:lathe", OFFICE.id, OfferKind.EQUIPMENT, "车床")
    desk.publish(programme("A"), machine)
    with pytest.raises(NotAllowed):
        desk.alerts.choose(desk.principal(LARGE.id), SMALL.id, "o:A", ProgrammeChoice.KEPT)
    with pytest.raises(NotAllowed):
        desk.alerts.listed(desk.principal(LARGE.id), SMALL.id)
    with pytest.raises(InvalidInput):
        desk.alerts.choose(ADMIN, SMALL.id, machine.id, ProgrammeChoice.KEPT)
    with pytest.raises(InvalidInput):
        desk.alerts.choose(ADMIN, OFFICE.id, "o:A", ProgrammeChoice.KEPT)


VALVES = Cluster("cluster:valves", "阀门集群")


@pytest.mark.parametrize("is_posted", [True, False], ids=["posted", "of the list"])
def test_what_a_list_of_a_cluster_makes_an_office_tells_its_cluster_only(
    desk: Desk, *, is_posted: bool
) -> None:
    """A coordinator's list says it of a new organisation, or says a programme itself."""
    by_list = Provenance("valves", "1")
    made = Organization("valves:1", "平台", Kind.PLATFORM, provenance=by_list)
    desk.store.upsert(
        GraphRows(
            organizations=(made,),
            clusters=(VALVES,),
            memberships=(Membership(VALVES.id, made.id), Membership(VALVES.id, SMALL.id)),
        )
    )
    grant = (
        posted(1, made.id, "技改补助")
        if is_posted
        else Offer("valves:o", OFFICE.id, OfferKind.PROGRAMME, "技改补助", provenance=by_list)
    )
    desk.publish(grant)
    assert desk.alerts.tell() == 1
    assert [kind for kind, _ in desk.told(SMALL.id)] == [FIT]
    assert desk.told(LARGE.id) == []
    assert desk.alerts.listed(desk.principal(LARGE.id), LARGE.id) == ()
    (shown,) = desk.alerts.listed(desk.principal(SMALL.id), SMALL.id)
    assert shown.fit.id == grant.id
    # An administrator sets what it is, or imports the programme: all are told.
    set_by_admin = FieldOrigin("kind", "api", SourceTier.CONFIRMED)
    desk.store.upsert(GraphRows(organizations=(replace(made, origins=(set_by_admin,)),)))
    if not is_posted:
        register = Provenance("register", "1", SourceTier.CONFIRMED)
        desk.store.upsert(GraphRows(offers=(replace(grant, provenance=register),)))
    desk.clock.forward(timedelta(hours=25))
    desk.refresh()
    assert desk.alerts.tell() == 1
    assert [kind for kind, _ in desk.told(LARGE.id)] == [FIT]


LETTER = "Your account is closed today unless you sign in at https://evil.example/verify"


def posted(number: int, owner: str, text: str, **terms) -> Offer:
    """A programme as its owner's people post it here."""
    source = Provenance(POSTED, str(number), SourceTier.SELF)
    return Offer(f"post:{number}", owner, OfferKind.PROGRAMME, text, provenance=source, **terms)


def test_what_a_firm_calls_a_programme_is_found_and_told_to_nobody(desk: Desk) -> None:
    soon = TODAY + timedelta(days=4)
    own_words = posted(1, LARGE.id, LETTER, deadline=soon)
    desk.publish(own_words)
    assert desk.alerts.tell() == 0
    assert desk.told(SMALL.id) == []
    assert desk.alerts.listed(desk.principal(SMALL.id), SMALL.id) == ()
    # What a list brought in of a firm is told of, and so is what an office posts itself.
    desk.publish(Offer("o:list", LARGE.id, OfferKind.PROGRAMME, "技改补助"))
    desk.publish(posted(2, OFFICE.id, "培训补助"))
    assert desk.alerts.tell() == 2
    ((_, text),) = desk.told(SMALL.id)
    assert "技改补助" in text
    assert "培训补助" in text
    assert "account" not in text
    # Who found it and keeps it is reminded of it.
    desk.alerts.choose(desk.principal(SMALL.id), SMALL.id, own_words.id, ProgrammeChoice.KEPT)
    desk.alerts._last_look.at = None
    desk.alerts.tell()
    kind, text = desk.told(SMALL.id)[-1]
    assert kind is CLOSE
    assert text == f"This programme closes soon: a programme of 大厂, until {written(soon)}"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (LETTER, "a programme of 市经信局"),
        ("申报请登录ｗｗｗ．evil.example", "a programme of 市经信局"),
        ("Sign in at evil.example/verify", "a programme of 市经信局"),
        ("Grants for 3.5 kW drives, No. 12", "“Grants for 3.5 kW drives, No. 12”"),
        ("技" * 81, f"“{'技' * 79}…”"),
        ("技" * 80, f"“{'技' * 80}”"),
    ],
)
def test_a_notice_carries_a_short_title_without_addresses(
    desk: Desk, title: str, shown: str
) -> None:
    desk.publish(posted(1, OFFICE.id, title))
    desk.alerts.tell()
    assert desk.told(SMALL.id) == [(FIT, f"This programme fits you: {shown}")]


def test_a_notice_of_earlier_days_is_told_without_addresses_too() -> None:
    facts = {"count": "1", "titles": LETTER, "deadlines": "", "unknown": ""}
    (told,) = told_by(facts)
    assert told.title == ""


def test_what_is_taken_back_and_posted_anew_is_not_told_of_anew(desk: Desk) -> None:
    soon = TODAY + timedelta(days=5)
    for number in range(3):
        desk.publish(posted(number, OFFICE.id, "技改补助\n说明", deadline=soon))
        desk.alerts.tell()
        desk.publish(posted(number, OFFICE.id, "技改补助", deadline=soon, active=False))
        desk.alerts.tell()
        desk.clock.forward(timedelta(hours=25))
    assert [kind for kind, _ in desk.told(SMALL.id)] == [FIT]
    desk.publish(posted(4, OFFICE.id, "培训补助", deadline=soon))
    desk.alerts.tell()
    # A month later the next round of it is news.
    desk.clock.forward(timedelta(days=32))
    desk.refresh()
    desk.alerts.tell()
    desk.publish(posted(5, OFFICE.id, "技改补助"))
    desk.alerts.tell()
    assert [kind for kind, _ in desk.told(SMALL.id)] == [FIT, FIT, FIT]


def test_what_was_told_and_chosen_goes_with_a_merged_firm(desk: Desk) -> None:
    desk.publish(programme("A"), programme("B"))
    desk.alerts.choose(ADMIN, SMALL.id, "o:A", ProgrammeChoice.LEFT)
    desk.alerts.choose(ADMIN, SMALL.id, "o:B", ProgrammeChoice.LEFT)
    desk.alerts.choose(ADMIN, LARGE.id, "o:B", ProgrammeChoice.KEPT)
    changes = DocumentMerge(desk.repositories, SMALL.id, LARGE.id, brings_people=True).changes()
    desk.repositories.records.commit(changes)
    assert desk.repositories.programme_alerts.get_or_none(SMALL.id) is None
    record = desk.repositories.programme_alerts.get(LARGE.id).value
    assert record.mark("o:A").choice is ProgrammeChoice.LEFT
    assert record.mark("o:B").choice is ProgrammeChoice.KEPT


def test_an_office_that_opted_out_since_is_named_in_no_notice(desk: Desk) -> None:
    """Neither by the title of what it offered, nor by its name where that has an address."""
    desk.publish(programme("技改补助"), posted(1, OFFICE.id, LETTER))
    desk.alerts.tell()
    (notice,) = desk.repositories.notifications.values("account", desk.people[SMALL.id].id)
    finds = PublishedStatements(desk.store, desk.exclusions.opted_out).finds_statement
    shown = named_now(notice, desk.principal(SMALL.id), finds)
    assert shown == notice
    office = replace(desk.store.organization(OFFICE.id), listed=False)
    desk.store.upsert(GraphRows(organizations=(office,)))
    after = named_now(notice, desk.principal(SMALL.id), finds)
    text = "2 programmes fit you, among them: a programme of Somebody, a programme of Somebody"
    assert after.message.text("en") == text
    assert not any("技改" in fact or "市经信局" in fact for fact in after.facts.values())
    # Its own people and whom earlier versions told, without ids, read what was said.
    own = replace(desk.principal(SMALL.id), organizations=frozenset({OFFICE.id}))
    assert named_now(notice, own, finds) == notice
    earlier = replace(notice, facts={k: v for k, v in notice.facts.items() if k != "offers"})
    told = named_now(earlier, desk.principal(SMALL.id), finds)
    assert told.message == notice.message


def test_of_an_office_that_opted_out_a_moment_ago_nothing_is_told(desk: Desk) -> None:
    desk.publish(posted(1, OFFICE.id, "技改补助", deadline=TODAY + timedelta(days=5)))
    desk.alerts.choose(ADMIN, LARGE.id, "post:1", ProgrammeChoice.KEPT)
    # The snapshot is older than that.
    desk.store.upsert(
        GraphRows(organizations=(replace(desk.store.organization(OFFICE.id), listed=False),))
    )
    assert desk.alerts.tell() == 0
    for id in (SMALL.id, LARGE.id):
        assert desk.alerts.listed(desk.principal(id), id) == ()
        assert desk.told(id) == []
    with pytest.raises(NotFound, match="No offer has the id 'post:1'"):
        desk.alerts.choose(desk.principal(SMALL.id), SMALL.id, "post:1", ProgrammeChoice.KEPT)


@pytest.mark.parametrize("by", [OFFICE.id, SMALL.id])
def test_who_is_not_to_be_brought_together_is_told_no_programme_of_the_other(
    desk: Desk, by: str
) -> None:
    other = {OFFICE.id: SMALL.id, SMALL.id: OFFICE.id}[by]
    desk.exclusions.exclude(desk.principal(by), by, other)
    desk.publish(posted(1, OFFICE.id, "技改补助"))
    assert desk.alerts.tell() == 1
    assert [bool(desk.told(id)) for id in (SMALL.id, LARGE.id)] == [False, True]
    assert desk.alerts.listed(desk.principal(SMALL.id), SMALL.id) == ()
    # What a firm keeps itself stays on its list.
    desk.alerts.choose(desk.principal(SMALL.id), SMALL.id, "post:1", ProgrammeChoice.KEPT)
    assert len(desk.alerts.listed(desk.principal(SMALL.id), SMALL.id)) == 1


def test_who_stays_within_its_clusters_tells_firms_elsewhere_of_no_programme(desk: Desk) -> None:
    desk.store.upsert(
        GraphRows(
            clusters=(Cluster("t:c", "群", "C"),),
            memberships=tuple(Membership("t:c", id) for id in (OFFICE.id, LARGE.id)),
        )
    )
    desk.exclusions.set_own_clusters_only(desk.principal(OFFICE.id), OFFICE.id, True)
    desk.publish(posted(1, OFFICE.id, "技改补助"))
    assert desk.alerts.tell() == 1
    assert [bool(desk.told(id)) for id in (SMALL.id, LARGE.id)] == [False, True]
