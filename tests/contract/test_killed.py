"""A process that is killed while it acts leaves the old state or the new one, on both stores."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

import pytest
from huey import MemoryHuey

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, GraphRows, Kind, Organization
from matchmaker.errors import NotFound
from matchmaker.services.operations import import_undo, large_import
from matchmaker.services.operations.duplicates import Duplicates
from matchmaker.services.operations.import_decisions import ImportDecisions
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.services.operations.importer import Importer, ImportOptions
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.operations.merge_prospect import MergeDecision
from matchmaker.services.operations.upload_folder import UploadFolder
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import utc_now
from matchmaker.store.documents import Store
from matchmaker.store.log import first_broken
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.store.sqlite import SqliteStore
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import ACTIVE, Action, OutcomeKind, State
from matchmaker.workflow.job import Job, JobKind, JobState
from matchmaker.workflow.survey import ReportedTie
from tests.contract.calls import calls_again, calls_on
from tests.contract.cooperation import cooperation_on, services_on
from tests.contract.surveys import Q, survey_world, surveys_again
from tools.neo4j.server import ServerAddress

pytestmark = pytest.mark.slow  # processes are killed


def _act_until_killed(opened: Callable[[], Store], ready: int, year: int) -> NoReturn:
    """One introduction after the other from the proposal to its completion, in this process.

    Each on a day of its own, those of a process within its year: few are asked for on one.
    """
    services = services_on(opened())
    services.clock.forward(timedelta(days=366 * year))
    one = services.principal_of("p0.t.f0@example.org")
    two = services.principal_of("p0.t.f1@example.org")
    os.write(ready, b"!")
    while True:
        services.clock.forward(timedelta(days=1))
        made = services.introductions.propose(one, Proposal(GoalName.SUPPLIER, "t:f0", "t:f1"))
        services.introductions.act(two, made.id, Transition(Action.ACCEPT))
        report = Transition(Action.REPORT, outcome=Outcome(OutcomeKind.CONTRACT))
        told = services.introductions.act(one, made.id, report)
        confirmed = Transition(Action.CONFIRM, version=told.version)
        services.introductions.act(two, made.id, confirmed)


@pytest.mark.slow
def test_a_kill_between_any_two_steps_leaves_the_old_or_the_new_state(
    store: Store, opened: Callable[[], Store]
) -> None:
    services = cooperation_on(store, {"t:f0": 3, "t:f1": 3})
    services.person("t:f0")
    services.person("t:f1")
    for year, wait in enumerate((0.05, 0.11, 0.17, 0.23, 0.31, 0.4)):
        is_ready, ready = os.pipe()
        pid = os.fork()
        if not pid:
            try:
                _act_until_killed(opened, ready, year)
            finally:
                os._exit(1)
        os.close(ready)
        assert os.read(is_ready, 1) == b"!"
        os.close(is_ready)
        time.sleep(wait)
        os.kill(pid, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
        _whole(store)
        _finish(store)


def _whole(store: Store) -> None:
    """Introductions, slots, open pairs and the log say the same."""
    services = services_on(store)
    every = list(services.repositories.introductions.values())
    active = {introduction.id for introduction in every if introduction.state in ACTIVE}
    for party in ("t:f0", "t:f1"):
        slots = services.repositories.slots.get_or_none(party)
        assert set(slots.value.taken if slots else ()) == active
    open_ones = {
        introduction.id
        for introduction in every
        if introduction.state in ACTIVE or introduction.is_waiting
    }
    assert {pair.introduction for pair in services.repositories.open_pairs.values()} == open_ones
    logged = [line.entry for line in store.documents.log(limit=10_000)]
    for introduction in every:
        lines = [line for line in logged if line.subject == f"introduction/{introduction.id}"]
        # Proposed with the first side's yes, then one line for each step.
        assert len(lines) == len(introduction.steps)
    assert first_broken(store.documents.log(limit=10_000)) is None
    services.graph_sync.write_pending()
    around = store.neighborhood("t:f0", 1, 100)
    assert {tie.id for tie in around.ties} == {
        f"intro:{introduction.id}#tie"
        for introduction in every
        if introduction.state is State.COMPLETED
    }


def _finish(store: Store) -> None:
    """So that the next worker may propose."""
    services = services_on(store)
    principal = services.principal_of("p0.t.f0@example.org")
    for introduction in list(services.repositories.introductions.values()):
        action = Action.CANCEL if introduction.is_waiting else Action.END
        if introduction.is_waiting or introduction.state in ACTIVE:
            services.introductions.act(principal, introduction.id, Transition(action))


def test_what_a_killed_process_left_is_proposed_again(store: Store) -> None:
    """The pair of a cancelled introduction is free again."""
    services = cooperation_on(store)
    person = services.person("t:f0").principal()
    proposal = Proposal(GoalName.SUPPLIER, "t:f0", "t:f1")
    first = services.introductions.propose(person, proposal)
    services.introductions.act(person, first.id, Transition(Action.CANCEL))
    assert services.introductions.propose(person, proposal).id != first.id


# -- at each step of an import and of a merge


def _died_at(step: int, opened: Callable[[], Store], act: Callable[[Store], object]) -> bool:
    """Whether a process of its own that acts was killed before or after its so-manieth write."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    try:
        store = opened()
        passed = 0

        def stop_at(owner: type, name: str) -> None:
            done = getattr(owner, name)

            def counted(*args: Any, **options: Any) -> Any:
                nonlocal passed
                passed += 1
                if passed == step:
                    os._exit(9)
                result = done(*args, **options)
                passed += 1
                if passed == step:
                    os._exit(9)
                return result

            setattr(owner, name, counted)

        for name in ("import_rows", "import_batches", "replace_rows"):
            stop_at(type(store), name)
        stop_at(type(store.documents), "commit")
        stop_at(UploadFolder, "request")
        stop_at(UploadFolder, "drop_requested")
        act(store)
        os._exit(0)
    finally:
        os._exit(1)


