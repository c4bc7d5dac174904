"""Releases of OCDS that were flattened to several tables, put together again.

Two programs make such: flatten-tool (`awards/0/suppliers/0/name`, the `ocid` in every row) and
flatterer (`awards_suppliers.csv` with `_link_awards`, columns such as `value_amount`), which the
registry of the Open Contracting Partnership uses:
https://flatten-tool.readthedocs.io, https://flatterer.opendata.coop.
"""

from __future__ import annotations

import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from matchmaker.errors import InvalidInput
from matchmaker.ingest.archives import too_large
from matchmaker.ingest.json_records import JsonRecord
from matchmaker.ingest.ocds_release import nested
from matchmaker.ingest.published_csv import sound_archive
from matchmaker.ingest.register import RegisterReading
from matchmaker.ingest.report import Problem, ReadProgress
from matchmaker.ingest.rows import MAX_BYTES
from matchmaker.ingest.table_file import TableFile, open_table
from matchmaker.messages import message
from matchmaker.regex import regex
from matchmaker.system_errors import reason_of

MAX_TABLES = 500
_ROOTS = ("main", "releases", "release", "records", "compiledreleases")
_LINK = "_link"
EXPECTED = frozenset({"ocid", "releases/0/ocid", "compiledrelease/ocid", "_link", "_link_main"})
# Cells of a line, as the standard writes their numbers.
Cells = Callable[[TableFile, Any], Mapping[str, str]]


@contextmanager
def unpacked_tables(path: Path) -> Iterator[list[Path]]:
    """The CSV files of a zip or tar, in a folder of their own, the table of releases first.

    Empty for what is no archive of tables. Raises InvalidInput for a broken one.
    """
    with tempfile.TemporaryDirectory() as folder:
        if zipfile.is_zipfile(path):
            tables = _of_zip(path, Path(folder))
        elif path.is_file() and tarfile.is_tarfile(path):
            tables = _of_tar(path, Path(folder))
        else:
            tables = []
        yield sorted(tables, key=lambda each: (not _is_root(each.stem), _depth(each), each.name))


def _of_zip(path: Path, folder: Path) -> list[Path]:
    with sound_archive(path) as archive:
        infos = [each for each in archive.infolist() if _is_table(each.filename)]
        _require_small(path, len(infos), sum(each.file_size for each in infos))
        return [_kept(folder, each.filename, archive.read(each)) for each in infos]


def _of_tar(path: Path, folder: Path) -> list[Path]:
    try:
        with tarfile.open(path) as archive:
            members, size = [], 0
            for each in archive:  # whatever is passed over is unpacked as well
                size += each.size
                if each.isfile() and _is_table(each.name):
                    members.append(each)
                _require_small(path, len(members), size)
            return [
                _kept(folder, each.name, part.read())
                for each in members
                if (part := archive.extractfile(each)) is not None
            ]
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise InvalidInput(
            "cannot be read: %(error)s.", where=path.name, error=reason_of(error)
        ) from None


def _is_table(name: str) -> bool:
    member = PurePosixPath(name)
    return member.suffix.lower() == ".csv" and not member.name.startswith(".")


def _require_small(path: Path, count: int, size: int) -> None:
    if count > MAX_TABLES or size > MAX_BYTES:
        raise too_large(path.name)


def _kept(folder: Path, name: str, content: bytes) -> Path:
    """A member written under its own name alone, whatever folder it names."""
    kept = folder / PurePosixPath(name).name
    kept.write_bytes(content)
    return kept


def _is_root(stem: str) -> bool:
    return stem.casefold() in _ROOTS


def _depth(path: Path) -> int:
    return path.stem.count("_")


@dataclass
class FlattenedTables:
    """Rows of several tables as the releases that they were made from.

    Raises InvalidInput for a table that cannot be read.
    """

    paths: list[Path]
    reading: RegisterReading
    cells: Cells
    progress: ReadProgress
    releases: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    # What rows of flatterer's tables stand for, by table and link.
    linked: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def records(self) -> Iterator[JsonRecord]:
        """Each release with what all tables say of it, numbered by its first line."""
        for path in self.paths:
            table = open_table(path, expected=EXPECTED)
            self.reading.begin(path.name)
            self.reading.problems.extend(table.notes)
            by_link = any(title.startswith(_LINK) for title in table.header)
            put = self._put_linked if by_link else self._put_whole
            for line in table.lines():
                self.reading.count(self.progress)
                errors = [each.reason for each in line.problems if each.severity == "error"]
                if line.passed_over is not None:
                    self.reading.pass_line(path.name, line.number, line.passed_over)
                elif errors:
                    self.reading.problems.append(Problem(path.name, line.number, "", errors[0]))
                elif not put(path.stem, line.number, self.cells(table, line)):
                    reason = message("belongs to no release of the other tables.")
                    self.reading.problems.append(Problem(path.name, line.number, "ocid", reason))
        self.reading.begin(self.paths[0].name)
        for number, release in self.releases.values():
            yield JsonRecord(number, release, None)

    def _put_whole(self, table: str, number: int, cells: Mapping[str, str]) -> bool:
        """A row that names its release and the way to what it tells, as flatten-tool writes."""
        release = nested(cells)
        ocid = str(release.get("ocid") or "")
        if not ocid:
            return False
        key = f"{ocid}\x1f{release.get('id') or ''}"
        if key not in self.releases:
            is_first = table == self.paths[0].stem
            alone = [each for each in self.releases if each.startswith(f"{ocid}\x1f")]
            if not is_first and not release.get("id") and len(alone) == 1:
                key = alone[0]
            elif not is_first and self.releases and _is_root(self.paths[0].stem):
                return False
            self.releases.setdefault(key, (number, {}))
        _merge(self.releases[key][1], release)
        return True

    def _put_linked(self, table: str, number: int, cells: Mapping[str, str]) -> bool:
        """A row that names its parent by a link, as flatterer writes."""
        value = nested({
            _SINGLE.sub("/", title): cell
            for title, cell in cells.items()
            if not title.startswith(_LINK)
        })  # fmt: skip
        own = cells.get(_LINK, "")
        if _is_root(table):
            self.releases[own or str(number)] = (number, value)
            self.linked["main", own] = value
            return True
        self.linked[table, own] = value
        parts = table.split("_")
        for length in range(len(parts) - 1, -1, -1):
            parent = "_".join(parts[:length]) or "main"
            link = cells.get(f"{_LINK}_{parent}", "")
            if link and (above := self.linked.get((parent, link))) is not None:
                for part in parts[length:-1]:
                    above = above.setdefault(part, {})
                    if not isinstance(above, dict):
                        return False
                rows = above.setdefault(parts[-1], [])
                if isinstance(rows, list):
                    rows.append(value)
                    return True
        return False


_SINGLE = regex(r"(?<!^)_")


def _merge(whole: dict[str, Any], part: Mapping[str, Any]) -> None:
    """Add what a row says; members of a list are one by their ids."""
    for key, value in part.items():
        known = whole.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            _merge(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            for each in value:
                _merge_into(known, each)
        else:
            whole.setdefault(key, value)


def _merge_into(rows: list[Any], row: Any) -> None:
    id = row.get("id") if isinstance(row, dict) else None
    for known in rows:
        if isinstance(known, dict) and id and known.get("id") == id:
            _merge(known, row)
            return
    if row not in rows:
        rows.append(row)
