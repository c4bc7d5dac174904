"""One job for many arguments, on forked processes that share what the job holds."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from types import TracebackType
from typing import Any, Generic, TypeVar

Argument = TypeVar("Argument")
Result = TypeVar("Result")

CHUNK = 25

_job: Callable[[Any], Any] | None = None


class ForkedPool(Generic[Argument, Result]):
    """A pool for one job. What the job holds (a snapshot, a ranker) is shared, never copied.

    Arguments and results travel between the processes, so they should be small.
    """

    def __init__(self, job: Callable[[Argument], Result], workers: int | None = None) -> None:
        self._job = job
        self._workers = workers or os.cpu_count() or 1

    def __enter__(self) -> ForkedPool[Argument, Result]:
        # A forked process gets what cannot be pickled as it is. It is handed to this pool alone:
        # other threads have theirs, and the processes are forked only when there is work.
        self._pool = ProcessPoolExecutor(
            self._workers,
            mp_context=multiprocessing.get_context("fork"),
            initializer=_begin,
            initargs=(self._job,),
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def map(self, arguments: Sequence[Argument]) -> Iterator[Result]:
        """Results in the order of the arguments, as they come; the work begins at once."""
        chunks = [arguments[start : start + CHUNK] for start in range(0, len(arguments), CHUNK)]
        return chain.from_iterable(self._pool.map(_run, chunks))


def _begin(job: Callable[[Any], Any]) -> None:
    """The job of a forked process, in one thread: more share cores, and OpenMP's do not survive."""
    global _job  # noqa: PLW0603 - of this process alone
    from threadpoolctl import threadpool_limits

    _job = job
    threadpool_limits(limits=1)


def _run(arguments: Sequence[Any]) -> list[Any]:
    if _job is None:
        raise RuntimeError("no job was handed over")
    return [_job(argument) for argument in arguments]
