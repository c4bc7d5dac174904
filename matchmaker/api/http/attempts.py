"""Limits on what could be guessed, and on letters that somebody else gets: by address."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from matchmaker.api.http.context import EXTENSION
from matchmaker.api.http.rate_counts import counted_in
from matchmaker.messages import message
from matchmaker.workflow.session import counted_address

# Attempts from one address, over all workers; who fails too often with one account waits besides.
LIMITS = {
    "people.sign_in": "30/minute;300/hour",
    "passkeys.ask_passkey": "60/minute;600/hour",
    "passkeys.sign_in_by_passkey": "30/minute;300/hour",
    "people.request_reset": "10/minute;50/hour",
    "people.reset_password": "20/minute",
    "people.accept_invitation": "20/minute",
    "people.look_at_invitation": "30/minute",
    "people.confirm_address": "20/minute",
    "people.request_confirmation": "5/minute;20/hour",
    "web.confirm": "20/minute",
    "web.signing_in": "30/minute;300/hour",
    "web.enter_code": "30/minute;300/hour",
    "people.confirm_second_factor": "20/minute",
    "web.send_link": "10/minute;50/hour",
    "web.reset": "20/minute",
    "web.accept_invitation": "20/minute",
    # With a session that was taken, the password or a code could be guessed here.
    "people.change_password": "30/minute;300/hour",
    "people.begin_second_factor": "30/minute;300/hour",
    "people.renew_recovery_codes": "30/minute;300/hour",
    "people.make_key": "30/minute;300/hour",
    "people.end_one_session": "30/minute;300/hour",
    "people.sign_out_everywhere": "30/minute;300/hour",
    "people.remove_second_factor": "30/minute;300/hour",
    "passkeys.ask_own_passkey": "60/minute;600/hour",
    "passkeys.begin_passkey": "30/minute;300/hour",
    "passkeys.remove_passkey": "30/minute;300/hour",
    "people.register_webhook": "30/minute;300/hour",
    "channels.enter_own_channel": "30/minute;300/hour",
    "channels.enter_cluster_channel": "30/minute;300/hour",
    "people.delete_account": "30/minute;300/hour",
    "people.change_others_account": "30/minute;300/hour",
    "people.delete_others_account": "30/minute;300/hour",
    "web.change_account": "60/minute;600/hour",
    "web.change_second_factor": "30/minute;300/hour",
    # Each sends a letter to whomever it names, by a list up to 200 at once.
    "people.invite": "30/minute;300/hour",
    "web.invite_to": "30/minute;300/hour",
    "web.invite_members": "20/minute;100/hour",
    # Each try starts a process, and calls somebody else's service.
    "web.change_channels": "20/minute;200/hour",
}
TOO_MANY = message("Too many attempts from this address; try again later.")


def limit_attempts(app: Flask) -> None:
    """Limits on what could be guessed, on the routes once they are there."""
    wired = app.extensions[EXTENSION].services
    limiter = Limiter(
        lambda: counted_address(get_remote_address()),
        app=app,
        **counted_in(wired.settings, wired.shared_state),
        # A disk that cannot be written must not let guessing go on, nor stop everybody.
        in_memory_fallback_enabled=True,
    )
    for endpoint, limit in LIMITS.items():
        view = app.view_functions[endpoint]
        limited = limiter.limit(limit, error_message=TOO_MANY.id)(view)
        app.view_functions[endpoint] = limited  # type: ignore[assignment]
