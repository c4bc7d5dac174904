"""Files beside a call, for all who read it, and beside an answer, for its firm and who calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import IO

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput, NotFound, WrongState
from matchmaker.naming import has_link
from matchmaker.services.cooperation.attachment_files import ORPHANS_KEPT, AttachmentFiles, SentFile
from matchmaker.services.cooperation.call_notices import CallNotices
from matchmaker.services.cooperation.call_views import CallViews
from matchmaker.services.cooperation.file_quota import FileQuota
from matchmaker.services.own_organizations import keep_organization
from matchmaker.services.repositories import Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.workflow.attachment import MAX_FILES, Attachment
from matchmaker.workflow.call import (
    Call,
    require_decider,
    require_few_changes,
    require_open,
    require_undecided,
)
from matchmaker.workflow.call_answer import AnswerState, require_files_let_go
from matchmaker.workflow.notification import NotificationKind

_Change = Callable[[UnitOfWork, tuple[Attachment, ...]], None]


@dataclass(frozen=True, slots=True)
class CallFile:
    """A file of a call, or where an `organization` is named of its answer."""

    attachment: Attachment
    organization: str = ""


@dataclass(frozen=True, slots=True)
class CallFiles:
    """Use cases of files. To whoever may not read one there is none (NotFound)."""

    views: CallViews
    notices: CallNotices
    files: AttachmentFiles
    quota: FileQuota
    clock: Clock

    def attach_to_call(self, principal: Principal, id: str, sent: Sequence[SentFile]) -> None:
        """Put files beside a call; all invited so far are told.

        Raises NotFound, NotAllowed, InvalidInput, WrongState, StorageFull, ServiceUnavailable.
        """
        principal.require_writing()
        self._for_decider(principal, id)

        def change(unit: UnitOfWork, kept: tuple[Attachment, ...]) -> None:
            stored = self._for_decider(principal, id)
            require_few_changes(stored.value.files_added)
            files, added = _together(stored.value.files, kept), stored.value.files_added + 1
            after = replace(stored.value, files=files, files_added=added)
            self.quota.take(unit, after.organization, kept)
            unit.add(self.views.repositories.calls.put(after, stored.version))
            unit.log("call.files_added", f"call/{id}", files=str(len(kept)))
            self._tell(unit, after, kept)

        self._keep(principal, sent, change)

    def attach_to_answer(
        self, principal: Principal, id: str, organization: str, sent: Sequence[SentFile]
    ) -> None:
        """Put files beside one's own answer; who calls reads them with the answer.

        Raises NotFound, InvalidInput, WrongState, StorageFull, ServiceUnavailable.
        """
        principal.require_writing()
        self._require_answerable(principal, id, organization)

        def change(unit: UnitOfWork, kept: tuple[Attachment, ...]) -> None:
            self._require_answerable(principal, id, organization)
            call, own = self.views.own_part(principal, id, organization)
            files = _together(own.value.files, kept)
            self.quota.take(unit, own.value.organization, kept)
            self.views.hold(unit, call)
            after = replace(own.value, files=files)
            unit.add(self.views.repositories.call_answers.put(after, own.version))
            keep_organization(unit, self.views.repositories, self.views.store, organization)
            unit.log("call.answer_files_added", f"call/{id}", files=str(len(kept)))

        self._keep(principal, sent, change)

    def detach(self, principal: Principal, id: str, file: str, organization: str = "") -> None:
        """Take a file away: of one's own answer, or with no `organization` of the call.

        While it can be answered, and once it is awarded or ended, when nobody is told; not while
        it is decided on, since others rely on what was sent, nor of an answer to which an awarded
        call may yet be awarded as well. Raises NotFound, NotAllowed, WrongState.
        """
        principal.require_writing()

        def change(unit: UnitOfWork) -> Attachment:
            if organization:
                call, own = self.views.own_part(principal, id, organization)
                gone = _named(own.value.files, file)
                if call.value.is_finished:
                    require_files_let_go(call.value, own.value)
                else:
                    self._require_answerable(principal, id, organization)
                files = tuple(each for each in own.value.files if each != gone)
                self.views.hold(unit, call)
                after = replace(own.value, files=files)
                unit.add(self.views.repositories.call_answers.put(after, own.version))
            else:
                stored, role = self.views.for_team(principal, id)
                require_decider(role)
                if not stored.value.is_finished:
                    require_open(stored.value, self.clock().date())
                gone = _named(stored.value.files, file)
                files = tuple(each for each in stored.value.files if each != gone)
                without = replace(stored.value, files=files)
                unit.add(self.views.repositories.calls.put(without, stored.version))
                if not without.is_finished:
                    self._tell(unit, without, (gone,))
            unit.log("call.file_removed", f"call/{id}")
            return gone

        self.files.drop(
            commit_changes(self.views.repositories.records, principal, self.clock, change)
        )

    def listed(self, principal: Principal, id: str) -> tuple[CallFile, ...]:
        """The files of a call, and those of answers, that one may read. Raises NotFound."""
        principal.require_known()
        stored = self.views.repositories.calls.get_or_none(id)
        of_team = stored is not None and self.views.role_of(principal, stored.value) is not None
        if stored is None or not (of_team or self._may_answer(principal, id)):
            raise NotFound("You have no call '%(id)s'.", id=id)
        call = stored.value
        readable = [CallFile(file) for file in call.files]
        for each in self.views.answers(id):
            answer = each.value
            is_open = of_team and answer.is_in_competition and not call.hides_answers
            if is_open or principal.acts_for(answer.organization):
                readable += [CallFile(file, answer.organization) for file in answer.files]
        return tuple(readable)

    def read(self, principal: Principal, id: str, file: str) -> tuple[Attachment, IO[bytes]]:
        """A file of a call or of an answer that one may read. Raises NotFound."""
        with suppress(NotFound):
            for each in self.listed(principal, id):
                if each.attachment.id == file:
                    return each.attachment, self.files.open(each.attachment)
        raise NotFound("You have no file '%(id)s'.", id=file)

    def drop_orphans(self) -> int:
        """Files that no call and no answer names go too; how many."""
        repositories = self.views.repositories
        return self.files.drop_orphans(
            self.clock() - ORPHANS_KEPT,
            lambda: {
                file.id
                for every in (repositories.calls.values(), repositories.call_answers.values())
                for each in every
                for file in each.files
            },
        )

    # -- the parts

    def _for_decider(self, principal: Principal, id: str) -> Versioned[Call]:
        """A call that the principal decides on, and that can still be answered."""
        stored, role = self.views.for_team(principal, id)
        require_decider(role)
        require_undecided(stored.value)
        require_open(stored.value, self.clock().date())
        return stored

    def _require_answerable(self, principal: Principal, id: str, organization: str) -> None:
        call, answer = self.views.own_part(principal, id, organization)
        require_open(call.value, self.clock().date())
        if self.views.is_apart(call.value, organization) or (
            answer.value.state is AnswerState.DECLINED
        ):
            raise WrongState("The call takes no answer of yours now.", mend="Answer it first.")

    def _may_answer(self, principal: Principal, id: str) -> bool:
        for own in principal.organizations:
            try:
                self.views.own_part(principal, id, own)
            except NotFound:
                continue
            return True
        return False

    def _tell(self, unit: UnitOfWork, call: Call, files: Sequence[Attachment]) -> None:
        """Names of files stand in letters: those with an address in them are left out there."""
        named = (file.name for file in files if not has_link(PurePath(file.name).stem))
        names = "; ".join(named) or "files"
        for answer in self.views.told(call):
            self.notices.tell(
                unit, call, answer.organization, NotificationKind.CALL_CORRECTED, state=names
            )

    def _keep(self, principal: Principal, sent: Sequence[SentFile], change: _Change) -> None:
        """Keep files, and name them by a change; where that is refused none stays."""
        if not sent:
            raise InvalidInput("must not be empty.", where="file")
        if len(sent) > MAX_FILES:
            raise _too_many()
        with self.files.kept(principal.counted_as, sent) as kept:
            commit_changes(
                self.views.repositories.records,
                principal,
                self.clock,
                lambda unit: change(unit, kept),
            )


def _together(
    before: tuple[Attachment, ...], kept: tuple[Attachment, ...]
) -> tuple[Attachment, ...]:
    if len(before) + len(kept) > MAX_FILES:
        raise _too_many()
    return (*before, *kept)


def _too_many() -> InvalidInput:
    return InvalidInput(
        "At most %(most)s files stand beside a call, or an answer.", where="file", most=MAX_FILES
    )


def _named(files: Sequence[Attachment], id: str) -> Attachment:
    for file in files:
        if file.id == id:
            return file
    raise NotFound("You have no file '%(id)s'.", id=id)
