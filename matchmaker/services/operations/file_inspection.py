"""Measuring what a file that somebody sent costs to read, where it can harm nobody."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import structlog

from matchmaker.errors import InvalidInput
from matchmaker.ingest.inspection import InspectionResult, archive_verdict, has_many_lines
from matchmaker.messages import Message, message

CPU_SECONDS, CPU_SECONDS_EACH_MEGABYTE = 8, 4
# On a busy machine a second of its work takes several.
_WALL = 8
# Lines of plain text cost what they are long. What a file is its bytes tell, not its name: what
# is packed, JSON or a page under another name begins so, in whatever encoding.
_PLAIN, _SMALL = (".csv", ".tsv", ".txt"), 5_000_000
_PACKED = (b"PK", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
_NO_LINES = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff|[\s\0])*[\[{<]")
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


def inspect_file(path: Path) -> None:
    """Read a file once in a process with limits. Raises InvalidInput where it takes too much."""
    if path.suffix.lower() in _PLAIN and path.stat().st_size <= _SMALL and _holds_lines(path):
        return
    verdict = archive_verdict(path)
    if verdict is not InspectionResult.READABLE:
        raise _refused(_REASONS[verdict])
    seconds = CPU_SECONDS + path.stat().st_size // 1_000_000 * CPU_SECONDS_EACH_MEGABYTE
    command = (sys.executable, "-m", "matchmaker.ingest.inspection", str(path), str(seconds))
    try:
        done = subprocess.run(  # noqa: S603 (our own program, on a file with a name of ours)
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds * _WALL,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _refused(_TOO_LONG) from None
    if done.returncode < 0:  # ended by the system, at a limit
        raise _refused(_TOO_LONG)
    reasons = {verdict.value: reason for verdict, reason in _REASONS.items()}
    if b"MemoryError" in done.stderr:
        raise _refused(_REASONS[InspectionResult.TOO_MUCH_MEMORY])
    if done.returncode in reasons:
        raise _refused(reasons[done.returncode])
    if done.returncode:  # what the inspection cannot read, nobody else is to try
        log.warning("inspection.failed", error=done.stderr[-_TOLD:].decode(errors="replace"))
        raise _refused(_UNREADABLE)


def _holds_lines(path: Path) -> bool:
    content = path.read_bytes()
    head = content[:512]
    if head.startswith(_PACKED) or _NO_LINES.match(head) is not None or b"<" in head:
        return False
    return not has_many_lines([content])


def _refused(reason: Message) -> InvalidInput:
    return InvalidInput(
        reason,
        where="file",
        mend="Keep only the list itself, part it into several files, or save it as CSV.",
    )
