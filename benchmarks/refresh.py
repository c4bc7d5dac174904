"""What a refresh costs after some changes: the last snapshot patched beside the whole graph read.

    python benchmarks/refresh.py CORDIS.zip --times 1 4 [--changes 1000] [--keep DIR]

For each size the same changes (organisations edited and new, offers, undertakings with
other participants or gone) are put into the last snapshot, then the whole graph is read, each in a
process of its own, and the files of both are compared. Seconds are of the processor, one thread;
memory is the most that a process held beyond the files it maps, less what it held before. Vectors
are drawn at random by text, 576 figures each: embedding is left out. The exponent is that of the
growth from the smallest graph to the largest. Larger graphs are made as in `scale.py`. Then a
server that holds the last snapshot takes new ones over, and works out what all requests share.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from measure import machine
from scale import SEED, multiplied
from threadpoolctl import threadpool_limits

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Kind, Offer, OfferKind, Organization, Role
from matchmaker.embedding import ModelIdentity, VectorCache
from matchmaker.embedding.identity import Encoder, FloatArray
from matchmaker.recommend.pipeline import prepare
from matchmaker.recommend.specification.kept import reader
from matchmaker.services.operations.refresher import SnapshotRefresher
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.store.sqlite import SqliteStore

WIDTH = 576
MODEL = ModelIdentity("drawn by text", "1")


@dataclass
class DrawnByText:
    """Unit vectors that depend on the text alone."""

    identity: ModelIdentity = MODEL
    dimension: int = WIDTH

    @property
    def parts(self) -> tuple[Encoder, ...]:
        return (self,)

    def passages(self, texts: Sequence[str]) -> FloatArray:
        drawn = np.empty((len(texts), WIDTH), dtype=np.float32)
        for row, text in enumerate(texts):
            digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            generator = np.random.Generator(np.random.SFC64(int.from_bytes(digest, "big")))
            drawn[row] = generator.standard_normal(WIDTH, dtype=np.float32)
        return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)

    queries = passages


def refresher_of(folder: Path) -> SnapshotRefresher:
    """The refresher of a data folder of this benchmark."""
    root = folder / "snapshots"
    cache = VectorCache(folder / "cache", MODEL)
    return SnapshotRefresher(
        SqliteStore(folder / "graph.db"),
        SnapshotReader(root),
        root,
        lambda: MODEL,
        DrawnByText,
        lambda: cache,
        lambda: cache,
        reader(),
    )


def anonymous_memory() -> float:
    """GiB that this process holds beyond the files it maps."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 2**20
    return math.nan


@contextmanager
def watched(figures: dict[str, float]) -> Any:
    """Seconds of the processor and the most memory within the block."""
    before, over = anonymous_memory(), threading.Event()
    most = [before]

    def look() -> None:
        while not over.wait(0.01):
            most[0] = max(most[0], anonymous_memory())

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    began, clock = time.process_time(), time.perf_counter()
    yield
    figures["seconds"] = time.process_time() - began
    figures["by the clock"] = time.perf_counter() - clock
    over.set()
    watcher.join()
    figures["memory"] = most[0] - before


def refresh(folder: Path, *, whole: bool) -> dict[str, Any]:
    """One refresh in this process."""
    refresher = refresher_of(folder)
    figures: dict[str, Any] = {}
    with threadpool_limits(limits=1), watched(figures):
        refreshed = refresher.refresh(ADMIN, whole=whole)
    reason = refreshed.whole_because
    figures["because"] = str(reason) if reason else ""
    figures["organizations"] = refreshed.meta.counts["organizations"]
    figures["statements"] = refreshed.meta.counts["statements"]
    return figures


