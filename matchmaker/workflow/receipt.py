"""Receipts: what says that a request was done, for whoever sends it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# The kind of documents that they are.
RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Written with what a request did: both are there, or neither.

    `digest` stands for all that the request said, `sending` for the time that it was done of those
    that it was sent. `made` has by kind the id of what it made, of several the first; `told` what
    else it was answered with, where that can be read nowhere.
    """

    id: str
    digest: str
    sending: str
    at: datetime
    made: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def day(self) -> str:
        """The day on which it was written, by which old ones are found."""
        return f"{self.at:%Y-%m-%d}"


def receipt_keys(receipt: Receipt) -> dict[str, str]:
    """What one is found by."""
    return {"day": receipt.day}
