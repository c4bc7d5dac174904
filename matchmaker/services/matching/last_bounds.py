"""Whom organisations may meet, as it was last known of each while the store does not answer."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from matchmaker.errors import StoreUnavailable
from matchmaker.messages import Message, message
from matchmaker.workflow.meeting_bounds import MeetingBounds

# Of so many organisations that asked last the bounds are remembered.
MAX_REMEMBERED = 1_000
ANYBODY = MeetingBounds()
_NOT_KNOWN = message(
    "Just now it cannot be looked up who is never to be brought together: among these may be some "
    "whom your organisation does not want to meet, or who do not want to meet it."
)


@dataclass(frozen=True, slots=True)
class LastBounds:
    """Reads the bounds of who asks, and remembers them: lists of theirs, and of others on them.

    A copy of the graph has none of these lists: they are nobody else's to keep.
    """

    read: Callable[[str, bool], MeetingBounds]
    _last: OrderedDict[tuple[str, bool], MeetingBounds] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of_seeker(self, organization_id: str, without_dismissed: bool) -> MeetingBounds | None:
        """The bounds of now; without the store the last ones, None where there are none."""
        asked = organization_id, without_dismissed
        try:
            bounds = self.read(organization_id, without_dismissed)
        except StoreUnavailable:
            with self._lock:
                return self._last.get(asked) or self._last.get((asked[0], not asked[1]))
        with self._lock:
            self._last[asked] = bounds
            self._last.move_to_end(asked)
            if len(self._last) > MAX_REMEMBERED:
                self._last.popitem(last=False)
        return bounds


def unknown_bounds(bounds: MeetingBounds | None) -> tuple[Message, ...]:
    """What is said above an answer where nobody knows whom it should leave out."""
    return (_NOT_KNOWN,) if bounds is None else ()
