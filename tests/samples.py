"""The sample graph with its snapshot: loaded once in a run of the tests, copied for who asks."""

from __future__ import annotations

import datetime
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from matchmaker.cli import run
from matchmaker.ingest.tables import read_files
from matchmaker.snapshot.build import build
from matchmaker.snapshot.load import load, save
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.sqlite import SqliteStore

SEED = Path(__file__).parents[1] / "seed"

# By its meta.json, which has a checksum of each file: the snapshot of the sample graph as the
# first installation of this process read it, with all that was worked out from it since.
_shared: dict[str, Snapshot | None] = {}


def _meta(path: Path) -> str:
    return path.read_text("utf-8")


def load_shared(folder: Path, earlier: Snapshot | None = None) -> Snapshot:
    """As `load` does, with all its checks; of copies of the sample graph one for all."""
    loaded, meta = load(folder, earlier), _meta(folder / "meta.json")
    if meta not in _shared:
        return loaded
    first = _shared[meta] or loaded
    _shared[meta] = first
    return first


def link_models(folder: Path) -> None:
    """Share the model, which unpacks to half a gigabyte, and vectors by text between runs."""
    for name in ("models", "vectors"):
        shared = Path(os.environ.get("MATCHMAKER_DATA_DIR", "var")).resolve() / name
        shared.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(shared)


@contextmanager
def unpacked_in_turn(models: Path) -> Iterator[None]:
    """Where no model was unpacked yet one worker does it, and the others wait for it."""
    done = models / ".unpacked"
    if done.exists():
        yield
        return
    models.mkdir(parents=True, exist_ok=True)
    with (models / ".unpacking").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists():
            fcntl.flock(lock, fcntl.LOCK_UN)
        yield
        done.touch()


@contextmanager
def embedded_in_turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where texts have no vectors yet one worker makes them, and the others find them there.

    Else each of them would load the model for the same texts.
    """
    with (_of_all_workers(tmp_path_factory) / "embedding.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _of_all_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run share."""
    shared = tmp_path_factory.getbasetemp()
    return shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared


def copy_samples(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> None:
    """Make `folder` a data folder as `matchmaker setup` leaves it."""
    shutil.copytree(_made_once(tmp_path_factory, "samples", _set_up), folder, symlinks=True)
    _shared.update(
        dict.fromkeys(_meta(path) for path in (folder / "snapshots").glob("*/meta.json"))
    )


def copy_plain_samples(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> None:
    """Put the sample graph into `folder`: a store, and a snapshot of it that has no vectors.

    Each copy is read by itself: what is worked out from one, no other test meets.
    """
    made = _made_once(tmp_path_factory, "plain-samples", _read_seed)
    shutil.copytree(made, folder, dirs_exist_ok=True)


def snapshot_of_seed(store: SqliteStore, root: Path) -> None:
    """Take a snapshot without vectors, of a day on which all of the samples is over."""
    save(build(store.export(), datetime.date(2026, 11, 1), None), root)


def _made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]
) -> Path:
    """What the first worker that needs it makes for all."""
    shared = _of_all_workers(tmp_path_factory)
    made = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = shared / f"{name}-in-the-making"
            make(unfinished)
            unfinished.rename(made)
    return made


def _read_seed(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    named = [(path.name.split(".")[0], path) for path in sorted(SEED.glob("*.csv"))]
    tables = [(name, path) for name, path in named if name != "planted_pairs"]
    store = SqliteStore(folder / "graph.db")
    store.prepare()
    store.upsert(read_files(tables).rows)
    snapshot_of_seed(store, folder / "snapshots")
    store.close()


def _set_up(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    link_models(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("STORE", "MODEL", "HOST", "ADMIN_KEY"):
            patch.delenv(f"MATCHMAKER_{name}", raising=False)
        patch.setenv("MATCHMAKER_DATA_DIR", str(folder))
        assert run(["setup"]) == 0
