"""Pages of needs, narrowed by what they are for and by who posted them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from matchmaker.domain import GoalName, Need, NeedState, Organization, OrganizationFilter
from matchmaker.services.directory.codes import Codes
from matchmaker.services.directory.narrowing import passes
from matchmaker.store.ports import MAX_PAGE, GraphStore, Page
from matchmaker.workflow.posting import is_taken_down

# Pages of all needs that are read for one page of those wanted.
PAGES_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class WantedNeeds:
    """A choice of needs: in a state, for these goals, of one organisation; empty and None mean any.

    `by` narrows the organisations that posted them, `others_than` is left out,
    as are the organisations that are `hidden` from the reader.
    """

    by: OrganizationFilter = field(default_factory=OrganizationFilter)
    goals: frozenset[GoalName] = frozenset()
    state: NeedState | None = None
    organization: str | None = None
    others_than: str = ""
    hidden: frozenset[str] = frozenset()


def needs_page(
    store: GraphStore, codes: Codes, wanted: WantedNeeds, after: str | None, limit: int
) -> Page[tuple[Need, Organization]]:
    """Wanted needs with their organisations, none that were taken down; a filter by ids.

    A page that is not full need not be the last.
    """
    members = None if wanted.by.cluster is None else _members(store, wanted.by.cluster)
    rows: list[tuple[Need, Organization]] = []
    # Where the next page goes on; its cursor can be read, so it names no need that is hidden.
    told: str | None = None
    for number in count(1):
        page = store.needs(wanted.organization, wanted.state, after, limit)
        owners = store.organizations_by_id([need.organization for need in page.rows])
        for need in page.rows:
            owner = owners.get(need.organization)
            if owner is not None and owner.id not in wanted.hidden:
                told = need.id
            if owner is None or not _is_wanted(need, owner, wanted, members, codes):
                continue
            rows.append((need, owner))
            if len(rows) == limit:
                is_last = page.after is None and need == page.rows[-1]
                return Page(tuple(rows), None if is_last else need.id)
        after = page.after
        if after is None:
            return Page(tuple(rows))
        if number >= PAGES_LOOKED_AT and told is not None:
            break
    return Page(tuple(rows), told)


def _is_wanted(
    need: Need,
    owner: Organization,
    wanted: WantedNeeds,
    members: frozenset[str] | None,
    codes: Codes,
) -> bool:
    return (
        not is_taken_down(need)
        and (not wanted.goals or need.goal in wanted.goals)
        and owner.id != wanted.others_than
        and owner.id not in wanted.hidden
        and (members is None or owner.id in members)
        and passes(owner, wanted.by, codes)
    )


def _members(store: GraphStore, cluster_id: str) -> frozenset[str]:
    ids, after = set[str](), None
    while True:
        page = store.members(cluster_id, after, MAX_PAGE)
        ids.update(organization.id for organization in page.rows)
        after = page.after
        if after is None:
            return frozenset(ids)
