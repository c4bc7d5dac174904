"""Files as people have them, each through the command line into an empty installation.

    python benchmarks/cases.py FOLDER [--only 02,29] [--keep DIR]

FOLDER holds one folder a case, named by its number. A line is printed for each thing that a
case must give, with what it gave where that differs, and a count at the end. The exit status
is 1 where anything differs. What each must give stands in `file_cases`, `party_cases` and
`question_cases`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

# Each registers its cases.
from benchmarks import file_cases, party_cases, question_cases  # noqa: F401
from benchmarks.case_installation import CASES, Installation


def main() -> int:
    """Print each check of each case; 1 where one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="numbers of cases, parted by commas")
    parser.add_argument("--keep", type=Path, help="keep the installations here")
    options = parser.parse_args()
    only = set(filter(None, options.only.split(",")))
    good = total = 0
    with tempfile.TemporaryDirectory() as temporary:
        for folder in sorted(path for path in options.folder.iterdir() if path.is_dir()):
            number = folder.name.split("-", 1)[0]
            if number not in CASES or (only and number not in only):
                continue
            at = Installation(folder.resolve(), (options.keep or Path(temporary)) / number)
            try:
                for about, found, wanted in CASES[number](at):
                    total += 1
                    good += found == wanted
                    told = "" if found == wanted else f": {found!r}, not {wanted!r}"
                    print(
                        f"{'ok  ' if found == wanted else 'FAIL'} {number} {about}{told}",
                        flush=True,
                    )
            except Exception as error:
                total += 1
                print(f"FAIL {number} {type(error).__name__}: {error}", flush=True)
    print(f"{good} of {total} as they must be")
    return 0 if good == total else 1


if __name__ == "__main__":
    sys.exit(main())
