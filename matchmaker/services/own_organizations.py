"""Whose organisation is asked for, told apart without telling whether an id is somebody's.

An organisation that opted out is nobody to whoever has no rights there: they are refused the same
for its id as for one that nobody has, by the same reading.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from matchmaker.access import Principal
from matchmaker.domain import Need, is_within
from matchmaker.errors import NotAllowed, NotFound, VersionConflict
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.ports import GraphStore, SeekerProfile
from matchmaker.workflow.interactions import Slots


def asked_id(store: GraphStore, principal: Principal, id_or_alias: str) -> str:
    """The own id of an organisation, for rights to be asked of.

    Only administrators learn that there is none: of an id that is not theirs others get it back,
    unless it is an alias. Raises SignInNeeded, and NotFound for administrators.
    """
    principal.require_known()
    if principal.admin:
        return store.organization(id_or_alias).id
    if principal.acts_for(id_or_alias):
        return id_or_alias
    return store.aliased(id_or_alias) or id_or_alias


def member_id(store: GraphStore, principal: Principal, id_or_alias: str) -> str:
    """The own id of an organisation, for its members and admins.

    Raises SignInNeeded, NotAllowed, and NotFound for administrators.
    """
    id = asked_id(store, principal, id_or_alias)
    principal.require_member(id)
    return id


def own_people_id(store: GraphStore, principal: Principal, id_or_alias: str) -> str:
    """The same for its own people alone. Raises as `member_id` does."""
    id = asked_id(store, principal, id_or_alias)
    principal.require_own_people(id)
    return id


def need_of(store: GraphStore, need_id: str, organizations: Collection[str]) -> Need | None:
    """A need of one of these organisations; None of another's as where there is none.

    So nobody learns by a need's id whether somebody has it.
    """
    try:
        need = store.need(need_id)
    except NotFound:
        return None
    return need if need.organization in organizations else None


def asking_id(store: GraphStore, principal: Principal, id_or_alias: str) -> str:
    """An id of an organisation that asks, for those who may ask in its name.

    Those are coordinators of its clusters too, and administrators for any: for them there is
    nothing to look up before, and it may be an alias. Raises as `member_id` does.
    """
    if principal.admin:
        return id_or_alias
    id = asked_id(store, principal, id_or_alias)
    if not (principal.acts_for(id) or is_coordinated(store, principal, id)):
        raise NotAllowed("Only its members and its cluster's coordinators may ask for it.")
    return id


def asking_profile(store: GraphStore, principal: Principal, id_or_alias: str) -> SeekerProfile:
    """What a question of an organisation starts from. Raises as `asking_id` does, and NotFound."""
    return store.seeker_profile(asking_id(store, principal, id_or_alias))


def require_itself(store: GraphStore, own_id: str) -> None:
    """Raise NotFound for an organisation that was merged into another one meanwhile."""
    if store.organization(own_id).id != own_id:
        raise NotFound("There is no organisation '%(id)s' any more.", id=own_id)


def keep_organization(
    unit: UnitOfWork, repositories: Repositories, store: GraphStore, own_id: str
) -> None:
    """Make the commit depend on an organisation not being merged into another one meanwhile.

    What is written in its name would keep an id that nobody acts for. Its slots are what both
    write (`DocumentMerge.emptied_slots`): who is second begins anew. Raises NotFound as
    `require_itself` does.
    """
    _keep_slots(unit, repositories, own_id)
    require_itself(store, own_id)


def keep_organizations(
    unit: UnitOfWork, repositories: Repositories, store: GraphStore, own_ids: Collection[str]
) -> None:
    """The same of several that were read before, whoever acts.

    Raises VersionConflict where one was merged, or is gone, since: all is to be read anew.
    """
    ids = list(dict.fromkeys(own_ids))
    stored = repositories.slots.many(ids)
    for id in ids:
        slots, version = (stored[id].value, stored[id].version) if id in stored else (Slots(id), 0)
        unit.keep(repositories.slots.put(slots, version))
    now = store.organizations_by_id(ids)
    if any(id not in now or now[id].id != id for id in ids):
        raise VersionConflict


def kept_id(
    unit: UnitOfWork, repositories: Repositories, store: GraphStore, id_or_alias: str
) -> str:
    """The own id of an organisation that a commit names; the commit depends on it staying so.

    An id that nobody has is given back.
    """
    before = store.organizations_by_id([id_or_alias]).get(id_or_alias)
    if before is None:
        return id_or_alias
    _keep_slots(unit, repositories, before.id)
    now = store.organizations_by_id([before.id]).get(before.id)
    if now is not None and now.id != before.id:  # merged between the two readings
        _keep_slots(unit, repositories, now.id)
        return now.id
    return before.id


def _keep_slots(unit: UnitOfWork, repositories: Repositories, own_id: str) -> None:
    stored = repositories.slots.get_or_none(own_id)
    slots, version = (stored.value, stored.version) if stored else (Slots(own_id), 0)
    unit.keep(repositories.slots.put(slots, version))


def is_coordinated(store: GraphStore, principal: Principal, id: str) -> bool:
    """Tell whether an own id is of a member, today, of a cluster that somebody coordinates."""
    today = datetime.now(UTC).date()
    return any(
        is_within(row.since, row.until, today)
        for cluster in sorted(principal.clusters)
        for row in store.memberships_in(cluster, [id])
    )
