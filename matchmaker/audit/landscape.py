"""All clusters of a snapshot at once: what one of them is compared with."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from matchmaker.audit.network import ClusterNetwork, network_of
from matchmaker.audit.opportunity import Opportunity, Traits, fit, traits
from matchmaker.audit.relatedness import Relatedness, relatedness
from matchmaker.audit.ties import CHANNELS, Channel, ClusterTies, last_year, ties_of
from matchmaker.snapshot.model import Snapshot

YEARS = 5
# Below this size, how many ties a cluster has says little about its size.
MIN_MEMBERS = 5
# With fewer peers, or peers all of one size, a slope cannot be fitted.
MIN_PEERS = 8
MIN_SPREAD = 0.2
Value = TypeVar("Value")


@dataclass(frozen=True)
class Scaling:
    """log(ties + ½) against log(members) over clusters: ordinary least squares.

    `slope` is 1, ties in proportion to members, where fewer than eight clusters
    or too like sizes leave nothing to fit (`fitted` False). `logs` (k, 2) are
    the clusters it rests on.
    """

    slope: float
    fitted: bool
    logs: NDArray[np.float64]

    @property
    def has_ties(self) -> bool:
        """Tell whether any of the clusters has a tie."""
        return bool((self.logs[:, 1] > np.log(0.5) + 1e-9).any())

    def residual(self, members: int, ties: int) -> tuple[float, float] | None:
        """The distance of a cluster above its peers, in logarithms, and the half-width of 95 %.

        Its peers are all the others: the residual is the deleted one, e / (1 − h).
        None below three peers.
        """
        x, y = self.logs[:, 0], self.logs[:, 1]
        at = np.array([np.log(members), np.log(ties + 0.5)])
        own = np.flatnonzero((self.logs == at).all(axis=1))[:1]
        x, y = np.delete(x, own), np.delete(y, own)
        parameters = 2 if self.fitted else 1
        if len(x) < 3:
            return None
        if self.fitted:
            slope = float(np.cov(x, y)[0, 1] / x.var(ddof=1))
            leverage = 1 / len(x) + (at[0] - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()
        else:
            slope, leverage = self.slope, 1 / len(x)
        intercept = y.mean() - slope * x.mean()
        rest = y - intercept - slope * x
        free = len(x) - parameters
        spread = np.sqrt((rest**2).sum() / free * (1 + leverage))
        half = float(stdtrit(free, 0.975) * spread)
        return float(at[1] - intercept - slope * at[0]), half


def scaling(sizes: NDArray[np.int64], ties: NDArray[np.int64]) -> Scaling:
    """From members and ties of clusters (k,); those below five members are left out."""
    large = sizes >= MIN_MEMBERS
    x = np.log(sizes[large].astype(np.float64))
    y = np.log(ties[large] + 0.5)
    logs = np.column_stack([x, y])
    if len(x) - 1 < MIN_PEERS or x.std() < MIN_SPREAD:
        return Scaling(1.0, False, logs)
    return Scaling(float(np.cov(x, y)[0, 1] / x.var(ddof=1)), True, logs)


@dataclass
class Landscape:
    """Everything that audits of one snapshot share, each part made once; for many threads."""

    snapshot: Snapshot

    @cached_property
    def year(self) -> int:
        """The newest year that the data speak of."""
        return last_year(self.snapshot)

    @cached_property
    def clusters(self) -> NDArray[np.int64]:
        """Rows of clusters that ever had a member, in order."""
        return np.unique(self.snapshot.memberships.cluster).astype(np.int64)

    @property
    def relatedness(self) -> Relatedness:
        return self.once("relatedness", lambda: relatedness(self.snapshot))

    @property
    def traits(self) -> Traits:
        return self.once("traits", lambda: traits(self.snapshot, self.relatedness))

    def ties(self, cluster: int) -> ClusterTies:
        """Members and ties of one cluster."""
        return self.once(("ties", cluster), lambda: ties_of(self.snapshot, cluster))

    def network(self, cluster: int, channel: Channel, year: int) -> ClusterNetwork:
        """The network of one cluster."""
        return self.once(
            ("network", cluster, channel, year),
            lambda: network_of(self.ties(cluster), channel, year),
        )

    def is_recorded(self, channel: Channel) -> bool:
        """Tell whether any member of any cluster has a tie of this layer, of any time."""
        if channel is Channel.COOPERATION:
            return True
        code = CHANNELS.index(channel)
        return self.once(
            ("recorded", channel),
            lambda: any(
                (self.ties(int(cluster)).channel == code).any() for cluster in self.clusters
            ),
        )

    def scaling(self, channel: Channel, year: int) -> Scaling:
        """Growth of ties with members, over all clusters."""

        def make() -> Scaling:
            networks = [self.network(int(cluster), channel, year) for cluster in self.clusters]
            return scaling(
                np.array([len(network) for network in networks], dtype=np.int64),
                np.array([len(network.edges) for network in networks], dtype=np.int64),
            )

        return self.once(("scaling", channel, year), make)

    def opportunity(self, channel: Channel, year: int) -> Opportunity | None:
        """The opportunity model fitted on all clusters over the five years to `year`."""
        return self.once(
            ("opportunity", channel, year),
            lambda: fit(
                self.traits,
                [
                    (back, self.network(int(cluster), channel, back))
                    for back in range(year - YEARS + 1, year + 1)
                    for cluster in self.clusters
                ],
            ),
        )

    def once(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Keep what `make` gives under a key of the caller's own."""
        return self.snapshot.cached(("audit", key), make)
