"""What lies in the data folder is named in the documentation for operators."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import matchmaker
from matchmaker.services.operations.backup_file import SINGLE_FILES, TREES

PACKAGE = Path(matchmaker.__file__).parent
OPERATING = (PACKAGE.parent / "docs" / "operating.md").read_text(encoding="utf-8")
# Folders and files that the code names otherwise than by a literal beside `data_dir`.
OTHERS = {"server.json", "restore.pending", "log.anchor", "attempts.db.lock", "matchmaker.db"}
OTHERS |= {*SINGLE_FILES, *TREES}


def named_in_code() -> Iterator[str]:
    """Literals of `… data_dir / "name"`."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "data_dir" not in text:  # of most files nothing need be parsed
            continue
        for node in ast.walk(ast.parse(text)):
            if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
                continue
            left, right = node.left, node.right
            if not isinstance(right, ast.Constant):
                continue
            if ast.unparse(left).rsplit(".", 1)[-1] == "data_dir":
                yield str(right.value)


NAMES = sorted({*named_in_code(), *OTHERS})


def test_files_are_found_in_the_code() -> None:
    assert {"restore.lock", "jobs.lock", "jobs.db", "attempts.db", "uploads"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_in_the_data_folder_is_documented(name: str) -> None:
    assert re.search(rf"^\| (?:`[^`]+`, )*`{re.escape(name)}`", OPERATING, re.MULTILINE), name
