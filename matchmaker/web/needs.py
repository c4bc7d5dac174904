"""Pages of needs that others posted."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import render_template

from matchmaker.api.http.context import services
from matchmaker.domain import Need, NeedState
from matchmaker.web.cards import grade_of
from matchmaker.web.layout import Page, own_organization, signed_in, web
from matchmaker.web.parties import fit_of


def is_open(need: Need) -> bool:
    """Whether a need can still be answered: it is open and its deadline has not passed."""
    today = datetime.now(UTC).date()
    return need.state is NeedState.OPEN and (need.deadline is None or need.deadline >= today)


@web.get("/needs/<path:id>")
def need(id: str) -> Page:
    """One need, why the reader fits it, and answering it while it is open."""
    principal, own = signed_in(), own_organization()
    need = services().published.need(id)
    owner = services().directory.profile(principal, need.organization).organization
    fit = None
    if own and own != owner.id and is_open(need):
        fit = fit_of(principal, owner.id, own, need.goal, need.id)
    return render_template(
        "need.html",
        need=need,
        owner=owner,
        own=own,
        open=is_open(need),
        fit=fit,
        grade=grade_of(fit) if fit else "",
    )
