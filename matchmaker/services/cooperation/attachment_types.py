"""Kinds of files that may be sent: by their extension and by what is in them, both."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

from matchmaker.errors import InvalidInput
from matchmaker.ingest.inspection import InspectionResult, archive_verdict

_HEAD = 8_192
_TRIANGLE = 50  # bytes of a triangle in binary STL, after a header of 84
# At the end of an archive: the longest comment and the record before it, which says how many bytes
# list the parts. A document has some dozens; to read 400,000 took two seconds.
_ZIP_END, _ZIP64_LOCATOR, _LONGEST_END = b"PK\x05\x06", b"PK\x06\x07", 65_557
_MOST_LISTED = 1_000_000


@dataclass(frozen=True, slots=True)
class AttachmentType:
    """A kind of file: its media type, and whether a file is one by what it holds."""

    media_type: str
    fits: Callable[[IO[bytes]], bool]


def _starts(*beginnings: bytes) -> Callable[[IO[bytes]], bool]:
    return lambda file: _head(file).startswith(beginnings)


def _is_dwg(file: IO[bytes]) -> bool:
    """`AC10` and two digits, for instance AC1032 of 2018 (Open Design Specification for .dwg)."""
    return re.match(rb"AC10[0-9]{2}", _head(file)) is not None


def _is_dxf(file: IO[bytes]) -> bool:
    """Binary, or pairs of lines of which the first after comments (999) opens a section."""
    head = _head(file)
    if head.startswith(b"AutoCAD Binary DXF\r\n\x1a\x00"):
        return True
    lines = [line.strip() for line in head.removeprefix(b"\xef\xbb\xbf").splitlines()]
    while len(lines) >= 4 and lines[0] == b"999":
        lines = lines[2:]
    return lines[:2] == [b"0", b"SECTION"]


def _is_step(file: IO[bytes]) -> bool:
    """The token that opens an exchange structure (ISO 10303-21)."""
    return _head(file).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"ISO-10303-21;")


def _is_iges(file: IO[bytes]) -> bool:
    """Lines of 80 columns, the first of the start section: S in column 73 and its number."""
    first = _head(file).splitlines()[:1]
    return bool(first) and re.fullmatch(rb".{72}S[ 0]*1", first[0]) is not None


def _is_stl(file: IO[bytes]) -> bool:
    """Text that begins `solid` and names facets, or as many triangles as the header counts."""
    head = _head(file)
    if head.lstrip().startswith(b"solid") and (b"facet" in head or b"endsolid" in head):
        return True
    size = file.seek(0, os.SEEK_END)
    return size == 84 + _TRIANGLE * int.from_bytes(head[80:84], "little") and size > 84


def _is_office(part: str) -> Callable[[IO[bytes]], bool]:
    """An Office Open XML package with that main part, without macros and not packed too tightly."""

    def fits(file: IO[bytes]) -> bool:
        if _lists_many_parts(file):
            return False
        file.seek(0)
        try:
            with zipfile.ZipFile(file) as package:
                names = set(package.namelist())
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False
        if archive_verdict(file) is not InspectionResult.READABLE:
            return False  # who opens it would wait for its unpacking
        has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return {"[Content_Types].xml", part} <= names and not has_macros

    return fits


def _lists_many_parts(file: IO[bytes]) -> bool:
    """By what an archive says of itself; none of the size that may be sent needs 64 bits for it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    end = tail.rfind(_ZIP_END)
    is_large = tail[max(0, end - 20) : max(0, end)].startswith(_ZIP64_LOCATOR)
    return is_large or int.from_bytes(tail[end + 12 : end + 16], "little") > _MOST_LISTED


def _is_text(file: IO[bytes]) -> bool:
    """UTF-8 or GB 18030, without control marks but tabs and ends of lines."""
    file.seek(0)
    content = file.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text) is None
    return False


_JPEG = AttachmentType("image/jpeg", _starts(b"\xff\xd8\xff"))
_TIFF = AttachmentType("image/tiff", _starts(b"II*\x00", b"MM\x00*"))
_STEP = AttachmentType("model/step", _is_step)
_IGES = AttachmentType("model/iges", _is_iges)
_OFFICE = "application/vnd.openxmlformats-officedocument."

# By extension. Nothing that a browser or an office program runs: no web pages, SVG, macros,
# programs; no archives, into which nobody can look.
ATTACHMENT_TYPES: Mapping[str, AttachmentType] = {
    "pdf": AttachmentType("application/pdf", _starts(b"%PDF-")),
    "dwg": AttachmentType("image/vnd.dwg", _is_dwg),
    "dxf": AttachmentType("image/vnd.dxf", _is_dxf),
    "step": _STEP,
    "stp": _STEP,
    "iges": _IGES,
    "igs": _IGES,
    "stl": AttachmentType("model/stl", _is_stl),
    "png": AttachmentType("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "tif": _TIFF,
    "tiff": _TIFF,
    "xlsx": AttachmentType(f"{_OFFICE}spreadsheetml.sheet", _is_office("xl/workbook.xml")),
    "docx": AttachmentType(f"{_OFFICE}wordprocessingml.document", _is_office("word/document.xml")),
    "pptx": AttachmentType(
        f"{_OFFICE}presentationml.presentation", _is_office("ppt/presentation.xml")
    ),
    "csv": AttachmentType("text/csv", _is_text),
    "txt": AttachmentType("text/plain", _is_text),
}

EXTENSIONS = ",".join(f".{extension}" for extension in ATTACHMENT_TYPES)


def media_type_of(name: str, file: IO[bytes]) -> str:
    """The media type of a file of this name. Raises InvalidInput where extension or content
    are none that may be sent, or do not belong together.
    """
    extension = name.rpartition(".")[2].lower()
    kind = ATTACHMENT_TYPES.get(extension)
    if kind is None:
        raise InvalidInput(
            "Files of the kind '%(extension)s' cannot be sent.",
            where="file",
            mend="Possible are: %(kinds)s.",
            extension=extension,
            kinds=", ".join(ATTACHMENT_TYPES),
        )
    if not kind.fits(file):
        raise InvalidInput(
            "'%(name)s' does not hold what its extension says.",
            where="file",
            mend="Save it anew as %(extension)s, without macros, and send that.",
            name=name,
            extension=extension,
        )
    return kind.media_type


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(_HEAD)
