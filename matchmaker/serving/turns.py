"""Turns: whoever asks is served in turn, however many requests somebody has sent.

In one queue a member with sixty connections keeps everybody else behind its sixty questions, and
who would sign in behind them, too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from matchmaker.workflow.session import counted_address

Queued = TypeVar("Queued")


class Caller(NamedTuple):
    """Who sent a request, as far as that is told before anybody reads it: from where, and as whom.

    `credentials` may be made up. So addresses take turns first, and of one address those who say
    that they are somebody else.
    """

    address: str = ""
    credentials: str = ""


def caller_of(headers: Mapping[str, str], address: str, proxies: int) -> Caller:
    """Who sent a request with these headers from there; so many proxies in front are believed."""
    forwarded = headers.get("X_FORWARDED_FOR", "").split(",")
    if 0 < proxies <= len(forwarded):
        address = forwarded[-proxies].strip() or address
    known_by = (headers.get("AUTHORIZATION", ""), headers.get("COOKIE", ""))
    return Caller(counted_address(address), "\n".join(known_by))


def headers_of(lines: bytes) -> dict[str, str]:
    """Headers as they arrive, under the names that waitress gives them."""
    parts = (line.decode("latin-1").partition(":") for line in lines.split(b"\r\n"))
    return {name.upper().replace("-", "_"): value.strip() for name, _, value in parts}


class Turns(Generic[Queued]):
    """What waits, in the order in which it is served."""

    def __init__(self) -> None:
        # By address and credentials; whose turn comes next stands first.
        self._waiting: dict[str, dict[str, deque[Queued]]] = {}

    def __len__(self) -> int:
        return sum(map(_count, self._waiting.values()))

    def add(self, caller: Caller, waiting: Queued) -> None:
        """Behind what its caller has sent before."""
        of_address = self._waiting.setdefault(caller.address, {})
        of_address.setdefault(caller.credentials, deque()).append(waiting)

    def of(self, caller: Caller) -> int:
        """How many of a caller's wait."""
        return len(self._waiting.get(caller.address, {}).get(caller.credentials, ()))

    def most_of_one(self) -> int:
        """How many wait of whoever has most."""
        return max(
            (len(own) for each in self._waiting.values() for own in each.values()), default=0
        )

    def ahead(self, caller: Caller) -> int:
        """How many are served before what a caller sends now, if nobody else sends anything."""
        of_address = self._waiting.get(caller.address, {})
        own = self.of(caller) + 1
        place = sum(min(len(each), own) for name, each in of_address.items()
                    if name != caller.credentials) + own  # fmt: skip
        others = (each for name, each in self._waiting.items() if name != caller.address)
        return sum(min(_count(each), place) for each in others) + place - 1

    def next_of(self, is_served: Callable[[Caller], bool]) -> Caller | None:
        """Whose turn it is among those who are served now."""
        return next(filter(is_served, self.callers()), None)

    def take(self, caller: Caller) -> Queued:
        """What a caller has waiting for the longest; its next turn comes after everybody's."""
        of_address = self._waiting.pop(caller.address)
        own = of_address.pop(caller.credentials)
        first = own.popleft()
        if own:
            of_address[caller.credentials] = own
        if of_address:
            self._waiting[caller.address] = of_address
        return first

    def remove(
        self, is_gone: Callable[[Queued], bool], is_of: Callable[[Caller], bool] = lambda _: True
    ) -> list[Queued]:
        """Take out what is gone of those whom `is_of` tells."""
        gone: list[Queued] = []
        for caller in list(filter(is_of, self.callers())):
            own = self._waiting[caller.address].pop(caller.credentials)
            gone += filter(is_gone, own)
            if left := deque(each for each in own if not is_gone(each)):
                self._waiting[caller.address][caller.credentials] = left
        self._waiting = {name: each for name, each in self._waiting.items() if each}
        return gone

    def callers(self) -> Iterator[Caller]:
        """Everybody of whom something waits."""
        for address, of_address in self._waiting.items():
            yield from (Caller(address, credentials) for credentials in of_address)


def _count(of_address: Mapping[str, deque[Queued]]) -> int:
    return sum(map(len, of_address.values()))
