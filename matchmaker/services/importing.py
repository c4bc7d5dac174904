"""Importing: parse, resolve duplicates, leave out what dangles, write; and report it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from matchmaker.domain import DuplicateCandidate
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.services.refreshing import Progress, no_progress
from matchmaker.store.ports import GraphStore


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
