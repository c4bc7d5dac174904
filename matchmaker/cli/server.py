"""Asking the server that runs on the same data folder: it has model and snapshot at hand."""

from __future__ import annotations

import http.client
import json
from typing import Any

from matchmaker import errors
from matchmaker.cli.language import language
from matchmaker.cli.output import say
from matchmaker.messages import message
from matchmaker.services.operations.local_server import (
    HEADER,
    PATH,
    ServerNote,
    code_version,
    read_note,
    same_settings,
)
from matchmaker.settings import Settings

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 120.0


def answer_of_server(settings: Settings, fields: dict[str, Any]) -> dict[str, Any] | None:
    """The page that the running server answers with; None where there is none to ask.

    Why one that is there is not asked stands on standard error. Raises what the question
    raises where it is asked directly.
    """
    note = read_note(settings)
    if note is None or not same_settings(note, settings):
        return None
    if note.code != code_version():
        say(
            message("The running server is of another version: restart it. Asked without it."),
            error=True,
            dim=True,
        )
        return None
    answer = _answer(note, fields)
    if answer is None:
        say(
            message("The server that was started here does not answer. Asked without it."),
            error=True,
            dim=True,
        )
        return None
    if "error" in answer:
        kind = getattr(errors, str(answer["kind"]), errors.MatchmakerError)
        raise kind("%(what)s", what=answer["error"])
    page: dict[str, Any] = answer["page"]
    return page


def _answer(note: ServerNote, fields: dict[str, Any]) -> dict[str, Any] | None:
    connection = http.client.HTTPConnection(note.host, note.port, timeout=CONNECT_SECONDS)
    try:
        connection.connect()
        connection.sock.settimeout(ANSWER_SECONDS)
        headers = {
            HEADER: note.key,
            "Content-Type": "application/json",
            "Accept-Language": language(),
        }
        connection.request("POST", PATH, json.dumps(fields).encode(), headers)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            return None  # another program at this port, or a server that lost its note
        answer: dict[str, Any] = json.loads(body)
    except (OSError, http.client.HTTPException, ValueError):
        return None
    else:
        return answer if {"page", "error"} & answer.keys() else None
    finally:
        connection.close()
