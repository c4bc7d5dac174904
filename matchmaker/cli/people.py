"""`matchmaker account`: people with accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.language import language as spoken
from matchmaker.cli.output import JSON_OPTION, print_json, wired
from matchmaker.messages import Message, languages, message, term

if TYPE_CHECKING:
    from matchmaker.workflow.account import Account, AccountMembership

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
@click.option("--post", "role", type=ROLES, default="owner", show_default=True)
@click.option("--cluster", "clusters", multiple=True, help="Whose coordinator: an id; repeatable.")
@click.option("--admin", is_flag=True, help="An administrator.")
@LANGUAGE_OPTION
@click.password_option(envvar="MATCHMAKER_NEW_PASSWORD")
def create_account(
    email: str,
    name: str,
    organization: str | None,
    role: str,
    clusters: tuple[str, ...],
    admin: bool,
    language: str,
    password: str,
) -> None:
    """Make an account; the password is asked for, or read from MATCHMAKER_NEW_PASSWORD."""
    from matchmaker.access import ADMIN

    created = wired().accounts.create(
        ADMIN,
        email,
        name,
        password,
        memberships=(_membership(organization, role),) if organization else (),
        clusters=clusters,
        admin=admin,
        language=language,
    )
    _print(message("%(email)s has the account %(id)s.", email=created.email, id=created.id))


@account.command("list")
@JSON_OPTION
def list_accounts(as_json: bool) -> None:
    """All accounts."""
    from matchmaker.access import ADMIN

    services, after = wired(), ""
    accounts: list[Account] = []
    while True:
        page = services.accounts.page(ADMIN, after, 200)
        accounts += page.rows
        if page.after is None:
            break
        after = page.after
    if as_json:
        print_json([_row(each) for each in accounts])
        return
    for each in accounts:
        places = [f"{at.organization} ({term(at.role, spoken())})" for at in each.memberships]
        coordinator = message("coordinator").text(spoken())
        places += [f"{cluster} ({coordinator})" for cluster in each.clusters]
        places += [message("administrator").text(spoken())] if each.admin else []
        state = "" if each.active else f"  {message('closed').text(spoken())}"
        click.echo(f"{each.email}  {each.name}  {', '.join(places)}{state}")


@account.command("invite")
@click.argument("email")
@click.option("--organization", help="To which organisation.")
@click.option("--post", "role", type=ROLES, default="owner")
@click.option("--cluster", default="", help="As coordinator of which cluster.")
@click.option("--admin", is_flag=True, help="As an administrator.")
@LANGUAGE_OPTION
def invite(
    email: str, organization: str | None, role: str, cluster: str, admin: bool, language: str
) -> None:
    """Invite EMAIL; prints the link where no mail server is set up."""
    from matchmaker.access import ADMIN

    issued = wired().invitations.invite(
        ADMIN,
        email,
        membership=_membership(organization, role) if organization else None,
        cluster=cluster,
        admin=admin,
        language=language,
    )
    if issued.mailed:
        _print(message("A letter went to %(email)s.", email=email))
    else:
        click.echo(issued.link)


@account.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Print a link with which EMAIL can set a new password within an hour."""
    services = wired()
    stored = services.accounts.find(email)
    if stored is None or not stored.value.active:
        refusal = message("There is no active account for %(email)s.", email=email)
        raise click.ClickException(refusal.text(spoken()))
    click.echo(services.links.url("reset", services.sign_in.reset_token(stored.value)))


@account.command("close")
@click.argument("email")
@click.option("--open", "reopen", is_flag=True, help="Open it again.")
def close(email: str, reopen: bool) -> None:
    """Close the account of EMAIL at once: sessions and keys stop working."""
    from matchmaker.access import ADMIN

    accounts = wired().accounts
    accounts.set_active(ADMIN, accounts.by_email(ADMIN, email).id, active=reopen)
    _print(message("Opened.") if reopen else message("Closed."))


def _membership(organization: str, role: str) -> AccountMembership:
    from matchmaker.workflow.account import AccountMembership, MembershipRole

    return AccountMembership(organization, MembershipRole(role))


def _row(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "organizations": {place.organization: place.role for place in account.memberships},
        "clusters": list(account.clusters),
        "admin": account.admin,
        "active": account.active,
    }


def _print(line: Message) -> None:
    click.echo(line.text(spoken()))
