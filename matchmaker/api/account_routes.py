"""The routes of accounts: sessions, invitations, passwords, keys, notices, webhooks, the log."""
# mypy: disable-error-code="untyped-decorator"
# flask-openapi3 reads the description of what is sent from the signature.

from __future__ import annotations

from http import HTTPStatus

from flask import Response, g, session
from flask_openapi3 import APIBlueprint, Tag
from flask_wtf.csrf import generate_csrf

from matchmaker.api import account_inputs as inputs
from matchmaker.api import account_outputs as outputs
from matchmaker.api.context import current_principal, services
from matchmaker.api.guards import API_PREFIX
from matchmaker.api.inputs import IdPath, PageQuery
from matchmaker.api.openid import begin_session
from matchmaker.api.routes import (
    KEY,
    READ,
    WRITE,
    after_of,
    as_json,
    created,
    cursor_of,
    paged,
    problems_of,
)
from matchmaker.exchange.account import Account, Belonging

ACCOUNTS = Tag(name="accounts", description="Who acts, and for whom.")
NOTICES = Tag(name="notices", description="What happened, in the application and by webhooks.")
DONE = {204: {"description": "Done."}}
# The operator's key has no account of its own.
OWN = {**READ, **problems_of(409)}

accounts = APIBlueprint("accounts", __name__, url_prefix=API_PREFIX)


def done() -> Response:
    """Done, with nothing to say."""
    return Response(status=HTTPStatus.NO_CONTENT)


# -- sessions


@accounts.get("/session", tags=[ACCOUNTS], responses={200: outputs.SessionOut, **READ})
def read_session() -> Response:
    """Who has signed in, and the token that a session sends in X-CSRF-Token to change anything."""
    return _session(g.account)


@accounts.post("/session", tags=[ACCOUNTS], responses={200: outputs.SessionOut, **WRITE})
def sign_in(body: inputs.SignIn) -> Response:
    """Sign in with address and password; the cookie keeps the session."""
    account = services().accounts.sign_in(body.email, body.password)
    begin_session(account)
    return _session(account)


@accounts.delete("/session", tags=[ACCOUNTS], responses={**DONE, **READ})
def sign_out() -> Response:
    """End this session."""
    session.clear()
    return done()


def _session(account: Account | None) -> Response:
    shown = outputs.AccountOut.of(account) if account else None
    principal = current_principal()
    token = generate_csrf() if account else ""
    return as_json(outputs.SessionOut(account=shown, csrf_token=token, admin=principal.admin))


@accounts.post("/password/request", tags=[ACCOUNTS], responses={**DONE, **WRITE})
def request_reset(body: inputs.Email) -> Response:
    """Ask for a link by mail; the answer is the same whether there is such an account or not."""
    services().notices.send_reset(body.email)
    return done()


@accounts.post("/password/reset", tags=[ACCOUNTS], responses={**DONE, **WRITE})
def reset_password(body: inputs.Reset) -> Response:
    """A new password, by the token of a link."""
    services().accounts.reset(body.token, body.password)
    return done()


@accounts.post("/unsubscribe", tags=[NOTICES], responses={**DONE, **WRITE})
def unsubscribe(body: inputs.Token) -> Response:
    """No more mail, by the token of a letter's link."""
    services().accounts.unsubscribe(body.token)
    return done()


# -- invitations


@accounts.post(
    "/invitations", tags=[ACCOUNTS], security=KEY, responses={201: outputs.InvitedOut, **WRITE}
)
def invite(body: inputs.Invite) -> Response:
    """Offer somebody a place; without a mail server the answer has the link to pass on."""
    belonging = Belonging(body.organization, body.post) if body.organization else None
    invited = services().accounts.invite(
        current_principal(),
        body.email,
        belonging=belonging,
        cluster=body.cluster,
        admin=body.admin,
        language=body.language,
    )
    mailed = services().notices.send_invitation(invited)
    link = f"{services().settings.base_url}/invitation?token={invited.token}"
    shaped = outputs.InvitedOut(
        id=invited.invitation.id,
        email=invited.invitation.email,
        expires=invited.invitation.expires,
        mailed=mailed,
        link="" if mailed else link,
        token="" if mailed else invited.token,
    )
    return created(shaped, f"invitations/{invited.invitation.id}")


