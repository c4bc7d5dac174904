"""Refreshing: when it is needed, what it makes, and that two do not meet."""

import fcntl
import gc
import json
import threading
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from matchmaker import wiring
from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, GraphRows, Kind, Offer, OfferKind, Organization
from matchmaker.errors import ModelUnavailable, SnapshotUnavailable, WrongState
from matchmaker.jobs import refresh_if_needed
from matchmaker.recommend.model import Request
from matchmaker.services.directory import searched_names
from matchmaker.settings import Settings
from matchmaker.wiring import wire

FIRM = GraphRows(
    organizations=(Organization("t:firm", "示例厂", Kind.FIRM),),
    offers=(Offer("t:offer", "t:firm", OfferKind.PRODUCT, "不锈钢球阀", "zh"),),
)


def _check(wired):
    """What `doctor` says of the snapshot."""
    return next(check for check in wired.health.checks(ADMIN) if str(check.name) == "snapshot")


@pytest.mark.slow
def test_a_snapshot_is_needed_until_it_shows_the_store(wired):
    assert wired.refresher.is_needed()
    wired.store.upsert(FIRM)
    wired.refresher.refresh(ADMIN)
    assert not wired.refresher.is_needed()
    wired.store.upsert(GraphRows(organizations=(Organization("t:2", "示例二厂", Kind.FIRM),)))
    assert wired.refresher.is_needed()


@pytest.mark.slow
def test_a_snapshot_of_a_day_to_come_is_made_anew(wired, monkeypatch):
    """By a clock that was ahead: needs of the years between were over in it."""
    wired.store.upsert(FIRM)
    wired.refresher.refresh(ADMIN)
    made = wired.reader.current()
    ahead = replace(made, meta=replace(made.meta, as_of=made.meta.as_of + timedelta(days=3650)))
    monkeypatch.setattr(type(wired.reader), "current", lambda _: ahead)
    assert wired.refresher.is_needed()


@pytest.mark.slow
def test_it_holds_the_stores_version_and_rows(wired):
    wired.store.upsert(FIRM)
    steps = []
    meta = wired.refresher.refresh(
        ADMIN, lambda step, done, total: steps.append((str(step), done, total))
    ).meta
    assert meta.version == wired.store.version()
    assert meta.counts["organizations"] == 1
    assert ("Embedding statements", 1, 1) in steps


class Ended(BaseException):
    """Ends what goes on without end."""


@pytest.mark.slow
def test_a_fault_while_a_snapshot_is_taken_over_does_not_leave_the_old_one_for_ever(
    wired, monkeypatch
):
    wired.store.upsert(FIRM)
    wired.refresher.refresh(ADMIN)
    tries, pauses = [], []

    def prepare_wrongly_at_first(snapshot):
        tries.append(snapshot)
        if len(tries) == 1:
            raise RuntimeError("a fault")

    def sleep(seconds):
        pauses.append(seconds)
        if len(tries) == 2:
            raise Ended

    monkeypatch.setattr(wiring, "prepare", prepare_wrongly_at_first)
    monkeypatch.setattr(
        wiring, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: 0.0, thread_time=lambda: 0.0)
    )
    with pytest.raises(Ended):
        wired.keep_ready()
    assert pauses[0] >= 10, "a fault is not met again every second"
    assert wired.reader.current() is tries[1]


@pytest.mark.slow
def test_a_snapshot_is_taken_over_while_audits_of_the_last_are_made_ready(wired, monkeypatch):
    wired.store.upsert(FIRM)
    wired.refresher.refresh(ADMIN)
    begun, go_on, served = threading.Event(), threading.Event(), []

    def audit():
        begun.set()
        go_on.wait(30)

    def sleep(_):
        served.append(wired.reader.current().meta.version)
        if len(served) == 2:
            raise Ended
        assert begun.wait(30)
        wired.store.upsert(GraphRows(organizations=(Organization("t:2", "示例二厂", Kind.FIRM),)))
        wired.refresher.refresh(ADMIN)

    monkeypatch.setitem(wired.__dict__, "auditing", SimpleNamespace(prepare=audit))
    monkeypatch.setattr(
        wiring, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: 0.0, thread_time=lambda: 0.0)
    )
    watched = threading.Timer(20, go_on.set)  # were it waited for, the test would wait for ever
    watched.start()
    with pytest.raises(Ended):
        wired.keep_ready()
    assert served[1] > served[0]
    assert not go_on.is_set(), "it waited for the audits"
    watched.cancel()
    go_on.set()


