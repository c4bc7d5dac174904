"""Two nodes on one store: one is elected, jobs of both are worked off, a snapshot gets around."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from matchmaker.access import ADMIN
from matchmaker.cli import operations
from matchmaker.messages import message
from matchmaker.nodes import election
from matchmaker.nodes.notes import NodeNote
from matchmaker.nodes.registry import NodeRegistry
from matchmaker.nodes.shared_state import SharedState
from matchmaker.services.operations import node_work
from matchmaker.services.operations.node_work import SharedRefresh
from matchmaker.snapshot import folders
from matchmaker.snapshot.load import save
from matchmaker.wiring import Wiring
from matchmaker.workflow.job import JobKind, JobState
from tests.unit.snapshot.graphs import random_rows, snapshot_of


@pytest.fixture
def nodes(shared_settings, tmp_path, monkeypatch):
    """Two installations that share a store, Redis and a folder; everything is looked at often."""
    for module, name in (
        (election, "RENEWED_EVERY"), (node_work, "FOLLOWED_EVERY"), (node_work, "ANNOUNCED_EVERY")
    ):  # fmt: skip
        monkeypatch.setattr(module, name, 0.05)
    monkeypatch.setattr(folders, "sync", lambda path: None)
    both = [
        Wiring(shared_settings.model_copy(update={"data_dir": tmp_path / name, "node": name}))
        for name in "ab"
    ]
    both[0].store.prepare()
    yield both
    for each in both:
        each.store.close()


def wait(holds) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_one_is_elected_the_other_follows_and_takes_over(nodes, capsys, monkeypatch):
    monkeypatch.setenv("MATCHMAKER_LANGUAGE", "en")
    first, second = nodes
    works, overs = [], [threading.Event(), threading.Event()]
    for each, over in zip(nodes, overs, strict=True):
        work = each.node_work(lambda: None)
        assert work is not None
        works.append(work)
        work.start(over)
        wait(lambda: works[0].is_elected)
    registry = NodeRegistry(SharedState(first.settings))
    try:
        wait(lambda: [node.is_elected for node in registry.nodes()] == [True, False])
        wait(lambda: {node.note for node in registry.nodes()} == {NodeNote.WAITS})
        assert first.health.jobs_worker().running
        snapshot = snapshot_of(random_rows(1), vectors=True)
        save(replace(snapshot, meta=replace(snapshot.meta, version=7)), first.snapshot_root)
        first.snapshot_exchange.publish(1)
        wait(lambda: [node.snapshot for node in registry.nodes()] == [7, 7])
        assert second.reader.current().meta.version == 7
        registry.announce_served("b", 1, 7)
        state = second.health.nodes(ADMIN)
        operations._show_nodes(state)
        printed = capsys.readouterr().out
        assert "snapshot 7 is the newest" in printed
        assert "a (program 0.1.0): snapshot 7 there, answers from none" in printed
        assert "b (program 0.1.0): snapshot 7 there, answers from 7" in printed
        assert printed.count("works off the jobs of all nodes") == 1
        overs[0].set()
        works[0].stop()
        wait(lambda: works[1].is_elected)
    finally:
        for over, work in zip(overs, works, strict=True):
            over.set()
            work.stop()


def test_a_snapshot_published_by_a_clock_that_was_ahead_stops_no_later_ones(nodes):
    first, second = nodes
    snapshot = snapshot_of(random_rows(1), vectors=True)
    ahead = int(datetime(2099, 1, 1, tzinfo=UTC).timestamp() * 1e6)
    for node, version in ((first, 7), (second, 8)):
        save(replace(snapshot, meta=replace(snapshot.meta, version=version)), node.snapshot_root)
    first.snapshot_exchange.publish(ahead)
    refresh = SharedRefresh(second.shared_state, second.snapshot_exchange, second.shared_vectors)
    with refresh.exclusively() as publish:
        publish()
    assert first.snapshot_exchange.newest().version == 8


def test_what_one_node_requests_another_works_off_also_after_the_server_was_away(
    nodes, redis_server, monkeypatch
):
    first, second = nodes
    second.job_handlers = {JobKind.REFRESH: lambda job, progress: message("Done.")}
    job = first.job_queue.request(ADMIN, JobKind.REFRESH)
    _work_off(second)
    assert first.job_queue.show(ADMIN, job.id).state is JobState.DONE
    first.shared_state.patient.connection_pool.disconnect()
    redis_server.end()
    for queue in first.requested_jobs.values():
        monkeypatch.setattr(queue.storage, "conn", first.shared_state.quick)
    waiting = first.job_queue.request(ADMIN, JobKind.REFRESH)  # it is written down
    redis_server.start()
    _work_off(second)
    assert first.job_queue.show(ADMIN, waiting.id).state is JobState.QUEUED
    assert second.job_queue.send_forgotten() == 1
    _work_off(second)
    assert first.job_queue.show(ADMIN, waiting.id).state is JobState.DONE


def _work_off(node: Wiring) -> None:
    assert node.job_queue
    queue = node.requested_jobs[JobKind.REFRESH]
    queue.storage.blocking = False
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
