"""Having a file that somebody sent parsed where it can harm nobody: in a process with limits.

A server opens nothing itself but texts of lines; of anything else it reads the rows that such a
process has written beside the file.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from secrets import token_hex

import structlog

from matchmaker.errors import InvalidInput
from matchmaker.ingest.encodings import encoding_of
from matchmaker.ingest.inspection import InspectionResult, has_many_lines
from matchmaker.ingest.json_file import begins_as_json, is_named_json
from matchmaker.ingest.parsed_rows import ROWS_FOLDER, rows_at
from matchmaker.ingest.table_file import AS_JUDGED, FileOptions
from matchmaker.messages import Message, message

CPU_SECONDS, CPU_SECONDS_EACH_MEGABYTE = 8, 4
# On a busy machine a second of its work takes several.
_WALL = 8
# A file that is not wanted any more is noticed within so many seconds.
_LOOK_SECONDS = 0.2
# Lines of plain text cost what they are long. What a file is its bytes tell, not its name: what
# is packed, JSON or a page under another name begins so, in whatever encoding.
_SMALL, _HEAD = 5_000_000, 512
_PACKED = (b"PK", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
_NO_LINES = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff|[\s\0])*[\[{<]")
# So many sheets of a file may be read together.
MAX_SHEETS = 12
# Of one file as it was judged and chosen: so many readings, those that were wanted last; of one of
# ordinary size all of its sheets.
_KEPT_READINGS, _KEPT_OF_SMALL = 4, MAX_SHEETS + 4
_REASONS = {
    InspectionResult.TOO_MUCH_MEMORY: message("Reading this file takes too much memory."),
    InspectionResult.TOO_MANY_CELLS: message("This file has too many rows or columns."),
    InspectionResult.PACKED_TOO_TIGHTLY: message("Unpacked, this file is far too large."),
}
_TOO_LONG = message("Reading this file takes too long.")
_UNREADABLE = message("This file cannot be read.")
# Bytes of an unexpected error that the log shows.
_TOLD = 2_000
log = structlog.get_logger(__name__)


def inspect_file(path: Path, is_wanted: Callable[[], bool] | None = None) -> None:
    """Have a file read once in a process with limits, and only while it `is_wanted` and there.

    Raises InvalidInput where that takes too much, FileNotFoundError where nobody wants it.
    """
    if not holds_lines(path):
        judged = _rows_path(path, AS_JUDGED)
        if not _is_parsed(judged):
            _parse(path, [AS_JUDGED], is_wanted or path.exists)
    elif path.stat().st_size > _SMALL or has_many_lines([path.read_bytes()]):
        _run(path, is_wanted or path.exists)


def parsed_file(
    path: Path, options: FileOptions = AS_JUDGED, is_wanted: Callable[[], bool] | None = None
) -> Path:
    """The file to read instead of one that somebody sent: its rows; itself where it is lines.

    What was parsed with such options before is not parsed again. Raises InvalidInput where
    parsing it takes too much, FileNotFoundError as `inspect_file` does; whoever reads the rows is
    told what else is wrong with the file.
    """
    if holds_lines(path, options):
        return path
    judged = _rows_path(path, AS_JUDGED)
    if not _is_parsed(judged):
        _parse(path, [AS_JUDGED], is_wanted or path.exists)
    if _is_same_reading(judged, options):
        return judged
    chosen = _rows_path(path, options)
    if not _is_parsed(chosen):
        _parse(path, [options], is_wanted or path.exists)
    return chosen


def _is_same_reading(judged: Path, options: FileOptions) -> bool:
    """Whether what was judged of a file is what is chosen; its line of titles is found later."""
    given = (options.sheet, options.encoding, options.separator)
    if not any(given):
        return True
    try:
        rows = rows_at(judged)
    except InvalidInput:
        return False
    same = (rows.sheet, rows.encoding, rows.separator)
    return all(choice in ("", found) for choice, found in zip(given, same, strict=True))


def _rows_path(path: Path, options: FileOptions) -> Path:
    chosen = json.dumps([options.sheet, options.encoding, options.separator])
    key = hashlib.sha256(chosen.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return path.parent / ROWS_FOLDER / key / path.name


def parse_together(
    path: Path, choices: Iterable[FileOptions], is_wanted: Callable[[], bool] | None = None
) -> None:
    """Have several sheets of a file parsed in one process; what `parsed_file` does to each later.

    Raises as it does.
    """
    if not holds_lines(path, AS_JUDGED):
        left = [each for each in choices if not _is_parsed(_rows_path(path, each))]
        _parse(path, left, is_wanted or path.exists)


def _parse(path: Path, choices: Sequence[FileOptions], is_wanted: Callable[[], bool]) -> None:
    if not choices:
        return
    folder = _rows_path(path, AS_JUDGED).parent.parent
    folder.mkdir(mode=0o700, exist_ok=True)  # not where the file is gone: it stays gone
    # Under its own name: that is told where something is wrong with it.
    unfinished = {folder / f".{token_hex(8)}": each for each in choices}
    try:
        for made in unfinished:
            made.mkdir(mode=0o700)
        handed = (
            (str(at / path.name), json.dumps(asdict(each))) for at, each in unfinished.items()
        )
        _run(path, is_wanted, *chain.from_iterable(handed))
        for at, each in unfinished.items():
            rows = _rows_path(path, each)
            try:
                at.replace(rows.parent)
            except OSError:
                if not rows.exists():
                    raise
                # Somebody else was faster.
            _is_parsed(rows)
    finally:
        for made in unfinished:
            shutil.rmtree(made, ignore_errors=True)
    readings = sorted(folder.glob("[!.]*"), key=_read_at)
    is_small = path.stat().st_size <= _SMALL
    for old in readings[: -_KEPT_OF_SMALL if is_small else -_KEPT_READINGS]:
        gone = folder / f".{token_hex(8)}"  # all of it at once
        with suppress(OSError):  # somebody else was faster
            old.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _is_parsed(rows: Path) -> bool:
    """Tell whether a reading is there; it is noted that it was wanted now."""
    try:
        os.utime(rows.parent)
    except FileNotFoundError:
        return False
    return rows.exists()


def _read_at(reading: Path) -> float:
    try:
        return reading.stat().st_mtime
    except FileNotFoundError:  # it goes just now
        return 0.0


def _run(path: Path, is_wanted: Callable[[], bool], *handed: str) -> None:
    """Run the process that reads a file, and say in words how it ended."""
    seconds = CPU_SECONDS + path.stat().st_size // 1_000_000 * CPU_SECONDS_EACH_MEGABYTE
    program = (sys.executable, "-m", "matchmaker.ingest.inspection")
    code, errors = _ended((*program, str(path), str(seconds), *handed), seconds * _WALL, is_wanted)
    if code < 0:  # ended by the system, at a limit
        raise _refused(_TOO_LONG)
    reasons = {verdict.value: reason for verdict, reason in _REASONS.items()}
    if b"MemoryError" in errors:
        raise _refused(_REASONS[InspectionResult.TOO_MUCH_MEMORY])
    if code in reasons:
        raise _refused(reasons[code])
    if f"[Errno {errno.ENOSPC}]".encode() in errors:  # its rows had no room
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if code:  # what the inspection cannot read, nobody else is to try
        log.warning("inspection.failed", error=errors[-_TOLD:].decode(errors="replace"))
        raise _refused(_UNREADABLE)


def _ended(
    command: Sequence[str], seconds: float, is_wanted: Callable[[], bool]
) -> tuple[int, bytes]:
    """The code with which a process ended, and what it said of errors.

    It is killed when its time is over, and as soon as nobody wants what it is at.
    """
    until = time.monotonic() + seconds
    with subprocess.Popen(  # noqa: S603 (our own program, on a file with a name of ours)
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            while True:
                try:
                    _, errors = process.communicate(timeout=_LOOK_SECONDS)
                    return process.returncode, errors
                except subprocess.TimeoutExpired:
                    if not is_wanted():
                        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from None
                    if time.monotonic() > until:
                        raise _refused(_TOO_LONG) from None
        finally:
            process.kill()


def holds_lines(path: Path, options: FileOptions = AS_JUDGED) -> bool:
    """Whether a file is read as lines of text, which anybody may do."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_PACKED) or _NO_LINES.match(head) is not None or b"<" in head:
        return False
    if is_named_json(path.name):
        return False
    # In the encoding that is chosen its bytes may say something else.
    chosen = options.encoding and encoding_of(path, options.encoding).codec
    return not (chosen and begins_as_json(path, chosen))


def _refused(reason: Message) -> InvalidInput:
    return InvalidInput(
        reason,
        where="file",
        mend="Keep only the list itself, part it into several files, or save it as CSV.",
    )
