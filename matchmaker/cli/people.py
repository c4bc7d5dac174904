"""`matchmaker account`: people with accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from matchmaker.access import ADMIN
from matchmaker.cli.language import language as reader_language
from matchmaker.cli.output import JSON_OPTION, obeyed_by_none, print_json, say, wired
from matchmaker.errors import InvalidInput
from matchmaker.messages import languages, message, term

if TYPE_CHECKING:
    from matchmaker.services.people.made_with_key import MadeWithKey
    from matchmaker.workflow.account import Account, AccountMembership, ApiKey

LANGUAGE_OPTION = click.option(
    "--language", type=click.Choice(languages()), default="zh", show_default=True
)
ROLES = click.Choice(["owner", "member", "liaison"])


@click.group()
def account() -> None:
    """People with accounts: make, list, invite, close, new password."""


@account.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--organization", help="Whose member: an id.")
@click.option("--role", "--post", "role", type=ROLES, default="owner", show_default=True)
@click.option("--cluster", "clusters", multiple=True, help="Whose coordinator: an id; repeatable.")
@click.option("--admin", is_flag=True, help="An administrator.")
@LANGUAGE_OPTION
@click.password_option(envvar="MATCHMAKER_NEW_PASSWORD")
def create_account(organization: str | None, role: str, **account: Any) -> None:
    """Make an account; the password is asked for, or read from MATCHMAKER_NEW_PASSWORD."""
    memberships = (_membership(organization, role),) if organization else ()
    created = wired().accounts.create(ADMIN, memberships=memberships, **account)
    say(message("%(email)s has the account %(id)s.", email=created.email, id=created.id))


@account.command("list")
@JSON_OPTION
def list_accounts(as_json: bool) -> None:
    """All accounts."""
    accounts = wired().accounts.iterate(ADMIN)
    if as_json:
        print_json([_row(account) for account in accounts])
        return
    language = reader_language()
    for account in accounts:
        places = [f"{at.organization} ({term(at.role, language)})" for at in account.memberships]
        coordinator = message("coordinator").text(language)
        places += [f"{cluster} ({coordinator})" for cluster in account.clusters]
        places += [message("administrator").text(language)] if account.admin else []
        state = "" if account.active else f"  {message('closed').text(language)}"
        state += "" if account.is_proved else f"  {message('address unproved').text(language)}"
        click.echo(f"{account.email}  {account.name}  {', '.join(places)}{state}")


@account.command("invite")
@click.argument("email")
@click.option("--organization", help="To which organisation.")
@click.option("--role", "--post", "role", type=ROLES, default="owner")
@click.option("--cluster", default="", help="As coordinator of which cluster.")
@click.option("--admin", is_flag=True, help="As an administrator.")
@LANGUAGE_OPTION
def invite(email: str, organization: str | None, role: str, **offered: Any) -> None:
    """Invite EMAIL; without a mail server the link is printed, to be handed over."""
    membership = _membership(organization, role) if organization else None
    invitations = wired().invitations
    issued = invitations.invite(ADMIN, email, membership=membership, **offered)
    if issued.mailed:
        say(message("A letter went to %(email)s.", email=email))
        return
    if issued.invitation.unmailed:
        say(issued.message)
        return
    say(
        message(
            "There is no mail server. Hand this link over yourself; the account counts as "
            "unproved until its owner confirms the address:"
        )
    )
    click.echo(invitations.hand_over(ADMIN, issued.invitation.id))


@account.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Print a link with which EMAIL can set a new password within an hour."""
    click.echo(wired().sign_in.reset_link(ADMIN, email))


@account.command("remove-second-factor")
@click.argument("email")
def remove_second_factor(email: str) -> None:
    """Take codes and passkeys of EMAIL away, whose device was lost: be sure who asks."""
    wired().second_factors.remove_of(ADMIN, email)
    say(message("No code is asked for any more."))


@account.command("relieve")
@click.argument("email")
@click.option("--cluster", default="", help="As coordinator of which cluster.")
@click.option("--admin", is_flag=True, help="As an administrator.")
def relieve(email: str, cluster: str, admin: bool) -> None:
    """Take a part of EMAIL away, who keeps the account: sessions and keys end."""
    if bool(cluster) == admin:
        raise InvalidInput("Name one of --cluster and --admin.")
    accounts = wired().accounts
    accounts.relieve(ADMIN, accounts.by_email(ADMIN, email).id, cluster)
    say(message("That part is taken away."))


@account.command("keys")
@click.argument("email")
@click.option("--revoke", "key_id", metavar="ID", help="End the key of this id.")
@click.option(
    "--with-made",
    is_flag=True,
    help="With --revoke, also of a revoked one: end the webhooks, open invitations and places of"
    " people that were made with it.",
)
@JSON_OPTION
def keys(email: str, key_id: str | None, with_made: bool, as_json: bool) -> None:
    """API keys of EMAIL, and what was made with each and does not end with it."""
    if with_made and key_id is None:
        raise InvalidInput("Name the key with --revoke.")
    api_keys = wired().api_keys
    if key_id is not None:
        api_keys.revoke_of(ADMIN, email, key_id, made=with_made)
    own = api_keys.keys_of(ADMIN, email)
    made = api_keys.made(ADMIN, own)
    if as_json:
        print_json([_key_row(key, made[key.id]) for key in own])
        return
    language = reader_language()
    for key in own:
        may = (message("write") if key.scope == "write" else message("read")).text(language)
        state = f"  {message('revoked').text(language)}" if key.revoked else ""
        click.echo(obeyed_by_none(f"{key.id}  {key.name}  {may}{state}"))
        left = made[key.id]
        for hook in left.hooks:
            say(message("  webhook of %(id)s: %(url)s", id=hook.organization, url=hook.url))
        for invitation in left.invitations:
            say(message("  open invitation: %(email)s", email=invitation.email))
        for person in left.people:
            say(message("  has a place by it: %(email)s", email=person.email))
        if left and not with_made:
            say(
                message(
                    "  These do not end with the key by itself: `matchmaker account keys %(email)s"
                    " --revoke %(key)s --with-made`.",
                    email=email,
                    key=key.id,
                )
            )


@account.command("close")
@click.argument("email")
@click.option("--open", "reopen", is_flag=True, help="Open it again.")
def close(email: str, reopen: bool) -> None:
    """Close the account of EMAIL at once: sessions and keys stop working."""
    accounts = wired().accounts
    accounts.set_active(ADMIN, accounts.by_email(ADMIN, email).id, active=reopen)
    say(message("Opened.") if reopen else message("Closed."))


def _membership(organization: str, role: str) -> AccountMembership:
    from matchmaker.workflow.account import AccountMembership, MembershipRole

    return AccountMembership(organization, MembershipRole(role))


def _key_row(key: ApiKey, made: MadeWithKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scope": key.scope,
        "created": key.created.isoformat(),
        "last_used": key.last_used and key.last_used.isoformat(),
        "revoked": key.revoked,
        "made": {
            "webhooks": {hook.id: hook.url for hook in made.hooks},
            "invitations": {each.id: each.email for each in made.invitations},
            "accounts": {person.id: person.email for person in made.people},
        },
    }


def _row(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "organizations": {each.organization: each.role for each in account.memberships},
        "clusters": list(account.clusters),
        "admin": account.admin,
        "active": account.active,
        "is_proved": account.is_proved,
    }
