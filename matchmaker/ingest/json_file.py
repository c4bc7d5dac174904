"""Rows of JSON files: a list of objects, anywhere in the file, or an object on each line."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import ijson

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.json_stream import JsonStream
from matchmaker.ingest.need_fields import NEEDS
from matchmaker.ingest.number_formats import plain
from matchmaker.ingest.rows import FileFormat, Row, RowSource, refuse_many_columns
from matchmaker.ingest.text_file import open_text, read_lines
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.text import clean

# How deep objects are taken apart into columns; what is deeper stays JSON.
MAX_DEPTH = 4
_BEGINS = regex(r'\s*(?:\[\s*[{\]]|\{\s*["}])', re.ASCII)
# What a file that we exported has of tables, their columns and rows.
_OF_EXPORTS = ("tables.item.columns.item", "tables.item.rows.item")
_LIST = regex(r"\s*\[")
_SUFFIXES = (".json", ".jsonl", ".ndjson", ".geojson", ".json.gz", ".jsonl.gz", ".ndjson.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonSource(RowSource):
    """Objects as rows under the names of all their fields: `address.city` for what is nested.

    `prefix` is where the list is, as ijson writes it. Rows are numbered from 1, those of JSON
    lines by line. An object with several needs is a row for each.
    """

    codec: str
    prefix: str = ""
    titles: tuple[str, ...] = ()
    kind: FileFormat = "json"
    has_positions: bool = True

    def rows(self) -> Iterator[Row]:
        """A row for each object, and for each need of one that has several."""
        number = 0
        for line, item in self._items():
            number = line if self.kind == "jsonl" else number + 1
            if isinstance(item, Message):
                yield Row(number, [], broken=item)
                continue
            for further, each in enumerate(_of_needs(item)):
                number += bool(further) and self.kind != "jsonl"
                cells = _paired(_flat(each))
                yield Row(number, [cells.get(title, "") for title in self.titles])

    def with_titles(self) -> JsonSource:
        """The same with the names of all fields. Raises InvalidInput."""
        titles: dict[str, None] = {}
        for number, item in self._items():
            if not isinstance(item, Message):
                for each in _of_needs(item):
                    titles.update(dict.fromkeys(_paired(_flat(each))))
                refuse_many_columns(self.path.name, number, len(titles))
        return replace(self, titles=tuple(titles))

    def _items(self) -> Iterator[tuple[int, dict[str, Any] | Message]]:
        with open_text(self.path, self.codec) as stream:
            if self.kind == "jsonl":
                for number, line in enumerate(read_lines(stream, self.path.name), start=1):
                    if line.strip("\ufeff \t\r\n"):
                        yield number, _object(line)
                return
            with _sound(self.path.name):
                items = ijson.items(_utf8(stream, self.path.name), self.prefix, map_type=_Object)
                for number, item in enumerate(items, start=1):
                    is_object = isinstance(item, dict)
                    yield number, item if is_object else message("is no JSON object.")


def json_source(path: Path, encoding: str, codec: str) -> JsonSource | None:
    """The list of objects that a text file holds, None where it is no JSON at all.

    That is the list with the most objects; a file of a single object is a list of one. Raises
    InvalidInput for JSON that is broken or holds no object.
    """
    head = _head(path, codec)
    if not (is_named_json(path.name) or _BEGINS.match(head)):
        return None
    source = JsonSource(path=path, codec=codec, encoding=encoding)
    if _has_lines(path, codec):
        return replace(source, kind="jsonl").with_titles()
    prefix = "item" if _LIST.match(head) else _longest_list(path, codec)
    return replace(source, prefix=prefix).with_titles()


def is_named_json(name: str) -> bool:
    """Whether a file is said to be JSON by its name."""
    return name.lower().endswith(_SUFFIXES)


def begins_as_json(path: Path, codec: str) -> bool:
    """Whether a text begins as a list or an object does. Raises InvalidInput."""
    return _BEGINS.match(_head(path, codec)) is not None


def _head(path: Path, codec: str) -> str:
    with open_text(path, codec) as stream:
        return stream.read(4096).lstrip("\ufeff")


def _has_lines(path: Path, codec: str) -> bool:
    """Tell whether the first line is a whole object and another line begins with one."""
    with open_text(path, codec) as stream:
        lines = (line.strip("\ufeff \t\r\n") for line in read_lines(stream, path.name))
        filled = filter(None, lines)
        first, second = next(filled, ""), next(filled, "")
    if isinstance(_object(first), Message):
        return second.startswith("{") and not isinstance(_object(second), Message)
    is_named = path.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson"))
    return second.startswith("{") if second else is_named


def _longest_list(path: Path, codec: str) -> str:
    """Where most objects are; of an export of ours with one table where its rows are."""
    counts: Counter[str] = Counter()
    with open_text(path, codec) as stream, _sound(path.name):
        for prefix, event, _ in ijson.parse(_utf8(stream, path.name)):
            if event == "start_map" and (
                prefix.split(".").count("item") == 1 or prefix in _OF_EXPORTS
            ):
                counts[prefix] += prefix.endswith("item")
    columns, rows = (counts.pop(prefix, 0) for prefix in _OF_EXPORTS)
    if columns and rows and counts["tables.item"] == 1:
        return _OF_EXPORTS[-1]
    if columns and counts["tables.item"] == 1 and not rows:
        raise InvalidInput("is an export without rows: there is nothing to read.", where=path.name)
    return max(counts, key=counts.__getitem__, default="")


@contextmanager
def _sound(name: str) -> Iterator[None]:
    try:
        yield
    except InvalidInput:
        raise
    except (ijson.JSONError, ArithmeticError, ValueError, TypeError, RecursionError):
        raise InvalidInput(
            "is not well-formed JSON.", where=name, mend="Export it again."
        ) from None


def _utf8(stream: io.TextIOWrapper, name: str) -> JsonStream:
    """A text stream as the bytes that ijson reads."""

    def read(size: int) -> bytes:
        return stream.read(size).lstrip("\ufeff").encode("utf-8", "surrogatepass")

    return JsonStream(read, name)


class _Object(dict[str, Any]):
    """An object that keeps a second field of a name, as `name#2`."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, int] = {}  # numbers given, by name

    def __setitem__(self, key: str, value: Any) -> None:
        name = key
        while name in self:
            self._last[key] = self._last.get(key, 1) + 1
            name = f"{key}#{self._last[key]}"
        super().__setitem__(name, value)


