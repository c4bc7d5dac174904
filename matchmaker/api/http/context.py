"""How routes reach the services: one accessor."""

from __future__ import annotations

from typing import Protocol, cast

from flask import current_app, g, request

from matchmaker.access import ANONYMOUS, Principal
from matchmaker.api.http.cursors import Cursors
from matchmaker.api.http.idempotency import IdempotencyStore
from matchmaker.services.asking import Asking
from matchmaker.services.cooperation.batches import Batches
from matchmaker.services.cooperation.effects import Effects
from matchmaker.services.cooperation.gatherings import Gatherings
from matchmaker.services.cooperation.introductions import Introductions
from matchmaker.services.cooperation.postings import Postings
from matchmaker.services.cooperation.webhooks import Webhooks
from matchmaker.services.directory.codes import Codes
from matchmaker.services.directory.directory import Directory
from matchmaker.services.matching.interaction_log import InteractionLog
from matchmaker.services.matching.matching import Matching
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.services.operations.health import HealthService
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.services.operations.importer import Importer
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.demo import Demo
from matchmaker.services.people.notifications import Notifications
from matchmaker.services.people.operator_key import Keys
from matchmaker.services.people.privacy import Privacy
from matchmaker.settings import Settings

LANGUAGES = ("en", "zh")
EXTENSION = "matchmaker"


class Services(Protocol):
    """What the application was wired with: every one takes the principal first.

    What is read of the graph goes through `asking`, so no route can forget a check.
    """

    @property
    def settings(self) -> Settings: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def asking(self) -> Asking: ...
    @property
    def matching(self) -> Matching: ...
    @property
    def codes(self) -> Codes: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def introductions(self) -> Introductions: ...
    @property
    def batches(self) -> Batches: ...
    @property
    def postings(self) -> Postings: ...
    @property
    def gatherings(self) -> Gatherings: ...
    @property
    def notices(self) -> Notifications: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def interaction_log(self) -> InteractionLog: ...
    @property
    def effects(self) -> Effects: ...
    @property
    def demo(self) -> Demo: ...
    @property
    def importer(self) -> Importer: ...
    @property
    def import_workflow(self) -> ImportWorkflow: ...
    @property
    def work(self) -> JobQueue: ...
    @property
    def rankers(self) -> RankerFiles: ...
    @property
    def privacy(self) -> Privacy: ...
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
    return cast(Principal, g.get("principal", ANONYMOUS))


def current_language() -> str:
    """`zh` or `en`, as Accept-Language prefers."""
    return request.accept_languages.best_match(LANGUAGES) or "en"
