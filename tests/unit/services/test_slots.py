"""Slots as they are told: what may still be asked for, and what accepting needs."""

from __future__ import annotations

import pytest

from matchmaker.services.cooperation.capacity import SlotUsage


@pytest.mark.parametrize(
    ("capacity", "running", "waiting", "free", "untaken"),
    [(3, 0, 3, 0, 3), (3, 0, 1, 2, 3), (3, 2, 1, 0, 1), (3, 3, 0, 0, 0), (1, 2, 0, 0, 0)],
)
def test_requests_that_wait_take_no_slot_from_being_accepted(
    capacity, running, waiting, free, untaken
) -> None:
    usage = SlotUsage(capacity, running, waiting)
    assert (usage.free, usage.untaken) == (free, untaken)
