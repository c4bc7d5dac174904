"""Results that are kept of functions of texts: many of short ones, few of long ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, cast

Asked = ParamSpec("Asked")
Result = TypeVar("Result")

_LONG = 2_000
_FEW = 100


class Remembered(Generic[Asked, Result]):
    """A function that keeps `most` results, and of long texts a few: they may be anybody's.

    A text is itself, or what was read from one and has it as its `text`. Of 1,000 questions of
    20,000 characters the words alone take a gigabyte.
    """

    def __init__(self, function: Callable[Asked, Result], most: int, few: int = _FEW) -> None:
        self._of_short: Any = lru_cache(most)(function)
        self._of_long: Any = lru_cache(few)(function)
        update_wrapper(self, function)

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Result:
        length = 0
        for each in args:
            text = each if isinstance(each, str) else getattr(each, "text", "")
            length += len(text)
        kept = self._of_short if length <= _LONG else self._of_long
        return cast("Result", kept(*args, **kwargs))

    def cache_clear(self) -> None:
        """Forget all results."""
        self._of_short.cache_clear()
        self._of_long.cache_clear()


def remembered(
    most: int, few: int = _FEW
) -> Callable[[Callable[Asked, Result]], Remembered[Asked, Result]]:
    """Make a function of texts keep so many results."""
    return lambda function: Remembered(function, most, few)
