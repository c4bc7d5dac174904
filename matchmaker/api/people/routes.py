"""The routes of accounts: sessions, invitations, passwords, keys, notifications, webhooks."""

# mypy: disable-error-code="untyped-decorator"
# flask-openapi3 reads the description of what is sent from the signature.

from __future__ import annotations

from dataclasses import asdict

from flask import Response, g, session
from flask_openapi3 import Tag
from flask_wtf.csrf import generate_csrf

from matchmaker.api.http.browser import (
    begin_session,
    end_session,
    keep_signed_in,
    origin,
    signed_in_as,
)
from matchmaker.api.http.context import current_language, current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import IdPath, PageQuery
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.routing import (
    after_of,
    as_json,
    created,
    cursor_of,
    no_content,
    paged,
    reads,
    writes,
)
from matchmaker.api.people.requests import (
    Accept,
    AccountPatch,
    AccountQuery,
    Active,
    Code,
    ConfirmedAddress,
    DeletionProof,
    Email,
    Invite,
    NewHook,
    NewKey,
    Nothing,
    NotificationIds,
    OrganizationQuery,
    Password,
    PasswordAndFactor,
    PasswordChange,
    Reset,
    SignIn,
    Token,
    WithMade,
)
from matchmaker.api.people.responses import (
    AccountOut,
    AccountPage,
    ExportOut,
    HookList,
    HookOut,
    InboxOut,
    InvitationOut,
    InvitedOut,
    KeyList,
    KeyOut,
    LinkOut,
    MailedOut,
    MemberList,
    NewHookOut,
    NewKeyOut,
    NewSecondFactorOut,
    RecoveryOut,
    SessionList,
    SessionOut,
)
from matchmaker.services.cooperation.webhooks import HookState
from matchmaker.workflow.account import Account, AccountMembership

ACCOUNTS = Tag(name="accounts", description="Who acts, and for whom.")

NOTICES = Tag(name="notices", description="What happened, in the application and by webhooks.")

# The operator's key has no account of its own.
NO_ACCOUNT = (409,)

people = Area("people", __name__, url_prefix=API_PREFIX)

# -- sessions


@people.get("/session", **reads(ACCOUNTS, SessionOut, public=True))
def read_session() -> Response:
    """The person signed in, and the token that a session sends as X-CSRF-Token with changes."""
    return session_of(g.account)


@people.post("/session", **writes(ACCOUNTS, SessionOut, public=True))
def sign_in(body: SignIn) -> Response:
    """Sign in with address and password; the cookie keeps the session."""
    place = origin(body.email)
    return _enter(services().sign_in.with_password(body.email, body.password, place, body.code))


@people.delete("/session", **reads(ACCOUNTS, None, public=True))
def sign_out() -> Response:
    """End this session, on the server too."""
    end_session()
    return no_content()


def session_of(account: Account | None) -> Response:
    """The person signed in, and the token of the session."""
    token = generate_csrf() if account else ""
    shaped = AccountOut.model_validate(account) if account else None
    return as_json(SessionOut(account=shaped, csrf_token=token, admin=current_principal().admin))


def _secret() -> str:
    """That of the session that asks; "" where there is none."""
    return str(session.get("session", ""))


def _enter(account: Account) -> Response:
    begin_session(account)
    return session_of(account)


@people.post("/password/request", **writes(ACCOUNTS, public=True))
def request_reset(body: Email) -> Response:
    """Ask for a link by mail; the answer is the same whether there is such an account or not."""
    services().reset_requests.ask(body.email)
    return no_content()


@people.post("/password/reset", **writes(ACCOUNTS, public=True))
def reset_password(body: Reset) -> Response:
    """A new password, by the token of a link."""
    services().sign_in.reset(body.token, body.password, origin())
    return no_content()


@people.post("/unsubscribe", **writes(NOTICES, public=True))
def unsubscribe(body: Token) -> Response:
    """No more mail, by the token of a letter's link."""
    services().notifications.unsubscribe(body.token)
    return no_content()


