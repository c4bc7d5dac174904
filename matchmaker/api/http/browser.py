"""The browser's side of a session: its cookie, and the mark of a device that signed in."""

from __future__ import annotations

import hashlib
import secrets
import time

from flask import Response, after_this_request, g, request, session
from itsdangerous import BadSignature, URLSafeSerializer

from matchmaker.api.http.context import services
from matchmaker.api.http.cookies import cookie_name, is_local
from matchmaker.api.http.guards import SINCE
from matchmaker.workflow.account import Account
from matchmaker.workflow.session import SignInOrigin

DEVICE_COOKIE = "matchmaker_device"
DEVICE_DAYS = 365
MAX_ACCOUNTS = 10
# How long after the password the code or the passkey may come.
CODE_WITHIN_SECONDS = 300


def origin(email: str = "") -> SignInOrigin:
    """The address and the device of this request; the device only if it signed in here before."""
    device, accounts = _device()
    known = bool(email) and _digest(email) in accounts
    return SignInOrigin(
        address=request.remote_addr or "",
        device=device if known else "",
        agent=request.headers.get("User-Agent", ""),
    )


def begin_session(account: Account) -> None:
    """A new session for the account, on the server and in a cookie, whatever there was before.

    The language that was chosen stays.
    """
    wanted = session.get("language")
    _forget_session()
    if wanted:
        session["language"] = wanted
    session.permanent = True
    session["session"] = services().sessions.begin(account, origin())
    session[SINCE] = int(time.time())
    _mark_device(account.email)


def signed_in_as() -> str:
    """The id of the account that asks, "" of nobody."""
    return g.account.id if g.account is not None else ""


def keep_signed_in(account: Account) -> None:
    """A session anew, where the account that asks is this one and its sessions just ended."""
    if g.account is not None and g.account.id == account.id and g.account.epoch != account.epoch:
        begin_session(account)


def await_code(account: Account) -> None:
    """Keep in the signed cookie who has yet to give a code; nobody is signed in by it."""
    session["password_of"] = [account.id, account.epoch, int(time.time())]


def awaited_code() -> tuple[str, int]:
    """Id and epoch of the account whose password was right a moment ago; ("", -1) of nobody."""
    account_id, epoch, at = session.get("password_of", ["", -1, 0])
    if abs(time.time() - at) > CODE_WITHIN_SECONDS:
        session.pop("password_of", None)
        return "", -1
    return str(account_id), int(epoch)


def end_session() -> None:
    """End the session on the server, and clear the cookie and what the browser stored."""
    _forget_session()

    @after_this_request
    def clear(response: Response) -> Response:
        response.headers["Clear-Site-Data"] = '"storage"'
        return response


def _forget_session() -> None:
    if secret := session.get("session"):
        services().sessions.sign_out(str(secret))
    session.clear()


def _mark_device(email: str) -> None:
    device, accounts = _device()
    accounts = [_digest(email), *(digest for digest in accounts if digest != _digest(email))][
        :MAX_ACCOUNTS
    ]
    value = _serializer().dumps([device or secrets.token_urlsafe(16), accounts])

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            cookie_name(DEVICE_COOKIE),
            str(value),
            max_age=DEVICE_DAYS * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure or not is_local(),
        )
        return response


def _device() -> tuple[str, list[str]]:
    """The mark in the cookie and digests of the addresses it signed in with."""
    try:
        device, accounts = _serializer().loads(request.cookies.get(cookie_name(DEVICE_COOKIE), ""))
    except (BadSignature, ValueError, TypeError):
        return "", []
    return str(device), [str(account) for account in accounts]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(
        services().operator_key.session_secret(),
        salt="device",
        signer_kwargs={"digest_method": hashlib.sha256},
    )


def _digest(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()[:16]