@accounts.post(
    "/invitations/look", tags=[ACCOUNTS], responses={200: outputs.InvitationOut, **WRITE}
)
def look_at_invitation(body: inputs.Token) -> Response:
    """What a link invites to."""
    return as_json(outputs.InvitationOut.of(services().accounts.invitation(body.token)))


@accounts.post("/invitations/accept", tags=[ACCOUNTS], responses={200: outputs.SessionOut, **WRITE})
def accept_invitation(body: inputs.Accept) -> Response:
    """Take the place, with a password for a new account; this signs in."""
    account = services().accounts.accept_invitation(body.token, body.name, body.password)
    begin_session(account)
    return _session(account)


# -- one's own account


@accounts.get("/account", tags=[ACCOUNTS], security=KEY, responses={200: outputs.AccountOut, **OWN})
def read_account() -> Response:
    """One's own account."""
    return as_json(outputs.AccountOut.of(services().accounts.own(current_principal())))


@accounts.patch(
    "/account", tags=[ACCOUNTS], security=KEY, responses={200: outputs.AccountOut, **WRITE}
)
def change_account(body: inputs.AccountPatch) -> Response:
    """One's name, language, rhythm of mails and number of alerts a week."""
    principal, service = current_principal(), services().accounts
    account = service.own(principal)
    if body.name is not None:
        account = service.rename(principal, body.name)
    account = service.set_preferences(principal, body.to_preferences(account.preferences))
    return as_json(outputs.AccountOut.of(account))


@accounts.post("/account/password", tags=[ACCOUNTS], security=KEY, responses={**DONE, **WRITE})
def change_password(body: inputs.PasswordChange) -> Response:
    """A new password; every other session ends."""
    principal = current_principal()
    account = services().accounts.change_password(principal, body.old_password, body.new_password)
    if "account" in session:
        begin_session(account)
    return done()


@accounts.post("/account/sign-out", tags=[ACCOUNTS], security=KEY, responses={**DONE, **WRITE})
def sign_out_everywhere(body: inputs.Nothing) -> Response:  # noqa: ARG001
    """End all sessions of one's account."""
    services().accounts.sign_out_everywhere(current_principal())
    return done()


@accounts.get(
    "/account/export", tags=[ACCOUNTS], security=KEY, responses={200: outputs.ExportOut, **OWN}
)
def export_account() -> Response:
    """All that is held on the person who asks."""
    return as_json(outputs.ExportOut(held=services().privacy.export_own(current_principal())))


@accounts.post("/account/delete", tags=[ACCOUNTS], security=KEY, responses={**DONE, **WRITE})
def delete_account(body: inputs.Password) -> Response:
    """Delete one's account; what was agreed for an organisation stays with it."""
    services().privacy.delete_own(current_principal(), body.password)
    session.clear()
    return done()


@accounts.get(
    "/account/keys", tags=[ACCOUNTS], security=KEY, responses={200: outputs.KeyList, **OWN}
)
def list_keys() -> Response:
    """One's API keys, with their last use."""
    found = services().accounts.keys(current_principal())
    return as_json(outputs.KeyList(items=[outputs.KeyOut.model_validate(one) for one in found]))


@accounts.post(
    "/account/keys", tags=[ACCOUNTS], security=KEY, responses={201: outputs.NewKeyOut, **WRITE}
)
def make_key(body: inputs.NewKey) -> Response:
    """A key that acts for oneself; it is shown this once."""
    made = services().accounts.make_key(current_principal(), body.name, body.scope)
    shaped = outputs.NewKeyOut(
        **outputs.KeyOut.model_validate(made.key).model_dump(), secret=made.secret
    )
    return created(shaped, f"account/keys/{made.key.id}")


@accounts.delete("/account/keys/<id>", tags=[ACCOUNTS], security=KEY, responses={**DONE, **WRITE})
def revoke_key(path: IdPath) -> Response:
    """End a key."""
    services().accounts.revoke_key(current_principal(), path.id)
    return done()


# -- others' accounts


@accounts.get(
    "/organizations/<path:id>/accounts",
    tags=[ACCOUNTS],
    security=KEY,
    responses={200: outputs.MemberList, **READ},
)
def list_members_accounts(path: IdPath) -> Response:
    """Who acts for an organisation."""
    found = services().accounts.members(current_principal(), path.id)
    return as_json(outputs.MemberList(items=[outputs.AccountOut.of(one) for one in found]))


