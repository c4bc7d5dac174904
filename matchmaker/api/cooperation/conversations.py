"""The routes of conversations: messages, files, and when the two sides meet."""

# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of what is sent from the signature, used or not.

from __future__ import annotations

from typing import Any

from flask import Response, send_file
from flask_openapi3 import Tag

from matchmaker.access import Principal
from matchmaker.api.cooperation.requests import (
    AppointmentAnswer,
    NewAppointment,
    NewAttachment,
    NewMessage,
)
from matchmaker.api.cooperation.responses import (
    AppointmentList,
    AppointmentOut,
    MessageOut,
    MessagePage,
)
from matchmaker.api.cooperation.routes import INTRODUCTIONS
from matchmaker.api.http.context import current_language, current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import IdempotencyHeaders, IdPath, PageQuery
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.repetitions import Arguments, answers_again
from matchmaker.api.http.routing import (
    READ,
    after_of,
    as_json,
    created,
    no_content,
    paged,
    reads,
    writes,
)
from matchmaker.errors import WrongState
from matchmaker.exports.calendar import MEDIA_TYPE, CalendarEvent, calendar_file
from matchmaker.messages import message
from matchmaker.workflow.appointment import Appointment, AppointmentState
from matchmaker.workflow.attachment import Attachment
from matchmaker.workflow.receipt import Receipt

conversations = Area("conversations", __name__, url_prefix=API_PREFIX)

_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


def sends(media_type: str, what: str, tag: Tag = INTRODUCTIONS) -> dict[str, Any]:
    """The description of a route that answers with a file."""
    success = {200: {"description": what, "content": {media_type: _BINARY}}}
    return {
        "tags": [tag],
        "responses": {**success, **READ},
        "security": [{"key": []}, {"session": []}],
    }


@conversations.put("/introductions/<id>/reference", **writes(INTRODUCTIONS))
def give_reference(path: IdPath, header: IdempotencyHeaders) -> Response:
    """Let the other side count this finished introduction; nobody is named."""
    services().references.give(current_principal(), path.id)
    return no_content()


@conversations.delete("/introductions/<id>/reference", **writes(INTRODUCTIONS))
def take_back_reference(path: IdPath, header: IdempotencyHeaders) -> Response:
    """Let it be counted no longer."""
    services().references.take_back(current_principal(), path.id)
    return no_content()


@conversations.get("/introductions/<id>/messages", **reads(INTRODUCTIONS, MessagePage))
def list_messages(path: IdPath, query: PageQuery) -> Response:
    """The conversation, open once both have accepted."""
    page = services().conversations.messages(
        current_principal(), path.id, after_of(query, path.id) or "", query.limit
    )
    return paged(page, query, MessagePage, path.id)


@conversations.post("/introductions/<id>/messages", **writes(INTRODUCTIONS, MessageOut, 201))
def write_message(path: IdPath, header: IdempotencyHeaders, body: NewMessage) -> Response:
    """Write to the other side."""
    sent = services().conversations.write(
        current_principal(), path.id, body.text, body.organization
    )
    return created(MessageOut.model_validate(sent), f"introductions/{path.id}/messages")


@conversations.post("/introductions/<id>/attachments", **writes(INTRODUCTIONS, MessageOut, 201))
def send_attachment(path: IdPath, header: IdempotencyHeaders, form: NewAttachment) -> Response:
    """Send a file to the other side, with a message or without: at most 20 MB; drawings (PDF, DWG,
    DXF, STEP, IGES, STL), pictures, documents and tables without macros, plain text.
    """
    files = [(form.file.filename or "", form.file.stream)]
    sent = services().conversations.write(
        current_principal(), path.id, form.text, form.organization, files
    )
    return created(MessageOut.model_validate(sent), f"introductions/{path.id}/messages")


@answers_again("conversations.write_message", "conversations.send_attachment")
def told_of_message(receipt: Receipt, arguments: Arguments) -> Response:
    """The message that was written, for who wrote it."""
    sent = services().conversations.own_message(current_principal(), receipt.made["message"])
    return created(MessageOut.model_validate(sent), f"introductions/{sent.introduction}/messages")


