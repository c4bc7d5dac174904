"""Circles of firms that do not compete, and needs of one thing: counted on graphs to read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matchmaker.audit.gatherings import pools, rivals
from matchmaker.audit.landscape import Landscape
from matchmaker.domain import GoalName, Industry, Need, NeedState
from tests.unit.audit.planted import landscape, rows, view
from tests.unit.snapshot.graphs import snapshot_of

SOLD = [{"sock"}, {"sock", "yarn"}, {"toe linking"}, {"sock"}, set()]


def test_firms_of_one_trade_that_sell_the_same_compete_in_any_language():
    """Of five, the first two and the fourth sell socks; the fourth is of another trade."""
    graph = rows({"a": (5, [])})
    trades = ("i:0", "i:0", "i:0", "i:1", "i:0")
    graph = replace(
        graph,
        industries=(Industry("i:0", "甲"), Industry("i:1", "乙")),
        organizations=tuple(
            replace(each, industry=trade)
            for each, trade in zip(graph.organizations, trades, strict=True)
        ),
    )
    found = view(landscape(graph), "a")
    sold = dict(zip(found.network.members.tolist(), map(frozenset, SOLD), strict=True))
    pairs = rivals(found, np.arange(5), silent_too=False, sold=sold.__getitem__)
    assert np.argwhere(np.triu(pairs)).tolist() == [[0, 1]]
    assert not rivals(found, np.arange(5), silent_too=False).any()


def test_needs_of_another_thing_are_left_out_of_a_pool():
    """Boxes and prints are alike in words, and no one project answers both."""
    graph = rows({"a": (5, [])})
    named = [{"case"}, {"printing"}, {"case", "pouch"}, set(), {"case insert"}]
    needs = tuple(
        Need(f"t:{n}", f"a:{n:03}", GoalName.SUPPLIER, f"need {n}", "en", state=NeedState.OPEN)
        for n in range(5)
    )
    found = view(Landscape(snapshot_of(replace(graph, needs=needs))), "a")
    snapshot = found.landscape.snapshot
    everybody = np.ones(len(snapshot), dtype=np.bool_)

    def things(statement):
        return frozenset(named[int(snapshot.string("statements", "text", statement)[-1])])

    [whole] = pools(found, everybody, likeness=-1.0)
    assert len(whole.statements) == 5
    [pool] = pools(found, everybody, likeness=-1.0, named=things)
    texts = {snapshot.string("statements", "text", each) for each in pool.statements}
    assert texts == {"need 0", "need 2", "need 3", "need 4"}
