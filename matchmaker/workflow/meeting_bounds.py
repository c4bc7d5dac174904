"""Whom an organisation may meet: a value that recommendations, requests and calls hold to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MeetingBounds:
    """Whom an organisation is not to be brought together with, and with whom alone (None: anybody).

    `left_out` are on its list, or have it on theirs, or stay within clusters that it is not in.
    """

    left_out: frozenset[str] = frozenset()
    only: frozenset[str] | None = None

    def without(self, others: frozenset[str]) -> MeetingBounds:
        """Some left out as well."""
        return MeetingBounds(self.left_out | others, self.only)