def taken_over(folder: Path, changes: int) -> dict[str, Any]:
    """Seconds of the processor in which a server that holds the last snapshot takes the next over
    and is ready: after nothing, after offers alone, after all kinds of changes."""
    refresher = refresher_of(folder)
    served = SnapshotReader(folder / "snapshots")
    store = SqliteStore(folder / "graph.db")
    figures: dict[str, Any] = {}
    kinds: dict[str, Callable[[int], None]] = {
        "the first": lambda _: None,
        "offers": lambda turn: offer(store, changes // 4, turn),
        "all kinds": lambda turn: change(store, changes, turn),
    }
    with threadpool_limits(limits=1):
        for name, edit in kinds.items():
            edit(store.version())
            if refresher.is_needed():
                refresher.refresh(ADMIN)
            began = time.process_time()
            served.renew(prepare)
            figures[name] = time.process_time() - began
    return figures


def apart(folder: Path, *arguments: str) -> dict[str, Any]:
    """Figures of a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, str(folder), *arguments],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def offer(store: SqliteStore, count: int, turn: int) -> None:
    """So many new offers."""
    ids = sorted(keys.id for keys in store.duplicate_keys())
    drawn = random.Random(SEED - turn).sample(ids, count)
    offers = [
        Offer(f"bench:p{turn}-{number}", id, OfferKind.PRODUCT, f"Pipes and taps {number}", "en")
        for number, id in enumerate(drawn)
    ]
    store.upsert(GraphRows(offers=tuple(offers)))


def change(store: SqliteStore, count: int, turn: int) -> None:
    """So many changes at random: of a thousand 500 organisations edited, 50 new, 250 offers new,
    of 200 undertakings in a row 150 with a participant more and 50 gone."""
    drawn = random.Random(SEED + turn)
    ids = sorted(keys.id for keys in store.duplicate_keys())
    edited = store.organizations_by_id(drawn.sample(ids, count // 2)).values()
    organizations = [replace(row, website=f"https://{turn}.example.org") for row in edited]
    new = [
        Organization(f"bench:{turn}-{number}", f"Bench {number}", Kind.FIRM, country="DE")
        for number in range(count // 20)
    ]
    offers = [
        Offer(f"bench:o{turn}-{number}", id, OfferKind.PRODUCT, f"Valves and pumps {number}", "en")
        for number, id in enumerate(drawn.sample(ids, count // 4))
    ]
    page = store.engagements(None, drawn.choice(["", "cordis:2", "cordis:6"]), count // 5).rows
    kept, gone = page[count // 20 :], page[: count // 20]
    more = [
        replace(
            row,
            participants=(
                *row.participants,
                replace(row.participants[0], organization=drawn.choice(ids), role=Role.PARTNER),
            ),
        )
        for row in kept
    ]
    store.upsert(
        GraphRows(
            organizations=(*organizations, *new), offers=tuple(offers), engagements=tuple(more)
        )
    )
    store.replace_rows(GraphRows(), GraphRows(engagements=gone))


def grown(source: Path, times: int, folder: Path) -> None:
    """A store of so many copies of the graph, and its first snapshot."""
    folder.mkdir(parents=True, exist_ok=True)
    first = folder.parent / "1"
    if (folder / "graph.db").exists():
        pass
    elif times == 1 and source.is_dir():
        SqliteStore(source / "matchmaker.db").copy_to(folder / "graph.db")
    elif times == 1:
        from cordis_import import command

        command("import", "cordis", str(source), environment={"MATCHMAKER_DATA_DIR": str(folder)})
        next(folder.glob("*.db")).rename(folder / "graph.db")
    else:
        grown(source, 1, first)
        rows = multiplied(SqliteStore(first / "graph.db").export().rows, times)
        store = SqliteStore(folder / "graph.db")
        store.prepare()
        store.upsert(rows)
        store.close()
    apart(folder, "--only-refresh")  # by this version of the program


def content(folder: Path) -> dict[str, int]:
    """Checksums of the files of the current snapshot."""
    root = SnapshotReader(folder / "snapshots").folder()
    files = json.loads((root / "meta.json").read_text())["files"]
    return {name: checksum for name, (_, checksum) in files.items() if "index" not in name}


def measured(folder: Path, changes: int) -> dict[str, Any]:
    """Both ways after the same changes."""
    store = SqliteStore(folder / "graph.db")
    change(store, changes, store.version())
    store.close()
    patched = apart(folder, "--only-refresh")
    if patched["because"]:
        sys.exit(f"not patched: {patched['because']}")
    after_patch = content(folder)
    whole = apart(folder, "--only-refresh", "--whole")
    same = {name: checksum for name, checksum in content(folder).items() if "usearch" not in name}
    after_patch = {name: after_patch.get(name, 0) for name in same}
    served = apart(folder, "--only-take-over", "--changes", str(changes))
    is_same = same == after_patch
    return {
        "patched": patched, "whole": whole, "same": is_same, "files": len(same), "served": served
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="a CORDIS zip, or a data folder")
    parser.add_argument("--times", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--keep", type=Path, help="folder for the graphs")
    parser.add_argument("--only-refresh", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--only-take-over", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--whole", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_refresh:
        print(json.dumps(refresh(options.source, whole=options.whole)))
        return
    if options.only_take_over:
        print(json.dumps(taken_over(options.source, options.changes)))
        return
    print(f"{machine()}\n{time.strftime('%Y-%m-%d')}  {options.source.name}\n")
    with tempfile.TemporaryDirectory() as temporary:
        base = options.keep or Path(temporary)
        results = []
        for times in options.times:
            grown(options.source, times, base / str(times))
            results.append(measured(base / str(times), options.changes))
            report(results[-1], options.changes)
        if len(results) > 1:
            exponents(results)


def report(result: dict[str, Any], changes: int) -> None:
    """The figures of one size."""
    patched, whole = result["patched"], result["whole"]
    print(
        f"  {patched['organizations']:,} organisations, {patched['statements']:,} statements, "
        f"{changes:,} changes; files the same: {'yes' if result['same'] else 'NO'} "
        f"({result['files']})"
    )
    for name, figures in (("patched", patched), ("whole", whole)):
        print(
            f"    {name:<8} {figures['seconds']:7.1f} s of the processor, "
            f"{figures['by the clock']:7.1f} s by the clock, {figures['memory']:5.2f} GiB"
        )
    print(
        f"    whole over patched: {whole['seconds'] / patched['seconds']:.1f} × seconds, "
        f"{whole['memory'] / patched['memory']:.1f} × memory"
    )
    served = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in result["served"].items())
    print(f"    a server is ready with it after: {served} of the processor", flush=True)


def exponents(results: Sequence[dict[str, Any]]) -> None:
    """How both grow from the smallest graph to the largest."""
    first, last = results[0], results[-1]
    growth = math.log(last["patched"]["organizations"] / first["patched"]["organizations"])
    for name in ("patched", "whole"):
        exponent = math.log(last[name]["seconds"] / first[name]["seconds"]) / growth
        print(f"  {name}: grows with the graph to the power of {exponent:.2f}")


if __name__ == "__main__":
    main()
