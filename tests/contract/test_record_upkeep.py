"""Records as earlier versions wrote them are found as later ones are, on both stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.services.operations.record_upkeep import bring_up_to_date
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Repository
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.changes import Put
from matchmaker.store.documents import Store
from matchmaker.workflow.job import ImportRecord
from matchmaker.workflow.notification import Notification, NotificationKind
from tests.contract.cooperation import START, cooperation_on

ROWS = GraphRows(organizations=(Organization("t:new", "新", Kind.FIRM),))


def as_before(repository: Repository, value, *without: str) -> Put:
    """The change by which a version wrote it that did not know these keys."""
    put = repository.put(value)
    keys = {name: values for name, values in put.keys.items() if name not in without}
    return Put(put.kind, put.id, put.body, put.expected, keys)


def test_imports_of_earlier_versions_keep_what_takes_them_back_of_the_newest_twenty(
    store: Store,
) -> None:
    """They had no key to be counted by: up to 20,000 rows of each were kept for ever."""
    repositories = Repositories(lambda: store.documents)
    imports = repositories.imports
    day = datetime(2026, 1, 1, tzinfo=UTC)
    records = [
        ImportRecord(f"{number:04}", "organizations", cluster, "a", day, {}, ROWS, organization=own)
        for cluster, own, first in (("t:c", "", 100), ("", "", 200), ("", "t:f0", 300))
        for number in range(first, first + 22)
    ]
    store.documents.commit([as_before(imports, record, "reversible") for record in records])
    assert bring_up_to_date(repositories) == 66
    kept = {record.id for record in imports.values() if record.can_be_undone}
    of_cluster, of_all = range(102, 122), range(202, 222)
    assert kept == {f"{number:04}" for number in (*of_cluster, *of_all, *range(317, 322))}
    assert all(record.is_forgotten != (record.id in kept) for record in imports.values())
    assert imports.count("reversible", "cluster/t:c") == imports.count("cluster", "t:c") - 2 == 20
    assert bring_up_to_date(repositories) == 0


def test_who_has_hundreds_unread_is_told_once(store: Store) -> None:
    """Only the newest hundred were looked at: each word of a talk was told anew behind these."""
    services = cooperation_on(store)
    account, unit = services.person("t:f0"), UnitOfWork("system", START)
    notifications = services.repositories.notifications
    told = Notification(
        "0", account.id, NotificationKind.MESSAGE_RECEIVED, "introduction/1", START, {"other": "乙"}
    )
    later = [
        Notification(
            f"{number:04}", account.id, NotificationKind.NEED_POSTED, f"need/{number}",
            START + timedelta(hours=number), {},
        )
        for number in range(1, 121)
    ]  # fmt: skip
    store.documents.commit([as_before(notifications, told, "told"), *map(notifications.put, later)])

    def tell(other: str) -> int:
        """How many are added to what is to be written."""
        added = UnitOfWork(unit.actor, unit.at)
        NotificationOutbox(services.repositories).notify(
            added, "organization", "t:f0", told.kind, told.subject, {"other": other}, once=True
        )
        return len(added.changes)

    assert tell("乙") == 1  # one that an earlier version wrote
    assert bring_up_to_date(services.repositories) == 1
    assert (tell("乙"), tell("丙")) == (0, 1)
    stored = notifications.get("0")
    read = notifications.put(replace(stored.value, read=True), stored.version)
    store.documents.commit([read])
    assert tell("乙") == 1
