"""Maps beside lists: who is where, as points that the browser draws and as words under them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flask import jsonify, url_for

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.audit.view import View
from matchmaker.domain import Place
from matchmaker.messages import NAMES
from matchmaker.services.directory.map_spots import MapSpots, map_spots
from matchmaker.web.cards import Cards
from matchmaker.web.labels import language
from matchmaker.web.layout import PageAnswer, localised, signed_in, web

# Points of one map, and lines: more are no picture any more.
_POINTS, _LINES, _ENTRIES = 400, 400, 60


@dataclass(slots=True)
class MapPoint:
    """A spot with how many are there; `entries` are names with their links, `link` one for all.

    `ranks` are their places in a list of results, where it is one. `mark` is "own" for where the
    reader is, "outside" for who is no member, else "".
    """

    place: Place
    count: int = 0
    entries: list[tuple[str, str]] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    link: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class MapLine:
    """Ties between two points, by their numbers."""

    start: int
    end: int
    count: int
    is_outside: bool


@dataclass(frozen=True, slots=True)
class PlacesMap:
    """A map of places and the words beside it, as in `MapSpots`.

    `has_rings`: with circles of distance around the reader's own point.
    """

    points: Sequence[MapPoint]
    wide: Sequence[tuple[Place, int]] = ()
    unknown: int = 0
    lines: Sequence[MapLine] = ()
    has_rings: bool = False

    @property
    def drawing(self) -> dict[str, Any]:
        """For the browser."""
        return {
            "points": [
                {
                    "x": point.place.longitude,
                    "y": point.place.latitude,
                    "name": localised(point.place),
                    "count": point.count,
                    "mark": point.mark,
                    "entries": point.entries[:_ENTRIES],
                    "ranks": point.ranks,
                    "link": point.link,
                }
                for point in self.points
            ],
            "lines": [
                [line.start, line.end, line.count, int(line.is_outside)] for line in self.lines
            ],
            "rings": self.has_rings,
        }


@web.get("/landmarks.json")
def landmarks() -> PageAnswer:
    """Names that help to read any map, the larger places first."""
    places = services().geography.landmarks(signed_in())
    return jsonify(
        [[localised(place), place.longitude, place.latitude, str(place.level)] for place in places]
    )


def map_of_directory(spots: MapSpots, link: Any) -> PlacesMap:
    """Everybody in a list as counts; `link` gives the address of the list in a place."""
    points = [MapPoint(place, link=link(place.id)) for place in spots.spots]
    for number in spots.spot_of:
        if number >= 0:
            points[number].count += 1
    points.sort(key=lambda point: -point.count)
    return PlacesMap(points[:_POINTS], spots.wide, spots.unknown)


def map_of_results(principal: Principal, cards: Cards) -> PlacesMap | None:
    """Candidates by rank and the reader's own place, with circles of distance; None for none."""
    ranked = [*cards.matches, *cards.nearby]
    if not ranked:
        return None
    own = cards.asker
    own_place = own.organization.place if own else None
    places = [card.candidate.organization.place for card in ranked]
    spots = services().geography.of_places(principal, [*places, own_place] if own else places)
    points = [MapPoint(place) for place in spots.spots]
    for rank, (card, number) in enumerate(zip(ranked, spots.spot_of, strict=False), 1):
        if number >= 0:
            points[number].count += 1
            points[number].ranks.append(rank)
            entry = f"{rank}. {localised(card.recommendation)}", f"#result-{rank}"
            points[number].entries.append(entry)
    is_placed = bool(own) and spots.spot_of[-1] >= 0
    if is_placed:
        points[spots.spot_of[-1]].mark = "own"
    # The reader's own place is none of the candidates'.
    unknown = spots.unknown - (1 if own and own_place is None else 0)
    wide = [
        (place, count - (1 if not is_placed and place.id == own_place else 0))
        for place, count in spots.wide
    ]
    return PlacesMap(
        points, [(place, count) for place, count in wide if count], unknown, has_rings=is_placed
    )


def map_of_cluster(principal: Principal, view: View) -> PlacesMap:
    """Members of a cluster, their ties among each other and with others, by place.

    None of the others, and no tie with one, whom the principal does not find.
    """
    net, snapshot = view.network, view.landscape.snapshot
    hidden = services().directory.opted_out.hidden_from(principal)
    found = np.flatnonzero(~snapshot.mask_of(hidden)[net.outsiders])
    everybody = np.concatenate([net.members, net.outsiders[found]]).astype(np.int64)
    spots = map_spots(snapshot, snapshot.organizations.place[everybody].astype(np.int32))
    members = map_spots(snapshot, snapshot.organizations.place[net.members].astype(np.int32))
    points = [MapPoint(place, mark="outside") for place in spots.spots]
    name_of = snapshot.name_of if language() == NAMES else snapshot.english_name_of
    for position, (row, number) in enumerate(zip(everybody.tolist(), spots.spot_of, strict=True)):
        if number < 0:
            continue
        point = points[number]
        if position < len(net):
            point.mark = ""  # members come first: where one is, others are only passed over
        elif not point.mark:
            continue
        point.count += 1
        link = url_for("web.organization", id=snapshot.id_of(row))
        point.entries.append((name_of(row), link))
    inside = [(int(start), int(end)) for start, end in net.edges]
    border = net.border[:, found].tocoo()
    across = [
        (int(member), len(net) + int(outsider))
        for member, outsider in zip(border.row, border.col, strict=True)
    ]
    lines = [*_lines(spots, inside, False), *_lines(spots, across, True)]
    return PlacesMap(points, members.wide, members.unknown, lines[:_LINES])


def _lines(spots: MapSpots, pairs: Iterable[tuple[int, int]], is_outside: bool) -> list[MapLine]:
    """Ties between different spots, together; the most first."""
    counts: dict[tuple[int, int], int] = {}
    for start, end in pairs:
        ends = sorted((spots.spot_of[start], spots.spot_of[end]))
        if ends[0] >= 0 and ends[0] != ends[1]:
            counts[ends[0], ends[1]] = counts.get((ends[0], ends[1]), 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [MapLine(start, end, count, is_outside) for (start, end), count in ordered]
