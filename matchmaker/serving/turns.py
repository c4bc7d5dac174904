"""Turns: whoever asks is served in turn, however many requests somebody has sent.

In one queue a member with sixty connections keeps everybody else behind its sixty questions, and
who would sign in behind them, too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from matchmaker.workflow.session import counted_address

Waiting = TypeVar("Waiting")


class Asker(NamedTuple):
    """Who sent a request, as far as that is told before anybody reads it: from where, and as whom.

    `credentials` may be made up. So addresses take turns first, and of one address those who say
    that they are somebody else.
    """

    address: str = ""
    credentials: str = ""


def asker_of(headers: Mapping[str, str], address: str, proxies: int) -> Asker:
    """Who sent a request with these headers from there; so many proxies in front are believed."""
    forwarded = headers.get("X_FORWARDED_FOR", "").split(",")
    if 0 < proxies <= len(forwarded):
        address = forwarded[-proxies].strip() or address
    known_by = (headers.get("AUTHORIZATION", ""), headers.get("COOKIE", ""))
    return Asker(counted_address(address), "\n".join(known_by))


def headers_of(lines: bytes) -> dict[str, str]:
    """Headers as they arrive, under the names that waitress gives them."""
    parts = (line.decode("latin-1").partition(":") for line in lines.split(b"\r\n"))
    return {name.upper().replace("-", "_"): value.strip() for name, _, value in parts}


class Turns(Generic[Waiting]):
    """What waits, in the order in which it is served."""

    def __init__(self) -> None:
        # By address and credentials; whose turn comes next stands first.
        self._waiting: dict[str, dict[str, deque[Waiting]]] = {}

    def __len__(self) -> int:
        return sum(map(_count, self._waiting.values()))

    def add(self, asker: Asker, waiting: Waiting) -> None:
        """Behind what its asker has sent before."""
        of_address = self._waiting.setdefault(asker.address, {})
        of_address.setdefault(asker.credentials, deque()).append(waiting)

    def of(self, asker: Asker) -> int:
        """How many of an asker's wait."""
        return len(self._waiting.get(asker.address, {}).get(asker.credentials, ()))

    def ahead(self, asker: Asker) -> int:
        """How many are served before what an asker sends now, if nobody else sends anything."""
        of_address = self._waiting.get(asker.address, {})
        own = self.of(asker) + 1
        place = sum(min(len(each), own) for name, each in of_address.items()
                    if name != asker.credentials) + own  # fmt: skip
        others = (each for name, each in self._waiting.items() if name != asker.address)
        return sum(min(_count(each), place) for each in others) + place - 1

    def next_of(self, is_served: Callable[[Asker], bool]) -> Asker | None:
        """Whose turn it is among those who are served now."""
        return next(filter(is_served, self._askers()), None)

    def take(self, asker: Asker) -> Waiting:
        """What an asker has waiting for the longest; its next turn comes after everybody's."""
        of_address = self._waiting.pop(asker.address)
        own = of_address.pop(asker.credentials)
        first = own.popleft()
        if own:
            of_address[asker.credentials] = own
        if of_address:
            self._waiting[asker.address] = of_address
        return first

    def remove(self, is_gone: Callable[[Waiting], bool]) -> list[Waiting]:
        """Take out what is gone, whoever's it is."""
        gone: list[Waiting] = []
        for asker in list(self._askers()):
            own = self._waiting[asker.address].pop(asker.credentials)
            gone += filter(is_gone, own)
            if left := deque(each for each in own if not is_gone(each)):
                self._waiting[asker.address][asker.credentials] = left
        self._waiting = {name: each for name, each in self._waiting.items() if each}
        return gone

    def _askers(self) -> Iterator[Asker]:
        for address, of_address in self._waiting.items():
            yield from (Asker(address, credentials) for credentials in of_address)


def _count(of_address: Mapping[str, deque[Waiting]]) -> int:
    return sum(map(len, of_address.values()))
