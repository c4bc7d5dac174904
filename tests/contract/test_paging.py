"""Every list, page by page, while another thread inserts before, between and after."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from matchmaker.domain import (
    Cluster,
    GoalName,
    GraphRows,
    Kind,
    Membership,
    Need,
    NeedState,
    Offer,
    OfferKind,
    OrganizationFilter,
)
from matchmaker.store.ports import GraphStore, Page
from tests.contract.graphs import firm, project

Reader = Callable[[GraphStore, str | None, int], Page]  # type: ignore[type-arg]

BEFORE = 30
PAGE = 4
FIRMS = OrganizationFilter(kinds=frozenset({Kind.FIRM}))
IN_CLUSTER = OrganizationFilter(cluster="c:0")


def _rows(name: str) -> GraphRows:
    """One more of everything that is listed, with this name in its id."""
    return GraphRows(
        organizations=(firm(name),),
        clusters=(Cluster(f"c:{name}", "Cluster"),),
        memberships=(Membership("c:0", f"t:{name}"),),
        offers=(Offer(f"o:{name}", "t:0", OfferKind.PRODUCT, "Valves"),),
        needs=(Need(f"n:{name}", "t:0", GoalName.SUPPLIER, "Castings"),),
        engagements=(project(f"e{name}", 0, name),),
    )


@pytest.fixture
def filled(store: GraphStore) -> GraphStore:
    store.upsert(GraphRows(organizations=(firm(0),), clusters=(Cluster("c:0", "All"),)))
    for number in range(BEFORE):
        store.upsert(_rows(f"{number:03}m"))
    return store


@contextmanager
def _inserting(store: GraphStore) -> Iterator[Callable[[], None]]:
    """Rows keep coming; what is yielded waits until the next one is in."""
    stop, inserted = threading.Event(), threading.Semaphore(0)

    def insert() -> None:
        for number in count():
            if stop.is_set():
                return
            store.upsert(_rows(f"{(number * 7) % BEFORE:03}{'az'[number % 2]}{number}"))
            inserted.release()

    def wait() -> None:
        while inserted.acquire(blocking=False):
            pass
        assert inserted.acquire(timeout=30)

    writer = threading.Thread(target=insert)
    writer.start()
    try:
        yield wait
    finally:
        stop.set()
        writer.join()


LISTS: dict[str, tuple[str, Reader]] = {
    "organizations": ("t", lambda s, after, n: s.organizations(OrganizationFilter(), after, n)),
    "organizations of a kind": ("t", lambda s, after, n: s.organizations(FIRMS, after, n)),
    "organizations in a cluster": ("t", lambda s, after, n: s.organizations(IN_CLUSTER, after, n)),
    "members": ("t", lambda s, after, n: s.members("c:0", after, n)),
    "clusters": ("c", lambda s, after, n: s.clusters(after, n)),
    "offers": ("o", lambda s, after, n: s.offers(None, after, n)),
    "offers of one": ("o", lambda s, after, n: s.offers("t:0", after, n)),
    "needs": ("n", lambda s, after, n: s.needs(None, None, after, n)),
    "open needs of one": ("n", lambda s, after, n: s.needs("t:0", NeedState.OPEN, after, n)),
    "engagements": ("t:e", lambda s, after, n: s.engagements(None, after, n)),
    "engagements of one": ("t:e", lambda s, after, n: s.engagements("t:0", after, n)),
}


def test_no_list_skips_or_repeats_while_others_insert(filled: GraphStore) -> None:
    """Those there before the first page come once each, in order, in every list."""
    with _inserting(filled) as wait_for_insert:
        for name, (source, read) in LISTS.items():
            found: list[str] = []
            page = read(filled, None, PAGE)
            found += [row.id for row in page.rows]
            while page.after is not None:
                if len(found) < 4 * PAGE:
                    wait_for_insert()
                page = read(filled, page.after, PAGE)
                found += [row.id for row in page.rows]
            joined = ":" if ":" not in source else ""
            before = {f"{source}{joined}{number:03}m" for number in range(BEFORE)}
            assert before <= set(found), name
            assert found == sorted(set(found)), name


def test_a_page_holds_what_was_asked_for_and_says_where_it_ends(filled: GraphStore) -> None:
    for name, (_, read) in LISTS.items():
        page = read(filled, None, PAGE)
        assert len(page.rows) == PAGE, name
        assert page.after == page.rows[-1].id, name
        whole = read(filled, None, 200)
        assert whole.after is None, name
        assert read(filled, whole.rows[-1].id, PAGE) == Page((), None), name


@pytest.mark.parametrize("limit", [1, 2, 9])
def test_pages_go_by_code_points_beyond_the_basic_plane_too(store: GraphStore, limit: int) -> None:
    """As UTF-16 𠀀 stands before Ａ, and would be in no page after it."""
    names = ("n\\m", "ä", "甲", "\uff21", "\uff21b", "\U00020000", "\U00020000b")
    assert sorted(names, key=lambda name: name.encode("utf-16-be")) != sorted(names)
    store.upsert(
        GraphRows(
            organizations=tuple(firm(name) for name in names),
            clusters=(Cluster("c:0", "All"),),
            memberships=tuple(Membership("c:0", f"t:{name}") for name in names),
            needs=tuple(Need(f"n:{name}", "t:甲", GoalName.SUPPLIER, "Castings") for name in names),
        )
    )
    expected = sorted(names)
    everybody = OrganizationFilter()
    assert _ids(lambda after: store.members("c:0", after, limit)) == [f"t:{n}" for n in expected]
    assert _ids(lambda after: store.organizations(everybody, after, limit)) == [
        f"t:{n}" for n in expected
    ]
    assert _ids(lambda after: store.needs("t:甲", None, after, limit)) == [
        f"n:{n}" for n in expected
    ]


def _ids(read: Callable[[str | None], Page]) -> list[str]:  # type: ignore[type-arg]
    ids, after = [], None
    while True:
        page = read(after)
        ids += [row.id for row in page.rows]
        after = page.rows[-1].id if page.rows else None
        if page.after is None:
            return ids
