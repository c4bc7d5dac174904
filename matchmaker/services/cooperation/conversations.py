"""Conversations of two sides that have both accepted: messages, files, and when they meet.

Everything is committed over the version of the introduction that was read: nothing is said,
sent or fixed after a consent was withdrawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import IO

from matchmaker.access import SYSTEM, Principal
from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services.authors import keep_author
from matchmaker.services.cooperation.attachment_files import ORPHANS_KEPT, AttachmentFiles, SentFile
from matchmaker.services.cooperation.file_quota import FileQuota
from matchmaker.services.cooperation.introduction_views import IntroductionViews
from matchmaker.services.cooperation.introductions import Introductions
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.documents import new_id
from matchmaker.store.ports import GraphStore, Page
from matchmaker.workflow import introduction as introduction_workflow
from matchmaker.workflow.appointment import (
    Appointment,
    AppointmentOffer,
    AppointmentState,
    AppointmentStep,
    act_on,
    offer_times,
    supersede,
    time_text,
)
from matchmaker.workflow.attachment import MAX_FILES, Attachment, require_room
from matchmaker.workflow.interactions import ConversationMessage
from matchmaker.workflow.introduction import Introduction, Transition
from matchmaker.workflow.introduction_states import Action, Side, State
from matchmaker.workflow.notification import NotificationKind, name_parameters

# Proposals of times that came to nothing, of each conversation.
_MOOT_KEPT = 20
_NOTICES = {
    AppointmentState.FIXED: NotificationKind.MEETING_FIXED,
    AppointmentState.REJECTED: NotificationKind.MEETING_REJECTED,
    AppointmentState.OFF: NotificationKind.MEETING_CALLED_OFF,
}


@dataclass(frozen=True, slots=True)
class Conversations:
    """Use cases of conversations, for the two sides alone.

    A stranger gets NotFound, whoever sees the introduction and is on neither side NotAllowed,
    and so do the two sides before both have accepted, or once one has withdrawn.
    """

    store: GraphStore
    repositories: Repositories
    introductions: Introductions
    files: AttachmentFiles
    quota: FileQuota
    outbox: NotificationOutbox
    clock: Clock

    @property
    def _views(self) -> IntroductionViews:
        return IntroductionViews(self.store, self.repositories)

    # -- messages

    def messages(
        self, principal: Principal, id: str, after: str = "", limit: int = 100
    ) -> Page[ConversationMessage]:
        """The conversation, oldest first. Raises NotFound, NotAllowed."""
        self._side(principal, self._views.visible(principal, id).value)
        page = self.repositories.messages.page("introduction", id, after=after, limit=limit)
        return Page(tuple(stored.value for stored in page.rows), page.after)

    def latest(
        self, principal: Principal, id: str, before: str = "", limit: int = 100
    ) -> Page[ConversationMessage]:
        """The conversation, newest first, of what was written before a message.

        Raises NotFound, NotAllowed.
        """
        self._side(principal, self._views.visible(principal, id).value)
        page = self.repositories.messages.page(
            "introduction", id, after=before, limit=limit, newest_first=True
        )
        return Page(tuple(stored.value for stored in page.rows), page.after)

    def own_message(self, principal: Principal, id: str) -> ConversationMessage:
        """A message that one's own organisation wrote, whatever became of it. Raises NotFound."""
        stored = self.repositories.messages.get_or_none(id)
        if stored is None or not principal.acts_for(stored.value.organization):
            raise NotFound("You have no message '%(id)s'.", id=id)
        return stored.value

    def write(
        self,
        principal: Principal,
        id: str,
        text: str,
        organization: str = "",
        files: Sequence[SentFile] = (),
    ) -> ConversationMessage:
        """Write to the other side, with files by name and content, or send files alone.

        Raises NotFound, NotAllowed, InvalidInput, StorageFull, ServiceUnavailable.
        """
        principal.require_writing()
        if not text.strip() and not files:
            raise InvalidInput("must not be empty.", where="text")
        introduction_workflow.check_length("text", text)
        if len(files) > MAX_FILES:
            raise InvalidInput(
                "At most %(most)s files go with one message.", where="file", most=MAX_FILES
            )
        # Before anything is kept for somebody who may not write here.
        self._side(principal, self._views.visible(principal, id).value, organization)
        with self.files.kept(principal.counted_as, files) as attachments:
            return commit_changes(
                self.repositories.records,
                principal,
                self.clock,
                lambda unit: self._add_message(
                    unit, principal, id, text.strip(), organization, attachments
                ),
            )

    def _add_message(
        self,
        unit: UnitOfWork,
        principal: Principal,
        id: str,
        text: str,
        organization: str,
        attachments: tuple[Attachment, ...],
    ) -> ConversationMessage:
        stored = self._views.visible(principal, id)
        side = self._side(principal, stored.value, organization)
        own = self.store.organization(stored.value.organization(side))
        if attachments:
            size = sum(attachment.size for attachment in attachments)
            require_room(size, self._size_of_files(id))
            self.quota.take(unit, own.id, attachments)
        message = ConversationMessage(
            new_id(), id, own.id, principal.account, unit.at, text, attachments
        )
        keep_author(unit, self.repositories, principal)
        unit.add(
            self.repositories.introductions.put(stored.value, stored.version),
            self.repositories.messages.put(message),
        )
        detail = {"files": str(len(attachments))} if attachments else {}
        unit.log("introduction.message", f"introduction/{id}", **detail)
        self._notify(unit, stored.value, side, NotificationKind.MESSAGE_RECEIVED, once=True)
        return message

    def _size_of_files(self, id: str) -> int:
        return sum(
            attachment.size
            for message in self.repositories.messages.values("introduction", id)
            for attachment in message.attachments
        )

    # -- files

    def attachment(self, principal: Principal, id: str) -> tuple[Attachment, IO[bytes]]:
        """A file of a conversation, to be read. Raises NotFound, NotAllowed."""
        principal.require_known()
        page = self.repositories.messages.page("attachment", id, limit=1)
        for stored in page.rows:
            message = stored.value
            try:
                introduction = self._views.visible(principal, message.introduction).value
            except NotFound:
                break  # nor is it anybody's business that there is such a file
            self._side(principal, introduction)
            attachment = next(each for each in message.attachments if each.id == id)
            return attachment, self.files.open(attachment)
        raise NotFound("You have no file '%(id)s'.", id=id)

    def drop_orphans(self) -> int:
        """Files of messages that are gone go too; how many."""
        return self.files.drop_orphans(
            self.clock() - ORPHANS_KEPT,
            lambda: {
                attachment.id
                for message in self.repositories.messages.values("with_files", "yes")
                for attachment in message.attachments
            },
        )

    # -- meetings

    def appointments(self, principal: Principal, id: str) -> list[Appointment]:
        """Meetings proposed in an introduction, newest first. Raises NotFound, NotAllowed."""
        self._side(principal, self._views.visible(principal, id).value)
        appointments = self.repositories.appointments.values("introduction", id)
        return sorted(appointments, key=lambda each: each.id, reverse=True)

    def appointment(self, principal: Principal, id: str) -> Appointment:
        """One of them. Raises NotFound, NotAllowed."""
        return self._appointment(principal, id)[0].value

    def offer(
        self, principal: Principal, id: str, offer: AppointmentOffer, organization: str = ""
    ) -> Appointment:
        """Propose times to meet, instead of those that still wait for an answer.

        The other side is told once until they look. Of what came to nothing the latest are kept.
        Raises NotFound, NotAllowed, InvalidInput, or WrongState while a time is fixed.
        """
        principal.require_writing()

        def change(unit: UnitOfWork) -> Appointment:
            stored = self._views.visible(principal, id)
            side = self._side(principal, stored.value, organization)
            offered = offer_times(offer, new_id(), id, side, unit.at)
            earlier = list(self.repositories.appointments.iterate("introduction", id))
            for before in earlier:
                if before.value.is_open(unit.at):
                    replaced = supersede(before.value, unit.at)
                    unit.add(self.repositories.appointments.put(replaced, before.version))
            moot = [each for each in earlier if each.value.came_to_nothing(unit.at)]
            moot.sort(key=lambda each: each.value.id, reverse=True)
            unit.add(*map(self.repositories.appointments.remove, moot[_MOOT_KEPT:]))
            unit.add(
                self.repositories.introductions.put(stored.value, stored.version),
                self.repositories.appointments.put(offered),
            )
            unit.log("introduction.times_offered", f"introduction/{id}")
            self._notify(unit, stored.value, side, NotificationKind.MEETING_OFFERED, once=True)
            return offered

        return commit_changes(self.repositories.records, principal, self.clock, change)

    def answer(
        self, principal: Principal, id: str, step: AppointmentStep, organization: str = ""
    ) -> Appointment:
        """Pick one of the times, say that none suits, or call the meeting off.

        The first fixed time of an introduction that both accepted makes it one in talks. The
        same again changes nothing. Raises NotFound, NotAllowed, InvalidInput, WrongState.
        """
        principal.require_writing()

        def change(unit: UnitOfWork) -> Appointment:
            before, stored = self._appointment(principal, id)
            introduction = stored.value
            side = self._side(principal, introduction, organization)
            after = act_on(before.value, step, side, unit.at)
            if after is before.value:
                return after
            unit.add(self.repositories.appointments.put(after, before.version))
            time = "" if after.time is None else time_text(after.time, after.offer.zone)
            kind = _NOTICES[after.state]
            if after.state is AppointmentState.FIXED and introduction.state is State.ACCEPTED:
                in_talks = introduction_workflow.act(
                    introduction, Transition(Action.MEET), side, principal.subject, unit.at
                )
                self.introductions.add_transition(unit, stored, in_talks, side, kind, time=time)
            else:
                unit.add(self.repositories.introductions.put(introduction, stored.version))
                # Times that nobody had picked are proposed and taken back as often as one likes.
                self._notify(unit, introduction, side, kind, once=not time, time=time)
            unit.log(f"introduction.meeting_{after.state}", f"introduction/{introduction.id}")
            return after

        return commit_changes(self.repositories.records, principal, self.clock, change)

    def remind_due(self) -> int:
        """Remind both sides of each meeting that is soon; of how many."""
        due = [
            appointment.id
            for appointment in self.repositories.appointments.values("to_remind", "yes")
            if (at := appointment.reminder_at) is not None and at <= self.clock()
        ]
        for id in due:
            with suppress(NotFound):  # forgotten in this very moment
                self._remind(id)
        return len(due)

    def _remind(self, id: str) -> None:
        def change(unit: UnitOfWork) -> None:
            stored = self.repositories.appointments.get(id)
            appointment = stored.value
            if appointment.reminder_at is None or appointment.time is None:
                return
            reminded = replace(appointment, is_reminded=True)
            unit.add(self.repositories.appointments.put(reminded, stored.version))
            introduction = self.repositories.introductions.get(appointment.introduction).value
            if introduction.has_open_contact and appointment.time > unit.at:
                time = time_text(appointment.time, appointment.offer.zone)
                for side in Side:
                    self._notify(unit, introduction, side, NotificationKind.MEETING_SOON, time=time)

        commit_changes(self.repositories.records, SYSTEM, self.clock, change)

    # -- the parts

    def _appointment(
        self, principal: Principal, id: str
    ) -> tuple[Versioned[Appointment], Versioned[Introduction]]:
        principal.require_known()
        stored = self.repositories.appointments.get_or_none(id)
        if stored is not None:
            with suppress(NotFound):
                introduction = self._views.visible(principal, stored.value.introduction)
                self._side(principal, introduction.value)
                return stored, introduction
        raise NotFound("You have no meeting '%(id)s'.", id=id)

    def _notify(
        self,
        unit: UnitOfWork,
        introduction: Introduction,
        side: Side,
        kind: NotificationKind,
        *,
        once: bool = False,
        **facts: str,
    ) -> None:
        """Tell the side opposite to `side`."""
        own = self.store.organization(introduction.organization(side))
        other = introduction.organization(side.other)
        parameters = {**name_parameters(own), **facts}
        subject = f"introduction/{introduction.id}"
        self.outbox.notify(unit, "organization", other, kind, subject, parameters, once=once)

    def _side(
        self, principal: Principal, introduction: Introduction, organization: str = ""
    ) -> Side:
        """The side that the principal is on. Raises NotAllowed."""
        side = self._views.side_of(principal, introduction, organization)
        if side is None:
            raise NotAllowed("A conversation belongs to the two sides.")
        if not introduction.has_open_contact:
            raise NotAllowed("The conversation is open once both have accepted.")
        return side
