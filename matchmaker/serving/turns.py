"""Turns: whoever asks is served in turn, however many requests somebody has sent.

In one queue a member with sixty connections keeps everybody else behind its sixty questions, and
who would sign in behind them, too.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from matchmaker.workflow.session import counted_address

Queued = TypeVar("Queued")


class Caller(NamedTuple):
    """Who sent a request, as far as that is told before anybody reads it: from where, and as whom.

    Houses take turns first, and of one house its accounts. The people of a `firm` are one house,
    wherever they sit: as many accounts or addresses as it likes would gain turns. Of all others
    an address is one; who is not known by a key or a session, "", is one account of it.
    """

    address: str = ""
    account: str = ""
    firm: str = ""  # whose people are one wherever they sit: without an address

    @property
    def house(self) -> str:
        """Who takes turns with others."""
        return f"firm {self.firm}" if self.firm else self.address

    @property
    def group(self) -> tuple[str, str]:
        """Whose requests count together: a firm's, else an account's."""
        return self.house, "" if self.firm else self.account


class KnownCaller(NamedTuple):
    """As whom a request is sent: an account, and the firm for which it acts; "" for none."""

    account: str = ""
    firm: str = ""


@dataclass(frozen=True, slots=True)
class Callers:
    """Tells callers by their headers: so many `proxies` in front are believed, and `known_by`
    knows accounts."""

    proxies: int = 0
    known_by: Callable[[Mapping[str, str]], KnownCaller] = lambda _: KnownCaller()

    def of(self, headers: Mapping[str, str], address: str) -> Caller:
        """Who sent a request with these headers from there."""
        forwarded = headers.get("X_FORWARDED_FOR", "").split(",")
        if 0 < self.proxies <= len(forwarded):
            address = forwarded[-self.proxies].strip() or address
        known = self.known_by(headers)
        return Caller("" if known.firm else counted_address(address), *known)


def headers_of(lines: bytes) -> dict[str, str]:
    """Headers as they arrive, under the names that waitress gives them."""
    parts = (line.decode("latin-1").partition(":") for line in lines.split(b"\r\n"))
    return {name.upper().replace("-", "_"): value.strip() for name, _, value in parts}


class Turns(Generic[Queued]):
    """What waits, in the order in which it is served."""

    def __init__(self) -> None:
        # By house and caller; whose turn comes next stands first.
        self._waiting: dict[str, dict[Caller, deque[Queued]]] = {}

    def __len__(self) -> int:
        return sum(map(_count, self._waiting.values()))

    def add(self, caller: Caller, waiting: Queued) -> None:
        """Behind what its caller has sent before."""
        of_house = self._waiting.setdefault(caller.house, {})
        of_house.setdefault(caller, deque()).append(waiting)

    def of(self, caller: Caller) -> int:
        """How many of a caller's wait."""
        return len(self._waiting.get(caller.house, {}).get(caller, ()))

    def of_group(self, caller: Caller) -> int:
        """How many wait that count together with a caller's."""
        of_house = self._waiting.get(caller.house, {})
        return sum(len(own) for each, own in of_house.items() if each.group == caller.group)

    def surplus(self, most: int) -> int:
        """How many wait of those who have more than `most` waiting, beyond these."""
        return sum(max(0, count - most) for count in self._groups().values())

    def ahead(self, caller: Caller) -> int:
        """How many are served before what a caller sends now, if nobody else sends anything."""
        of_house = self._waiting.get(caller.house, {})
        own = self.of(caller) + 1
        place = sum(min(len(each), own) for name, each in of_house.items()
                    if name != caller) + own  # fmt: skip
        others = (each for name, each in self._waiting.items() if name != caller.house)
        return sum(min(_count(each), place) for each in others) + place - 1

    def next_of(self, is_served: Callable[[Caller], bool]) -> Caller | None:
        """Whose turn it is among those who are served now."""
        return next(filter(is_served, self.callers()), None)

    def take(self, caller: Caller) -> Queued:
        """What a caller has waiting for the longest; its next turn comes after everybody's."""
        of_house = self._waiting.pop(caller.house)
        own = of_house.pop(caller)
        first = own.popleft()
        if own:
            of_house[caller] = own
        if of_house:
            self._waiting[caller.house] = of_house
        return first

    def remove(
        self, is_gone: Callable[[Queued], bool], is_of: Callable[[Caller], bool] = lambda _: True
    ) -> list[Queued]:
        """Take out what is gone of those whom `is_of` tells."""
        gone: list[Queued] = []
        for caller in list(filter(is_of, self.callers())):
            own = self._waiting[caller.house].pop(caller)
            gone += filter(is_gone, own)
            if left := deque(each for each in own if not is_gone(each)):
                self._waiting[caller.house][caller] = left
        self._waiting = {name: each for name, each in self._waiting.items() if each}
        return gone

    def callers(self) -> Iterator[Caller]:
        """Everybody of whom something waits."""
        for of_house in self._waiting.values():
            yield from of_house

    def _groups(self) -> Counter[tuple[str, str]]:
        counts: Counter[tuple[str, str]] = Counter()
        for of_house in self._waiting.values():
            for caller, own in of_house.items():
                counts[caller.group] += len(own)
        return counts


def _count(of_house: Mapping[Caller, deque[Queued]]) -> int:
    return sum(map(len, of_house.values()))
