"""Taking a whole import back; organisations that people belong to or work with outlive it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import Any

from matchmaker.access import Principal
from matchmaker.errors import NotAllowed, WrongState
from matchmaker.ingest.undo import (
    KeptField,
    Reversal,
    TakenBack,
    WhyKept,
    reversal,
    statements_alone,
)
from matchmaker.messages import Message, message
from matchmaker.services.operations.importer import require_importing
from matchmaker.services.repositories import Repositories, Repository, Versioned
from matchmaker.store.documents import Store
from matchmaker.workflow.job import ImportPart, ImportRecord

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


def kept_message(why: WhyKept, what: str) -> Message:
    """A message of what stays of an import, and why."""
    return replace(_STAYS[why], parameters={"what": what})


def undoable_import(
    principal: Principal, repositories: Repositories, id: str
) -> Versioned[ImportRecord]:
    """An import for who may take it back: one by an administrator, only administrators.

    It may have changed what no coordinator may: who there is, and who that is.
    Raises SignInNeeded, NotFound, NotAllowed, WrongState.
    """
    principal.require_known()
    stored = repositories.imports.get(id)
    require_importing(principal, stored.value.cluster)
    principal.require_writing()
    if not principal.admin and _is_by_administrator(repositories, stored.value):
        raise NotAllowed("An administrator imported this, and takes it back.")
    if not stored.value.can_be_undone:
        raise WrongState(
            "This import changed nothing, is too large to be taken back, or was already."
        )
    return stored


def _is_by_administrator(repositories: Repositories, record: ImportRecord) -> bool:
    """Tell whether an administrator, or the operator, imported something."""
    kind, _, id = record.imported_by.partition(":")
    if kind != "account":
        return True
    stored = repositories.accounts.get_or_none(id)
    return stored is not None and stored.value.admin


def import_reversal(
    store: Store, repositories: Repositories, written: ImportRecord | ImportPart
) -> Reversal:
    """The changes that undo a whole import, but for organisations that documents name."""
    now = store.stored(written.put | statements_alone(written.put))
    back = reversal(written.put, written.before, now)
    going = {row.id for row in back.drop.organizations}
    in_use = _in_use(going, repositories) if going else set()
    if not in_use:
        return back
    gone = tuple(row for row in back.drop.organizations if row.id not in in_use)
    kept = (KeptField("organizations", id, "", WhyKept.IN_USE) for id in sorted(in_use))
    return replace(
        back,
        drop=replace(back.drop, organizations=gone),
        kept=(*back.kept, *kept),
        rows=back.rows - len(in_use),
    )


def _in_use(ids: Set[str], repositories: Repositories) -> set[str]:
    naming: tuple[Repository[Any], ...] = (
        repositories.accounts, repositories.invitations, repositories.introductions,
        repositories.postings, repositories.gatherings, repositories.calls,
        repositories.call_answers, repositories.certificates,
    )  # fmt: skip
    return {
        id
        for repository in naming
        for value in repository.values()
        for key in ("organization", "kept_from")
        for id in repository.values_under(key, value)
        if id in ids
    }