@pytest.mark.slow
def test_who_searches_first_after_the_start_waits_for_no_names(wired, monkeypatch):
    wired.store.upsert(FIRM)
    wired.refresher.refresh(ADMIN)
    wired.warm()
    gc.unfreeze()
    monkeypatch.setattr(searched_names, "NameTable", lambda *_, **__: pytest.fail("made"))
    groups = wired.search.everything(ADMIN, "示例厂", 5)
    assert groups[0].results[0].id == "t:firm"


@pytest.mark.slow
def test_the_store_gets_its_vectors(wired):
    wired.store.upsert(FIRM)
    wired.refresher.refresh(ADMIN)
    first, _ = wired.embedder().parts
    assert wired.store.missing_embeddings(first.identity.revision) == ()
    query = first.queries(["球阀"])[0]
    nearest = wired.store.nearest_statements(query.tolist(), frozenset(), 1)
    assert nearest[0].statement.id == "t:offer"


@pytest.mark.slow
def test_another_model_needs_another_snapshot(wired):
    wired.store.upsert(FIRM)
    wired.refresher.refresh(ADMIN)
    other = wire(Settings(data_dir=wired.settings.data_dir, model="nobody/other", _env_file=None))
    assert other.refresher.is_needed()
    other.store.close()


@pytest.mark.slow
def test_another_store_of_the_same_version_needs_another_snapshot(wired, tmp_path):
    wired.store.upsert(FIRM)
    wired.refresher.refresh(ADMIN)
    settings = Settings(
        data_dir=wired.settings.data_dir, store=f"sqlite:///{tmp_path}/other.db", _env_file=None
    )
    other = wire(settings)
    other.store.prepare()
    other.store.upsert(FIRM)
    assert other.store.version() == wired.store.version()
    assert other.refresher.is_needed()
    with pytest.raises(SnapshotUnavailable, match="another store"):
        other.matching.for_text(ADMIN, "球阀", Request(GoalName.SUPPLIER))
    assert not _check(other).ok
    other.refresher.refresh(ADMIN)
    assert other.matching.for_text(ADMIN, "球阀", Request(GoalName.SUPPLIER)).recommendations
    other.store.close()


@pytest.mark.slow
def test_a_damaged_snapshot_is_found_by_doctor_and_made_anew(wired):
    """One byte of one file: the sizes are right, what it says is not."""
    wired.store.upsert(FIRM)
    wired.refresher.refresh(ADMIN)
    wired.reader.current()
    victim = wired.reader.folder() / "vectors.npy"
    victim.write_bytes(victim.read_bytes()[:-1] + b"\x7f")
    check = _check(wired)
    assert not check.ok
    assert "damaged" in str(check.detail)
    again = wire(wired.settings)
    assert again.refresher.is_needed()
    again.refresher.refresh(ADMIN)
    assert _check(again).ok
    again.store.close()


@pytest.mark.slow
def test_a_snapshot_of_an_earlier_version_is_made_anew(wired):
    wired.store.upsert(FIRM)
    wired.refresher.refresh(ADMIN)
    meta = wired.reader.folder() / "meta.json"
    content = json.loads(meta.read_text())
    del content["codes"]
    meta.write_text(json.dumps(content))
    with pytest.raises(SnapshotUnavailable, match="matchmaker refresh"):
        wired.reader.current()
    assert refresh_if_needed(wired)
    assert wired.reader.current().meta.counts["organizations"] == 1


