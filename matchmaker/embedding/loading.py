"""What loading a model takes in every library: threads, and words for what goes wrong."""

from __future__ import annotations

import os

from matchmaker.errors import ModelUnavailable
from matchmaker.messages import Message


def threads_wanted() -> int:
    """As many as OMP_NUM_THREADS says, or as there are cores for this process."""
    threads = os.environ.get("OMP_NUM_THREADS", "")
    if threads.isdigit() and int(threads):
        return int(threads)
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def not_loaded(location: str, error: Exception, mend: Message) -> ModelUnavailable:
    """The error of a model that a library does not load."""
    return ModelUnavailable(
        "The model '%(location)s' cannot be loaded: %(value)s",
        mend=mend,
        location=location,
        value=first_line(error),
    )


def first_line(error: Exception) -> str:
    """The text of a library's error, short enough for one of ours."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
