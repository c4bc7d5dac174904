"""Who asks: its profile, and whom it may meet, as that was last known while the store is silent."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from matchmaker.access import Principal
from matchmaker.errors import StoreUnavailable
from matchmaker.messages import Message, message
from matchmaker.services.cooperation.exclusions import Exclusions
from matchmaker.services.own_organizations import asking_id
from matchmaker.store.documents import Store
from matchmaker.store.ports import SeekerProfile
from matchmaker.workflow.meeting_bounds import MeetingBounds

# Of so many organisations that asked last the bounds are remembered.
MAX_REMEMBERED = 1_000
ANYBODY = MeetingBounds()
_NOT_KNOWN = message(
    "Just now it cannot be looked up who is never to be brought together: among these may be some "
    "whom your organisation does not want to meet, or who do not want to meet it."
)


@dataclass(frozen=True, slots=True)
class AskerReader:
    """Reads who asks and its bounds at once, and remembers these: lists of its own and others'.

    A copy of the graph has none of these lists: they are nobody else's to keep.
    """

    store: Store
    exclusions: Exclusions
    _last: OrderedDict[tuple[str, bool], MeetingBounds] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(
        self, principal: Principal, id_or_alias: str, without_dismissed: bool
    ) -> tuple[SeekerProfile, MeetingBounds | None]:
        """The profile, and the bounds of now; without the store the last ones, None where there
        are none. Raises as `asking_id` does, and NotFound.
        """
        id = asking_id(self.store, principal, id_or_alias)
        query = self.exclusions.query_of_seeker(id, without_dismissed)
        profile, records = self.store.question_start(id, query)
        own = profile.organization.id

        def bounds() -> MeetingBounds | None:
            if records is None:
                return None
            if own != id:  # what was read are the lists of an alias, which has none
                return self.exclusions.of_seeker(own, without_dismissed)
            return self.exclusions.by_lists(own, records)

        return profile, self._known((own, without_dismissed), bounds)

    def _known(
        self, asked: tuple[str, bool], read: Callable[[], MeetingBounds | None]
    ) -> MeetingBounds | None:
        bounds = None
        with suppress(StoreUnavailable):
            bounds = read()
        with self._lock:
            if bounds is None:
                return self._last.get(asked) or self._last.get((asked[0], not asked[1]))
            self._last[asked] = bounds
            self._last.move_to_end(asked)
            if len(self._last) > MAX_REMEMBERED:
                self._last.popitem(last=False)
        return bounds


def unknown_bounds(bounds: MeetingBounds | None) -> tuple[Message, ...]:
    """What is said above an answer where nobody knows whom it should leave out."""
    return (_NOT_KNOWN,) if bounds is None else ()
