"""The strings that the sheets of an XLSX workbook share, read once for all who read its sheets."""

from __future__ import annotations

import os
import tempfile
import weakref
import zipfile
from array import array
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Protocol

from lxml import etree

from matchmaker.ingest.sheet_files import FileState, member, state_of
from matchmaker.regex import regex

_PART = "xl/sharedStrings.xml"
# Characters that XML cannot hold are written by their number (18.4.8 in the standard).
_ESCAPED = regex(r"_x([0-9A-Fa-f]{4})_")
_BUFFER = 1 << 20


class Readable(Protocol):
    """What gives bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; none at the end."""
        ...


class SharedTexts:
    """Strings by their position, in a file of their own: there may be millions."""

    def __init__(self, part: IO[bytes] | None) -> None:
        file = tempfile.TemporaryFile(buffering=_BUFFER)  # noqa: SIM115 -- closed at the end
        weakref.finalize(self, file.close)
        self._number = file.fileno()
        self._ends = array("Q", [0])
        self._get = lru_cache(maxsize=20_000)(self._read)
        end = 0
        for item in elements(part, "{*}si") if part is not None else ():
            content = text_of(item).encode("utf-8", "surrogatepass")
            file.write(content)
            end += len(content)
            self._ends.append(end)
        file.flush()

    def __getitem__(self, index: int) -> str:
        return self._get(index)

    def _read(self, index: int) -> str:
        if not 0 <= index < len(self._ends) - 1:
            raise ValueError(f"no shared string {index}")
        start, end = self._ends[index], self._ends[index + 1]
        # Several may read at once: none moves where another reads.
        return os.pread(self._number, end - start, start).decode("utf-8", "surrogatepass")


def texts_of(path: Path, archive: zipfile.ZipFile) -> SharedTexts:
    """The strings of the workbook that lies there; those of the last one are still known.

    Every look at a sheet needs them, and of a small file they may be millions.
    """
    state = state_of(path)
    kept = _last.get(state)
    if kept is None:
        info = member(archive, _PART)
        if info is None:
            return SharedTexts(None)
        with archive.open(info) as part:
            kept = SharedTexts(part)
        _last.clear()
        _last[state] = kept
    return kept


_last: dict[FileState, SharedTexts] = {}


def elements(part: Readable, tag: str) -> Iterator[Any]:
    """Elements of a part, each forgotten when the next one comes."""
    for _, element in etree.iterparse(
        part, events=("end",), tag=tag, resolve_entities=False, no_network=True
    ):
        yield element
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def text_of(item: Any) -> str:
    """The text of a string, without the phonetic guides of East Asian ones."""
    parts = []
    for child in item:
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts.extend(text.text or "" for text in child.iterchildren("{*}t"))
    return unescaped("".join(parts))


def unescaped(text: str) -> str:
    """A text with the characters that were written by their number."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
