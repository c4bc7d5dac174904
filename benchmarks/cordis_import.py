"""Import of a CORDIS zip and the snapshot of it, beside the floor of the same machine.

    python benchmarks/cordis_import.py FILE.zip [--store sqlite|neo4j] [--keep DIR]

The floor is the least anybody could do with the same file: read both tables
with the csv module and insert the bare cells into SQLite without keys, checks
or text index. Each step runs as its own command, as a user would run it. The
first refresh embeds every statement (`--no-embedding` leaves that out); the
snapshot is timed by a second one, whose vectors are all in the cache.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from measure import Stopwatch, machine, verdict

BOUNDS = {"sqlite": 60.0, "neo4j": 240.0}


def floor(archive: Path, folder: Path) -> None:
    """Bare cells of both tables into SQLite."""
    csv.field_size_limit(2**31 - 1)
    with sqlite3.connect(folder / "floor.db") as database, zipfile.ZipFile(archive) as source:
        for name in ("project.csv", "organization.csv"):
            inside = next(part for part in source.namelist() if part.endswith(name))
            with source.open(inside) as raw:
                rows = csv.reader(io.TextIOWrapper(raw, "utf-8-sig", newline=""), delimiter=";")
                columns = next(rows)
                table = name.removesuffix(".csv")
                quoted = ", ".join(f'"{column}"' for column in columns)
                marks = ", ".join("?" * len(columns))
                database.execute(f"CREATE TABLE {table} ({quoted})")
                database.executemany(
                    f"INSERT INTO {table} VALUES ({marks})",
                    (row for row in rows if len(row) == len(columns)),
                )


def command(*arguments: str, environment: dict[str, str]) -> None:
    """Run `matchmaker …`; its own output is shown only when it fails."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "matchmaker"), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 3):  # 3: some rows refused, and said so
        sys.exit(f"matchmaker {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")


def measure(archive: Path, store: str, folder: Path, environment: dict[str, str]) -> None:
    """All steps into one data folder."""
    watch = Stopwatch()
    with watch.time("floor: bare csv into bare SQLite"):
        floor(archive, folder)
    with watch.time(f"matchmaker import cordis ({store})"):
        command("import", "cordis", str(archive), environment=environment)
    with watch.time("the same import again"):
        command("import", "cordis", str(archive), environment=environment)
    with watch.time("matchmaker refresh, vectors to be made"):
        command("refresh", environment=environment)
    with watch.time("matchmaker refresh, vectors in the cache"):
        command("refresh", environment=environment)
    with watch.time("load of the snapshot"):
        load(folder)
    took = watch.seconds
    print()
    verdict("import", took[f"matchmaker import cordis ({store})"], BOUNDS[store], "s")
    verdict("snapshot", took["matchmaker refresh, vectors in the cache"], 20, "s")
    verdict("load", took["load of the snapshot"], 1, "s")
    ratio = took[f"matchmaker import cordis ({store})"] / took["floor: bare csv into bare SQLite"]
    print(f"  {'import over floor':<44} {ratio:9.1f} ×")


def load(folder: Path) -> None:
    """Load the snapshot as a worker does."""
    from matchmaker.snapshot.load import SnapshotReader

    SnapshotReader(folder / "snapshots").current()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--store", choices=sorted(BOUNDS), default="sqlite")
    parser.add_argument("--keep", type=Path, help="data folder to leave for benchmarks/serving.py")
    options = parser.parse_args()
    print(f"{machine()}\n{time.strftime('%Y-%m-%d')}  {options.file.name}  {options.store}\n")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        environment = {"MATCHMAKER_DATA_DIR": str(folder)}
        if options.store == "sqlite":
            measure(options.file, "sqlite", folder, environment)
            return
        from tools.neo4j.server import running_server

        with running_server(folder / "neo4j", heap="1g") as server:
            environment["MATCHMAKER_STORE"] = server.url
            environment["MATCHMAKER_STORE_PASSWORD"] = server.password
            measure(options.file, "neo4j", folder, environment)


if __name__ == "__main__":
    main()
