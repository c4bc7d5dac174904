"""Members of a cluster, and every tie that they ever had, with its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain import EngagementKind, Kind, Layer, Role
from matchmaker.snapshot.model import (
    ENGAGEMENT_KINDS,
    KINDS,
    NO_DATE,
    ROLES,
    BoolArray,
    CodeArray,
    IntArray,
    Snapshot,
    from_days,
    to_days,
)

# An undertaking counts from its start for three years, as in studies of joint
# patents and projects (Fleming, King and Juda, 2007): few sources name an end.
UNDERTAKING_DAYS = 3 * 365
ALWAYS = np.iinfo(np.int32).max

LABS = tuple(KINDS.index(kind) for kind in (Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE))


class Channel(StrEnum):
    """The tie layers that an audit looks at, each by itself and all together.

    supply: SUPPLIES ties and contracts, from supplier to buyer. research: joint
    projects, joint patents, and COOPERATES_WITH where one end is a university or
    institute. platform: USES, from user to platform. sharing: SHARES_WITH, from
    giver to taker. cooperation: any of these and all other COOPERATES_WITH.
    """

    SUPPLY = "supply"
    RESEARCH = "research"
    PLATFORM = "platform"
    SHARING = "sharing"
    COOPERATION = "cooperation"


CHANNELS = tuple(Channel)
DIRECTED = frozenset({Channel.SUPPLY, Channel.PLATFORM, Channel.SHARING})
_DECLARED = {
    Layer.SUPPLIES: Channel.SUPPLY,
    Layer.COOPERATES_WITH: Channel.COOPERATION,  # research where an end is a lab
    Layer.USES: Channel.PLATFORM,
    Layer.SHARES_WITH: Channel.SHARING,
}
JOINT = (EngagementKind.RESEARCH_PROJECT, EngagementKind.PATENT)


@dataclass(frozen=True)
class ClusterTies:
    """Everybody who was ever a member of one cluster, and their ties with anybody.

    `members` (k,) are rows of organisations in order, `joined` and `left` (k,)
    the days of their membership, `came` (k,) the days on which they came to the
    list. `source`, `target` (t,) are rows of
    organisations, at least one of them a member; `channel` (t,) the position in
    CHANNELS; `since` and `until` (t,) days. What has no date is there always.
    """

    members: IntArray
    joined: IntArray
    left: IntArray
    came: IntArray
    source: IntArray
    target: IntArray
    channel: CodeArray
    since: IntArray
    until: IntArray

    def __len__(self) -> int:
        return len(self.members)


def members_of(snapshot: Snapshot, cluster: int) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Rows of everybody who was ever a member, the days from and to which that counts, and the
    days on which they came to the list.

    Who was dissolved left on that day; where the day is unknown it was no member.
    """
    belong, organizations = snapshot.memberships, snapshot.organizations
    is_known = organizations.active | (organizations.ended != NO_DATE)
    chosen = np.flatnonzero((belong.cluster == cluster) & is_known[belong.organization])
    order = chosen[np.argsort(belong.organization[chosen], kind="stable")]
    members, left = belong.organization[order], belong.until[order]
    since, written = belong.since[order], belong.written[order]
    joined = _joined(snapshot, since, written)
    ended = np.where(organizations.active, NO_DATE, organizations.ended)[members]
    days = [np.where(day == NO_DATE, ALWAYS, day) for day in (left, ended)]
    return members, joined, np.minimum(*days).astype(np.int32), _came(since, written)


def _came(since: IntArray, written: IntArray) -> IntArray:
    """The days of joining; of who has none the day it was written beside others, else NO_DATE."""
    if not len(since):
        return since
    return np.where((since == NO_DATE) & (written > written.min()), written, since)


def _joined(snapshot: Snapshot, since: IntArray, written: IntArray) -> IntArray:
    """The days from which one cluster's memberships count; NO_DATE: always.

    One without a day of joining counts always where it came with the cluster's first list and that
    gave no days at all. Brought in beside others it counts from the year in which it was written,
    or from the newest that the data speak of where that is earlier.
    """
    undated = since == NO_DATE
    if not undated.any():
        return since
    first = written.min() if undated.all() else NO_DATE
    newest = snapshot.cached(("audit", "last year"), lambda: last_year(snapshot))
    years = written.astype("datetime64[D]").astype("datetime64[Y]")
    beginning = np.minimum(years.astype("datetime64[D]").astype(np.int64), year_bounds(newest)[0])
    return np.where(undated & (written > first), beginning, since).astype(np.int32)


def ties_of(snapshot: Snapshot, cluster: int) -> ClusterTies:
    """Everything an audit of one cluster reads of the network."""
    members, joined, left, came = members_of(snapshot, cluster)
    inside = np.zeros(len(snapshot), dtype=np.bool_)
    inside[members] = True
    parts = [_declared(snapshot, layer, members, inside) for layer in _DECLARED]
    parts += _undertaken(snapshot, members, inside)
    source, target, channel, since, until = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return ClusterTies(members, joined, left, came, source, target, channel, since, until)


_Part = tuple[IntArray, IntArray, CodeArray, IntArray, IntArray]


def entries(indptr: NDArray[np.int64], rows: IntArray) -> tuple[NDArray[np.int64], IntArray]:
    """Positions of all entries of these rows of a CSR matrix, and the row of each."""
    lengths = indptr[rows + 1] - indptr[rows]
    ends = np.cumsum(lengths)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    return np.repeat(indptr[rows], lengths) + within, np.repeat(rows, lengths)


