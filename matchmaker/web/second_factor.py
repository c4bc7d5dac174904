"""The second factor: set up with a QR code, asked for after the password, taken away."""

from __future__ import annotations

import json
from contextlib import suppress

from flask import g, redirect, render_template, request, url_for

from matchmaker.api.http.browser import await_code, awaited_code, begin_session, origin
from matchmaker.api.http.context import current_principal, services
from matchmaker.api.http.guards import csrf
from matchmaker.api.http.problems import status_of
from matchmaker.errors import SignInNeeded
from matchmaker.services.people.second_factors import FactorAnswer, OwnProof
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import (
    PageAnswer,
    next_page,
    redirect_back,
    show_notice,
    signed_in,
    signed_in_here,
    web,
)
from matchmaker.web.qr_codes import qr_code
from matchmaker.web.refused_forms import comes_back_as
from matchmaker.workflow.passkey import Site


def remember_password(email: str) -> None:
    """Keep in the signed cookie whose password was right just now; never the password."""
    stored = services().accounts.find(email)
    if stored is not None:
        await_code(stored.value)


@web.get("/sign-in/code")
def ask_code() -> PageAnswer:
    """The form of the code, for who comes from a provider."""
    return code_page()


def code_page() -> str:
    """The form of the code, and the passkey instead of it, for whose password was right."""
    following = request.form.get("back", "")
    stored = services().repositories.accounts.get_or_none(awaited_code()[0])
    return render_template(
        "sign_in_code.html",
        following=following,
        next_page=next_page(following),
        has_authenticator=stored is None or stored.value.has_authenticator,
        has_passkeys=stored is not None and bool(stored.value.passkeys),
        has_recovery=stored is not None and bool(stored.value.recovery),
    )


@web.post("/sign-in/code")
@comes_back_as(code_page)
def enter_code() -> PageAnswer:
    """The code after the password."""
    csrf.protect()
    account_id, epoch = awaited_code()
    if not account_id:
        show_notice(gettext("That took too long. Sign in again."), "bad")
        return redirect(url_for("web.sign_in"), 303)
    email = _email_of(account_id)
    try:
        account = services().sign_in.with_code(
            account_id, epoch, origin(email), request.form.get("code", "") or "-"
        )
    except SignInNeeded as error:
        show_notice(error.text(language()), "bad")
        return code_page(), status_of(error)
    begin_session(account)
    return redirect_back(url_for("web.home"))


@web.get("/account/second-factor")
def second_factor() -> PageAnswer:
    """Show whether there is one, and how to set it up or take it away."""
    account, site = signed_in_here(), services().passkeys.site
    principal = current_principal()
    return render_template(
        "second_factor.html",
        factor=account.second_factor,
        passkeys=services().passkeys.own_passkeys(principal),
        site=site,
        is_at_site=site is not None and is_at(site),
        by_passkey=by_passkey(),
    )


@web.post("/account/second-factor")
@comes_back_as(second_factor)
def change_second_factor() -> PageAnswer:
    """Begin, confirm or take away."""
    signed_in_here()
    principal, factors, form = signed_in(), services().second_factors, request.form
    match form.get("what"):
        case "begin":
            begun = factors.begin(principal, form.get("password", ""), own_answer())
            picture = qr_code(begun.address, scale=5)
            return render_template("second_factor.html", begun=begun, picture=picture)
        case "confirm":
            codes = factors.confirm(principal, form.get("code", ""))
            account = services().accounts.own_account(principal)
            begin_session(account)
            return render_template("second_factor.html", factor=account.second_factor, codes=codes)
        case "recovery":
            codes = factors.renew_recovery(principal, form.get("password", ""), own_answer())
            account = services().accounts.own_account(principal)
            begin_session(account)
            return render_template("second_factor.html", factor=account.second_factor, codes=codes)
        case "remove-passkey":
            id, password = form.get("passkey", ""), form.get("password", "")
            begin_session(services().passkeys.remove(principal, id, password, own_answer()))
            show_notice(gettext("The passkey has ended."))
        case "remove":
            begin_session(factors.remove(principal, form.get("password", ""), own_answer()))
            show_notice(gettext("No code is asked for any more."))
    return redirect(url_for("web.second_factor"), 303)


def by_passkey() -> bool:
    """Tell whether a passkey of who reads this can confirm here what they change."""
    site = services().passkeys.site
    return bool(g.account and g.account.passkeys) and site is not None and is_at(site)


def is_at(site: Site) -> bool:
    """Tell whether this page is read where passkeys are bound to."""
    return request.host_url.rstrip("/") == site.origin


def own_answer() -> FactorAnswer:
    """The code that was typed, or what a passkey answered, which the page's script filled in."""
    credential = None
    if written := request.form.get("credential", ""):
        with suppress(ValueError, RecursionError):
            credential = json.loads(written)
        if not isinstance(credential, dict):
            credential = {}
    return FactorAnswer(request.form.get("code", ""), credential)


def own_proof() -> OwnProof:
    """The password that was typed, and the answer."""
    return OwnProof(request.form.get("password", ""), own_answer())


def _email_of(account_id: str) -> str:
    stored = services().repositories.accounts.get_or_none(account_id)
    return stored.value.email if stored else ""
