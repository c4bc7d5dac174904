"""Threads that compute, beside a loop that answers."""

from __future__ import annotations

import sys

_SWITCH_SECONDS = 0.0005


def give_way_often() -> None:
    """Let what computes in this process give way more often than by default: the loop goes on."""
    sys.setswitchinterval(_SWITCH_SECONDS)