# -- invitations


@people.post("/invitations", **writes(ACCOUNTS, InvitedOut, status=201))
def invite(body: Invite) -> Response:
    """Offer somebody a place; the link goes to the address by mail and to nobody else.

    It stands, too, where the mail server does not take the letter just now.
    """
    membership = AccountMembership(body.organization, body.role) if body.organization else None
    issued = services().invitations.invite(
        current_principal(),
        body.email,
        membership=membership,
        cluster=body.cluster,
        admin=body.admin,
        language=body.language,
        proof=body.proof,
    )
    shaped = InvitedOut(
        id=issued.invitation.id,
        email=issued.invitation.email,
        expires=issued.invitation.expires,
        mailed=issued.mailed,
        sent_again=issued.invitation.unmailed,
        text=issued.message.text(current_language()),
    )
    return created(shaped, f"invitations/{shaped.id}")


@people.post("/invitations/<id>/link", **writes(ACCOUNTS, LinkOut))
def hand_over_invitation(path: IdPath, body: Nothing) -> Response:  # noqa: ARG001
    """The link of an invitation, for an administrator who passes it on in another way.

    The account made by it is unproved until its owner confirms the address.
    """
    return as_json(LinkOut(link=services().invitations.hand_over(current_principal(), path.id)))


@people.post("/invitations/look", **writes(ACCOUNTS, InvitationOut, public=True))
def look_at_invitation(body: Token) -> Response:
    """The organisation, cluster or role that a link invites to."""
    return as_json(InvitationOut.model_validate(services().invitations.read(body.token)))


@people.post("/invitations/accept", **writes(ACCOUNTS, SessionOut, public=True))
def accept_invitation(body: Accept) -> Response:
    """Take the place, with a password for a new account; this signs in."""
    sign_in = services().sign_in
    account = sign_in.by_invitation(body.token, body.name, body.password, origin(), body.code)
    return _enter(account)


# -- one's own account


@people.get("/account", **reads(ACCOUNTS, AccountOut, also=NO_ACCOUNT))
def read_account() -> Response:
    """One's own account."""
    return as_json(AccountOut.model_validate(services().accounts.own_account(current_principal())))


@people.patch("/account", **writes(ACCOUNTS, AccountOut))
def change_account(body: AccountPatch) -> Response:
    """One's name, language, rhythm of mails and number of alerts a week."""
    principal, service = current_principal(), services().accounts
    account = service.own_account(principal)
    if body.name is not None:
        account = service.rename(principal, body.name)
    account = service.set_preferences(principal, body.to_preferences(account.preferences))
    return as_json(AccountOut.model_validate(account))


@people.post("/account/password", **writes(ACCOUNTS))
def change_password(body: PasswordChange) -> Response:
    """A new password; every other session ends."""
    principal = current_principal()
    account = services().sign_in.change_password(
        principal, body.old_password, body.new_password, body.answer
    )
    if "session" in session:
        begin_session(account)
    return no_content()


@people.post("/account/sign-out", **writes(ACCOUNTS))
def sign_out_everywhere(body: Password) -> Response:
    """End all sessions of one's account; its keys go on."""
    services().sessions.end_all(current_principal(), body.password)
    return no_content()


@people.get("/account/sessions", **reads(ACCOUNTS, SessionList, also=NO_ACCOUNT))
def list_sessions() -> Response:
    """The sessions that one is signed in with, and the last use of each."""
    secret, sessions = _secret(), services().sessions
    items = [
        {**asdict(own), "current": sessions.is_current(own, secret)}
        for own in sessions.own_sessions(current_principal())
    ]
    return as_json(SessionList.model_validate({"items": items}))


@people.post("/account/sessions/<id>/end", **writes(ACCOUNTS))
def end_one_session(path: IdPath, body: Password) -> Response:
    """End one session of one's account."""
    services().sessions.end(current_principal(), path.id, body.password)
    return no_content()


