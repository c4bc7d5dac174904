"""The lists of words of the trades, as their files have them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

# Of so many names what the lists say is kept: of what people write there is no end.
NAMES_KEPT = 10_000

_HERE = Path(__file__).parent


def nested_words(name: str, table: str) -> dict[str, Any]:
    """One table of a file, of what lists of lists there are."""
    return dict(word_table(name)[table])


@cache
def word_table(name: str) -> dict[str, dict[str, list[str]]]:
    """All tables of a file, read once."""
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))
