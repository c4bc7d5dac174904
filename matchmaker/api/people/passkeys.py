"""The routes of passkeys: made, listed, ended, and signed in with."""

# mypy: disable-error-code="untyped-decorator"
# flask-openapi3 reads the description of what is sent from the signature.

from __future__ import annotations

from flask import Response, session

from matchmaker.api.http.browser import awaited_code, begin_session
from matchmaker.api.http.context import current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import IdPath
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.routing import as_json, created, no_content, reads, writes
from matchmaker.api.people.requests import NewPasskey, Nothing, PasskeyAnswer, PasswordAndFactor
from matchmaker.api.people.responses import PasskeyList, PasskeyOut, PasskeyRequestOut, SessionOut
from matchmaker.api.people.routes import ACCOUNTS, NO_ACCOUNT, session_of

passkeys = Area("passkeys", __name__, url_prefix=API_PREFIX)


@passkeys.post("/session/passkey/options", **writes(ACCOUNTS, PasskeyRequestOut, public=True))
def ask_passkey(body: Nothing) -> Response:  # noqa: ARG001
    """Ask the browser to sign in with any passkey, or with one's own after the password."""
    return as_json(PasskeyRequestOut(public_key=services().passkeys.ask(*awaited_code())))


@passkeys.post("/session/passkey", **writes(ACCOUNTS, SessionOut, public=True))
def sign_in_by_passkey(body: PasskeyAnswer) -> Response:
    """Sign in with a passkey; the cookie keeps the session."""
    account = services().passkeys.sign_in(body.credential)
    begin_session(account)
    return session_of(account)


@passkeys.get("/account/passkeys", **reads(ACCOUNTS, PasskeyList, also=NO_ACCOUNT))
def list_passkeys() -> Response:
    """One's passkeys, with their last use."""
    own = services().passkeys.own_passkeys(current_principal())
    return as_json(PasskeyList.model_validate({"items": own}))


@passkeys.post("/account/passkeys/confirm/options", **writes(ACCOUNTS, PasskeyRequestOut))
def ask_own_passkey(body: Nothing) -> Response:  # noqa: ARG001
    """Ask the browser for an answer of one's passkey that confirms a change of the account."""
    return as_json(PasskeyRequestOut(public_key=services().passkeys.ask_own(current_principal())))


@passkeys.post("/account/passkeys/options", **writes(ACCOUNTS, PasskeyRequestOut))
def begin_passkey(body: PasswordAndFactor) -> Response:
    """Ask the browser to make a passkey."""
    options = services().passkeys.begin(current_principal(), body.password, body.answer)
    return as_json(PasskeyRequestOut(public_key=options))


@passkeys.post("/account/passkeys", **writes(ACCOUNTS, PasskeyOut, status=201))
def make_passkey(body: NewPasskey) -> Response:
    """Keep the passkey that a device made; every other session and all keys end."""
    account = services().passkeys.confirm(current_principal(), body.name, body.credential)
    if "session" in session:
        begin_session(account)
    passkey = PasskeyOut.model_validate(account.passkeys[-1])
    return created(passkey, f"account/passkeys/{passkey.id}")


@passkeys.post("/account/passkeys/<id>/remove", **writes(ACCOUNTS))
def remove_passkey(path: IdPath, body: PasswordAndFactor) -> Response:
    """End a passkey; every other session and all keys end."""
    account = services().passkeys.remove(current_principal(), path.id, body.password, body.answer)
    if "session" in session:
        begin_session(account)
    return no_content()
