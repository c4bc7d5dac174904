"""The head of a snapshot on disk: of which format it is, what its codes stand for, its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matchmaker.errors import SnapshotUnavailable
from matchmaker.snapshot.model import CODES
from matchmaker.system_errors import reason_of

FORMAT = 13
META = "meta.json"
MEND = "Run `matchmaker refresh`."


def codes() -> dict[str, list[str]]:
    """Names by column, of which a code is the position."""
    return {name: [member.value for member in members] for name, members in CODES.items()}


def read_head(folder: Path) -> dict[str, Any]:
    """What stands in it, with size and checksum of each file. Raises SnapshotUnavailable."""
    try:
        content: dict[str, Any] = json.loads((folder / META).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise unreadable(folder / META, error) from None
    if not isinstance(content, dict):
        raise damaged(folder / META)
    if content.get("format") != FORMAT:
        raise SnapshotUnavailable(
            "%(folder)s has another program's format.", mend=MEND, folder=folder
        )
    if "codes" not in content:
        raise SnapshotUnavailable(
            "%(folder)s was made by an earlier version and does not say what its codes stand for.",
            mend=MEND,
            folder=folder,
        )
    if content["codes"] != codes():
        raise SnapshotUnavailable(
            "The codes of %(folder)s stand for other things than in this version.",
            mend=MEND,
            folder=folder,
        )
    if not _lists_files(content):
        raise damaged(folder / META)
    return content


def _lists_files(content: Mapping[str, Any]) -> bool:
    """Tell whether it has sizes and checksums of files."""
    files = content.get("files")
    return isinstance(files, dict) and all(
        isinstance(about, list) and len(about) == 2 for about in files.values()
    )


def unreadable(path: Path, error: Exception) -> SnapshotUnavailable:
    """The refusal of what cannot be read."""
    return SnapshotUnavailable(
        "%(path)s cannot be read: %(error)s.", mend=MEND, path=path, error=reason_of(error)
    )


def damaged(path: Path) -> SnapshotUnavailable:
    """The refusal of a file that is not as it was written."""
    return SnapshotUnavailable("%(path)s is damaged.", mend=MEND, path=path)
