"""Snapshots on disk: one folder for each, a pointer to the newest, memory-mapped readers."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pyarrow as pa
import structlog

from matchmaker.domain import Layer
from matchmaker.embedding import ModelIdentity
from matchmaker.errors import ModelUnavailable, SnapshotUnavailable, StorageFull
from matchmaker.snapshot import folders
from matchmaker.snapshot.folders import POINTER, WRITING, install
from matchmaker.snapshot.head import FORMAT, MEND, META, codes, damaged, read_head, unreadable
from matchmaker.snapshot.model import (
    Adjacency,
    FileStamp,
    IndexFile,
    Snapshot,
    SnapshotMeta,
    TieLayer,
)
from matchmaker.snapshot.nearest import EXACT_UP_TO, open_index, write_index
from matchmaker.snapshot.network_view import share_network_view
from matchmaker.system_errors import reason_of
from matchmaker.whole_file import checksum

INDEX = "vectors.usearch"
INDEX_ROWS = "index_rows.npy"

_FIELDS = get_type_hints(Snapshot)
_GROUPS = {  # of columns, each in a file of its own
    name: shape
    for name, shape in _FIELDS.items()
    if is_dataclass(shape) and shape is not SnapshotMeta
}
_MEAN_FILES = ("language_means", "query_means")
_TABLES = tuple(name for name, shape in _FIELDS.items() if shape is pa.Table)

log = structlog.get_logger(__name__)


def save(snapshot: Snapshot, root: Path) -> Path:
    """Write a folder beside the others, then make it the current one; all or nothing.

    Raises StorageFull; the snapshot before stays current then.
    """
    return save_made(lambda _: snapshot, root)


def save_made(
    make: Callable[[Path], Snapshot], root: Path, earlier: Snapshot | None = None
) -> Path:
    """The same of a snapshot that may be made in the very folder that is to be its own.

    What it has of an `earlier` one that was read from a folder is the same file on the disk.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=root, prefix=WRITING, ignore_cleanup_errors=True
        ) as beside:
            snapshot = make(Path(beside))
            _write(snapshot, Path(beside), earlier)
            return install(Path(beside), root, snapshot.meta.version)
    except OSError as error:
        raise StorageFull(
            "The snapshot cannot be written to %(root)s: %(value)s.",
            mend="Free some space or choose another MATCHMAKER_DATA_DIR; "
            "the last one stays in use.",
            root=root,
            value=reason_of(error),
        ) from None


def _write(snapshot: Snapshot, folder: Path, earlier: Snapshot | None) -> None:
    linked = _linked(snapshot, folder, earlier) if earlier is not None else {}
    for name, array in _arrays(snapshot):
        path = folder / f"{name}.npy"
        if not path.exists():
            np.save(path, np.ascontiguousarray(array), allow_pickle=False)
    for name, table in _tables(snapshot):
        path = folder / f"{name}.arrow"
        if path.exists():
            continue
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks())
    if snapshot.index_rows is not None:
        np.save(folder / INDEX_ROWS, snapshot.index_rows, allow_pickle=False)
        if not (folder / INDEX).exists():
            assert snapshot.index_file is not None, "rows are those of an index"
            shutil.copyfile(snapshot.index_file.path, folder / INDEX)
    elif len(snapshot.vectors) > EXACT_UP_TO and snapshot.meta.dimension:
        write_index(snapshot.vectors, folder / INDEX)
    files = sorted(folder.iterdir())
    content = {
        "format": FORMAT,
        **asdict(snapshot.meta),
        "as_of": snapshot.meta.as_of.isoformat(),
        "languages": {name: sorted(getattr(snapshot, name)) for name in _MEAN_FILES},
        "codes": codes(),
        "files": {
            file.name: linked.get(file.name) or [file.stat().st_size, checksum(file)]
            for file in files
        },
    }
    (folder / META).write_text(json.dumps(content, indent=1), encoding="utf-8")
    for file in (*files, folder / META):
        if file.name not in linked:
            folders.sync(file)
    folders.sync(folder)


def _linked(snapshot: Snapshot, folder: Path, earlier: Snapshot) -> dict[str, list[int]]:
    """Link the files of what is an earlier snapshot's own; size and checksum of each."""
    if earlier.folder is None:
        return {}
    before = {name: array for name, array in _arrays(earlier) if name not in _MEAN_FILES}
    tables = dict(_tables(earlier))
    same = [f"{name}.npy" for name, array in _arrays(snapshot) if array is before.get(name)]
    same += [f"{name}.arrow" for name, table in _tables(snapshot) if table is tables.get(name)]
    if snapshot.index_rows is not None:
        same.append(INDEX)
    known: dict[str, list[int]] = read_head(earlier.folder)["files"]
    for name in same:
        try:
            os.link(earlier.folder / name, folder / name)
        except OSError:  # not every file system has links
            shutil.copyfile(earlier.folder / name, folder / name)
            folders.sync(folder / name)
    return {name: known[name] for name in same}


