"""Programmes that fit one's firm: what is met, what has to be checked, which to keep or leave."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for

from matchmaker.api.http.context import services
from matchmaker.messages import message
from matchmaker.web.layout import (
    PageAnswer,
    acting_organization,
    parse_choice,
    show_notice,
    signed_in,
    web,
)
from matchmaker.workflow.programme_alerts import ProgrammeChoice


@web.get("/programmes")
def programmes() -> PageAnswer:
    """Open programmes of which one's firm fails no condition; what told of them counts as read."""
    principal = signed_in()
    of = request.args.get("of", "")
    own = of if principal.acts_for(of) else acting_organization()
    rows = services().programme_alerts.listed(principal, own)
    services().notifications.mark_read_of(principal, f"programmes/{own}")
    return render_template("programmes.html", rows=rows, own=own, today=services().clock().date())


@web.post("/programmes")
def choose_programme() -> PageAnswer:
    """Keep one, leave one, or take that back."""
    principal, form = signed_in(), request.form
    of = form.get("of", "")
    own = of if principal.acts_for(of) else acting_organization()
    what = form.get("what", "")
    choice = parse_choice(ProgrammeChoice, what, "what") if what else None
    services().programme_alerts.choose(principal, own, form.get("programme", ""), choice)
    notices = {
        ProgrammeChoice.KEPT: message("It is kept: you are told five and two days before it ends."),
        ProgrammeChoice.LEFT: message("You are told of it no more."),
        None: message("Saved."),
    }
    show_notice(notices[choice])
    return redirect(url_for("web.programmes", of=own), 303)
