"""Records of large JSON files, one after the other: arrays, JSON lines, packed or not."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import ijson

from matchmaker.errors import InvalidInput
from matchmaker.ingest.archives import GZIP, UNREADABLE_ARCHIVE, open_gzip
from matchmaker.ingest.json_stream import JsonStream
from matchmaker.messages import Message, message
from matchmaker.system_errors import reason_of
from matchmaker.text import clean

ZIP = b"PK\x03\x04"
BOM = b"\xef\xbb\xbf"

_SUFFIXES = (".json", ".jsonl", ".ndjson")
# A whole JSON document of one record, and one line of JSON lines, in bytes.
MAX_RECORD = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """A record: its number from 1, of a line its line; `fault` is why it cannot be read."""

    number: int
    value: dict[str, Any]
    fault: Message | None = None


def json_records(
    path: Path, arrays: Collection[str] = (), member: str = ""
) -> Iterator[JsonRecord]:
    """Objects of a JSON file: lines of their own, items of an array, or the one object.

    `arrays` are the paths of arrays within an object that hold the records (`releases`).
    Of a zip, the member whose name ends with `member` is read, else its only JSON file.
    Raises InvalidInput for a file that is not well-formed JSON.
    """
    try:
        with _opened(path, member) as stream:
            lines = _is_lines(stream)
        with _opened(path, member) as stream:
            if lines:
                yield from _lines(stream, path.name)
                return
            array = _array(JsonStream(stream.read, path.name), arrays)
        with _opened(path, member) as stream:
            if array is None:
                yield _record(1, _document(stream, path.name))
                return
            bounded = JsonStream(stream.read, path.name)
            items = ijson.items(bounded, f"{array}.item".lstrip("."), use_float=True)
            for number, value in enumerate(items, start=1):
                yield _record(number, value)
    except FileNotFoundError:
        raise InvalidInput("there is no such file.", where=str(path)) from None
    except (ijson.JSONError, json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidInput(
            "is not well-formed JSON.", where=path.name, mend="Download it again."
        ) from None
    except UNREADABLE_ARCHIVE as error:
        raise InvalidInput(
            "cannot be read: %(error)s.", where=path.name, error=reason_of(error)
        ) from None


def is_json(path: Path) -> bool:
    """Tell whether a file, unpacked, begins as JSON does. Raises InvalidInput if unreadable."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return any(name.endswith(_SUFFIXES) for name in archive.namelist())
        with _opened(path, "") as stream:
            return stream.read(1 << 16).lstrip()[:1] in (b"{", b"[")
    except UNREADABLE_ARCHIVE as error:
        raise InvalidInput(
            "cannot be read: %(error)s.", where=path.name, error=reason_of(error)
        ) from None


@contextmanager
def _opened(path: Path, member: str) -> Iterator[IO[bytes]]:
    """The bytes of a file or of a zip's member, unpacked, without a byte mark."""
    with path.open("rb") as raw:
        head = raw.read(4)
        raw.seek(0)
        if head.startswith(GZIP):
            yield _without_mark(open_gzip(raw, path.name))
        elif head.startswith(ZIP):
            with zipfile.ZipFile(raw) as archive, archive.open(_member(archive, member)) as stream:
                yield _without_mark(stream)
        else:
            yield _without_mark(raw)


def _without_mark(stream: Any) -> IO[bytes]:
    buffered = io.BufferedReader(stream, 1 << 16)
    if buffered.peek(3).startswith(BOM):
        buffered.read(3)
    return buffered


def _member(archive: zipfile.ZipFile, ending: str) -> zipfile.ZipInfo:
    # A damaged zip may have a member without a name, of which zipfile knows not what it is.
    files = [info for info in archive.infolist() if not info.filename.endswith("/")]
    candidates = [info for info in files if ending and info.filename.endswith(ending)]
    candidates = candidates or [info for info in files if info.filename.endswith(_SUFFIXES)]
    if len(candidates) == 1:
        return candidates[0]
    raise InvalidInput(
        "the zip holds %(count)s JSON files.",
        where=str(archive.filename or "zip"),
        mend="Unpack it and import the one that is meant.",
        count=len(candidates),
    )


def _is_lines(stream: IO[bytes]) -> bool:
    """Tell whether the first line is an object of its own, and not the whole file."""
    first = b""
    while not first.strip():
        first = stream.readline(MAX_RECORD)
        if not first:
            return False
    try:
        is_object = isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False
    return is_object and any(line.strip() for line in iter(lambda: stream.readline(1 << 16), b""))


def _lines(stream: IO[bytes], name: str) -> Iterator[JsonRecord]:
    number = 0
    while line := stream.readline(MAX_RECORD):
        number += 1
        if not line.strip():
            continue
        try:
            yield _record(number, json.loads(line))
        except (ValueError, RecursionError):
            yield JsonRecord(number, {}, message("is not well-formed JSON."))
    if not number:
        raise InvalidInput("the file is empty.", where=name)


def _array(stream: JsonStream, arrays: Collection[str]) -> str | None:
    """Path of the array that holds the records, "" for the whole document, None for no array."""
    for prefix, event, _ in ijson.parse(stream):
        if event == "start_array" and (not prefix or prefix in arrays):
            return str(prefix)
    return None


def _document(stream: IO[bytes], name: str) -> Any:
    content = stream.read(MAX_RECORD + 1)
    if len(content) > MAX_RECORD:
        raise InvalidInput(
            "holds one record of more than %(limit)s MB.", where=name, limit=MAX_RECORD >> 20
        )
    return json.loads(content)


def _record(number: int, value: Any) -> JsonRecord:
    if isinstance(value, dict):
        return JsonRecord(number, value)
    return JsonRecord(number, {}, message("is no JSON object."))


def text_at(value: Any, *keys: str) -> str:
    """The text at a path of keys, cleaned; a number as text; "" for anything else."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean(str(value))[0]


def dict_at(value: Any, *keys: str) -> dict[str, Any]:
    """The object at a path of keys; an empty one for anything else."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def dicts_at(value: Any, *keys: str) -> list[dict[str, Any]]:
    """The objects of the list at a path of keys, also where lists are nested; else none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        return []
    return [each for part in value for each in dicts_at({"": part}, "")]


def texts_at(value: Any, *keys: str) -> list[str]:
    """The texts of the list at a path of keys, cleaned; of anything else none."""
    *above, last = keys
    items = dict_at(value, *above).get(last)
    return [text_at({"": item}, "") for item in items] if isinstance(items, list) else []


def number_at(value: Any, *keys: str) -> float | None:
    """The number at a path of keys, also where it is written as text; None for anything else."""
    try:
        number = float(text_at(value, *keys).replace(",", ""))
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
