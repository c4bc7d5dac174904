"""Opening workbooks of any kind safely: what a zip may hold, and which faults they may have."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from matchmaker.errors import InvalidInput
from matchmaker.ingest.archives import too_large
from matchmaker.ingest.rows import MAX_BYTES

# A file and what changes when another one takes its place.
FileState = tuple[Path, int, int, int]
MAX_MEMBERS = 10_000
# More than people keep in a workbook; each is looked through for the list.
MAX_SHEETS = 255


@contextmanager
def refuse_damaged(name: str) -> Iterator[None]:
    """Raise InvalidInput for whatever a damaged workbook makes its readers raise."""
    try:
        yield
    except InvalidInput:
        raise
    except (
        zipfile.BadZipFile, zlib.error, etree.LxmlError, struct.error, ArithmeticError,
        AssertionError, AttributeError, EOFError, LookupError, NotImplementedError, OSError,
        RuntimeError, TypeError, ValueError,
    ) as error:  # fmt: skip
        raise no_workbook(name, error) from None


def no_workbook(name: str, error: Exception | None = None) -> InvalidInput:
    """The error of a file that is no workbook, or a damaged one."""
    mend = "Open it in Excel, WPS or LibreOffice and save it as .xlsx or .csv."
    if error is None or not str(error):
        return InvalidInput("is not a workbook that can be read.", where=name, mend=mend)
    return InvalidInput(
        "is not a workbook that can be read: %(error)s.",
        where=name,
        mend=mend,
        error=str(error)[:200].rstrip("."),
    )


def refuse_many_sheets(name: str, count: int) -> None:
    """Raise InvalidInput for a workbook of more sheets than are looked through."""
    if count > MAX_SHEETS:
        raise InvalidInput(
            "has %(count)s sheets; at most %(limit)s.",
            where=name,
            mend="Keep only the sheets that hold the list.",
            count=count,
            limit=MAX_SHEETS,
        )


def state_of(path: Path) -> FileState:
    """What tells whether a file is still the one that was read. Raises OSError."""
    state = path.stat()
    return path, state.st_ino, state.st_mtime_ns, state.st_size


@contextmanager
def open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip whose members are of a size that can be read. Raises InvalidInput, and zip's errors."""
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_BYTES:
            raise too_large(path.name)
        yield archive


def member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    """A part of a zip by its name in any case, None where there is none."""
    folded = name.casefold()
    return next((info for info in archive.infolist() if info.filename.casefold() == folded), None)
