"""Bounds on whom an organisation may meet, which recommendations, requests and calls keep to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MeetingBounds:
    """Organisations that one is not to be brought together with, and those alone that it may meet.

    `left_out` are on its list, or have it on theirs, or stay within clusters that it is not in.
    `only` is None where it may meet anybody else.
    """

    left_out: frozenset[str] = frozenset()
    only: frozenset[str] | None = None

    def without(self, others: frozenset[str]) -> MeetingBounds:
        """Some left out as well."""
        return MeetingBounds(self.left_out | others, self.only)

    def keep_apart_from(self, other: str) -> bool:
        """True where one is not to be brought together with the other."""
        return other in self.left_out or (self.only is not None and other not in self.only)
