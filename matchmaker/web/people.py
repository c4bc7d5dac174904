"""Getting in and out: signing in, demo accounts, invitations, passwords, language."""

from __future__ import annotations

from dataclasses import replace

from flask import g, redirect, render_template, request, session, url_for

from matchmaker.api.http.browser import (
    begin_session,
    end_session,
    keep_signed_in,
    origin,
    signed_in_as,
)
from matchmaker.api.http.context import services
from matchmaker.api.http.cookies import is_local
from matchmaker.api.http.guards import csrf
from matchmaker.api.http.problems import status_of
from matchmaker.domain import Cluster, Organization
from matchmaker.errors import NotFound, SecondFactorNeeded, SignInNeeded
from matchmaker.messages import languages
from matchmaker.services.people.demo import shown_name
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import (
    PageAnswer,
    next_page,
    parse_choice,
    redirect_back,
    show_notice,
    signed_in,
    signed_in_here,
    web,
    whole_number,
)
from matchmaker.web.refused_forms import comes_back_as
from matchmaker.web.second_factor import by_passkey, code_page, is_at, own_answer, remember_password
from matchmaker.workflow.account import Account, MailRhythm, Preferences, Scope


@web.get("/sign-in")
def sign_in() -> PageAnswer:
    """Address and password; in demo mode one sample account for each role."""
    if g.account is not None:
        return redirect(url_for("web.home"))
    return _sign_in_page()


def _sign_in_page() -> str:
    settings = services().settings
    following = request.args.get("next") or request.form.get("back", "")
    demo = services().demo.people() if settings.demo and is_local() else ()
    openid = bool(settings.oidc_issuer)
    site = services().passkeys.site
    return render_template(
        "sign_in.html",
        email=request.form.get("email", ""),
        following=following,
        next_page=next_page(following),
        demo=demo,
        openid=openid,
        has_passkeys=site is not None and is_at(site),
    )


@web.post("/sign-in")
@comes_back_as(_sign_in_page)
def signing_in() -> PageAnswer:
    """Sign in, and go on to the page that was asked for."""
    csrf.protect()
    email = request.form.get("email", "")
    try:
        password = request.form.get("password", "")
        account = services().sign_in.with_password(email, password, origin(email))
    except SecondFactorNeeded:
        remember_password(email)
        return code_page()
    except SignInNeeded as error:
        show_notice(error.text(language()), "bad")
        return _sign_in_page(), status_of(error)
    _enter(account)
    return redirect_back(url_for("web.home"))


def _enter(account: Account | None) -> None:
    """A new session, or none, in the language that was chosen."""
    if account is not None:
        begin_session(account)
        return
    wanted = session.get("language")
    end_session()
    if wanted:
        session["language"] = wanted
        if account is not None:
            _keep_language(account, wanted)


@web.post("/demo/<role>")
def enter_demo(role: str) -> PageAnswer:
    """As one of the sample people; only in demo mode, which only this machine can reach."""
    csrf.protect()
    # Not under another name either: a page elsewhere could point its own at this machine.
    if not (services().settings.demo and is_local()):
        raise NotFound(gettext("There is no demo here."))
    # A sample account has chosen no language: that of the browser goes on.
    session["language"] = language()
    _enter(services().demo.account(role))
    return redirect_back(url_for("web.tour"))


@web.get("/tour")
def tour() -> PageAnswer:
    """A tour of what can be done here, in a minute; for everybody, before signing in too."""
    return render_template("tour.html")


@web.post("/sign-out")
def sign_out() -> PageAnswer:
    """End the session."""
    _enter(None)
    return redirect(url_for("web.sign_in"), 303)


@web.post("/language")
def choose_language() -> PageAnswer:
    """Another language from now on."""
    wanted = request.form.get("language", "")
    if wanted in languages():
        session["language"] = wanted
        if g.account is not None:
            _keep_language(g.account, wanted)
    return redirect_back("/")


