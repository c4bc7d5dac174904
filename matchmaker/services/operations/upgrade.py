"""Bringing an installation up to this version of the program: told first, backed up, undone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from matchmaker.access import Principal
from matchmaker.errors import MatchmakerError, StoreMismatch, WrongState
from matchmaker.messages import Message, message
from matchmaker.services.operations.backups import Backups
from matchmaker.services.operations.record_upkeep import bring_up_to_date
from matchmaker.services.operations.refresher import SnapshotRefresher
from matchmaker.services.repositories import Repositories
from matchmaker.store.documents import Store

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The steps of `matchmaker upgrade`, in their order."""

    store: Store
    backups: Backups
    refresher: SnapshotRefresher

    def plan(self) -> list[Message]:
        """List the steps that are to be done. Raises StoreUnavailable."""
        steps = [message("1. Back up everything to %(folder)s.", folder=self.backups.folder)]
        schema, mismatch = self._schema()
        if mismatch is not None:
            steps.append(message("2. Migrate the store: %(reason)s", reason=mismatch.message))
        else:
            steps.append(message("2. The store's schema is current (%(schema)s).", schema=schema))
        steps.append(message("3. Make the snapshot anew, unless the one there is can be read."))
        steps.append(
            message(
                "4. Find records of earlier versions as later ones are found; of imports, keep what"
                " takes them back of the newest twenty of a cluster."
            )
        )
        if mismatch is not None and self.backups.is_at_once:
            steps.append(message("5. If any of it fails, put the backup back."))
        return steps

    def _schema(self) -> tuple[str, StoreMismatch | None]:
        """The schema where it is current, else what is to be migrated.

        Raises StoreMismatch where the store holds a part of a backup, StoreUnavailable.
        """
        try:
            return self.store.status().schema, None
        except StoreMismatch as mismatch:
            if self.store.unfinished_restore() is not None:
                raise
            return "", mismatch

    def run(self, principal: Principal) -> Path:
        """Do it, beside no server; where the backup of the state before lies.

        Raises WrongState where a server runs, as what it took meanwhile would be lost with what
        is put back, and, with the reason, where it failed. What was migrated is put back then
        where that is one transaction. A Neo4j server, whose data migrations add to, is left as it
        is: a graph written anew in parts would be lost if the server went away meanwhile.
        """
        principal.require_admin()
        with self.backups.alone():
            return self._run(principal)

    def _run(self, principal: Principal) -> Path:
        _, mismatch = self._schema()
        path, _ = self.backups.make(principal)
        is_migrated = False
        try:
            self.store.prepare()
            is_migrated = mismatch is not None
            self.store.status()
            if self.refresher.is_needed():
                self.refresher.refresh(principal)
            bring_up_to_date(Repositories(lambda: self.store.documents))
        except Exception as error:
            is_told = isinstance(error, MatchmakerError)  # what is not has its traceback in the log
            log.error("upgrade failed", error=type(error).__name__, exc_info=not is_told)
            if is_migrated and self.backups.is_at_once:
                self._put_back(path)
            raise self._failed(error, path, is_migrated=is_migrated) from error
        return path

    def _put_back(self, path: Path) -> None:
        try:
            self.backups.put_back(path)
        except Exception as error:
            log.exception("not put back", error=type(error).__name__)
            raise WrongState(
                "The upgrade failed, and what was there could not be put back: %(reason)s",
                mend="Run `matchmaker restore %(path)s --replace` with the version from before.",
                reason=_reason(error),
                path=path,
            ) from error

    def _failed(self, error: Exception, path: Path, *, is_migrated: bool) -> WrongState:
        if is_migrated and not self.backups.is_at_once:
            return WrongState(
                "The upgrade failed: %(reason)s",
                mend="The database is migrated, and its data are there. Mend this and upgrade "
                "again. The backup is %(path)s.",
                reason=_reason(error),
                path=path,
            )
        return WrongState(
            "The upgrade failed, and everything is as it was: %(reason)s",
            mend="Start the version from before. The backup is %(path)s.",
            reason=_reason(error),
            path=path,
        )


def _reason(error: Exception) -> Message | str:
    return error.message if isinstance(error, MatchmakerError) else type(error).__name__
