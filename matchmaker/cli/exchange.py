"""`matchmaker account`, `post`, `introduction`, `effect` and `log`: the exchange from a terminal.

Whoever can run commands here is the administrator; `--as ADDRESS` acts as somebody else.
"""

from __future__ import annotations

import datetime
from dataclasses import asdict
from enum import Enum
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.output import print_json, wired
from matchmaker.domain import GoalName, OfferKind

if TYPE_CHECKING:
    from matchmaker.access import Principal
    from matchmaker.exchange.account import Account
    from matchmaker.services.effects import Effect
    from matchmaker.services.introduction_views import Seen
    from matchmaker.wiring import Wiring

_JSON = click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
_AS = click.option("--as", "email", metavar="ADDRESS", help="Act as this account.")
_GOAL = click.Choice([goal.value for goal in GoalName])
_ACTIONS = (
    "agree_terms", "accept", "decline", "cancel", "meet", "agree", "deliver", "report",
    "confirm", "end", "withdraw",
)  # fmt: skip


def _principal(services: Wiring, email: str | None) -> Principal:
    from matchmaker.access import ADMIN

    return services.accounts.principal_of_email(email) if email else ADMIN


# -- accounts


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
    from matchmaker.exchange.account import Belonging, Post

    belongings = (Belonging(organization, Post(post)),) if organization else ()
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
@_JSON
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
    from matchmaker.exchange.account import Belonging, Post

    services = wired()
    invited = services.accounts.invite(
        ADMIN,
        email,
        belonging=Belonging(organization, Post(post)) if organization else None,
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


# -- needs, offers, introductions


@click.command()
@click.argument("text")
@click.option("--organization", required=True, help="Whose: an id.")
@click.option("--goal", type=_GOAL, help="For a need: what for.")
@click.option(
    "--offer", type=click.Choice([kind.value for kind in OfferKind]), help="For an offer: which."
)
@click.option("--draft", is_flag=True, help="Do not publish it yet.")
@_AS
@_JSON
def post(
    text: str,
    organization: str,
    goal: str | None,
    offer: str | None,
    draft: bool,
    email: str | None,
    as_json: bool,
) -> None:
    """Post a need or an offer in one's own words, and see who could meet it."""
    from matchmaker.exchange.posting import Posting
    from matchmaker.store.records import new_id

    if bool(goal) == bool(offer):
        raise click.UsageError("Give --goal for a need, or --offer for an offer.")
    services = wired()
    posting = Posting(
        new_id(),
        organization,
        text,
        "",
        datetime.datetime.now(datetime.UTC),
        goal=GoalName(goal) if goal else None,
        offer_kind=OfferKind(offer) if offer else None,
    )
    posted = services.postings.post(_principal(services, email), posting, publish=not draft)
    one = posted.posting
    if as_json:
        matches = [{"id": m.id, "name": m.name, "score": m.score} for m in posted.matches]
        return print_json(
            {"id": one.id, "graph_id": one.graph_id, "state": one.state, "matches": matches}
        )
    click.echo(f"{one.state.replace('_', ' ')}: {one.graph_id if one.is_in_graph else one.id}")
    for match in posted.matches[:10]:
        click.echo(f"  {match.score:.2f}  {match.name}  {match.id}")
    return None


@click.group()
def introduction() -> None:
    """Introductions: propose, list, act; a batch for a whole cluster."""


@introduction.command("propose")
@click.argument("goal", type=_GOAL)
@click.argument("seeker")
@click.argument("candidate")
@click.option("--message", default="", help="What the other side reads first.")
@click.option("--terms", default="", help="With --staged: read before the name.")
@click.option("--staged", is_flag=True, help="Terms before names.")
@click.option("--need", default="", help="Which open need of the seeker it answers.")
@_AS
@_JSON
def propose(
    goal: str,
    seeker: str,
    candidate: str,
    message: str,
    terms: str,
    staged: bool,
    need: str,
    email: str | None,
    as_json: bool,
) -> None:
    """Propose that SEEKER meets CANDIDATE (ids) for a GOAL."""
    from matchmaker.services.introductions import Proposal

    services = wired()
    proposal = Proposal(
        GoalName(goal),
        seeker,
        candidate,
        message=message,
        terms=terms,
        staged=staged,
        need=need,
    )
    _show(services.introductions.propose(_principal(services, email), proposal), as_json)


@introduction.command("list")
@click.option("--organization", default="", help="Of an organisation: its id.")
@click.option("--cluster", default="", help="Of a cluster's coordinators: its id.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@_AS
@_JSON
def list_introductions(
    organization: str, cluster: str, limit: int, email: str | None, as_json: bool
) -> None:
    """Introductions, newest first."""
    services = wired()
    page = services.introductions.listed(
        _principal(services, email), organization=organization, cluster=cluster, limit=limit
    )
    if as_json:
        return print_json([_plain(asdict(one)) for one in page.rows])
    for one in page.rows:
        click.echo(f"{one.id}  {one.state}  {one.goal}  {_names(one)}")
    return None


@introduction.command("show")
@click.argument("id")
@_AS
@_JSON
def show(id: str, email: str | None, as_json: bool) -> None:
    """One introduction, with the contact once both have accepted."""
    services = wired()
    _show(services.introductions.show(_principal(services, email), id), as_json)


@introduction.command("act")
@click.argument("id")
@click.argument("action", type=click.Choice(_ACTIONS))
@click.option("--reason", default="", help="Why it is declined or ended.")
@click.option(
    "--outcome",
    type=click.Choice(
        ["contract", "joint_research", "platform_use", "shared_resource", "licence", "exchange"]
    ),
    help="With report: what came of it.",
)
@click.option(
    "--amount",
    type=click.Choice(["none", "under_100k", "under_1m", "under_10m", "over_10m"]),
    default="none",
)
@click.option("--new-product", is_flag=True)
@click.option("--jobs", type=click.IntRange(0, 100_000), default=0)
@click.option("--satisfaction", type=click.IntRange(1, 5))
@_AS
@_JSON
def act(
    id: str,
    action: str,
    reason: str,
    outcome: str | None,
    amount: str,
    new_product: bool,
    jobs: int,
    satisfaction: int | None,
    email: str | None,
    as_json: bool,
) -> None:
    """Answer the introduction ID, or say how it went on."""
    from matchmaker.exchange.introduction import Action, AmountBand, Outcome, OutcomeKind

    services = wired()
    told = Outcome(OutcomeKind(outcome), AmountBand(amount), new_product, jobs) if outcome else None
    seen = services.introductions.act(
        _principal(services, email),
        id,
        Action(action),
        reason=reason,
        outcome=told,
        satisfaction=satisfaction,
    )
    _show(seen, as_json)


@introduction.command("batch")
@click.argument("cluster")
@click.argument("goal", type=_GOAL)
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@click.option("--message", default="")
@click.option("--propose", "really", is_flag=True, help="Propose them; without it only the plan.")
@_AS
@_JSON
def batch(
    cluster: str,
    goal: str,
    limit: int,
    message: str,
    really: bool,
    email: str | None,
    as_json: bool,
) -> None:
    """Plan (and with --propose make) the introductions for the members of CLUSTER."""
    from matchmaker.access import SYSTEM

    services = wired()
    principal = _principal(services, email) if email else SYSTEM
    found = services.batches.for_goal(
        principal, cluster, GoalName(goal), limit=limit, message=message, dry_run=not really
    )
    if as_json:
        return print_json(_plain(asdict(found)))
    verb = "Proposed" if really else "Would propose"
    click.echo(
        f"{verb} {len(found.planned)} of {found.options} options; {found.held_out} held out; "
        f"expected score {found.expected:.2f}."
    )
    for one in found.planned:
        click.echo(f"  {one.value:.3f}  {one.seeker}  {one.candidate}")
    for one, why in found.refused:
        click.echo(f"  refused  {one.seeker}  {one.candidate}: {why}", err=True)
    return None


# -- what came of it


@click.command()
@click.argument("cluster")
@_AS
@_JSON
def effect(cluster: str, email: str | None, as_json: bool) -> None:
    """What introductions brought the CLUSTER: funnel, new ties, effect against a hold-out."""
    from matchmaker.api.exchange_outputs import EffectOut

    services = wired()
    found = services.effects.effect(_principal(services, email), cluster)
    if as_json:
        click.echo(EffectOut.of(found).model_dump_json(indent=2))
    else:
        _show_effect(found)


_VERDICTS = {
    "no_holdout": "No pairs were held out, so nothing can be said about cause "
    "(MATCHMAKER_HOLDOUT_SHARE).",
    "too_few": "Too few pairs on one side to say anything.",
    "no_difference": "The interval includes nought: no difference can be claimed.",
    "more": "Treated pairs got more new ties than held-out ones.",
    "fewer": "Treated pairs got fewer new ties than held-out ones.",
}


def _show_effect(found: Effect) -> None:
    for one in found.funnel:
        hours = "" if one.hours_to_answer is None else f", median {one.hours_to_answer:.1f} h"
        click.echo(
            f"{one.goal}: shown {one.shown}, clicked {one.clicked}, proposed {one.proposed}, "
            f"answered {one.answered}{hours}, accepted {one.accepted}, completed {one.completed}"
        )
        if one.acceptance.interval:
            low, high = one.acceptance.interval
            click.echo(f"  accepted {one.acceptance.value:.0%} [{low:.0%}, {high:.0%}]")
    click.echo(f"new ties: {found.new_ties}")
    tied = found.tied
    click.echo(
        f"treated {tied.treated.successes}/{tied.treated.total}, "
        f"held out {tied.held_out.successes}/{tied.held_out.total}"
    )
    if tied.interval and tied.value is not None:
        low, high = tied.interval
        click.echo(f"  difference {tied.value:+.3f} [{low:+.3f}, {high:+.3f}]")
    click.echo(_VERDICTS[found.verdict])
    for figure in found.mission:
        if figure.organizations:
            click.echo(
                f"{figure.indicator}: {figure.before} before, {figure.after} after "
                f"({figure.organizations} organisations; a comparison in time, not an effect)"
            )


@click.command("log")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--check", is_flag=True, help="Look whether any line was changed.")
@_JSON
def show_log(limit: int, check: bool, as_json: bool) -> int | None:
    """The log of all changes, newest first."""
    from matchmaker.access import ADMIN

    services = wired()
    if check:
        broken = services.accounts.first_broken_line(ADMIN)
        click.echo("Every line is as it was written." if broken is None else f"Line {broken}.")
        return None if broken is None else 1
    lines = services.accounts.log(ADMIN, None, limit)
    if as_json:
        print_json([asdict(line) for line in lines])
        return None
    for line in lines:
        one = line.entry
        detail = " ".join(f"{name}={value}" for name, value in one.detail.items())
        click.echo(f"{line.number}  {one.at}  {one.actor}  {one.action}  {one.subject}  {detail}")
    return None


def _show(seen: Seen, as_json: bool) -> None:
    if as_json:
        return print_json(_plain(asdict(seen)))
    click.echo(f"{seen.id}  {seen.state}  {seen.goal}  {_names(seen)}")
    if seen.terms:
        click.echo(f"  terms: {seen.terms}")
    if seen.message:
        click.echo(f"  message: {seen.message}")
    if seen.contact is not None:
        people = ", ".join(f"{one.name} <{one.email}>" for one in seen.contact.people)
        click.echo(f"  contact: {seen.contact.text}  {seen.contact.website}  {people}")
    possible = [action for action in seen.allowed if action != "expire"]
    if possible:
        click.echo(f"  next: {', '.join(possible)}")
    return None


def _names(seen: Seen) -> str:
    return f"{seen.seeker.name or '(not named yet)'} → {seen.candidate.name or '(not named yet)'}"


def _plain(value: Any) -> Any:
    """As JSON can have it: enums as their values."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value
