"""Searches that somebody keeps: their list, and alerts begun, stopped and read."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import redirect, request, url_for

from matchmaker.api.http.context import services
from matchmaker.messages import message
from matchmaker.web.layout import PageAnswer, own_organization, show_notice, signed_in, web
from matchmaker.workflow.saved_search import SavedSearch


@web.app_template_filter()
def search_link(search: SavedSearch) -> str:
    """The page of a kept search: what it asks, asked anew."""
    return f"{url_for('web.find')}?{urlencode(search.query)}"


@web.post("/searches")
def keep_search() -> PageAnswer:
    """Keep what the address asks, under the name of the form."""
    fields = request.args.to_dict(flat=False)
    search = services().saved_searches.keep(
        signed_in(), request.form.get("name", ""), own_organization(), fields
    )
    show_notice(
        message(
            "%(name)s is kept: you will be told when somebody new is among its first ten.",
            name=search.name,
        )
    )
    return redirect(search_link(search), 303)


@web.get("/searches/<id>")
def open_search(id: str) -> PageAnswer:
    """Its results; what told of it counts as read."""
    principal = signed_in()
    search = services().saved_searches.show(principal, id)
    services().notifications.mark_read_of(principal, f"search/{search.id}")
    return redirect(search_link(search), 303)


@web.post("/searches/<id>")
def change_search(id: str) -> PageAnswer:
    """Begin alerts, stop them, or keep it no longer."""
    principal, choice = signed_in(), request.form.get("what", "")
    if choice == "remove":
        services().saved_searches.remove(principal, id)
        show_notice(message("The search is deleted."))
    else:
        services().saved_searches.set_alerts(principal, id, alerts=choice == "begin")
        show_notice(message("Saved."))
    return redirect(url_for("web.saved"), 303)
