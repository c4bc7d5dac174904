"""Regular expressions that are compiled when they are first used.

There are nearly a thousand, most about how needs and lists are worded. Compiled as their modules
are imported they took a fifth of the time in which a command, a worker or a node starts.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")
_MADE: list[_Regex] = []


class _Regex:
    """What stands for a pattern; once that is compiled, its methods are the pattern's own."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self._given_flags = pattern, flags
        _MADE.append(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked of whatever is copied or pickled
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._given_flags)
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return getattr(compiled, name)


def regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A regular expression of a module, compiled at its first use; its text is there before."""
    return cast("re.Pattern[str]", _Regex(pattern, flags))


def made() -> tuple[re.Pattern[str], ...]:
    """Every pattern that a module that is imported has made."""
    return tuple(cast("re.Pattern[str]", each) for each in _MADE)


def compile_all() -> None:
    """Compile what is not compiled yet: before a fork, so that no worker does it for a reader."""
    for each in _MADE:
        _ = each.search
