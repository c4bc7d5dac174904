"""Charts and the network picture as SVG; text stays text, so that any font can show it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.audit.layout import placed
from matchmaker.audit.view import View
from matchmaker.domain import Kind
from matchmaker.messages import NAMES, in_context, message
from matchmaker.reports.document import NOTHING, Writer
from matchmaker.snapshot.model import KINDS, Snapshot
from matchmaker.text import xml_text

INK, PALE = "#333333", "#d9d9d9"
# Okabe and Ito (2008): told apart by people who do not see all colours.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
KIND_COLOURS = {
    Kind.FIRM: COLOURS[0],
    Kind.UNIVERSITY: COLOURS[1],
    Kind.RESEARCH_INSTITUTE: COLOURS[4],
    Kind.PLATFORM: COLOURS[2],
    Kind.PUBLIC_BODY: COLOURS[3],
}
# Short enough for a legend.
KIND_TITLES = {
    Kind.FIRM: message("Firm"),
    Kind.UNIVERSITY: message("University"),
    Kind.RESEARCH_INSTITUTE: message("Institute"),
    Kind.PLATFORM: in_context("legend", "Platform"),
    Kind.PUBLIC_BODY: message("Public body"),
}
_LABELLED = 12
_DRAWN = 2_000
_NETWORK_INCHES = (7.2, 6.2)
_LETTER = 6  # points

# A name, its score, and of how many criteria of all it rests on data.
Score = tuple[str, float | None, tuple[int, int]]


def scores(groups: Sequence[Score], stages: Sequence[Score], writer: Writer) -> str:
    """Two columns of bars from 0 to 1: 点线网, and the four stages."""
    figure, axes = _canvas(7.2, 2.2, columns=2)
    for axis, rows, colour in zip(axes, (groups, stages), COLOURS[:2], strict=True):
        names = [name for name, _, _ in rows]
        values = [score or 0.0 for _, score, _ in rows]
        places = np.arange(len(rows))[::-1]
        axis.barh(places, [1] * len(rows), color=PALE, height=0.5)
        axis.barh(places, values, color=colour, height=0.5)
        for place, (_, score, (has, total)) in zip(places, rows, strict=True):
            label = NOTHING if score is None else writer.decimal(score, 2)
            axis.text(1.03, place, f"{label} ({has}/{total})", va="center")
        axis.set(xlim=(0, 1.4), yticks=places, yticklabels=names, xticks=[0, 0.5, 1])
        _plain(axis)
    return _svg(figure)


def course(years: Sequence[int], lines: Sequence[tuple[str, Sequence[float | None]]]) -> str:
    """One line for each score over the years; a year without a score is a gap."""
    figure, (axis,) = _canvas(7.2, 2.6)
    for number, (name, values) in enumerate(lines):
        scores = [np.nan if value is None else value for value in values]
        dashed = "-" if number < 4 else "--"
        axis.plot(
            years, scores, dashed, marker="o", markersize=3, label=name, color=COLOURS[number]
        )
    axis.set(ylim=(0, 1.05), xticks=list(years), yticks=[0, 0.5, 1])
    axis.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False)
    _plain(axis)
    return _svg(figure)


def network(view: View, proposed: Sequence[tuple[int, int]], writer: Writer) -> str:
    """Members and ties; above 2,000 members those with most partners."""
    whole = view.network
    order = np.lexsort((whole.members, -whole.degree))
    drawn = whole.without(np.sort(order[_DRAWN:])) if len(whole) > _DRAWN else whole
    places = placed(drawn.adjacency, drawn.component)
    kind = view.landscape.snapshot.organizations.kind[drawn.members]
    figure, (axis,) = _canvas(*_NETWORK_INCHES)
    for a, b in drawn.edges:
        axis.plot(*places[[a, b]].T, color="#9a9a9a", linewidth=0.5, zorder=1)
    for source, target in proposed:
        ends = [drawn.position_of(source), drawn.position_of(target)]
        if min(ends) >= 0:
            axis.plot(*places[ends].T, "--", color=COLOURS[1], linewidth=1.1, zorder=2)
    for value, title in KIND_TITLES.items():
        chosen = kind == KINDS.index(value)
        if chosen.any():
            label = title.text(writer.language)
            size = 14 + 6 * drawn.degree[chosen]
            axis.scatter(
                *places[chosen].T, s=size, color=KIND_COLOURS[value], label=label, zorder=3,
                edgecolors="white", linewidths=0.5,
            )  # fmt: skip
    largest = [place for place in np.lexsort((drawn.members, -drawn.degree)) if drawn.degree[place]]
    snapshot, room = view.landscape.snapshot, _Room(places)
    for place in largest[: 3 * _LABELLED]:
        name = _name(snapshot, int(drawn.members[place]), writer)
        if len(room.taken) < _LABELLED and (beside := room.beside(place, name)):
            _pale(axis, places[place], beside, _width(name))
            axis.annotate(
                name, places[place], xytext=beside, textcoords="offset points", fontsize=_LETTER,
                zorder=5,
                parse_math=False,  # US$ … A$ is no formula
            )  # fmt: skip
    axis.legend(
        loc="lower left", bbox_to_anchor=(0, -0.06), ncols=5, frameon=False, markerscale=0.7
    )
    axis.axis("off")
    return _svg(figure)


def _pale(axis: Any, place: NDArray[np.float64], beside: tuple[float, float], width: float) -> None:
    """Ties behind a name are paler, so that it can be read."""
    from matplotlib.offsetbox import AnnotationBbox, DrawingArea
    from matplotlib.patches import Rectangle

    area = DrawingArea(width, _LETTER + 2)
    area.add_artist(Rectangle((0, 0), width, _LETTER + 2, facecolor="white", alpha=0.8))
    axis.add_artist(
        AnnotationBbox(
            area, (float(place[0]), float(place[1])), xybox=(beside[0], beside[1] - 2), boxcoords="offset points",
            box_alignment=(0, 0), frameon=False, pad=0, zorder=4,
        )
    )  # fmt: skip


def _width(name: str) -> float:
    """Of a name beside a dot, in points."""
    return _LETTER * sum(1.05 if letter > "\u2e80" else 0.6 for letter in name)


class _Room:
    """Where names may stand beside their dots so that none covers another, in points of print."""

    def __init__(self, places: NDArray[np.float64]) -> None:
        reach = np.ptp(places, axis=0)
        # Axes leave a twentieth of themselves on each side of what they show.
        size = np.array(_NETWORK_INCHES) * 72 / 1.1
        self.points = (places - places.min(axis=0)) / np.where(reach, reach, 1) * size
        self.taken: list[tuple[float, float, float, float]] = []

    def beside(self, place: int, name: str) -> tuple[float, float] | None:
        """From the dot to the beginning of its name, which is then taken; None: no room."""
        width = _width(name)
        free = []
        for right, up in ((3, 4), (3, -9), (-3 - width, 4), (-3 - width, -9)):
            x, y = self.points[place] + (right, up)
            box = (x, y, x + width, y + _LETTER + 2)
            if all(
                box[2] < left or x > end or box[3] < low or y > high
                for left, low, end, high in self.taken
            ):
                free.append((self._covered(box), (right, up), box))
        if not free:
            return None
        _, beside, box = min(free, key=lambda each: each[0])
        self.taken.append(box)
        return beside

    def _covered(self, box: tuple[float, float, float, float]) -> int:
        """How many dots would lie under a name."""
        x, y = self.points.T
        inside = (x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])
        return int(inside.sum())


def _name(snapshot: Snapshot, row: int, writer: Writer) -> str:
    english = writer.language != NAMES
    name = xml_text(snapshot.english_name_of(row) if english else snapshot.name_of(row))
    return name if len(name) <= 24 else name[:23] + "…"


def _canvas(width: float, height: float, columns: int = 1) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(1, columns, squeeze=False)[0]


def _plain(axis: Any) -> None:
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(colors=INK, labelsize=8)


def _svg(figure: Any) -> str:
    import matplotlib

    written = io.StringIO()
    settings = {"svg.fonttype": "none", "svg.hashsalt": "matchmaker", "font.size": 8}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # The font that draws Chinese is the reader's, not matplotlib's.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue()