@people.post("/account/second-factor", **writes(ACCOUNTS, NewSecondFactorOut, status=201))
def begin_second_factor(body: PasswordAndFactor) -> Response:
    """A secret for an authenticator; asked for once a code of it has confirmed it."""
    begun = services().second_factors.begin(current_principal(), body.password, body.answer)
    return created(NewSecondFactorOut.model_validate(begun), "account/second-factor")


@people.post("/account/second-factor/confirm", **writes(ACCOUNTS, RecoveryOut))
def confirm_second_factor(body: Code) -> Response:
    """Ask for its codes from now on; every other session and all keys end."""
    codes = services().second_factors.confirm(current_principal(), body.code)
    if "session" in session:
        begin_session(services().accounts.own_account(current_principal()))
    return as_json(RecoveryOut(codes=list(codes)))


@people.post("/account/second-factor/remove", **writes(ACCOUNTS))
def remove_second_factor(body: PasswordAndFactor) -> Response:
    """Ask for no codes any more; every other session and all keys end."""
    account = services().second_factors.remove(current_principal(), body.password, body.answer)
    if "session" in session:
        begin_session(account)
    return no_content()


@people.post("/account/recovery-codes", **writes(ACCOUNTS, RecoveryOut))
def renew_recovery_codes(body: PasswordAndFactor) -> Response:
    """New codes for when the second factor is lost; every other session and all keys end."""
    factors = services().second_factors
    codes = factors.renew_recovery(current_principal(), body.password, body.answer)
    if "session" in session:
        begin_session(services().accounts.own_account(current_principal()))
    return as_json(RecoveryOut(codes=list(codes)))


@people.post("/account/confirmation", **writes(ACCOUNTS, MailedOut))
def request_confirmation(body: Nothing) -> Response:  # noqa: ARG001
    """Ask for a letter with the link that confirms one's address."""
    return as_json(MailedOut(mailed=services().sign_in.send_confirmation(current_principal())))


@people.post("/confirmation", **writes(ACCOUNTS, public=True))
def confirm_address(body: ConfirmedAddress) -> Response:
    """Confirm an address, by the token of a letter's link.

    Who is not signed in to the account sends a new `password`: until now the one before may have
    been somebody else's.
    """
    keep_signed_in(services().sign_in.confirm(body.token, signed_in_as(), body.password))
    return no_content()


@people.get("/account/export", **reads(ACCOUNTS, ExportOut, also=NO_ACCOUNT))
def export_account() -> Response:
    """All that is held on the person who asks."""
    return as_json(ExportOut(held=services().privacy.export_own(current_principal())))


@people.post("/account/delete", **writes(ACCOUNTS))
def delete_account(body: PasswordAndFactor) -> Response:
    """Delete one's account; what was agreed for an organisation stays with it."""
    services().privacy.delete_own(current_principal(), body.password, body.answer)
    end_session()
    return no_content()


@people.get("/account/keys", **reads(ACCOUNTS, KeyList, also=NO_ACCOUNT))
def list_keys() -> Response:
    """One's API keys, with their last use and what is left of what was made with them."""
    principal, api_keys = current_principal(), services().api_keys
    keys = api_keys.own_keys(principal)
    return as_json(KeyList.of(keys, api_keys.made(principal, keys)))


@people.post("/account/keys", **writes(ACCOUNTS, NewKeyOut, status=201))
def make_key(body: NewKey) -> Response:
    """A key that acts for oneself; it is shown this once."""
    issued = services().api_keys.issue(
        current_principal(), body.name, body.scope, body.password, body.answer
    )
    shaped = NewKeyOut(**KeyOut.model_validate(issued.key).model_dump(), secret=issued.secret)
    return created(shaped, f"account/keys/{issued.key.id}")


@people.delete("/account/keys/<id>", **writes(ACCOUNTS))
def revoke_key(path: IdPath, query: WithMade) -> Response:
    """End a key, and what was made with it, where that is asked for."""
    services().api_keys.revoke(current_principal(), path.id, made=query.made)
    return no_content()