def _paired(pairs: Iterable[tuple[str, Any]]) -> _Object:
    read = _Object()
    for key, value in pairs:
        read[key] = value
    return read


def _of_needs(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An object once for each of its needs, where these are objects; else as it is."""
    named = (key for key, value in item.items() if NEEDS.fullmatch(key) and _are_objects(value))
    name = next(named, "")
    for each in item[name] if name else ():
        yield {**item, name: each}
    if not name:
        yield item


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _object(line: str) -> dict[str, Any] | Message:
    try:
        item = json.loads(line.strip("\ufeff"), object_pairs_hook=_paired, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        item = None
    return item if isinstance(item, dict) else message("is no JSON object.")


def _flat(item: dict[str, Any], before: str = "", depth: int = 1) -> Iterator[tuple[str, str]]:
    for key, value in item.items():
        name = f"{before}{' '.join(clean(key)[0].split())}" or "#"
        if isinstance(value, dict) and depth < MAX_DEPTH:
            yield from _flat(value, f"{name}.", depth + 1)
        else:
            yield name, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return SheetNumber(value)
    if isinstance(value, Decimal | float):
        number = Decimal(value)
        fits = number.is_finite() and abs(number.adjusted()) < 300
        return SheetNumber(plain(number) if fits else value)
    if isinstance(value, list) and not any(isinstance(part, dict | list) for part in value):
        return "; ".join(_text(part) for part in value)
    if isinstance(value, list) and all(map(_is_plain, value)):  # contacts: names, numbers
        parts = (", ".join(filter(None, map(_text, part.values()))) for part in value)
        return "; ".join(filter(None, parts))
    return json.dumps(value, ensure_ascii=False, default=str)


def _is_plain(value: Any) -> bool:
    """Tell whether a value is an object of texts and numbers alone, which reads well in a row."""
    return isinstance(value, dict) and not any(
        isinstance(each, dict | list) for each in value.values()
    )
