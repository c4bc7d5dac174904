"""How routes reach the services: one accessor."""

from __future__ import annotations

from typing import Protocol, cast

from flask import current_app, g, request

from matchmaker.access import ANONYMOUS, Principal
from matchmaker.api.http.cursors import Cursors
from matchmaker.api.http.idempotency import IdempotencyStore
from matchmaker.errors import MatchmakerError
from matchmaker.messages import SOURCE, best_language
from matchmaker.services.auditing.auditing import Auditing
from matchmaker.services.cooperation.batches import Batches
from matchmaker.services.cooperation.effects import Effects
from matchmaker.services.cooperation.gatherings import Gatherings
from matchmaker.services.cooperation.introductions import Introductions
from matchmaker.services.cooperation.postings import Postings
from matchmaker.services.cooperation.webhooks import Webhooks
from matchmaker.services.directory.change_log import ChangeLog
from matchmaker.services.directory.codes import Codes
from matchmaker.services.directory.directory import Directory, Published
from matchmaker.services.matching.interaction_log import InteractionLog
from matchmaker.services.matching.matching import Matching
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.services.operations.duplicates import Duplicates
from matchmaker.services.operations.exports import Exports
from matchmaker.services.operations.health import HealthService
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.services.operations.importer import Importer
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.api_keys import ApiKeys
from matchmaker.services.people.demo import Demo
from matchmaker.services.people.invitations import Invitations
from matchmaker.services.people.notifications import Notifications
from matchmaker.services.people.operator_key import OperatorKey
from matchmaker.services.people.privacy import Privacy
from matchmaker.services.people.sign_in import SignInService
from matchmaker.settings import Settings

EXTENSION = "matchmaker"


class Services(Protocol):
    """What the application was wired with.

    Every use case takes the principal first and checks; `published` anybody may read.
    """

    settings: Settings
    directory: Directory
    published: Published
    matching: Matching
    auditing: Auditing
    exports: Exports
    codes: Codes
    accounts: Accounts
    sign_in: SignInService
    invitations: Invitations
    api_keys: ApiKeys
    change_log: ChangeLog
    introductions: Introductions
    batches: Batches
    postings: Postings
    gatherings: Gatherings
    notifications: Notifications
    webhooks: Webhooks
    interaction_log: InteractionLog
    effects: Effects
    demo: Demo
    importer: Importer
    import_workflow: ImportWorkflow
    job_queue: JobQueue
    duplicates: Duplicates
    rankers: RankerFiles
    privacy: Privacy
    health: HealthService
    operator_key: OperatorKey


class Context:
    """The services and the HTTP edge's own state."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.cursors = Cursors(services.operator_key.signing_secret)
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
        preferred = services().accounts.own(principal).preferences.language
    except MatchmakerError:
        return SOURCE  # an answer that says that the store is down must not fail for it
    return best_language([preferred]) or SOURCE