# -- others' accounts


@people.get("/organizations/<path:id>/accounts", **reads(ACCOUNTS, MemberList))
def list_members_accounts(path: IdPath) -> Response:
    """The accounts that act for an organisation."""
    members = services().accounts.members(current_principal(), path.id)
    return as_json(MemberList.of(members, path.id))


@people.delete("/organizations/<path:id>/accounts", **writes(ACCOUNTS))
def remove_member(path: IdPath, query: AccountQuery) -> Response:
    """Take somebody's membership in an organisation away."""
    services().accounts.remove_member(current_principal(), path.id, query.account)
    return no_content()


@people.get("/accounts", **reads(ACCOUNTS, AccountPage))
def list_accounts(query: PageQuery) -> Response:
    """All accounts, for an admin."""
    page = services().accounts.page(current_principal(), after_of(query) or "", query.limit)
    return paged(page, query, AccountPage)


@people.patch("/accounts/<id>", **writes(ACCOUNTS, AccountOut))
def change_others_account(path: IdPath, body: Active) -> Response:
    """Close an account, or open it again, which takes the password and the second factor."""
    principal = current_principal()
    if body.active:
        changed = services().second_factors.open_account(principal, path.id, body.proof)
    else:
        changed = services().accounts.set_active(principal, path.id, active=False)
    return as_json(AccountOut.model_validate(changed))


@people.delete("/accounts/<id>", **writes(ACCOUNTS))
def delete_others_account(path: IdPath, body: DeletionProof) -> Response:
    """Delete an account, for an admin who was asked to; with the own password and second factor."""
    services().privacy.delete_account(current_principal(), path.id, body.proof)
    return no_content()


@people.get("/organizations/<path:id>/export", **reads(ACCOUNTS, ExportOut, also=NO_ACCOUNT))
def export_organization(path: IdPath) -> Response:
    """All that is held on an organisation, for its owner."""
    held = services().privacy.export_organization(current_principal(), path.id)
    return as_json(ExportOut(held=held))


# -- notifications and webhooks


@people.get("/notices", **reads(NOTICES, InboxOut, also=NO_ACCOUNT))
def list_notices(query: PageQuery) -> Response:
    """One's notifications, newest first, in the language asked for, else one's own."""
    inbox = services().notifications.inbox(current_principal(), after_of(query) or "", query.limit)
    page = {"items": inbox.page.rows, "next": cursor_of(inbox.page, query)}
    return as_json(InboxOut.of(page | {"unread": inbox.unread}, current_language()))


@people.post("/notices/read", **writes(NOTICES))
def read_notices(body: NotificationIds) -> Response:
    """Mark notifications as read, or all of them."""
    if body.ids:
        services().notifications.mark_read(current_principal(), body.ids)
    else:
        services().notifications.mark_all_read(current_principal())
    return no_content()


@people.get("/webhooks", **reads(NOTICES, HookList))
def list_webhooks(query: OrganizationQuery) -> Response:
    """An organisation's webhooks without their secrets, and what came of their last calls."""
    states = services().webhooks.states(current_principal(), query.organization)
    language = current_language()
    return as_json(HookList(items=[HookOut.of_state(state, language) for state in states]))


@people.post("/webhooks", **writes(NOTICES, NewHookOut, status=201))
def register_webhook(body: NewHook) -> Response:
    """Have an address called for introductions and calls; the secret is shown this once.

    One that is paused goes on with its secret, which is not shown again.
    """
    password = None if g.account is None else body.password
    hook = services().webhooks.register(
        current_principal(), body.organization, body.url, password, body.answer
    )
    shaped = NewHookOut.of_state(HookState(hook, 0, None), current_language())
    return created(shaped, f"webhooks/{hook.id}")


@people.delete("/webhooks/<id>", **writes(NOTICES))
def remove_webhook(path: IdPath) -> Response:
    """Have it called no more."""
    services().webhooks.remove(current_principal(), path.id)
    return no_content()
