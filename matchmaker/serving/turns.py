"""Turns: whoever asks is served in turn, however many requests somebody has sent.

In one queue a member with sixty connections keeps everybody else behind its sixty questions, and
who would sign in behind them, too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from matchmaker.workflow.session import counted_address

Queued = TypeVar("Queued")


class Caller(NamedTuple):
    """Who sent a request, as far as that is told before anybody reads it: from where, and as whom.

    Addresses take turns first, and of one address its accounts. All who are not known by a key or
    a session, "", are one: made-up ones would gain turns.
    """

    address: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Callers:
    """Tells callers by their headers: so many `proxies` in front are believed, and `account_of`
    knows accounts."""

    proxies: int = 0
    account_of: Callable[[Mapping[str, str]], str] = lambda _: ""

    def of(self, headers: Mapping[str, str], address: str) -> Caller:
        """Who sent a request with these headers from there."""
        forwarded = headers.get("X_FORWARDED_FOR", "").split(",")
        if 0 < self.proxies <= len(forwarded):
            address = forwarded[-self.proxies].strip() or address
        return Caller(counted_address(address), self.account_of(headers))


def headers_of(lines: bytes) -> dict[str, str]:
    """Headers as they arrive, under the names that waitress gives them."""
    parts = (line.decode("latin-1").partition(":") for line in lines.split(b"\r\n"))
    return {name.upper().replace("-", "_"): value.strip() for name, _, value in parts}


class Turns(Generic[Queued]):
    """What waits, in the order in which it is served."""

    def __init__(self) -> None:
        # By address and account; whose turn comes next stands first.
        self._waiting: dict[str, dict[str, deque[Queued]]] = {}

    def __len__(self) -> int:
        return sum(map(_count, self._waiting.values()))

    def add(self, caller: Caller, waiting: Queued) -> None:
        """Behind what its caller has sent before."""
        of_address = self._waiting.setdefault(caller.address, {})
        of_address.setdefault(caller.account, deque()).append(waiting)

    def of(self, caller: Caller) -> int:
        """How many of a caller's wait."""
        return len(self._waiting.get(caller.address, {}).get(caller.account, ()))

    def surplus(self, most: int) -> int:
        """How many wait of those who have more than `most` waiting, beyond these."""
        return sum(
            max(0, len(own) - most) for each in self._waiting.values() for own in each.values()
        )

    def ahead(self, caller: Caller) -> int:
        """How many are served before what a caller sends now, if nobody else sends anything."""
        of_address = self._waiting.get(caller.address, {})
        own = self.of(caller) + 1
        place = sum(min(len(each), own) for name, each in of_address.items()
                    if name != caller.account) + own  # fmt: skip
        others = (each for name, each in self._waiting.items() if name != caller.address)
        return sum(min(_count(each), place) for each in others) + place - 1

    def next_of(self, is_served: Callable[[Caller], bool]) -> Caller | None:
        """Whose turn it is among those who are served now."""
        return next(filter(is_served, self.callers()), None)

    def take(self, caller: Caller) -> Queued:
        """What a caller has waiting for the longest; its next turn comes after everybody's."""
        of_address = self._waiting.pop(caller.address)
        own = of_address.pop(caller.account)
        first = own.popleft()
        if own:
            of_address[caller.account] = own
        if of_address:
            self._waiting[caller.address] = of_address
        return first

    def remove(
        self, is_gone: Callable[[Queued], bool], is_of: Callable[[Caller], bool] = lambda _: True
    ) -> list[Queued]:
        """Take out what is gone of those whom `is_of` tells."""
        gone: list[Queued] = []
        for caller in list(filter(is_of, self.callers())):
            own = self._waiting[caller.address].pop(caller.account)
            gone += filter(is_gone, own)
            if left := deque(each for each in own if not is_gone(each)):
                self._waiting[caller.address][caller.account] = left
        self._waiting = {name: each for name, each in self._waiting.items() if each}
        return gone

    def callers(self) -> Iterator[Caller]:
        """Everybody of whom something waits."""
        for address, of_address in self._waiting.items():
            yield from (Caller(address, account) for account in of_address)


def _count(of_address: Mapping[str, deque[Queued]]) -> int:
    return sum(map(len, of_address.values()))
