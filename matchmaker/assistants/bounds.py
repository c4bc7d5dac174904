"""What assistants over HTTP may ask: so much in a minute and a day, and so much at once."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from matchmaker.errors import TooManyAttempts
from matchmaker.messages import message
from matchmaker.nodes.allowance import Allowance, take_request, take_written
from matchmaker.wiring import Wiring

T = TypeVar("T")

# Each keeps a core busy: more of them would answer no sooner, and leave no room for what is light.
_THREADS = 2
# Computing and waiting together: the last of them waits for some seconds at most.
MOST_AT_ONCE = 8
MOST_OF_ACCOUNT = 2
# As many accounts as a firm likes would take all places.
MOST_OF_FIRM = 4
RETRY_SECONDS = 2


def too_many_at_once() -> TooManyAttempts:
    """The refusal of who has too much under way."""
    return TooManyAttempts(
        "Too many ask at once; try again in a moment.",
        mend=message("Wait for your other answers, or %(seconds)s seconds.", seconds=RETRY_SECONDS),
        seconds=RETRY_SECONDS,
    )


class HeavyCalls:
    """Tools that compute, in threads of their own, with few that wait for one.

    Who comes when there are many, has two under way, or whose firm has four, is refused at once.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "heavy")
        self._asking: Counter[tuple[str, str]] = Counter()  # by firm and account
        self._lock = threading.Lock()

    async def run(self, whose: str, answer: Callable[[], T], firm: str = "") -> T:
        """What `answer` gives for an account, of a firm or of none. Raises TooManyAttempts."""
        place = firm, whose
        self._enter(place)
        # A call whose client has left keeps its place for as long as it computes.
        running = self._threads.submit(contextvars.copy_context().run, answer)
        running.add_done_callback(lambda _: self._leave(place))
        return await asyncio.wrap_future(running)

    def _enter(self, place: tuple[str, str]) -> None:
        firm, _ = place
        with self._lock:
            of_firm = sum(count for each, count in self._asking.items() if firm and each[0] == firm)
            has_many = self._asking[place] >= MOST_OF_ACCOUNT or of_firm >= MOST_OF_FIRM
            if has_many or self._asking.total() >= MOST_AT_ONCE:
                raise too_many_at_once()
            self._asking[place] += 1

    def _leave(self, place: tuple[str, str]) -> None:
        with self._lock:
            self._asking[place] -= 1
            if not self._asking[place]:
                del self._asking[place]


@dataclass(frozen=True, slots=True)
class AssistantBounds:
    """As over the API: an assistant asks no faster than a person's other programs may."""

    requests: Allowance
    written: Allowance
    heavy: HeavyCalls = field(default_factory=HeavyCalls)

    @classmethod
    def of(cls, services: Wiring) -> AssistantBounds:
        """As the settings say."""
        return cls(services.requests_allowance, services.written_allowance)

    def take(self, whose: str, firm: str) -> None:
        """Count a request of any kind. Raises TooManyAttempts."""
        take_request(self.requests, whose, firm)

    def take_call(self, whose: str, firm: str, arguments: dict[str, Any]) -> None:
        """Count a call, and what it sends: each leaves a line in the log.

        Raises TooManyAttempts.
        """
        self.take(whose, firm)
        take_written(self.written, whose, firm, len(repr(arguments).encode()))
