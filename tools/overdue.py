"""Pins that have been behind for longer than we allow ourselves.

    python -m tools.overdue             # one line for each; exit 1 if any
    python -m tools.overdue --days 30

A pin is overdue when a newer final release came out more than so many days ago. Asks the
package index that pip is set up with for the days (PEP 700). What PyTorch pins itself comes
with PyTorch.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version
from pip._internal.models.index import PyPI

ROOT = Path(__file__).parents[1]
DAYS = 90
_JSON = "application/vnd.pypi.simple.v1+json"
PYTHON = "3.11.9"
# Pinned to the very version by what we depend on: brought up with that.
WITH_PYTORCH = ("nvidia-", "cuda-", "triton")
HELD = {"mpmath": "sympy, which PyTorch needs, takes none from 1.4 on"}


def pins(text: str) -> dict[str, Version]:
    """Pinned packages of a compiled list."""
    lines = re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE)
    return {name: Version(version) for name, version in lines}


def releases(answer: Mapping[str, Any]) -> dict[Version, datetime]:
    """Final releases of a package for our Python, and when the first file of each came out."""
    days: dict[Version, datetime] = {}
    for file in answer["files"]:
        version = _version_of(file["filename"])
        if version is None or file.get("yanked") or not _fits(file.get("requires-python") or ""):
            continue
        at = datetime.fromisoformat(file["upload-time"])
        if not version.is_prerelease:
            days[version] = min(at, days.get(version, at))
    return days


def _fits(python: str) -> bool:
    try:
        return SpecifierSet(python).contains(PYTHON)
    except InvalidSpecifier:
        return True


def _version_of(filename: str) -> Version | None:
    """None for a file that is no package as they are named today."""
    try:
        if filename.endswith(".whl"):
            return parse_wheel_filename(filename)[1]
        return parse_sdist_filename(filename)[1]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None


def overdue_since(pinned: Version, known: Mapping[Version, datetime]) -> datetime | None:
    """When the first release that is newer than the pin came out; None where none is."""
    newer = [at for version, at in known.items() if version > pinned]
    return min(newer, default=None)


def index_url() -> str:
    """The address of pip's package index."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    return (told or PyPI.simple_url).rstrip("/")


def answers(names: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the index says of each package."""
    with requests.Session() as session:
        for name in names:
            answer = session.get(f"{index_url()}/{name}/", headers={"Accept": _JSON}, timeout=30)
            answer.raise_for_status()
            yield name, answer.json()


def main() -> None:
    """Print what is overdue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=DAYS)
    allowed = timedelta(days=parser.parse_args().days)
    pinned = pins((ROOT / "requirements.txt").read_text("utf-8"))
    now, late, behind = datetime.now(UTC), 0, 0
    asked = [name for name in pinned if name not in HELD and not name.startswith(WITH_PYTORCH)]
    for name, answer in answers(asked):
        since = overdue_since(pinned[name], releases(answer))
        behind += since is not None
        if since is not None and now - since > allowed:
            late += 1
            sys.stdout.write(
                f"{name} {pinned[name]}: a newer release is out since {since:%Y-%m-%d}\n"
            )
    sys.stdout.write(
        f"{len(pinned)} pins, {behind} not the newest, {late} behind for over {allowed.days} days\n"
    )
    sys.exit(1 if late else 0)


if __name__ == "__main__":
    main()
