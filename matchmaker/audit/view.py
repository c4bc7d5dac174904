"""One cluster, layer and year as indicators see it, and the register that they enter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matchmaker.audit import nulls
from matchmaker.audit.figures import INDICATOR, Definition, Figure, Group, unknown
from matchmaker.audit.landscape import Landscape
from matchmaker.audit.network import ClusterNetwork
from matchmaker.audit.ties import LABS, Channel
from matchmaker.domain import Kind, Size
from matchmaker.messages import Message, in_context
from matchmaker.snapshot.model import KINDS, SIZES, BoolArray

PERMUTATIONS = 1_000
HUBS = tuple(KINDS.index(kind) for kind in (Kind.PLATFORM, Kind.PUBLIC_BODY))
LEAVING = 0.05


@dataclass(frozen=True)
class View:
    """One cluster's network of one layer and year, and what it is seen against.

    `samples` random networks of the same degrees are drawn where an indicator
    asks for them; 0 leaves their comparison out. Expected ties are those of the
    model fitted on the five years to `fitted`, the view's own year without one:
    years of one course are held to one model. `given` stands in for the network on record.
    """

    landscape: Landscape
    cluster: int
    channel: Channel
    year: int
    samples: int = 0
    fitted: int | None = None
    given: ClusterNetwork | None = None

    @cached_property
    def network(self) -> ClusterNetwork:
        if self.given is not None:
            return self.given
        return self.landscape.network(self.cluster, self.channel, self.year)

    @cached_property
    def before(self) -> ClusterNetwork:
        """The network of the year before."""
        return self.landscape.network(self.cluster, self.channel, self.year - 1)

    @cached_property
    def drawn(self) -> NDArray[np.int64]:
        """Random networks of the same degrees, (samples, m, 2)."""
        return nulls.rewired(self.network.edges, len(self.network), self.samples)

    @cached_property
    def kind(self) -> NDArray[np.int8]:
        """Kind of each member, (n,)."""
        return self.landscape.snapshot.organizations.kind[self.network.members]

    @cached_property
    def size(self) -> NDArray[np.int8]:
        """Size class of each member, -1 where not said, (n,)."""
        return self.landscape.snapshot.organizations.size[self.network.members]

    @cached_property
    def industry(self) -> NDArray[np.int32]:
        """Row of each member's industry, -1 where not said, (n,)."""
        return self.landscape.snapshot.organizations.industry[self.network.members]

    @cached_property
    def is_firm(self) -> BoolArray:
        return np.asarray(self.kind == KINDS.index(Kind.FIRM))

    @cached_property
    def is_small(self) -> BoolArray:
        """Micro, small and medium firms, also those of which no more is known."""
        large = SIZES.index(Size.LARGE)
        return np.asarray(self.is_firm & (self.size >= 0) & (self.size != large))

    @cached_property
    def sort(self) -> NDArray[np.int64]:
        """Small firm, large firm, firm of unknown size, lab, platform or public body, as 0–4."""
        large = self.is_firm & (self.size == SIZES.index(Size.LARGE))
        sort = np.where(self.is_small, 0, np.where(large, 1, 2))
        sort = np.where(np.isin(self.kind, LABS), 3, sort)
        return np.where(np.isin(self.kind, HUBS), 4, sort)


Indicator = Callable[[View], Figure]
INDICATORS: dict[str, tuple[Definition, Indicator]] = {}

NO_MEMBER = unknown("there are no members")
TOO_FEW = unknown("there are fewer than two members")
NO_TIE = unknown("there are no ties")


def indicator(
    group: Group, title: str, unit: str = "", better: str = ""
) -> Callable[[Indicator], Indicator]:
    """Enter a function among the indicators, under its name and with its docstring.

    The order of the file is that of the page.
    """

    def enter(function: Indicator) -> Indicator:
        name, about = function.__name__, " ".join((function.__doc__ or "").split())
        INDICATORS[name] = (
            Definition(name, group, in_context(INDICATOR, title), unit, Message(about), better),
            function,
        )
        return function

    return enter


def share_of(count: int, total: int) -> Figure:
    """A share as its own figure; nothing is estimated, so it has no bounds."""
    return Figure(count / total) if total else NO_MEMBER


def entropy(codes: NDArray[np.generic]) -> float:
    """Shannon entropy of codes in bits."""
    _, counts = np.unique(codes, return_counts=True)
    share = counts / counts.sum()
    return float(-(share * np.log2(share)).sum()) + 0.0
