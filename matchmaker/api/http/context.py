"""The one accessor by which routes reach the services."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import current_app, g, request

from matchmaker.access import ANONYMOUS, Principal
from matchmaker.api.http.cursors import Cursors
from matchmaker.api.http.idempotency import IdempotencyStore, LocalAnswers, SharedAnswers
from matchmaker.api.http.recently_known import RecentlyKnown
from matchmaker.api.http.under_way import KeptUnderWay
from matchmaker.errors import MatchmakerError
from matchmaker.messages import SOURCE, best_language
from matchmaker.reports.kept import KeptReports
from matchmaker.services.receipts import ANSWERS_FILE
from matchmaker.wiring import Wiring

EXTENSION = "matchmaker"


class Context:
    """The services and the HTTP edge's own state."""

    def __init__(self, services: Wiring) -> None:
        self.services = services
        self.cursors = Cursors(services.operator_key.session_secret)
        self.recently_known = RecentlyKnown()
        self.kept_reports = KeptReports()
        shared = services.shared_state
        self.allowance = services.requests_allowance
        self.written = services.written_allowance
        self.wrong_keys = services.wrong_keys_allowance
        answers: IdempotencyStore
        if shared is None:
            answers = LocalAnswers(services.settings.data_dir / ANSWERS_FILE)
        else:
            answers = SharedAnswers(shared)
        self.idempotency = KeptUnderWay(answers)


def context() -> Context:
    """The context of the running application."""
    return cast(Context, current_app.extensions[EXTENSION])


def services() -> Wiring:
    """The services of the running application."""
    return context().services


def current_principal() -> Principal:
    """The principal who sent this request."""
    return cast(Principal, g.get("principal", ANONYMOUS))


def client_waits() -> Callable[[], bool]:
    """What tells, also outside of this request, whether whoever sent it still waits for an answer.

    Where the server does not tell, they do.
    """
    has_left: Callable[[], bool] = request.environ.get("waitress.client_disconnected", bool)
    return lambda: not has_left()


def accepted_language() -> str | None:
    """The first language of Accept-Language that there is."""
    return best_language(tag for tag, quality in request.accept_languages if quality > 0)


def current_language() -> str:
    """As Accept-Language prefers, else as the account does, else English."""
    if "language" not in g:
        g.language = accepted_language() or _preferred_language()
    return str(g.language)


def _preferred_language() -> str:
    principal = current_principal()
    if not principal.account:
        return SOURCE
    try:
        preferred = services().accounts.own_account(principal).preferences.language
    except MatchmakerError:
        return SOURCE  # an answer that says that the store is down must not fail for it
    return best_language([preferred]) or SOURCE