@conversations.get(
    "/attachments/<id>", **sends("application/octet-stream", "The file, to be kept.")
)
def read_attachment(path: IdPath) -> Response:
    """A file of a conversation, for its two sides."""
    return attachment_file(current_principal(), path.id)


def attachment_file(principal: Principal, id: str) -> Response:
    """A file to be kept, never one to be shown in the browser."""
    attachment, content = services().conversations.attachment(principal, id)
    return as_download(attachment, content)


def as_download(attachment: Attachment, content: Any) -> Response:
    """A file as the answer, for nobody to be shown in the browser."""
    response = send_file(
        content,
        mimetype=attachment.media_type,
        as_attachment=True,
        download_name=attachment.name,
        max_age=0,
    )
    response.content_length = attachment.size
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


# -- meetings


@conversations.get("/introductions/<id>/meetings", **reads(INTRODUCTIONS, AppointmentList))
def list_appointments(path: IdPath) -> Response:
    """Meetings proposed in an introduction, newest first."""
    listed = services().conversations.appointments(current_principal(), path.id)
    return as_json(AppointmentList(items=[AppointmentOut(each) for each in listed]))


@conversations.post("/introductions/<id>/meetings", **writes(INTRODUCTIONS, AppointmentOut, 201))
def offer_appointment(path: IdPath, header: IdempotencyHeaders, body: NewAppointment) -> Response:
    """Propose up to three times to meet; the other side picks one. It takes the place of what
    was proposed and not yet met.
    """
    offered = services().conversations.offer(current_principal(), path.id, body.root)
    return created(AppointmentOut(offered), f"meetings/{offered.id}")


@conversations.get("/meetings/<id>", **reads(INTRODUCTIONS, AppointmentOut))
def read_appointment(path: IdPath) -> Response:
    """One proposed or fixed meeting, for its two sides."""
    return as_json(
        AppointmentOut(services().conversations.appointment(current_principal(), path.id))
    )


@conversations.post("/meetings/<id>/transition", **writes(INTRODUCTIONS, AppointmentOut))
def answer_appointment(
    path: IdPath, header: IdempotencyHeaders, body: AppointmentAnswer
) -> Response:
    """Pick a time, say that none suits, or call the meeting off."""
    after = services().conversations.answer(current_principal(), path.id, body.root)
    return as_json(AppointmentOut(after))


@conversations.get(
    "/meetings/<id>/calendar", **sends(MEDIA_TYPE, "The meeting as an iCalendar file.")
)
def read_calendar(path: IdPath) -> Response:
    """A fixed meeting for one's calendar."""
    return appointment_calendar(current_principal(), path.id)


def appointment_calendar(principal: Principal, id: str) -> Response:
    """A fixed meeting, or one called off, as an .ics file in the reader's language.

    Raises WrongState where no time was ever fixed.
    """
    appointment = services().conversations.appointment(principal, id)
    if appointment.time is None:
        raise WrongState("No time is fixed yet.", mend="Pick one first.")
    response = Response(
        _calendar_of(principal, appointment), content_type=f"{MEDIA_TYPE}; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f"attachment; filename=meeting-{id[:12]}.ics"
    response.headers["Cache-Control"] = "no-store"
    return response


def _calendar_of(principal: Principal, appointment: Appointment) -> bytes:
    view = services().introductions.show(principal, appointment.introduction)
    title = message("Meeting with %(other)s", other=view.other.name)
    return calendar_file(
        CalendarEvent(
            id=appointment.id,
            title=title.text(current_language()),
            start=appointment.time or appointment.created,
            minutes=appointment.offer.minutes,
            place=appointment.offer.place,
            text=appointment.offer.topic,
            link=f"{services().settings.base_url}/introductions/{appointment.introduction}",
            changed=appointment.changed,
            sequence=appointment.sequence,
            is_off=appointment.state is not AppointmentState.FIXED,
        )
    )
