"""Places in the picture of a network."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from matchmaker.audit import layout as layouts
from matchmaker.audit.layout import layout, placed
from matchmaker.audit.ties import Channel
from tests.unit.audit.planted import CLIQUES, YEAR, landscape, rows


def test_places_are_the_same_at_each_visit_and_for_all_layers_and_years():
    graph = rows({"cliques": (32, CLIQUES)})
    first, again = landscape(graph), landscape(graph)
    places = layout(first, 0)
    assert places == layout(again, 0)
    for channel in (Channel.COOPERATION, Channel.RESEARCH):
        for year in (YEAR - 2, YEAR):
            assert set(first.network(0, channel, year).members.tolist()) <= set(places)
    assert len(set(places.values())) == len(places) == 32
    assert all(0 <= degree <= 1 for place in places.values() for degree in place)


def test_who_is_tied_lies_together():
    places = np.array(list(layout(landscape(rows({"cliques": (30, CLIQUES)})), 0).values()))
    centres = places[:15].mean(axis=0), places[15:].mean(axis=0)
    own = np.linalg.norm(places[:15] - centres[0], axis=1)
    other = np.linalg.norm(places[:15] - centres[1], axis=1)
    assert (own < other).all()


def test_parts_lie_in_boxes_of_their_own_and_who_is_alone_lies_below():
    adjacency = np.zeros((11, 11))
    for begin, length in ((0, 6), (6, 4)):
        for step in range(length):
            a, b = begin + step, begin + (step + 1) % length
            adjacency[a, b] = adjacency[b, a] = 1
    places = placed(sparse.csr_matrix(adjacency), np.array([0] * 6 + [1] * 4 + [2]))
    large, small = places[:6], places[6:10]
    is_beside = (large.max(axis=0) < small.min(axis=0)) | (small.max(axis=0) < large.min(axis=0))
    assert is_beside.any()
    assert places[10, 1] < large[:, 1].min()


def test_very_many_are_left_to_the_browser(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(layouts, "MOST_PLACED", 3)
    assert layout(landscape(rows({"cliques": (30, CLIQUES)})), 0) == {}
