"""The web application: services wired, guards and routes put on Flask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from flask import Response, jsonify
from flask_openapi3 import Info

from matchmaker import telemetry
from matchmaker.api.auditing.routes import auditing
from matchmaker.api.auditing.surveys import surveys
from matchmaker.api.cooperation.calls import calls
from matchmaker.api.cooperation.conversations import conversations
from matchmaker.api.cooperation.routes import cooperation, coordination
from matchmaker.api.directory.certificates import certificates
from matchmaker.api.directory.reconciliation import reconciliation
from matchmaker.api.directory.routes import directory
from matchmaker.api.http import guards, problems
from matchmaker.api.http.attempts import limit_attempts
from matchmaker.api.http.context import EXTENSION, Context, services
from matchmaker.api.http.description import DescribedApplication
from matchmaker.api.http.fields import ProblemDetails
from matchmaker.api.http.forms import VisibleRequest, take_fields_as_sent
from matchmaker.api.matching.local import local
from matchmaker.api.matching.routes import matching
from matchmaker.api.operations.routes import operations
from matchmaker.api.people import openid
from matchmaker.api.people.channels import channels
from matchmaker.api.people.passkeys import passkeys
from matchmaker.api.people.routes import people
from matchmaker.errors import NotFound, SettingsError
from matchmaker.logs import configure_logs
from matchmaker.settings import is_loopback
from matchmaker.web import (
    admin,
    cards,
    coordinator,
    faceted,
    find,
    glossary,
    home,
    imports,
    introduction_words,
    introductions,
    layout,
    members,
    nearness,
    needs,
    picks,
    postings,
    programmes,
    search,
    searches,
    second_factor,
    sources,
    turns,
    welcome,
)
from matchmaker.web import call_answers as call_answer_pages
from matchmaker.web import calls as call_pages
from matchmaker.web import certificates as certificate_pages
from matchmaker.web import channels as channel_pages
from matchmaker.web import directory as directory_pages
from matchmaker.web import organization as organization_pages
from matchmaker.web import people as people_pages
from matchmaker.web import refusals as refusal_pages
from matchmaker.web import reports as report_pages
from matchmaker.web import surveys as survey_pages
from matchmaker.wiring import Wiring

MAX_BODY_BYTES = 1_000_000
# Importing them puts their views on the blueprint.
VIEWS = (
    admin,
    cards,
    coordinator,
    directory_pages,
    organization_pages,
    faceted,
    find,
    glossary,
    home,
    imports,
    nearness,
    needs,
    picks,
    search,
    searches,
    introduction_words,
    introductions,
    members,
    people_pages,
    postings,
    programmes,
    second_factor,
    sources,
    turns,
    survey_pages,
    report_pages,
    call_pages,
    call_answer_pages,
    certificate_pages,
    channel_pages,
    refusal_pages,
    welcome,
)
_DESCRIPTION = (
    "Finds the ties an industrial cluster is missing and says why. Start with "
    "`GET /api/v1/organizations`, then ask for the recommendations of one of them."
)


def create_app(wired: Wiring) -> DescribedApplication:
    """The application on the given services."""
    if wired.settings.demo and not is_loopback(wired.settings.host):
        raise SettingsError(
            "Demo mode lets anybody in, so it does not serve on %(host)s.",
            mend="Unset MATCHMAKER_DEMO, or MATCHMAKER_HOST.",
            host=wired.settings.host,
        )
    configure_logs(wired.settings)
    if wired.settings.telemetry:
        telemetry.check(wired.settings)
    app = DescribedApplication(
        "matchmaker",
        info=Info(title="Matchmaker", version=version("matchmaker"), description=_DESCRIPTION),
        security_schemes={
            "key": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "matchmaker"},
        },
        doc_prefix="/api",
        doc_url="/openapi.json",
        validation_error_model=ProblemDetails,
        validation_error_callback=problems.of_validation,
        static_folder=None,
    )
    # Ids may hold slashes, doubled ones too.
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.extensions[EXTENSION] = Context(wired)
    take_fields_as_sent()
    app.request_class = VisibleRequest
    problems.register(app)
    guards.register(app)
    app.wsgi_app = telemetry.traced(app.wsgi_app)
    for area in (
        directory, certificates, reconciliation, matching, auditing, surveys, people, passkeys,
        channels,
        cooperation, conversations, calls, coordination, operations,
    ):  # fmt: skip
        app.register_area(area)
    app.register_blueprint(local)
    layout.register(app)
    limit_attempts(app)
    openid.register(app)
    app.add_url_rule("/livez", "livez", _alive)
    app.add_url_rule("/readyz", "readyz", _ready)
    app.add_url_rule("/.well-known/security.txt", "security_txt", _security_txt)
    app.add_url_rule("/api/docs", "docs", app.view_functions["swagger.swagger"])
    return app


def _alive() -> Response:
    """The process answers."""
    return Response('{"status":"alive"}', mimetype="application/json")


def _security_txt() -> Response:
    """Where to report a hole (RFC 9116); not found where no contact is set."""
    settings = services().settings
    if not settings.security_contact:
        raise NotFound("No contact for reports is set here.")
    expires = (datetime.now(UTC) + timedelta(days=90)).strftime("%Y-%m-%dT00:00:00Z")
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {expires}",
        "Preferred-Languages: zh, en",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    )
    return Response("\n".join((*lines, "")), mimetype="text/plain")


def _ready() -> Response:
    """Store and snapshot answer, else 503; and whether background jobs are worked off."""
    health = services().health
    health.require_ready()
    worker = health.jobs_worker()
    started = worker.started.isoformat() if worker.started else None
    return jsonify(status="ready", jobs={"running": worker.running, "started": started})
