"""The page of channels: robots, chats, gateways and mailboxes that notices go to."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for

from matchmaker.api.http.context import services
from matchmaker.messages import message
from matchmaker.services.people.channels import ChannelContent
from matchmaker.web.layout import (
    PageAnswer,
    parse_choice,
    redirect_back,
    show_notice,
    signed_in,
    web,
    whole_number,
)
from matchmaker.web.refused_forms import comes_back_as
from matchmaker.web.second_factor import by_passkey, own_answer
from matchmaker.workflow.account import MailRhythm
from matchmaker.workflow.channel import (
    DEFAULT_ZONE,
    DELIVERED_TEXTS,
    Delivered,
    QuietHours,
    quiet_hours,
)


@web.get("/channels")
def channels() -> PageAnswer:
    """One's own, and those of the clusters that one coordinates."""
    principal, use_cases = signed_in(), services().channels
    owners = [("", use_cases.listed(principal))]
    owners += [(id, use_cases.listed(principal, id)) for id in sorted(principal.clusters)]
    authors = {
        id: name
        for _, listed in owners
        for id, name in use_cases.authors(principal, listed).items()
    }
    account = services().accounts.own_account(principal)
    rhythms = [rhythm for rhythm in MailRhythm if rhythm is not MailRhythm.NEVER]
    hooks = [
        state
        for id in sorted(principal.owned)
        for state in services().webhooks.states(principal, id)
    ]
    return render_template(
        "channels.html", account=account, owners=owners, authors=authors, rhythms=rhythms,
        zone=DEFAULT_ZONE, hooks=hooks, by_passkey=by_passkey(),
    )  # fmt: skip


@web.post("/channels")
@comes_back_as(channels)
def change_channels() -> PageAnswer:
    """Enter, change, try or remove one."""
    principal, form, use_cases = signed_in(), request.form, services().channels
    id = form.get("channel", "")
    match form.get("do", ""):
        case "remove":
            use_cases.remove(principal, id)
            show_notice(message("Nothing goes there any more."))
        case "test":
            verdict = use_cases.test(principal, id)
            show_notice(DELIVERED_TEXTS[verdict], "good" if verdict is Delivered.SENT else "bad")
        case "change":
            use_cases.change(principal, id, _rhythm(), _quiet())
            show_notice(message("Saved."))
        case _:
            content = ChannelContent(
                form.get("secret_address", ""), form.get("cluster", ""), _rhythm(), _quiet()
            )
            use_cases.enter(principal, content, form.get("password", ""), own_answer())
            show_notice(message("Saved. Try it now: a word is sent there."))
            return redirect(url_for("web.channels"), 303)
    return redirect_back(url_for("web.channels"))


def _rhythm() -> MailRhythm:
    return parse_choice(MailRhythm, request.form.get("rhythm", ""), "rhythm")


def _quiet() -> QuietHours | None:
    begin, end = (
        whole_number(entered, name) if (entered := request.form.get(name, "").strip()) else None
        for name in ("quiet_from", "quiet_until")
    )
    return quiet_hours(begin, end, request.form.get("zone", "").strip() or DEFAULT_ZONE)