def _keep_language(account: Account, wanted: str) -> None:
    """The language that was chosen, for every other browser and for letters too."""
    if account.preferences.language != wanted:
        services().accounts.set_preferences(
            account.principal(), replace(account.preferences, language=wanted)
        )


@web.get("/invitation")
def invitation() -> PageAnswer:
    """The place that a link invites to, and the form that accepts it."""
    token = request.values.get("token", "")
    offer = services().invitations.read(token)
    place: Organization | Cluster | None = None
    if offer.organization:
        place = services().directory.by_ids([offer.organization])[offer.organization]
    elif offer.cluster:
        place = services().published.cluster(offer.cluster)
    return render_template("invitation.html", token=token, email=offer.email, place=place)


@web.post("/invitation")
@comes_back_as(invitation)
def accept_invitation() -> PageAnswer:
    """Take the place, which signs in."""
    csrf.protect()
    token, name, password = (request.form.get(key, "") for key in ("token", "name", "password"))
    code = request.form.get("code", "")
    wanted = language()
    account = services().sign_in.by_invitation(token, name, password, origin(), code)
    begin_session(account)
    session["language"] = wanted
    _keep_language(account, wanted)
    return redirect(url_for("web.welcome" if account.memberships else "web.tour"), 303)


def _link_page() -> PageAnswer:
    """The form of this name, with the token of the link that led to it."""
    token = request.values.get("token", "")
    return render_template(f"{request.path.strip('/')}.html", token=token)


web.add_url_rule("/forgotten", "forgotten", _link_page)
web.add_url_rule("/reset", "new_password", _link_page)


@web.get("/confirm")
def confirmation() -> PageAnswer:
    """The form that confirms an address, with a password where it is set anew."""
    token = request.values.get("token", "")
    sets_password = services().sign_in.is_password_set_by_confirming(token, signed_in_as())
    return render_template("confirm.html", token=token, sets_password=sets_password)


@web.post("/forgotten")
@comes_back_as(_link_page)
def send_link() -> PageAnswer:
    """The same answer whether there is such an account or not."""
    csrf.protect()
    if services().reset_requests.ask(request.form.get("email", "")):
        show_notice(gettext("If there is such an account, a letter is on its way."))
    else:
        show_notice(gettext("This service sends no mail. Ask its administrator for a link."), "bad")
    return redirect(url_for("web.sign_in"), 303)


@web.post("/reset")
@comes_back_as(_link_page)
def reset() -> PageAnswer:
    """Set the new password."""
    csrf.protect()
    services().sign_in.reset(
        request.form.get("token", ""), request.form.get("password", ""), origin()
    )
    show_notice(gettext("The new password is set. Sign in with it."))
    return redirect(url_for("web.sign_in"), 303)


@web.post("/confirm")
@comes_back_as(confirmation)
def confirm() -> PageAnswer:
    """The address is its owner's."""
    csrf.protect()
    token, password = request.form.get("token", ""), request.form.get("password", "")
    account = services().sign_in.confirm(token, signed_in_as(), password)
    if password:
        show_notice(gettext("Your address is confirmed. Sign in with the new password."))
        return redirect(url_for("web.sign_in"), 303)
    keep_signed_in(account)
    show_notice(gettext("Your address is confirmed."))
    return redirect(url_for("web.home"), 303)


@web.get("/unsubscribe")
def unsubscribe() -> PageAnswer:
    """A form with a button, so that no mail program's preview ends anybody's mail."""
    token = request.args.get("token", "")
    is_channel = services().channels.is_stop_link(token)
    return render_template("unsubscribe.html", token=token, is_channel=is_channel)


@web.post("/unsubscribe")
def unsubscribed() -> PageAnswer:
    """No more mail, or messages to a channel; also the one-click address of RFC 8058."""
    token = request.args.get("token") or request.form.get("token", "")
    services().notifications.unsubscribe(token)
    if "List-Unsubscribe" in request.form:
        return ""  # to a program of mail, which is sent to no other page (RFC 8058, 3.1)
    if services().channels.is_stop_link(token):
        show_notice(gettext("Nothing goes there any more."))
    else:
        show_notice(gettext("You will get no more mail."))
    return redirect(url_for("web.sign_in"), 303)


