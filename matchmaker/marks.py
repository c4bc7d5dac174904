"""Marks of what a result was made by: another where any file or version of that is another."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path


def mark_of(files: Iterable[Path], *versions: str) -> str:
    """The mark of programs and lists in files, whatever their order, and of versions."""
    digest = sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    for version in versions:
        digest.update(version.encode())
    return digest.hexdigest()[:16]
