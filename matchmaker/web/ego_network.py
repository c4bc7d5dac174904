"""An organisation with its closest partners around it: who gives on the left, who gets right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matchmaker.domain import UNDIRECTED_LAYERS, Engagement, Layer, Tie
from matchmaker.web.layout import localised
from matchmaker.web.short_names import short_names

# More names on a side are no picture any more: the table below has all.
_MAX_NAMES = 8


@dataclass(frozen=True, slots=True)
class TieRow:
    """A tie as its organisation's page lists it; `is_source` where it is the one that gives."""

    tie: Tie
    other: str
    is_source: bool


@dataclass(slots=True)
class EgoPartner:
    """Somebody around the centre: `layers` of its ties and the latest year of any of them.

    `undertakings` are those that both took part in, `is_giver` says that it gives the centre
    something (or that nothing is given, and there is more room on that side).
    """

    id: str
    name: str = ""
    full_name: str = ""
    layers: list[Layer] = field(default_factory=list)
    undertakings: int = 0
    year: int = 0
    is_giver: bool | None = None

    @property
    def closeness(self) -> tuple[int, int, str]:
        """The key that orders them: more and newer ties first."""
        return -2 * len(self.layers) - self.undertakings, -self.year, self.id


@dataclass(frozen=True, slots=True)
class EgoNetwork:
    """Both sides of the centre, the closest first, and how many more there are."""

    left: tuple[EgoPartner, ...]
    right: tuple[EgoPartner, ...]
    further: int


def ego_network(
    centre: str, ties: Iterable[TieRow], engagements: Sequence[Engagement], names: Mapping[str, Any]
) -> EgoNetwork | None:
    """None for who has no partner that is named."""
    partners: dict[str, EgoPartner] = defaultdict(lambda: EgoPartner(""))
    for row in ties:
        partner = partners[row.other]
        if row.tie.layer not in partner.layers:
            partner.layers.append(row.tie.layer)
        if row.tie.layer not in UNDIRECTED_LAYERS and partner.is_giver is None:
            partner.is_giver = not row.is_source
        last = row.tie.until or row.tie.since
        partner.year = max(partner.year, last.year if last else 0)
    for engagement in engagements:
        for part in engagement.participants:
            if part.organization != centre:
                partner = partners[part.organization]
                partner.undertakings += 1
                partner.year = max(partner.year, engagement.date.year if engagement.date else 0)
    for id, partner in partners.items():
        partner.id = id
    known = [partner for id, partner in partners.items() if id in names]
    if not known:
        return None
    known.sort(key=lambda partner: partner.closeness)
    left = [partner for partner in known if partner.is_giver][:_MAX_NAMES]
    right = [partner for partner in known if partner.is_giver is False][:_MAX_NAMES]
    for partner in known:  # those without a direction fill the shorter side
        side = left if len(left) < len(right) else right
        if partner.is_giver is None and len(side) < _MAX_NAMES:
            side.append(partner)
    shown = [*left, *right]
    full_names = [localised(names[partner.id]) for partner in shown]
    for partner, full, short in zip(shown, full_names, short_names(full_names), strict=True):
        partner.name, partner.full_name = short, full
    return EgoNetwork(tuple(left), tuple(right), len(partners) - len(shown))
