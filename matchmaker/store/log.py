"""Lines of the log: who did what to what, each chained to all lines before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: who did what to what. It names people by their ids only."""

    at: str
    actor: str
    action: str
    subject: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """A line of the log with its number and the digest of all lines up to it."""

    number: int
    entry: Entry
    digest: str


@dataclass(frozen=True, slots=True)
class LogFilter:
    """A choice of lines of the log; an empty field keeps none out.

    An `action` that ends with a full stop means all that begin so (`posting.`). `since` and
    `until` are times in UTC as lines have them, the second excluded.
    """

    subject: str = ""
    actor: str = ""
    action: str = ""
    since: str = ""
    until: str = ""
    before: int | None = None

    def bound(self) -> dict[str, Any]:
        """The parameters of a query, the same for each store."""
        is_family = self.action.endswith(".")
        return {
            "subject": self.subject, "actor": self.actor,
            "action": "" if is_family else self.action,
            "family": self.action if is_family else "",
            "since": self.since, "until": self.until, "before": self.before,
        }  # fmt: skip


ALL_OF_LOG = LogFilter()


def lines_after(number: int, before: str, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Lines as a store keeps them, of entries that follow the line with this number and digest."""
    lines = []
    for entry in entries:
        number, before = number + 1, digest(before, entry)
        lines.append(stored_line(LoggedEntry(number, entry, before)))
    return lines


def stored_line(line: LoggedEntry) -> dict[str, Any]:
    """A line as a store keeps it: the inverse of `logged`."""
    entry = line.entry
    return {
        "number": line.number, "at": entry.at, "actor": entry.actor, "action": entry.action,
        "subject": entry.subject, "detail": detail_json(entry), "digest": line.digest,
    }  # fmt: skip


def logged(line: Mapping[str, Any]) -> LoggedEntry:
    """A line as a store keeps it."""
    detail = json.loads(line["detail"])
    entry = Entry(line["at"], line["actor"], line["action"], line["subject"], detail)
    return LoggedEntry(line["number"], entry, line["digest"])


def detail_json(entry: Entry) -> str:
    """The detail in its one form."""
    return json.dumps(dict(entry.detail), ensure_ascii=False, sort_keys=True)


def digest(before: str, entry: Entry) -> str:
    """SHA-256 over the digest of the lines before and this line: no line can be changed alone."""
    line = json.dumps(
        [before, entry.at, entry.actor, entry.action, entry.subject, detail_json(entry)],
        ensure_ascii=False,
    )
    return hashlib.sha256(line.encode()).hexdigest()


def first_broken(lines: Iterable[LoggedEntry]) -> int | None:
    """Number of the first line that is not the one that was written; None when all are."""
    before = ""
    expected = 1
    for line in lines:
        if line.number != expected or digest(before, line.entry) != line.digest:
            return line.number
        before, expected = line.digest, line.number + 1
    return None
