"""The second factor: set up with a QR code, asked for after the password, taken away."""

from __future__ import annotations

import time

import segno
from flask import g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from matchmaker.api.http.browser import await_code, begin_session, origin
from matchmaker.api.http.context import services
from matchmaker.api.http.guards import csrf
from matchmaker.errors import SignInNeeded, TooManyAttempts
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import back, show_notice, signed_in, web

Page = str | Response | tuple[str, int]
# How long after the password the code may come.
CODE_WITHIN_SECONDS = 300


def remember_password(email: str) -> None:
    """Keep in the signed cookie whose password was right just now; never the password."""
    stored = services().accounts.find(email)
    if stored is not None:
        await_code(stored.value)


@web.get("/sign-in/code")
def ask_code() -> Page:
    """The form of the code, for who comes from a provider."""
    return render_template("sign_in_code.html", following="")


@web.post("/sign-in/code")
def enter_code() -> Page:
    """The code after the password."""
    csrf.protect()
    account_id, epoch, at = session.get("password_of", ["", -1, 0])
    if time.time() - at > CODE_WITHIN_SECONDS:
        session.pop("password_of", None)
        show_notice(gettext("That took too long. Sign in again."), "bad")
        return redirect(url_for("web.sign_in"), 303)
    email = _email_of(account_id)
    try:
        account = services().sign_in.with_code(
            account_id, epoch, origin(email), request.form.get("code", "") or "-"
        )
    except (SignInNeeded, TooManyAttempts) as error:
        show_notice(error.text(language()), "bad")
        following = request.form.get("back", "")
        return render_template("sign_in_code.html", following=following), 401
    wanted = session.get("language")
    begin_session(account)
    if wanted:
        session["language"] = wanted
    return back(url_for("web.home"))


@web.get("/account/second-factor")
def second_factor() -> Page:
    """Whether there is one, and how to set it up or take it away."""
    signed_in()
    return render_template("second_factor.html", factor=g.account.second_factor)


@web.post("/account/second-factor")
def change_second_factor() -> Page:
    """Begin, confirm or take away."""
    principal, factors, form = signed_in(), services().second_factors, request.form
    match form.get("what"):
        case "begin":
            begun = factors.begin(principal, form.get("password", ""))
            picture = segno.make(begun.address).svg_data_uri(scale=5, border=3, light="white")
            return render_template("second_factor.html", begun=begun, picture=picture)
        case "confirm":
            codes = factors.confirm(principal, form.get("code", ""))
            account = services().accounts.own(principal)
            begin_session(account)
            return render_template("second_factor.html", factor=account.second_factor, codes=codes)
        case "remove":
            begin_session(factors.remove(principal, form.get("password", ""), form.get("code", "")))
            show_notice(gettext("No code is asked for any more."))
    return redirect(url_for("web.second_factor"), 303)


def _email_of(account_id: str) -> str:
    stored = services().repositories.accounts.get_or_none(account_id)
    return stored.value.email if stored else ""
