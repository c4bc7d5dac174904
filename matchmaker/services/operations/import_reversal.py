"""Taking a whole import back; organisations that people belong to or work with outlive it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from functools import partial
from typing import Any

from matchmaker.access import Principal
from matchmaker.domain import GraphRows
from matchmaker.errors import NotAllowed, WrongState
from matchmaker.ingest.undo import (
    KeptField,
    Reversal,
    TakenBack,
    WhyKept,
    reversal,
    statements_alone,
)
from matchmaker.messages import Message, message, sentences
from matchmaker.services.operations.importer import require_importing
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.services.operations.requester import by_now, keep_rights
from matchmaker.services.repositories import Repositories, Repository, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, require_first, retry_on_conflict
from matchmaker.store.changes import Change
from matchmaker.store.documents import Store
from matchmaker.workflow.interactions import Slots
from matchmaker.workflow.job import ImportPart, ImportRecord

# Of what stays, so many are named.
_TOLD = 10
# Keys under which documents name organisations that others rely on.
_NAMED_UNDER = ("organization", "kept_from", "member", "partner")

_STAYS = {
    WhyKept.CHANGED_SINCE: message("Somebody has changed this since, and it stays: %(what)s."),
    WhyKept.CONFIRMED_SINCE: message(
        "Another source has confirmed this since, and it stays: %(what)s."
    ),
    WhyKept.GONE: message("This is not there any more, or is joined to another: %(what)s."),
    WhyKept.IN_USE: message("People or records here rely on this, and it stays: %(what)s."),
}


def undo_summary(taken: TakenBack) -> Message:
    """A message of how much went back: all, part of it or nothing."""
    if not taken.is_nothing:
        return message(
            "Taken back. Fields as before: %(fields)s; entries removed: %(rows)s.",
            fields=f"{taken.fields:,}", rows=f"{taken.rows:,}",
        )  # fmt: skip
    if taken.kept:
        return message("Nothing was taken back.")
    return message("Nothing was taken back: all of it is as before already.")


def whole_summary(taken: TakenBack) -> Message:
    """The same with the first of what stays, and why."""
    told = [undo_summary(taken)]
    for why in WhyKept:
        kept = [each for each in taken.kept if each.why is why]
        names = [" ".join(filter(None, (each.table, each.key, each.field))) for each in kept]
        shown = names[:_TOLD]
        if len(names) > _TOLD:
            more = message("%(names)s and %(count)s more", names=shown, count=len(names) - _TOLD)
            told.append(replace(_STAYS[why], parameters={"what": more}))
        elif names:
            told.append(replace(_STAYS[why], parameters={"what": shown}))
    return sentences(*told)


def kept_message(why: WhyKept, what: str) -> Message:
    """A message of what stays of an import, and why."""
    return replace(_STAYS[why], parameters={"what": what})


def undoable_import(
    principal: Principal, repositories: Repositories, id: str
) -> Versioned[ImportRecord]:
    """An import for who may take it back: one by an administrator, only administrators.

    It may have changed what no coordinator may: who there is, and who that is. What an
    organisation offers itself its own people take back, whoever brought it.
    Raises SignInNeeded, NotFound, NotAllowed, WrongState.
    """
    principal.require_known()
    stored = repositories.imports.get(id)
    own = stored.value.organization
    require_importing(principal, stored.value.cluster, own)
    principal.require_writing()
    if not (principal.admin or own) and _is_by_administrator(repositories, stored.value):
        raise NotAllowed("An administrator imported this, and takes it back.")
    if not stored.value.can_be_undone:
        raise WrongState(
            "This import changed nothing, is too large or too old to be taken back, or was already."
        )
    return stored


def _is_by_administrator(repositories: Repositories, record: ImportRecord) -> bool:
    """Tell whether an administrator, or the operator, imported something.

    Of records that do not say so yet, an account that is gone may have been an administrator's.
    """
    if record.by_administrator is not None:
        return record.by_administrator
    kind, _, id = record.imported_by.partition(":")
    stored = repositories.accounts.get_or_none(id) if kind == "account" else None
    return stored is None or stored.value.admin


def undo_import(
    store: Store, repositories: Repositories, principal: Principal, clock: Clock, id: str,
    progress: Progress = no_progress,
) -> TakenBack:  # fmt: skip
    """Put back what was before an import, field by field; what others have changed since stays.
    Where all of it stays, nothing is written. Rights that change meanwhile count.

    Raises NotFound, NotAllowed, WrongState, InvalidInput where something refers to a row.
    """

    def undo() -> TakenBack:
        version = store.version()
        by = by_now(repositories, principal)
        stored = undoable_import(by, repositories, id)
        slots = emptied_slots(stored.value, repositories)
        back = import_reversal(store, repositories, stored.value, progress)
        if (taken := back.taken).is_nothing and taken.kept:
            return taken
        unit = UnitOfWork.of(by, clock())
        keep_rights(unit, repositories, by)
        left = len(back.kept)
        undone = replace(
            stored.value, undone=unit.at, left=left, restored=taken.fields, removed=taken.rows
        )
        unit.add(repositories.imports.put(undone, stored.version))
        unit.add(*(slots[row.id] for row in back.drop.organizations))
        unit.log("import.undone", f"import/{id}", left=str(left))
        progress(message("Writing to the store"), 0, 0)
        store.replace_rows(back.put, back.drop, unit.entries, unit.written, version)
        return taken

    principal.require_writing()
    return retry_on_conflict(undo, partial(require_first, repositories.records, principal))


def import_reversal(
    store: Store, repositories: Repositories, written: ImportRecord | ImportPart,
    progress: Progress = no_progress,
) -> Reversal:  # fmt: skip
    """The changes that undo a whole import, but for organisations and clusters in use."""
    now = _stored_now(store, written.put | statements_alone(written.put), progress)
    back = reversal(written.put, written.before, now)
    going = {row.id for row in back.drop.organizations}
    in_use = _in_use(going, repositories) if going else set()
    coordinated = {row.id for row in back.drop.clusters if _is_named(row.id, repositories)}
    if not (in_use or coordinated):
        return back
    gone = tuple(row for row in back.drop.organizations if row.id not in in_use)
    clusters = tuple(row for row in back.drop.clusters if row.id not in coordinated)
    named = (("organizations", in_use), ("clusters", coordinated))
    kept = (KeptField(table, id, "", WhyKept.IN_USE) for table, ids in named for id in sorted(ids))
    return replace(
        back,
        drop=replace(back.drop, organizations=gone, clusters=clusters),
        kept=(*back.kept, *kept),
        rows=back.rows - len(in_use) - len(coordinated),
    )


def _stored_now(store: Store, rows: GraphRows, progress: Progress) -> GraphRows:
    """What is stored under the keys of rows by now, read table by table."""
    stage, done, now = message("Comparing with what is stored now"), 0, GraphRows()
    for name, table in rows.tables():
        if not table:
            continue
        progress(stage, done, len(rows))
        now |= store.stored(GraphRows(**{name: table}))
        done += len(table)
    return now


def emptied_slots(
    written: ImportRecord | ImportPart, repositories: Repositories
) -> dict[str, Change]:
    """The end of the slots of each organisation that an import, or a part of one, brought, by id.

    To be read before it is asked who is in use, and written of all that go, even where there is
    nothing: who names one meanwhile writes its slots too (`keep_organization`), and one of the two
    begins anew.
    """
    before = {row.id for row in written.before.organizations}
    ids = [row.id for row in written.put.organizations if row.id not in before]
    stored = repositories.slots.many(ids)
    slots = repositories.slots
    return {id: slots.remove(stored[id]) if id in stored else slots.put(Slots(id)) for id in ids}


def _is_named(cluster: str, repositories: Repositories) -> bool:
    """Tell whether somebody coordinates a cluster, or something goes on in it.

    Without it no answer of a survey could be taken back, nor a reminder be sent.
    """
    naming: tuple[Repository[Any], ...] = (
        repositories.accounts, repositories.invitations, repositories.introductions,
        repositories.gatherings, repositories.calls, repositories.surveys,
    )  # fmt: skip
    return any(any(repository.values("cluster", cluster)) for repository in naming)


def _in_use(ids: Set[str], repositories: Repositories) -> set[str]:
    naming: tuple[Repository[Any], ...] = (
        repositories.accounts, repositories.invitations, repositories.introductions,
        repositories.postings, repositories.gatherings, repositories.calls,
        repositories.call_answers, repositories.certificates, repositories.surveys,
        repositories.survey_responses, repositories.submitted_lists,
    )  # fmt: skip
    return {
        id
        for repository in naming
        for value in repository.values()
        for key in _NAMED_UNDER
        for id in repository.values_under(key, value)
        if id in ids
    }
