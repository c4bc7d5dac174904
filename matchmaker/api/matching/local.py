"""Questions of the command line to the server that runs on the same data folder.

Not a part of the public API: only who can read the server's note in the data folder may ask.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from matchmaker.access import ADMIN
from matchmaker.api.http.context import current_language, services
from matchmaker.api.matching.responses import RecommendationPage
from matchmaker.domain import GoalName, Kind, Size, Tier
from matchmaker.errors import MatchmakerError, NotAllowed
from matchmaker.recommend.model import Filters, Request
from matchmaker.services.operations.local_server import HEADER, PATH, accepts
from matchmaker.settings import is_loopback
from matchmaker.wiring import Wiring

local = Blueprint("local", __name__)


@local.post(PATH)
def recommend_locally() -> Response:
    """The page of an answer, or the error as the command line raises it."""
    is_near = is_loopback(request.remote_addr or "") and "X-Forwarded-For" not in request.headers
    if not (is_near and accepts(services().settings, request.headers.get(HEADER, ""))):
        raise NotAllowed("Only the command line of this data folder may ask so.")
    try:
        answer: dict[str, Any] = {
            "page": answer_page(services(), request.get_json(), current_language())
        }
    except MatchmakerError as error:
        answer = {"kind": type(error).__name__, "error": error.text(current_language())}
    # Fields stay in their order.
    return Response(json.dumps(answer), mimetype="application/json")


def answer_page(wired: Wiring, fields: dict[str, Any], language: str) -> dict[str, Any]:
    """The operator's question answered, by whichever process; nothing of it is recorded.

    `fields` has goal, limit, only_new, names_partners, capped, filters, and of text, need and
    organization one, or a text and the organization that asks.
    """
    ids = fields["filters"]
    filters = Filters(
        kinds=frozenset(map(Kind, ids["kinds"])),
        sizes=frozenset(map(Size, ids["sizes"])),
        tiers=frozenset(map(Tier, ids["tiers"])),
        countries=frozenset(ids["countries"]),
        places=frozenset(ids["places"]),
        industries=frozenset(ids["industries"]),
        clusters=frozenset(ids["clusters"]),
        certificates=frozenset(ids["certificates"]),
        radius_km=ids["radius_km"],
        centre=tuple(ids["centre"]) if ids["centre"] else None,
    )
    question = Request(
        GoalName(fields["goal"]), fields["limit"], fields["only_new"], filters, fields["capped"]
    )
    matching = wired.matching
    asker, text = fields["organization"], fields["text"]
    if text is not None:
        answer = matching.for_text(ADMIN, text, question, asker or "", recorded=False)
    elif asker is not None:
        answer = matching.for_organization(ADMIN, asker, question, recorded=False)
    else:
        need = wired.published.need(fields["need"])
        answer = matching.for_need(ADMIN, need, question, recorded=False)
    page = RecommendationPage.of(answer, language, names_partners=fields["names_partners"])
    return page.model_dump(mode="json")
