"""Pages of what refusals teach one's own organisation, and of its never-with list."""

from __future__ import annotations

from flask import render_template, request, url_for

from matchmaker.api.http.context import services
from matchmaker.web.labels import gettext
from matchmaker.web.layout import (
    PageAnswer,
    acting_organization,
    redirect_back,
    show_notice,
    signed_in,
    web,
)


@web.get("/refusals")
def refusals() -> PageAnswer:
    """Page of reasons of refusals, got and given, with advice; and of whom one never wants."""
    principal, own = signed_in(), acting_organization()
    return render_template(
        "refusals.html",
        found=services().refusals.of_organization(principal, own),
        excluded=services().exclusions.listed(principal, own),
        own_clusters_only=services().exclusions.own_clusters_only(principal, own),
    )


@web.post("/meeting-rule")
def set_meeting_rule() -> PageAnswer:
    """Meet members of one's own clusters only, or anybody."""
    principal, own = signed_in(), acting_organization()
    only = bool(request.form.get("own_clusters_only"))
    services().exclusions.set_own_clusters_only(principal, own, only)
    show_notice(gettext("Saved."))
    return redirect_back(url_for("web.refusals"))


@web.post("/never-with")
def change_exclusions() -> PageAnswer:
    """Put somebody on the list, or take them off."""
    principal, own, form = signed_in(), acting_organization(), request.form
    other = form.get("other", "")
    if form.get("what") == "allow":
        services().exclusions.allow(principal, own, other)
        show_notice(gettext("They are off the list."))
    else:
        services().exclusions.exclude(principal, own, other, form.get("note", "").strip())
        show_notice(gettext("You will not be brought together with them; they are not told."))
    return redirect_back(url_for("web.refusals"))
