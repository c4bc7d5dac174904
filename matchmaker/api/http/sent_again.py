"""Requests with an Idempotency-Key: done once, and answered each time that they are sent.

The first answer is kept beside the store, and told again. Where there is none, as the first
request was answered 503 or not at all, its receipt in the store tells whether it was done: what
it did is read then. Else it is done now, with a receipt (`UnitOfWork.written`), which only one of
two that are under way can write.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import cast
from urllib.parse import quote

from flask import Response, current_app, g, request

from matchmaker.access import Principal, RepeatableRequest
from matchmaker.api.http.context import context, current_principal, services
from matchmaker.api.http.idempotency import ABANDONED_SECONDS, StoredAnswer, used_otherwise
from matchmaker.api.http.problems import of_error
from matchmaker.api.http.repetitions import read_again_at, retold, tellers
from matchmaker.errors import DoneBefore, MatchmakerError, WrongState
from matchmaker.regex import regex
from matchmaker.workflow.receipt import Receipt

# What is kept of such a request lets nobody who reads the store, or a backup, try passwords by it.
_HOLDS_A_PASSWORD = regex(r".*/clusters/.+/channels")
# Nothing was done, and once one signs in, or what stands in the way is gone, it can be: no such
# answer is kept for a day, of strangers least of all.
_PASSING = (HTTPStatus.UNAUTHORIZED, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
_FAILED = HTTPStatus.INTERNAL_SERVER_ERROR
KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")


@dataclass(frozen=True, slots=True)
class SentAgain:
    """Steps of a request below the prefix of the API; what is kept of one is in `g`."""

    prefix: str

    def begin(self, key: str) -> Response | None:
        """The answer to what was done before; None where it is to be done now.

        Raises InvalidInput for the key of another request, WrongState while one is under way, and
        what the stores raise.
        """
        principal = current_principal()
        scoped, digest = _name(principal, key), _digest(principal)
        try:
            stored = context().idempotency.begin(scoped, digest)
        except WrongState:
            g.frees_itself = ABANDONED_SECONDS
            raise
        if stored is not None:
            return _marked(self._told_again(stored))
        g.idempotency_key = scoped
        sent = RepeatableRequest(scoped, digest, secrets.token_hex(8))
        g.principal = replace(principal, request=sent)
        receipt = services().receipts.of(scoped)
        return None if receipt is None else self._told_by(receipt, sent)

    def settle(self, response: Response) -> Response:
        """The answer, or where that is a refusal the one to the same request that was done.

        It may have been written after it was looked for: by a worker that was stopped, or by a
        database that hung.
        """
        sent = current_principal().request
        is_refused = 400 <= response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        if not is_refused or sent is None or "idempotency_key" not in g or g.get("is_told"):
            return response
        try:
            receipt = services().receipts.of(sent.id)
            if receipt is None or receipt.sending == sent.sending:
                return response
            return self._told_by(receipt, sent)
        except MatchmakerError as error:
            return of_error(error)

    def remember(self, response: Response) -> Response:
        """The answer, kept for a repetition, or else its key freed."""
        key = g.pop("idempotency_key", None)
        if key is None:
            return response
        if response.status_code in _PASSING or response.status_code >= _FAILED:
            context().idempotency.release(key)
            return response
        kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        answer = StoredAnswer(response.status_code, kept, response.get_data())
        if self._read_again_at(answer) is not None:
            answer = replace(answer, body=b"")
        context().idempotency.finish(key, answer)
        return response

    # -- the parts

    @property
    def _path(self) -> str:
        return request.path.removeprefix(self.prefix)

    def _told_again(self, stored: StoredAnswer) -> Response:
        """The first answer, or what one may be told by now of the thing that it was about."""
        place = self._read_again_at(stored)
        if place is None:
            return Response(stored.body, stored.status, stored.headers)
        response = self._read(place, stored.status)
        if "Location" in stored.headers:
            response.headers["Location"] = stored.headers["Location"]
        return response

    def _told_by(self, receipt: Receipt, sent: RepeatableRequest) -> Response:
        """The answer to what was done, as it is now. Raises InvalidInput for another request."""
        g.is_told = True
        if receipt.digest != sent.digest:
            context().idempotency.release(g.pop("idempotency_key"))
            raise used_otherwise()
        if (teller := tellers.get(request.endpoint or "")) is not None:
            return _marked(teller(receipt, request.view_args or {}))
        thing = retold(self._path, receipt)
        if thing is None:
            raise DoneBefore("This was done; what it was answered with is not known any more.")
        response = self._read(thing.place, thing.status)
        if thing.is_new:
            response.headers["Location"] = f"{self.prefix}{quote(thing.place)}"
        return _marked(response)

    def _read_again_at(self, answer: StoredAnswer) -> str | None:
        if answer.status >= HTTPStatus.BAD_REQUEST:
            return None
        location = answer.headers.get("Location", "").removeprefix(self.prefix)
        return read_again_at(self._path, location)

    def _read(self, place: str, status: int) -> Response:
        """What is read at a place, with the status of what was sent."""
        endpoint, arguments = current_app.url_map.bind("").match(f"{self.prefix}{place}", "GET")
        read = cast(Callable[..., Response], current_app.view_functions[endpoint])
        response = read(**arguments)
        response.status_code = status
        return response


def _marked(response: Response) -> Response:
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _name(principal: Principal, key: str) -> str:
    return hashlib.sha256(f"{principal.subject}\n{key}".encode("utf-8", "replace")).hexdigest()


def _digest(principal: Principal) -> str:
    """Of the request, and of when it was sent: whose parts or keys ended since is told no more."""
    digest = hashlib.sha256(f"{request.method}\n{request.full_path}\n".encode("utf-8", "replace"))
    digest.update(_body())
    if epoch := principal.epoch:
        digest.update(f"\n{epoch}".encode())
    if _HOLDS_A_PASSWORD.fullmatch(request.path) is None:
        return digest.hexdigest()
    secret = services().operator_key.session_secret().encode()
    return hmac.new(secret, digest.digest(), "sha256").hexdigest()


def _body() -> bytes:
    """What was sent, without what parts a form: clients draw that anew each time they send it."""
    sent = request.get_data()
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        return sent
    return sent.replace(b"--" + boundary.encode(), b"--")
