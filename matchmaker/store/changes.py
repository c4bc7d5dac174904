"""A document as it is stored, and what a commit does to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matchmaker.errors import VersionConflict

Keys = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Record:
    """A document as it is stored: `body` is JSON, `version` counts its changes from 1."""

    kind: str
    id: str
    version: int
    body: str


@dataclass(frozen=True, slots=True)
class Put:
    """Write a document whose stored version is `expected`; 0 means that there is none yet.

    `keys` are what it can be found by: a name and one value or several.
    """

    kind: str
    id: str
    body: str
    expected: int = 0
    keys: Keys = field(default_factory=dict)

    def pairs(self) -> list[tuple[str, str]]:
        """Every name with every value, once."""
        pairs: dict[tuple[str, str], None] = {}
        for name, values in self.keys.items():
            for value in (values,) if isinstance(values, str) else values:
                pairs[name, value] = None
        return list(pairs)


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove a document whose stored version is `expected`."""

    kind: str
    id: str
    expected: int


Change = Put | Remove


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """Of one kind: those with one of the ids, and all with the value under one of the keys."""

    kind: str
    ids: Sequence[str]
    keys: Sequence[tuple[str, str]]


def conflict(kind: str, id: str) -> VersionConflict:
    """Somebody else was faster."""
    return VersionConflict(
        "The %(kind)s %(id)s was changed meanwhile.",
        mend="Read it again and repeat.",
        kind=kind.replace("_", " "),
        id=id,
    )