@pytest.fixture
def opened(store: Store, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Opens the store anew, in another process."""
    if isinstance(store, SqliteStore):
        return lambda: SqliteStore(tmp_path / "graph.db")
    server = request.getfixturevalue("neo4j_server")
    return lambda: Neo4jStore(server.url, server.user, server.password)


def _workflow(store: Store, folder: Path) -> ImportWorkflow:
    repositories = Repositories(lambda: store.documents)
    # What `write` asks for is done here at once.
    queue = JobQueue(repositories, {}, lambda: {}, utc_now)
    return ImportWorkflow(
        store,
        repositories,
        Importer(store),
        queue,
        UploadFolder(folder),
        ImportDecisions(store, repositories),
        utc_now,
    )


def _undoing(store: Store) -> import_undo.UndoWorkflow:
    """Takes imports back by jobs that are done at once."""
    repositories = Repositories(lambda: store.documents)
    huey = MemoryHuey(immediate=True)
    queue = JobQueue(repositories, {JobKind.UNDO: huey}, dict, utc_now)
    undo = import_undo.UndoWorkflow(store, repositories, queue, utc_now)
    queue.handlers = lambda: {JobKind.UNDO: undo.run}
    return undo


def test_an_import_killed_at_any_step_is_whole_or_not_there_and_is_finished(
    store: Store, opened: Callable[[], Store], tmp_path: Path
) -> None:
    known = Organization("list:a", "甲厂", Kind.FIRM, website="https://old.example")
    store.upsert(GraphRows(organizations=(known,)))
    workflow = _workflow(store, tmp_path / "uploads")
    killed = True
    for step in range(1, 30):
        content = f"id,name,kind,website\nlist:a,甲厂,firm,https://a{step}.example\n"
        content += f"list:n{step},新{step}厂,firm,\n"
        id = workflow.keep(ADMIN, "organizations.csv", BytesIO(content.encode()))
        workflow.uploads.request(ADMIN.subject, id)
        job = Job(id, JobKind.IMPORT, "admin", datetime.now(UTC), arguments={"upload": id})
        before = store.organization("list:a").website

        def act(other: Store, job: Job = job) -> None:
            _workflow(other, tmp_path / "uploads").run(job)

        killed = _died_at(step, opened, act)
        is_recorded = workflow.repositories.imports.get_or_none(id) is not None
        is_written = bool(store.organizations_by_id([f"list:n{step}"]))
        lines = [
            line
            for line in store.documents.log(limit=10_000)
            if line.entry.action == "import.written"
        ]
        assert is_recorded is is_written
        assert len(lines) == step - 1 + is_recorded
        workflow.run(job)  # as the next worker does with what it finds
        assert store.organization("list:a").website == f"https://a{step}.example"
        assert not (tmp_path / "uploads" / "asked" / id).exists()
        workflow.undo(ADMIN, id)
        assert store.organization("list:a").website == before
        assert not store.organizations_by_id([f"list:n{step}"])
        if not killed:
            break
    assert not killed
    assert step > 4  # before and after the writing, and before and after the file went


def test_taking_an_import_back_killed_at_any_step_is_whole_or_not_done_and_is_finished(
    store: Store, opened: Callable[[], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, record and the log say the same; whoever takes it up again, finishes it."""
    monkeypatch.setattr(import_undo, "AT_ONCE", 0)  # it is a job
    known = Organization("list:a", "甲厂", Kind.FIRM, website="https://old.example")
    store.upsert(GraphRows(organizations=(known,)))
    workflow = _workflow(store, tmp_path / "uploads")
    killed = True
    for step in range(1, 20):
        content = f"id,name,kind,website\nlist:a,甲厂,firm,https://a{step}.example\n"
        content += f"list:u{step},新{step}厂,firm,\n"
        id = workflow.keep(ADMIN, "organizations.csv", BytesIO(content.encode()))
        workflow.uploads.request(ADMIN.subject, id)
        arguments = {"upload": id}
        workflow.run(Job(id, JobKind.IMPORT, "admin", datetime.now(UTC), arguments=arguments))

        def act(other: Store, id: str = id) -> None:
            undo = _undoing(other)
            job = undo.take_back(ADMIN, id)
            assert isinstance(job, Job)
            undo.job_queue.run(job.id)

        killed = _died_at(step, opened, act)
        is_undone = workflow.repositories.imports.get(id).value.undone is not None
        is_there = bool(store.organizations_by_id([f"list:u{step}"]))
        website = store.organization("list:a").website
        assert (is_there, website) == (
            (False, "https://old.example") if is_undone else (True, f"https://a{step}.example")
        )
        queue = _undoing(store).job_queue  # as the next worker does with what it finds
        queue.resume_interrupted()
        queue.send_forgotten()
        if workflow.repositories.imports.get(id).value.undone is None:
            act(store)
        assert not store.organizations_by_id([f"list:u{step}"])
        assert store.organization("list:a").website == "https://old.example"
        for job in workflow.repositories.jobs.values():
            assert job.kind is not JobKind.UNDO or job.state is JobState.DONE
        lines = store.documents.log(limit=10_000)
        assert sum(line.entry.action == "import.undone" for line in lines) == step
        assert first_broken(lines) is None
        if not killed:
            break
    assert not killed
    assert step > 2


def test_a_request_killed_at_any_step_is_carried_out_or_can_be_made_again(
    store: Store, opened: Callable[[], Store], tmp_path: Path
) -> None:
    """Its file waits for work that is written down, or is still its sender's."""
    workflow = _workflow(store, tmp_path / "uploads")
    killed = True
    for step in range(1, 20):
        content = f"id,name,kind\nlist:r{step},新{step}厂,firm\n"
        id = workflow.keep(ADMIN, "organizations.csv", BytesIO(content.encode()))

        def act(other: Store, id: str = id) -> None:
            _workflow(other, tmp_path / "uploads").write(ADMIN, id)

        killed = _died_at(step, opened, act)
        job = workflow.repositories.jobs.get_or_none(id)
        if job is None:
            assert [each.id for each in workflow.unwritten_uploads(ADMIN)] == [id]
            workflow.write(ADMIN, id)
            job = workflow.repositories.jobs.get(id)
        workflow.run(job.value)
        assert store.organizations_by_id([f"list:r{step}"])
        assert not list((tmp_path / "uploads").rglob("organizations.csv"))
        if not killed:
            break
    assert not killed
    assert step > 4  # before and after the request is written down, and its file moves


def test_a_merge_killed_at_any_step_is_whole_or_not_there_and_can_be_repeated(
    store: Store, opened: Callable[[], Store]
) -> None:
    services = cooperation_on(store, {"t:f0": 3, "t:f1": 3})
    killed = True
    for step in range(1, 30):
        gone = f"t:gone{step}"
        store.upsert(GraphRows(organizations=(Organization(gone, f"乙{step}厂", Kind.FIRM),)))
        person = services.person(gone)

        def act(other: Store, gone: str = gone) -> None:
            repositories = Repositories(lambda: other.documents)
            decision = MergeDecision(brings_people=True)
            Duplicates(other, repositories, utc_now).merge(ADMIN, gone, "t:f0", decision)

        killed = _died_at(step, opened, act)
        is_merged = store.organization(gone).id == "t:f0"
        member = services.repositories.accounts.get(person.id).value
        # The first brings its people along; afterwards others act for the one that stays.
        moved = ["t:f0"] if step == 1 else []
        places = [membership.organization for membership in member.memberships]
        assert places == (moved if is_merged else [gone])
        if is_merged:
            with pytest.raises(NotFound):
                act(store)
        else:
            act(store)
        assert store.organization(gone).id == "t:f0"
        if not killed:
            break
    assert not killed
    assert step > 2


# -- between the chunks of a large list

LARGE_WORKER = """
import sys
from pathlib import Path
from matchmaker.access import ADMIN
from matchmaker.services.operations import import_undo, large_import
from matchmaker.services.operations.importer import Importer, ImportOptions
from matchmaker.store.neo4j import Neo4jStore

chunks = large_import.LargeImport.chunks
def told(self):
    for chunk in chunks(self):
        yield chunk
        print("written", flush=True)
        sys.stdin.readline()
large_import.LargeImport.chunks = told
large_import.LARGE, large_import.CHUNK = 0, 7
file, *server = sys.argv[1:]
Importer(Neo4jStore(*server)).tables(ADMIN, [Path(file)], ImportOptions())
"""


@pytest.mark.slow
@pytest.mark.neo4j
@pytest.mark.parametrize("written", [2, 5])
def test_a_large_list_killed_between_chunks_is_completed_by_the_same_import(
    written: int, neo4j_store: Neo4jStore, neo4j_server: ServerAddress, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """What a server has of it stays, and nothing of it is there twice afterwards."""
    neo4j_store.clear()
    file = tmp_path / "organizations.csv"
    # Each fifth took the place of the one before it; the successor stands in an earlier chunk.
    lines = [
        f"l:{n},示例{n}号制造厂,firm,温州市,{f'l:{n - 1}' if n % 5 == 0 else ''},制造{n}"
        for n in range(1, 41)
    ]
    header = "id,name,kind,place,successor,description"
    file.write_text("\n".join((header, *lines)), encoding="utf-8")
    place = [neo4j_server.url, neo4j_server.user, neo4j_server.password]
    with subprocess.Popen(
        [sys.executable, "-c", LARGE_WORKER, str(file), *place],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    ) as worker:  # fmt: skip
        assert worker.stdout is not None
        assert worker.stdin is not None
        for _ in range(written):
            assert worker.stdout.readline() == b"written\n"
            worker.stdin.write(b"\n")
            worker.stdin.flush()
        worker.kill()
    begun = len(neo4j_store.export().rows.organizations)
    assert 0 < begun < 40
    monkeypatch.setattr(large_import, "LARGE", 0)
    monkeypatch.setattr(large_import, "CHUNK", 7)
    report = Importer(neo4j_store).tables(ADMIN, [file], ImportOptions())
    assert (report.written, report.read, report.refused) == (True, 40, 0)
    rows = neo4j_store.export().rows
    assert {row.id for row in rows.organizations} == {f"l:{n}" for n in range(1, 41)}
    assert {row.id: row.successor for row in rows.organizations if row.successor} == {
        f"l:{n}": f"l:{n - 1}" for n in range(5, 41, 5)
    }
    assert sorted(row.text for row in rows.descriptions) == sorted(f"制造{n}" for n in range(1, 41))


def test_an_award_killed_at_any_step_is_whole_or_not_there(
    store: Store, opened: Callable[[], Store]
) -> None:
    """Call, answers, introduction, open pair, notices and the log say the same."""
    world = calls_on(store, {"t:f0": 30, "t:f1": 30, "t:f2": 30})
    killed = True
    for step in range(1, 10):
        call = world.open("t:f1", "t:f2")
        for firm in ("t:f1", "t:f2"):
            world.submit(call, firm)

        def act(other: Store, call: str = call) -> None:
            there = calls_again(other)
            there.people["t:f0"] = there.base.principal_of("p0.t.f0@example.org")
            there.award(call, "t:f1")

        killed = _died_at(step, opened, act)
        is_awarded = world.base.repositories.calls.get(call).value.state == "awarded"
        made = list(world.base.repositories.introductions.values("call", call))
        assert world.states(call) == (
            {"t:f1": "awarded", "t:f2": "not_awarded"}
            if is_awarded
            else {"t:f1": "submitted", "t:f2": "submitted"}
        )
        assert len(made) == is_awarded
        assert (world.told("t:f1", call)[-1] == "call_awarded") is is_awarded
        assert (world.told("t:f2", call)[-1] == "call_not_awarded") is is_awarded
        if not is_awarded:
            world.award(call, "t:f1")
            made = list(world.base.repositories.introductions.values("call", call))
        pairs = {pair.introduction for pair in world.base.repositories.open_pairs.values()}
        assert pairs == {introduction.id for introduction in made}
        cancel = Transition(Action.CANCEL)
        world.base.introductions.act(world.people["t:f0"], made[0].id, cancel)
        if not killed:
            break
    assert not killed
    assert first_broken(store.documents.log(limit=10_000)) is None


def test_an_answer_to_a_survey_killed_at_any_step_is_whole_or_not_there(
    store: Store, opened: Callable[[], Store], tmp_path: Path
) -> None:
    """Answer, notices and the log are one; its tie is in the graph after it, or at the next try."""
    world = survey_world(cooperation_on(store), tmp_path)
    coordinator, number = world.coordinator, world.round
    world.token("t:f1")  # its link was handed on before
    killed = True
    for step in range(1, 10):
        world.answer("t:f0", ReportedTie(Q.SELLS_TO, "t:f1"))
        assert world.ties("t:f0") == []

        def act(other: Store) -> None:
            there = surveys_again(services_on(other), tmp_path, coordinator, number)
            there.tokens.update(world.tokens)
            there.answer("t:f1", ReportedTie(Q.BUYS_FROM, "t:f0"))

        killed = _died_at(step, opened, act)
        confirmed = world.surveys.response(number, "t:f1").value.answer.ties
        in_graph = len(world.ties("t:f0"))
        assert in_graph <= len(confirmed) <= 1  # never a tie that nobody said
        if killed:
            world.answer("t:f1", ReportedTie(Q.BUYS_FROM, "t:f0"))
        assert len(world.ties("t:f0")) == 1
        world.answer("t:f1")
        world.answer("t:f0")
        if not killed:
            break
    assert not killed
    assert first_broken(store.documents.log(limit=10_000)) is None