def test_two_refreshes_do_not_meet(wired):
    wired.snapshot_root.mkdir()
    with (wired.snapshot_root / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(WrongState):
            replace(wired.refresher, patience_seconds=0.3).refresh(ADMIN)


def test_who_refreshes_waits_for_a_refresh_that_is_at_it(wired):
    """On one node as on several; that it has begun is seen by what it asks for next."""

    def no_model():
        raise ModelUnavailable("There is no model.")

    wired.snapshot_root.mkdir()
    file = (wired.snapshot_root / ".lock").open("w")
    fcntl.flock(file, fcntl.LOCK_EX)
    end = threading.Timer(0.1, file.close)
    end.start()
    with pytest.raises(ModelUnavailable):
        replace(wired.refresher, model=no_model).refresh(ADMIN)
    end.join()


@pytest.mark.slow
def test_the_job_refreshes_only_when_the_store_has_changed(wired):
    wired.store.upsert(FIRM)
    assert refresh_if_needed(wired)
    assert not refresh_if_needed(wired)


MANY = GraphRows(
    organizations=tuple(Organization(f"t:{n:03}", f"Firm {n}", Kind.FIRM) for n in range(60)),
    offers=tuple(
        Offer(f"t:o{n:03}", f"t:{n:03}", OfferKind.PRODUCT, f"Ball valves of DN {n}", "en")
        for n in range(40)
    ),
)


def _files(wired):
    folder = wired.reader.folder()
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.slow
def test_a_change_is_put_into_the_last_snapshot_and_gives_what_a_rebuild_gives(wired):
    wired.store.upsert(MANY)
    assert wired.refresher.refresh(ADMIN).whole_because is not None
    wired.store.replace_rows(
        GraphRows(offers=(Offer("t:o0071", "t:007", OfferKind.PRODUCT, "不锈钢球阀", "zh"),)),
        GraphRows(offers=MANY.offers[30:31]),
    )
    assert wired.refresher.refresh(ADMIN).whole_because is None
    patched = _files(wired)
    meta = wired.reader.current().meta
    assert meta.version == wired.store.version()
    assert meta.drift == 2
    first, _ = wired.embedder().parts
    assert wired.store.missing_embeddings(first.identity.revision) == ()
    ids = wired.reader.current().statements.table.column("id").to_pylist()
    assert "t:o0071" in ids
    assert "t:o030" not in ids
    assert wired.refresher.refresh(ADMIN, whole=True).whole_because is not None
    assert _files(wired) == patched


@pytest.mark.slow
def test_what_changed_too_much_is_read_whole(wired):
    wired.store.upsert(MANY)
    wired.refresher.refresh(ADMIN)
    new = tuple(Organization(f"t:n{n}", f"New {n}", Kind.FIRM) for n in range(30))
    wired.store.upsert(GraphRows(organizations=new))
    refreshed = wired.refresher.refresh(ADMIN)
    assert str(refreshed.whole_because) == "30 of 100 rows changed."
    assert refreshed.meta.counts["organizations"] == 90


@pytest.mark.slow
def test_a_fault_of_a_patch_is_made_good_by_the_whole_graph(wired, monkeypatch):
    wired.store.upsert(MANY)
    wired.refresher.refresh(ADMIN)
    wired.store.upsert(GraphRows(organizations=(Organization("t:new", "New", Kind.FIRM),)))

    def faulty(*_):
        raise RuntimeError("a fault")

    monkeypatch.setattr("matchmaker.services.operations.refresher.patched", faulty)
    assert wired.refresher.refresh(ADMIN).whole_because is not None
    assert wired.reader.current().row_of("t:new") >= 0


@pytest.mark.slow
def test_what_is_damaged_is_not_taken_over_from_snapshot_to_snapshot(wired):
    """A patch has the damaged file, too: it is refused, and the whole graph is read."""
    wired.store.upsert(MANY)
    wired.refresher.refresh(ADMIN)
    good = wired.reader.current()
    victim = wired.reader.folder() / "vectors.npy"
    content = victim.read_bytes()
    victim.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    wired.store.upsert(GraphRows(organizations=(Organization("t:new", "New", Kind.FIRM),)))
    assert wired.refresher.refresh(ADMIN).whole_because is None
    assert wired.reader.current() is good
    assert wired.refresher.is_needed()
    assert str(wired.refresher.refresh(ADMIN).whole_because) == "The newest snapshot is damaged."
    assert wired.reader.current().row_of("t:new") >= 0
    assert not wired.refresher.is_needed()
    assert _check(wired).ok
