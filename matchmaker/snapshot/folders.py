"""Folders of snapshots: one for each, made beside the others, and a pointer to the newest."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

POINTER = "CURRENT"
# Folders that are not whole yet.
WRITING, FETCHING = ".writing-", ".fetching-"
KEPT_SNAPSHOTS = 2  # the current one, and the one that a reader may still be opening


def remove_unfinished(root: Path) -> None:
    """Remove what a process left that died at it; by whoever alone works on the folder."""
    for prefix in (WRITING, FETCHING, f".{POINTER}-"):
        for path in root.glob(f"{prefix}*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def install(beside: Path, root: Path, version: int) -> Path:
    """Make a whole folder beside the others the current one; only it and the last one stay."""
    folder = _place(beside, root, version)
    _point(root, folder.name)
    others = [path for path in root.glob("v*") if path.is_dir() and path != folder]
    others.sort(key=lambda path: (path.stat().st_mtime, path.name), reverse=True)
    for old in others[KEPT_SNAPSHOTS - 1 :]:
        # A process that has it mapped keeps reading what it mapped.
        shutil.rmtree(old, ignore_errors=True)
    return folder


def _place(beside: Path, root: Path, version: int) -> Path:
    """Give the folder its name: the version, and a number where that is taken."""
    for attempt in range(10_000):
        folder = root / f"v{version:08d}-{attempt:04d}"
        if not folder.exists():
            os.rename(beside, folder)  # noqa: PTH104
            sync(root)
            return folder
    raise OSError(f"no free name for version {version}")


def _point(root: Path, name: str) -> None:
    pointer = root / f".{POINTER}-{os.getpid()}-{threading.get_ident()}"
    with pointer.open("w", encoding="utf-8") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    os.replace(pointer, root / POINTER)  # noqa: PTH105
    sync(root)


def sync(path: Path) -> None:
    """Have the disk keep what was written to a file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
