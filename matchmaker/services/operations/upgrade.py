"""Bringing an installation up to this version of the program: told first, backed up, undone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from matchmaker.access import Principal
from matchmaker.errors import MatchmakerError, StoreMismatch, WrongState
from matchmaker.messages import Message, message
from matchmaker.services.operations.backups import Backups
from matchmaker.services.operations.refresher import SnapshotRefresher
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
        try:
            schema = self.store.status().schema
        except StoreMismatch as mismatch:
            steps.append(message("2. Migrate the store: %(reason)s", reason=mismatch.message))
        else:
            steps.append(message("2. The store's schema is current (%(schema)s).", schema=schema))
        steps.append(message("3. Make the snapshot anew, unless the one there is can be read."))
        steps.append(message("4. If any of it fails, put the backup back."))
        return steps

    def run(self, principal: Principal) -> Path:
        """Do it; where the backup of the state before lies.

        Raises WrongState, with the reason, where it failed and everything is as it was.
        """
        principal.require_admin()
        path, _ = self.backups.make(principal)
        try:
            self.store.prepare()
            self.store.status()
            if self.refresher.is_needed():
                self.refresher.refresh(principal)
        except Exception as error:
            is_told = isinstance(error, MatchmakerError)  # what is not has its traceback in the log
            log.error("upgrade failed", error=type(error).__name__, exc_info=not is_told)
            self.backups.put_back(path)
            reason = error.message if isinstance(error, MatchmakerError) else type(error).__name__
            raise WrongState(
                "The upgrade failed, and everything is as it was: %(reason)s",
                mend="Start the version from before. The backup is %(path)s.",
                reason=reason,
                path=path,
            ) from error
        return path