# -- one's own account


@web.get("/account")
def account() -> PageAnswer:
    """Preferences, password, keys, export."""
    return _account_page()


def _account_page(secret: str = "") -> str:
    """The page; `secret` is of a key made just now, and stands in this one answer only.

    A session's cookie is signed, not encrypted, and browsers keep it on the disk: no secret but
    its own may travel in it.
    """
    signed_in_here()
    principal, sessions, current = signed_in(), services().sessions, _secret()
    keys = services().api_keys.own_keys(principal)
    return render_template(
        "account.html",
        keys=keys,
        made=services().api_keys.made(principal, keys),
        rhythms=list(MailRhythm),
        secret=secret,
        by_passkey=by_passkey(),
        sessions=[
            (own, sessions.is_current(own, current)) for own in sessions.own_sessions(principal)
        ],
    )


def _secret() -> str:
    """The secret of the session that asks."""
    return str(session.get("session", ""))


def _stored_name(text: str) -> str:
    """The name as it is stored, where the form has it as the page showed it."""
    name = g.account.name
    return name if text == shown_name(name, language()) else text


@web.post("/account")
@comes_back_as(_account_page)
def change_account() -> PageAnswer:
    """Do what one of the forms of the account page asks for."""
    signed_in_here()
    principal, form, accounts = signed_in(), request.form, services().accounts
    match form.get("what"):
        case "preferences":
            accounts.rename(principal, _stored_name(form.get("name", "")))
            mail = parse_choice(MailRhythm, form.get("mail", MailRhythm.DAILY), "mail")
            alerts = whole_number(form.get("alerts") or "0", "alerts")
            programmes = form.get("programmes") == "yes"
            preferences = Preferences(form.get("language", "zh"), mail, alerts, programmes)
            accounts.set_preferences(principal, preferences)
            session.pop("language", None)
            show_notice(gettext("Saved."))
        case "password":
            old, new = form.get("old_password", ""), form.get("new_password", "")
            begin_session(services().sign_in.change_password(principal, old, new, own_answer()))
            show_notice(
                gettext("The new password is set; all other sessions and all keys have ended.")
            )
        case "key":
            scope = Scope.WRITE if form.get("writes") else Scope.READ
            issued = services().api_keys.issue(
                principal, form.get("name", ""), scope, form.get("password", ""), own_answer()
            )
            return _account_page(issued.secret)
        case "revoke":
            with_made = bool(form.get("made"))
            services().api_keys.revoke(principal, form.get("key", ""), made=with_made)
            show_notice(
                gettext("The key no longer works, and what was made with it has ended.")
                if with_made
                else gettext("The key no longer works.")
            )
        case "session":
            services().sessions.end(principal, form.get("session", ""), form.get("password", ""))
            show_notice(gettext("That session has ended."))
        case "everywhere":
            services().sessions.end_all(principal, form.get("password", ""))
            end_session()
            return redirect(url_for("web.sign_in"), 303)
        case "confirm":
            if services().sign_in.send_confirmation(principal):
                show_notice(gettext("A letter is on its way."))
            else:
                show_notice(
                    gettext("This service sends no mail. Ask its administrator for a link."), "bad"
                )
        case "delete":
            services().privacy.delete_own(principal, form.get("password", ""), own_answer())
            end_session()
            return redirect(url_for("web.sign_in"), 303)
    return redirect(url_for("web.account"), 303)


@web.get("/notices")
def notices() -> PageAnswer:
    """One's notifications, newest first."""
    principal = signed_in()
    after = request.args.get("after", "")
    return render_template("notices.html", inbox=services().notifications.inbox(principal, after))


@web.post("/notices")
def read_notices() -> PageAnswer:
    """Mark all of one's notifications as read."""
    services().notifications.mark_all_read(signed_in())
    return redirect(url_for("web.notices"), 303)
