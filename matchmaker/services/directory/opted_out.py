"""Who opted out, and from whom that hides it: the one rule of lists, searches and look-ups."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TypeVar

from matchmaker.access import Principal
from matchmaker.domain import Certificate, Engagement, Neighborhood, Organization, key_of
from matchmaker.store.ports import MAX_PAGE, GraphState, GraphStore, Page, SearchHit
from matchmaker.store.schema import CERTIFICATES, ORGANIZATIONS
from matchmaker.store.upsert import not_found

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class _OptedOutAt:
    """Ids of all who opted out, and by cluster those among its members, of a graph on a day."""

    state: tuple[GraphState, date]
    ids: frozenset[str]
    by_cluster: dict[str, frozenset[str]] = field(default_factory=dict)


class OptedOut:
    """Reads who opted out once for each version of the graph; there are few of them.

    An organisation that opted out is found by its own people, by coordinators of its clusters and
    by administrators, and by nobody else. Who `deals` with it already reads its page still.
    """

    def __init__(
        self,
        store: Callable[[], GraphStore],
        deals: Callable[[Principal, str], bool] = lambda _principal, _id: False,
    ) -> None:
        self._store, self._deals = store, deals
        self._lock = threading.Lock()
        self._latest: _OptedOutAt | None = None

    def ids(self) -> frozenset[str]:
        """All of them, as of now."""
        return self._now().ids

    def hidden_from(self, principal: Principal) -> frozenset[str]:
        """Ids of those whom this principal does not find."""
        if principal.admin:
            return frozenset()
        now = self._now()
        hidden = now.ids - principal.organizations
        if not hidden:
            return hidden
        return hidden.difference(*(self._members(now, id) for id in principal.clusters))

    def organization(self, principal: Principal, id_or_alias: str) -> Organization:
        """An organisation that this principal finds. Raises NotFound."""
        found = self.organizations(principal, [id_or_alias])
        if id_or_alias not in found:
            raise not_found(ORGANIZATIONS, id_or_alias)
        return found[id_or_alias]

    def organizations(self, principal: Principal, ids: Iterable[str]) -> dict[str, Organization]:
        """Those of the ids and aliases that this principal finds, by what was asked for."""
        asked = tuple(dict.fromkeys(ids))
        rows = self._store().organizations_by_id(asked)
        found = {
            id: self.told(principal, row)
            for id, row in rows.items()
            if not self.hides(principal, row.id)
        }
        for id in asked:
            if id not in found:
                self._read_the_rest(principal, id, is_there=id in rows)
        return found

    def _read_the_rest(self, principal: Principal, id: str, *, is_there: bool) -> None:
        """Read what was not: an id that nobody has takes as long as one that is hidden."""
        if is_there:
            self._store().aliased(id)
        else:
            self.hidden_from(principal)
            self._deals(principal, id)

    def certificate(self, principal: Principal, id: str) -> Certificate:
        """A certificate of one that this principal finds. Raises NotFound."""
        row = self._store().certificate(id)
        if self.hides(principal, row.organization):
            raise not_found(CERTIFICATES, id)
        return row

    def require_found(self, principal: Principal, id: str) -> None:
        """Raise NotFound, as for an id that nobody has, where it is hidden from this principal.

        `id` is the organisation's own, no alias. Whoever deals with it may read it.
        """
        if self.hides(principal, id):
            raise not_found(ORGANIZATIONS, id)

    def hides(self, principal: Principal, id: str) -> bool:
        """Tell whether an organisation, by its own id, is hidden from this principal."""
        if id in principal.organizations:  # nobody's own is, and it costs no reading to say so
            return False
        return id in self.hidden_from(principal) and not self._deals(principal, id)

    def told(self, principal: Principal, row: Organization) -> Organization:
        """An organisation as this principal reads it: not who took its place, if that is hidden.

        Its own people read it whole, as they send it back.
        """
        if row.successor is None or row.id in principal.organizations:
            return row
        return replace(row, successor=None) if self.hides(principal, row.successor) else row

    def those_found(self, principal: Principal, ids: Iterable[str]) -> tuple[str, ...]:
        """Of own ids those that are not hidden from this principal, in their order."""
        asked = tuple(ids)
        hidden = self.hidden_from(principal) if asked else frozenset()
        return tuple(id for id in asked if id not in hidden or not self.hides(principal, id))

    def page(
        self,
        principal: Principal,
        read: Callable[[str | None, int], Page[Organization]],
        after: str | None,
        limit: int,
    ) -> Page[Organization]:
        """A page of those whom this principal finds."""
        hidden = self.hidden_from(principal)

        def shown(row: Organization) -> Organization | None:
            return None if row.id in hidden else self.told(principal, row)

        return filled_page(read, shown, after, limit)

    def hits(
        self, principal: Principal, read: Callable[[int], tuple[SearchHit, ...]], limit: int
    ) -> tuple[SearchHit, ...]:
        """The best hits, at most `limit`, among those whom this principal finds."""
        hidden = self.hidden_from(principal)
        # Enough to be left when those that are hidden are taken out.
        hits = read(min(limit + len(hidden), max(limit, MAX_PAGE)))
        return tuple(
            replace(hit, organization=self.told(principal, hit.organization))
            for hit in hits
            if hit.organization.id not in hidden
        )[:limit]

    def _now(self) -> _OptedOutAt:
        store = self._store()
        state = (store.state(), datetime.now(UTC).date())
        latest = self._latest
        if latest is None or latest.state != state:
            # Read after the state: they are as new or newer, and read anew with the next one.
            latest = _OptedOutAt(state, store.opted_out())
            with self._lock:
                self._latest = latest
        return latest

    def _members(self, now: _OptedOutAt, cluster: str) -> frozenset[str]:
        """Those of them that are members of a cluster today."""
        if cluster not in now.by_cluster:
            _, today = now.state
            now.by_cluster[cluster] = frozenset(
                row.organization
                for row in self._store().memberships_in(cluster, sorted(now.ids))
                if (row.since is None or row.since <= today)
                and (row.until is None or row.until >= today)
            )
        return now.by_cluster[cluster]


def filled_page(
    read: Callable[[str | None, int], Page[Row]],
    shown: Callable[[Row], Row | None],
    after: str | None,
    limit: int,
) -> Page[Row]:
    """A page of rows as they are shown, without those that are not: as full as there are some."""
    rows: list[Row] = []
    while True:
        page = read(after, limit)
        for row in page.rows:
            kept = shown(row)
            if kept is None:
                continue
            rows.append(kept)
            if len(rows) == limit:
                is_last = page.after is None and row is page.rows[-1]
                return Page(tuple(rows), None if is_last else key_of(row))
        after = page.after
        if after is None:
            return Page(tuple(rows))


def without_participants(engagement: Engagement, hidden: frozenset[str]) -> Engagement | None:
    """An engagement without those that are hidden; None where nobody else took part."""
    kept = tuple(each for each in engagement.participants if each.organization not in hidden)
    if len(kept) == len(engagement.participants):
        return engagement
    return replace(engagement, participants=kept) if kept else None


def without_hidden(around: Neighborhood, hidden: frozenset[str]) -> Neighborhood:
    """An ego network without those that are hidden, and what joins them."""
    shown = (without_participants(each, hidden) for each in around.engagements)
    return replace(
        around,
        organizations=tuple(row for row in around.organizations if row.id not in hidden),
        ties=tuple(tie for tie in around.ties if hidden.isdisjoint((tie.source, tie.target))),
        engagements=tuple(each for each in shown if each and len(each.participants) > 1),
    )
