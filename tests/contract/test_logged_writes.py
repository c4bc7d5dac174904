"""A change of the graph and its line in the log: both are there, or neither is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import (
    Cluster,
    GoalName,
    GraphRows,
    Kind,
    Membership,
    Need,
    NeedState,
    Offer,
    OfferKind,
    Organization,
)
from matchmaker.errors import InvalidInput, NotFound, StoreUnavailable, VersionConflict, WrongState
from matchmaker.services.directory.codes import Codes
from matchmaker.services.directory.directory import Directory
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.store.documents import Store
from matchmaker.store.log import Entry, first_broken

FIRM = Organization("t:firm", "示例厂", Kind.FIRM)
NEED = Need("t:need", "t:firm", GoalName.SUPPLIER, "铸件", "zh")
OFFER = Offer("t:offer", "t:firm", OfferKind.PRODUCT, "球阀", "zh")
CLUSTER = Cluster("t:cluster", "集群")


def entry(action: str, **detail: Any) -> tuple[Entry, ...]:
    return (Entry("2026-01-01T00:00:00Z", "someone", action, "t:firm", detail),)


def logged(store: Store) -> list[str]:
    lines = store.documents.log()
    assert first_broken(lines) is None
    return [line.entry.action for line in lines]


def write_rows(store: Store, entries: tuple[Entry, ...]) -> None:
    store.upsert(GraphRows(offers=(OFFER,)), entries)


def write_and_drop(store: Store, entries: tuple[Entry, ...]) -> None:
    store.replace_rows(GraphRows(offers=(OFFER,)), GraphRows(needs=(NEED,)), entries)


def edit(store: Store, entries: tuple[Entry, ...]) -> None:
    store.replace_organization(FIRM, "做球阀", 1, entries)


def move(store: Store, entries: tuple[Entry, ...]) -> None:
    store.transition_need("t:need", NeedState.OPEN, NeedState.CLOSED, entries)


WRITES = [write_rows, write_and_drop, edit, move]
Write = Callable[[Store, tuple[Entry, ...]], None]


@pytest.fixture
def graph(store: Store) -> Store:
    store.upsert(GraphRows(organizations=(FIRM,), needs=(NEED,), clusters=(CLUSTER,)))
    return store


@pytest.mark.parametrize("write", WRITES)
def test_a_write_appends_its_lines(graph: Store, write: Write) -> None:
    before = graph.version()
    write(graph, (*entry("first"), *entry("second")))
    assert graph.version() > before
    assert logged(graph) == ["first", "second"]


@pytest.mark.parametrize("write", WRITES)
def test_a_line_that_cannot_be_written_undoes_the_write(graph: Store, write: Write) -> None:
    before = graph.export()
    with pytest.raises(TypeError):
        write(graph, entry("unwritable", what=object()))
    assert graph.export() == before
    assert logged(graph) == []


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (
            lambda store: store.upsert(
                GraphRows(needs=(Need("t:x", "t:nobody", GoalName.SUPPLIER, "x"),)), entry("x")
            ),
            InvalidInput,
        ),
        (
            lambda store: store.replace_rows(
                GraphRows(), GraphRows(organizations=(FIRM,)), entry("x")
            ),
            InvalidInput,
        ),
        (lambda store: store.replace_organization(FIRM, None, 7, entry("x")), VersionConflict),
        (
            lambda store: store.transition_need(
                "t:need", NeedState.CLOSED, NeedState.OPEN, entry("x")
            ),
            WrongState,
        ),
        (
            lambda store: store.transition_need(
                "t:none", NeedState.OPEN, NeedState.CLOSED, entry("x")
            ),
            NotFound,
        ),
    ],
)
def test_a_refused_write_appends_nothing(
    graph: Store, refused: Callable[[Store], Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        refused(graph)
    assert logged(graph) == []


TODAY = date(2026, 1, 2)
CHANGES: dict[str, Callable[[Directory], Any]] = {
    "organization.created": lambda directory: directory.create(
        ADMIN, Organization("t:new", "新厂", Kind.FIRM), "做阀门"
    ),
    "organization.edited": lambda directory: directory.edit(
        ADMIN, "t:firm", {"name": "改名"}, None, 1
    ),
    "cluster.saved": lambda directory: directory.put_cluster(ADMIN, "", {"name": "新集群"}),
    "member.joined": lambda directory: directory.set_member(
        ADMIN, "t:cluster", "t:firm", stays=True
    ),
    "offer.written": lambda directory: directory.post_offer(ADMIN, OFFER, TODAY),
    "need.written": lambda directory: directory.post_need(
        ADMIN, Need("t:need2", "t:firm", GoalName.SUPPLIER, "密封"), TODAY
    ),
    "need.moved": lambda directory: directory.transition_need(
        ADMIN, "t:need", NeedState.OPEN, NeedState.CLOSED
    ),
}


def directory_of(graph: Store) -> Directory:
    """The directory of a store whose snapshot nobody asks for."""
    codes = Codes(SnapshotReader(Path("nowhere")))
    return Directory(
        graph, lambda: datetime(2026, 1, 2, tzinfo=UTC), codes, OptedOut(lambda: graph)
    )


@pytest.mark.parametrize("action", CHANGES)
def test_the_directory_needs_no_second_commit_for_its_log(
    graph: Store, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    """As if the process ended after its first commit."""

    def ended(*_: Any) -> None:
        raise StoreUnavailable("The process was killed.")

    monkeypatch.setattr(graph.documents, "commit", ended)
    CHANGES[action](directory_of(graph))
    assert logged(graph) == [action]
    assert graph.documents.log()[0].entry.actor == "admin"


def test_a_member_of_less_than_a_day_leaves_no_membership(graph: Store) -> None:
    directory = directory_of(graph)
    directory.set_member(ADMIN, "t:cluster", "t:firm", stays=True)
    directory.set_member(ADMIN, "t:cluster", "t:firm", stays=False)
    wanted = GraphRows(memberships=(Membership("t:cluster", "t:firm"),))
    assert graph.stored(wanted).memberships == ()
    assert logged(graph) == ["member.joined", "member.left"]