def _arrays(snapshot: Snapshot) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    for name in _GROUPS:
        group = getattr(snapshot, name)
        for column in fields(group):
            value = getattr(group, column.name)
            if isinstance(value, np.ndarray):
                yield f"{name}.{column.name}", value
    for layer, ties in snapshot.layers.items():
        for column in fields(Adjacency):
            yield f"{layer}.out.{column.name}", getattr(ties.out, column.name)
            if ties.into is not ties.out:
                yield f"{layer}.into.{column.name}", getattr(ties.into, column.name)
    yield "vectors", snapshot.vectors
    yield "passage_vectors", snapshot.passage_vectors
    for name in _MEAN_FILES:
        means = [mean for _, mean in sorted(getattr(snapshot, name).items())]
        width = len(means[0]) if means else 0
        yield name, np.array(means, dtype=np.float32).reshape(len(means), width)


def _tables(snapshot: Snapshot) -> Iterator[tuple[str, pa.Table]]:
    for name in (*_GROUPS, *_TABLES):
        value = getattr(snapshot, name)
        table = value if name in _TABLES else getattr(value, "table", None)
        if table is not None:
            yield name, table


def load(folder: Path, earlier: Snapshot | None = None) -> Snapshot:
    """Memory-map one folder. Raises SnapshotUnavailable when it is not whole.

    What an `earlier` one read from the very same files is not mapped again: its arrays and
    tables are this one's.
    """
    content = read_head(folder)
    for name, (size, _) in content["files"].items():
        path = folder / name
        if not path.exists() or path.stat().st_size != size:
            raise SnapshotUnavailable(
                "%(path)s is missing or has the wrong size.", mend=MEND, path=path
            )
    try:
        return _mapped(folder, content, earlier)
    except Exception as error:  # a damaged file fails in as many ways as it has bytes
        raise unreadable(folder, error) from None


# Of files that were read: which they are, and the checksum.
Verified = dict[FileStamp, int]


def _stamp(path: Path) -> FileStamp:
    """The identity of a file: its number alone may be another's, once it is free again."""
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def verify(folder: Path, verified: Verified | None = None) -> None:
    """Read every file and compare its checksum. Raises SnapshotUnavailable.

    Those that were `verified` under another name, of a snapshot before, are not read again;
    those of this snapshot take their place there. Where it is not whole, those that are sound
    stay beside the former: the next snapshot may have them.
    """
    known, read = dict(verified or {}), Verified()
    kept = known
    try:
        for name, (_, written) in read_head(folder)["files"].items():
            read[_sound(folder / name, written, known)] = written
        kept = {}
    finally:
        if verified is not None:
            verified.clear()
            verified.update(kept | read)


def _sound(path: Path, written: int, known: Verified) -> FileStamp:
    """Check a file; return its identity. Raises SnapshotUnavailable if it is not as written."""
    try:
        file = _stamp(path)
        if known.get(file) == written or checksum(path) == written:
            return file
    except OSError:  # gone, perhaps just now
        pass
    raise damaged(path)


def _mapped(folder: Path, content: Mapping[str, Any], earlier: Snapshot | None) -> Snapshot:
    files: dict[str, FileStamp] = {}
    held: dict[str, Any] = {}
    if earlier is not None:
        held = dict((*_arrays(earlier), *_tables(earlier)))
        held[INDEX] = earlier.index_file

    def same(name: str, path: Path) -> Any:
        files[path.name] = _stamp(path)
        is_same = earlier is not None and earlier.files.get(path.name) == files[path.name]
        return held.get(name) if is_same else None

    def array(name: str) -> Any:
        path = folder / f"{name}.npy"
        before = same(name, path)
        if before is not None and name not in _MEAN_FILES:
            return before
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))

    def table(name: str) -> pa.Table:
        path = folder / f"{name}.arrow"
        before = same(name, path)
        if before is not None:
            return before
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all()

    def group(name: str, shape: Any) -> Any:
        columns = [column.name for column in fields(shape)]
        arrays = {column: array(f"{name}.{column}") for column in columns if column != "table"}
        return shape(**arrays, table=table(name)) if "table" in columns else shape(**arrays)

    def ties(layer: Layer) -> TieLayer:
        out = group(f"{layer}.out", Adjacency)
        is_directed = (folder / f"{layer}.into.indptr.npy").exists()
        return TieLayer(out, group(f"{layer}.into", Adjacency) if is_directed else out)

    names = [column.name for column in fields(SnapshotMeta)]
    meta = {name: content[name] for name in names if name in content}
    meta["as_of"] = date.fromisoformat(content["as_of"])

    def means(name: str) -> dict[str, Any]:
        return dict(zip(content["languages"][name], array(name), strict=True))

    def index_file() -> IndexFile | None:
        path = folder / INDEX
        if not path.exists():
            return None
        before = same(INDEX, path)
        # Open from the beginning: the folder may be gone when it is first asked.
        return IndexFile(path, before.opened) if before is not None else open_index(path)

    return Snapshot(
        meta=SnapshotMeta(**meta),
        **{name: group(name, shape) for name, shape in _GROUPS.items()},
        **{name: table(name) for name in _TABLES},
        layers={layer: ties(layer) for layer in Layer},
        vectors=array("vectors"),
        passage_vectors=array("passage_vectors"),
        language_means=means("language_means"),
        query_means=means("query_means"),
        index_file=index_file(),
        index_rows=array("index_rows") if (folder / INDEX_ROWS).exists() else None,
        folder=folder,
        files=files,
    )


