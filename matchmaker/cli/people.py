"""`matchmaker account`: people with accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matchmaker.cli.output import JSON_OPTION, print_json, wired

if TYPE_CHECKING:
    from matchmaker.workflow.account import Account


@click.group()
def account() -> None:
    """People with accounts: make, list, invite, close, new password."""


@account.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--organization", help="Whose member: an id.")
@click.option(
    "--post", type=click.Choice(["owner", "member", "liaison"]), default="owner", show_default=True
)
@click.option("--cluster", "clusters", multiple=True, help="Whose coordinator: an id; repeatable.")
@click.option("--admin", is_flag=True, help="An administrator.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.password_option(envvar="MATCHMAKER_NEW_PASSWORD")
def create_account(
    email: str,
    name: str,
    organization: str | None,
    post: str,
    clusters: tuple[str, ...],
    admin: bool,
    language: str,
    password: str,
) -> None:
    """Make an account; the password is asked for, or read from MATCHMAKER_NEW_PASSWORD."""
    from matchmaker.access import ADMIN
    from matchmaker.workflow.account import AccountMembership, MembershipRole

    belongings = (AccountMembership(organization, MembershipRole(post)),) if organization else ()
    made = wired().accounts.create(
        ADMIN,
        email,
        name,
        password,
        belongings=belongings,
        clusters=clusters,
        admin=admin,
        language=language,
    )
    click.echo(f"{made.email} has the account {made.id}.")


@account.command("list")
@JSON_OPTION
def list_accounts(as_json: bool) -> None:
    """All accounts."""
    from matchmaker.access import ADMIN

    services, after = wired(), ""
    rows: list[Account] = []
    while True:
        page = services.accounts.listed(ADMIN, after, 200)
        rows += page.rows
        if page.after is None:
            break
        after = page.after
    if as_json:
        shown = [
            {
                "id": one.id,
                "email": one.email,
                "name": one.name,
                "organizations": {b.organization: b.post for b in one.belongings},
                "clusters": list(one.clusters),
                "admin": one.admin,
                "active": one.active,
            }
            for one in rows
        ]
        return print_json(shown)
    for one in rows:
        places = [f"{b.organization} ({b.post})" for b in one.belongings]
        places += [f"{cluster} (coordinator)" for cluster in one.clusters]
        places += ["administrator"] if one.admin else []
        state = "" if one.active else "  closed"
        click.echo(f"{one.email}  {one.name}  {', '.join(places)}{state}")
    return None


@account.command("invite")
@click.argument("email")
@click.option("--organization", help="To which organisation.")
@click.option("--post", type=click.Choice(["owner", "member", "liaison"]), default="owner")
@click.option("--cluster", default="", help="As coordinator of which cluster.")
@click.option("--admin", is_flag=True, help="As an administrator.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def invite(
    email: str,
    organization: str | None,
    post: str,
    cluster: str,
    admin: bool,
    language: str,
) -> None:
    """Invite EMAIL; prints the link where no mail server is set up."""
    from matchmaker.access import ADMIN
    from matchmaker.workflow.account import AccountMembership, MembershipRole

    services = wired()
    invited = services.accounts.invite(
        ADMIN,
        email,
        belonging=AccountMembership(organization, MembershipRole(post)) if organization else None,
        cluster=cluster,
        admin=admin,
        language=language,
    )
    if services.notices.send_invitation(invited):
        click.echo(f"A letter went to {email}.")
    else:
        click.echo(f"{services.settings.base_url}/invitation?token={invited.token}")


@account.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Print a link with which EMAIL can set a new password within an hour."""
    services = wired()
    found = services.accounts.reset_token(email)
    if found is None:
        raise click.ClickException(f"There is no active account for {email}.")
    click.echo(f"{services.settings.base_url}/reset?token={found[1]}")


@account.command("close")
@click.argument("email")
@click.option("--open", "reopen", is_flag=True, help="Open it again.")
def close(email: str, reopen: bool) -> None:
    """Close the account of EMAIL at once: sessions and keys stop working."""
    from matchmaker.access import ADMIN

    accounts = wired().accounts
    accounts.set_active(ADMIN, accounts.id_of_email(email), active=reopen)
    click.echo("Opened." if reopen else "Closed.")
