"""Importing: parse, resolve duplicates, leave out what dangles, write; and report it all."""

from __future__ import annotations

from dataclasses import dataclass, field

from matchmaker.ingest.report import Problem


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or on a dry run would have done. Counts are per table."""

    written: bool
    dry_run: bool
    rows: dict[str, int]
    problems: tuple[Problem, ...]
    merged: int
    to_review: int
    created: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