def _declared(snapshot: Snapshot, layer: Layer, members: IntArray, inside: BoolArray) -> _Part:
    ties = snapshot.layers[layer]
    places, sources = entries(ties.out.indptr, members)
    targets = ties.out.indices[places]
    if ties.into is ties.out:  # held under both ends: once is enough
        keep = ~inside[targets] | (sources < targets)
        places, sources, targets = places[keep], sources[keep], targets[keep]
        out, source, target = [places], [sources], [targets]
        adjacencies = [ties.out]
    else:
        into, taker = entries(ties.into.indptr, members)
        giver = ties.into.indices[into]
        foreign = ~inside[giver]
        out, source, target = (
            [places, into[foreign]],
            [sources, giver[foreign]],
            [targets, taker[foreign]],
        )
        adjacencies = [ties.out, ties.into]
    since = np.concatenate([a.since[p] for a, p in zip(adjacencies, out, strict=True)])
    until = np.concatenate([a.until[p] for a, p in zip(adjacencies, out, strict=True)])
    source_row, target_row = np.concatenate(source), np.concatenate(target)
    channel = np.full(len(source_row), CHANNELS.index(_DECLARED[layer]), dtype=np.int8)
    if layer is Layer.COOPERATES_WITH:
        kind = snapshot.organizations.kind
        with_lab = np.isin(kind[source_row], LABS) | np.isin(kind[target_row], LABS)
        channel[with_lab] = CHANNELS.index(Channel.RESEARCH)
    return source_row, target_row, channel, since, np.where(until == NO_DATE, ALWAYS, until)


def _undertaken(snapshot: Snapshot, members: IntArray, inside: BoolArray) -> list[_Part]:
    """Pairs of those who took part in the same undertaking, one of them a member."""
    places, _ = entries(snapshot.organization_engagements.indptr, members)
    joined = np.unique(snapshot.organization_engagements.indices[places])
    kind = snapshot.engagements.kind[joined]
    research = joined[np.isin(kind, [ENGAGEMENT_KINDS.index(name) for name in JOINT])]
    contracts = joined[kind == ENGAGEMENT_KINDS.index(EngagementKind.CONTRACT)]
    first, second, undertaking = _pairs(snapshot, research, inside)
    once = ~(inside[first] & inside[second]) | (first < second)
    parts = [_dated(snapshot, Channel.RESEARCH, first[once], second[once], undertaking[once])]
    buyers, suppliers, contract = _traded(snapshot, contracts)
    touches = inside[buyers] | inside[suppliers]
    parts.append(
        _dated(snapshot, Channel.SUPPLY, suppliers[touches], buyers[touches], contract[touches])
    )
    return parts


def _pairs(
    snapshot: Snapshot, engagements: IntArray, inside: BoolArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Each member of each undertaking with each other participant of it."""
    took_part = snapshot.engagement_organizations
    places, undertaking = entries(took_part.indptr, engagements)
    participants = took_part.indices[places]
    is_inside = inside[participants]
    other, _ = entries(took_part.indptr, undertaking[is_inside])
    sizes = took_part.indptr[undertaking[is_inside] + 1] - took_part.indptr[undertaking[is_inside]]
    first = np.repeat(participants[is_inside], sizes)
    second = took_part.indices[other]
    together = np.repeat(undertaking[is_inside], sizes)
    apart = first != second
    return first[apart], second[apart], together[apart]


def _traded(snapshot: Snapshot, contracts: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Each buyer of each contract with each of its suppliers."""
    everyone = np.ones(len(snapshot), dtype=np.bool_)
    first, second, contract = _pairs(snapshot, contracts, everyone)
    bought = _in_role(snapshot, contracts, Role.BUYER)
    supplied = _in_role(snapshot, contracts, Role.SUPPLIER)
    width = len(snapshot)
    keep = np.isin(contract.astype(np.int64) * width + first, bought) & np.isin(
        contract.astype(np.int64) * width + second, supplied
    )
    return first[keep], second[keep], contract[keep]


def _in_role(snapshot: Snapshot, engagements: IntArray, role: Role) -> NDArray[np.int64]:
    """Key of undertaking and organisation, for those in one role."""
    took_part = snapshot.engagement_organizations
    places, undertaking = entries(took_part.indptr, engagements)
    chosen = took_part.code[places] == ROLES.index(role)
    participants = took_part.indices[places[chosen]].astype(np.int64)
    return np.asarray(undertaking[chosen].astype(np.int64) * len(snapshot) + participants)


def _dated(
    snapshot: Snapshot, channel: Channel, source: IntArray, target: IntArray, engagement: IntArray
) -> _Part:
    since = snapshot.engagements.date[engagement]
    until = np.where(since == NO_DATE, ALWAYS, since.astype(np.int64) + UNDERTAKING_DAYS)
    code = np.full(len(source), CHANNELS.index(channel), dtype=np.int8)
    return source, target, code, since, until.astype(np.int32)


def year_bounds(year: int) -> tuple[int, int]:
    """First and last day of a year."""
    return to_days(date(year, 1, 1)), to_days(date(year, 12, 31))


def last_year(snapshot: Snapshot) -> int:
    """The year of the last dated tie or undertaking, at most the snapshot's own."""
    today = to_days(snapshot.meta.as_of)
    days = [
        column[(column <= today) & (column != NO_DATE)]
        for column in (
            *(snapshot.layers[layer].out.since for layer in _DECLARED),
            snapshot.engagements.date,
        )
    ]
    latest = max((int(column.max()) for column in days if len(column)), default=today)
    day = from_days(latest)
    return (day or snapshot.meta.as_of).year