class SnapshotReader:
    """The current snapshot of a folder, looked for again at every call; for many threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._snapshot: Snapshot | None = None
        self._is_renewed_beside = False
        self._verified: Verified = {}

    def current(self) -> Snapshot:
        """The newest whole snapshot. Raises SnapshotUnavailable when there never was one.

        A new one is read once whole, to compare its checksums. A broken one is refused, said
        so in the log, and the last good one kept.
        """
        held = self._snapshot
        if self._is_renewed_beside and held is not None:
            return held
        stamp = self._pointed()
        if stamp == self._stamp and held is not None:
            return held
        # While one thread takes a new one over, the others go on with the last.
        if not self._lock.acquire(blocking=held is None) and held is not None:
            return held
        try:
            return self._take_over(stamp)
        finally:
            self._lock.release()

    def renew(self, prepare: Callable[[Snapshot], None]) -> Snapshot:
        """The newest, taken over and prepared beside those who go on with the last one.

        Who calls this goes on to call it: `current` looks for no new one any more, so no
        request waits for what all requests share to be worked out.
        """
        self._is_renewed_beside = True
        with self._lock:
            return self._take_over(self._pointed(), prepare)

    def forget(self) -> None:
        """Have nothing of it open: the next look reads it whole, as by who has just begun."""
        with self._lock:
            self._stamp = self._snapshot = None
            self._verified.clear()

    def _take_over(
        self, stamp: tuple[int, int] | None, prepare: Callable[[Snapshot], None] | None = None
    ) -> Snapshot:
        while stamp != self._stamp or self._snapshot is None:
            try:
                folder = self.folder()
                verify(folder, self._verified)
                snapshot = load(folder, self._snapshot)
                if self._snapshot is not None:
                    share_network_view(snapshot, self._snapshot)
                if prepare is not None:
                    prepare(snapshot)
                self._snapshot = snapshot
            except SnapshotUnavailable as error:
                newer = self._pointed()
                if newer != stamp:  # it may have been cleared away while it was read
                    stamp = newer
                    continue
                if self._snapshot is None:
                    raise
                log.error(
                    "snapshot_refused", reason=str(error.message), kept=self._snapshot.meta.version
                )
            self._stamp = stamp
            break
        return self._snapshot

    def folder(self) -> Path:
        """The folder that the pointer names. Raises SnapshotUnavailable."""
        pointer = self.root / POINTER
        if pointer.is_fifo():  # whoever opened it would wait for a writer
            raise damaged(pointer)
        try:
            name = pointer.read_text("utf-8", "replace").strip()
        except FileNotFoundError:
            raise SnapshotUnavailable("No snapshot was built yet.", mend=MEND) from None
        except OSError as error:
            raise unreadable(pointer, error) from None
        return self.root / name

    def _pointed(self) -> tuple[int, int] | None:
        with contextlib.suppress(OSError):
            status = (self.root / POINTER).stat()
            return (status.st_mtime_ns, status.st_ino)
        return None


def check_graph(snapshot: Snapshot, graph_id: str) -> None:
    """Raises SnapshotUnavailable when the snapshot shows another graph than the store's."""
    if snapshot.meta.graph != graph_id:
        raise SnapshotUnavailable("The snapshot was made from another store.", mend=MEND)


def check_model(snapshot: Snapshot, model: ModelIdentity) -> None:
    """Raise ModelUnavailable when the snapshot's vectors are another model's."""
    meta = snapshot.meta
    if not meta.dimension or ModelIdentity(meta.model, meta.revision) == model:
        return
    raise ModelUnavailable(
        "The snapshot was embedded with %(model)s %(revision)s, "
        "but the model set is %(model_2)s %(revision_2)s.",
        mend="Run `matchmaker refresh`, or set MATCHMAKER_MODEL back.",
        model=meta.model,
        revision=meta.revision,
        model_2=model.model,
        revision_2=model.revision,
    )