@accounts.delete(
    "/organizations/<path:id>/accounts",
    tags=[ACCOUNTS],
    security=KEY,
    responses={**DONE, **WRITE},
)
def remove_member(path: IdPath, query: inputs.AccountQuery) -> Response:
    """Take somebody's place in an organisation away."""
    services().accounts.remove_member(current_principal(), path.id, query.account)
    return done()


@accounts.get(
    "/accounts", tags=[ACCOUNTS], security=KEY, responses={200: outputs.AccountPage, **READ}
)
def list_accounts(query: PageQuery) -> Response:
    """All accounts, for an admin."""
    page = services().accounts.listed(current_principal(), after_of(query) or "", query.limit)
    return paged(page, query, outputs.AccountPage, shape_one=outputs.AccountOut.of)


@accounts.patch(
    "/accounts/<id>", tags=[ACCOUNTS], security=KEY, responses={200: outputs.AccountOut, **WRITE}
)
def change_others_account(path: IdPath, body: inputs.Active) -> Response:
    """Close an account, or open it again."""
    changed = services().accounts.set_active(current_principal(), path.id, active=body.active)
    return as_json(outputs.AccountOut.of(changed))


@accounts.delete("/accounts/<id>", tags=[ACCOUNTS], security=KEY, responses={**DONE, **WRITE})
def delete_others_account(path: IdPath) -> Response:
    """Delete an account, for an admin who was asked to."""
    services().privacy.delete_account(current_principal(), path.id)
    return done()


@accounts.get(
    "/organizations/<path:id>/export",
    tags=[ACCOUNTS],
    security=KEY,
    responses={200: outputs.ExportOut, **OWN},
)
def export_organization(path: IdPath) -> Response:
    """All that is held on an organisation, for its owner."""
    held = services().privacy.export_organization(current_principal(), path.id)
    return as_json(outputs.ExportOut(held=held))


@accounts.get("/log", tags=[ACCOUNTS], security=KEY, responses={200: outputs.LogOut, **READ})
def read_log(query: inputs.LogQuery) -> Response:
    """The log of all changes, newest first, for an admin."""
    lines = services().accounts.log(current_principal(), query.before, query.limit)
    return as_json(outputs.LogOut(items=[outputs.LogLineOut.of(line) for line in lines]))


# -- notices and webhooks


@accounts.get("/notices", tags=[NOTICES], security=KEY, responses={200: outputs.InboxOut, **OWN})
def list_notices(query: PageQuery) -> Response:
    """One's notices, newest first, in one's own language."""
    principal = current_principal()
    inbox = services().notices.inbox(principal, after_of(query) or "", query.limit)
    language = services().accounts.own(principal).preferences.language
    following = cursor_of(inbox.page, query)
    items = [outputs.NoticeOut.of(one, language) for one in inbox.page.rows]
    return as_json(outputs.InboxOut(items=items, next=following, unread=inbox.unread))


@accounts.post("/notices/read", tags=[NOTICES], security=KEY, responses={**DONE, **WRITE})
def read_notices(body: inputs.Notices) -> Response:
    """Mark notices as read, or all of them."""
    if body.ids:
        services().notices.mark_read(current_principal(), body.ids)
    else:
        services().notices.mark_all_read(current_principal())
    return done()


@accounts.get("/webhooks", tags=[NOTICES], security=KEY, responses={200: outputs.HookList, **READ})
def list_webhooks(query: inputs.OrganizationQuery) -> Response:
    """An organisation's webhooks, without their secrets."""
    found = services().webhooks.listed(current_principal(), query.organization)
    return as_json(outputs.HookList(items=[outputs.HookOut.model_validate(one) for one in found]))


@accounts.post(
    "/webhooks", tags=[NOTICES], security=KEY, responses={201: outputs.NewHookOut, **WRITE}
)
def register_webhook(body: inputs.NewHook) -> Response:
    """Have an address called for introductions and outcomes; the secret is shown this once."""
    hook = services().webhooks.register(current_principal(), body.organization, body.url)
    return created(outputs.NewHookOut.model_validate(hook), f"webhooks/{hook.id}")


@accounts.delete("/webhooks/<id>", tags=[NOTICES], security=KEY, responses={**DONE, **WRITE})
def remove_webhook(path: IdPath) -> Response:
    """Have it called no more."""
    services().webhooks.remove(current_principal(), path.id)
    return done()
