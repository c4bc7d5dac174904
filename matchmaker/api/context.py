"""How routes reach the services: one accessor."""

from __future__ import annotations

from typing import Protocol, cast

from flask import current_app, g, request

from matchmaker.access import READER, Principal
from matchmaker.api.cursors import Cursors
from matchmaker.api.idempotency import IdempotencyStore
from matchmaker.services.auditing import Auditing
from matchmaker.services.directory import Directory
from matchmaker.services.health import HealthService
from matchmaker.services.keys import Keys
from matchmaker.services.matching import Matching
from matchmaker.settings import Settings

LANGUAGES = ("en", "zh")
EXTENSION = "matchmaker"


class Services(Protocol):
    """What the application was wired with."""

    @property
    def settings(self) -> Settings: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def matching(self) -> Matching: ...
    @property
    def auditing(self) -> Auditing: ...
    @property
    def health(self) -> HealthService: ...
    @property
    def keys(self) -> Keys: ...


class Context:
    """The services and the HTTP edge's own state."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.cursors = Cursors(services.keys.signing_secret)
        self.idempotency = IdempotencyStore(services.settings.data_dir / "idempotency.db")


def context() -> Context:
    """The context of the running application."""
    return cast(Context, current_app.extensions[EXTENSION])


def services() -> Services:
    """The services of the running application."""
    return context().services


def current_principal() -> Principal:
    """Who sent this request."""
    return cast(Principal, g.get("principal", READER))


def current_language() -> str:
    """`zh` or `en`, as Accept-Language prefers."""
    return request.accept_languages.best_match(LANGUAGES) or "en"
