"""`matchmaker account`, `post`, `introduction`, `effect` and `log`: the exchange from a terminal.

Whoever can run commands here is the administrator; `--as ADDRESS` acts as somebody else.
"""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from matchmaker.cli.output import AS_OPTION, JSON_OPTION, acting_principal, plain, print_json, wired
from matchmaker.domain import GoalName, OfferKind

if TYPE_CHECKING:
    from matchmaker.services.cooperation.effects import Effect
    from matchmaker.services.cooperation.introduction_views import IntroductionView


_GOAL = click.Choice([goal.value for goal in GoalName])

_ACTIONS = (
    "agree_terms", "accept", "decline", "cancel", "meet", "agree", "deliver", "report",
    "confirm", "end", "withdraw",
)  # fmt: skip

# -- needs, offers, introductions


@click.command()
@click.argument("text")
@click.option("--organization", required=True, help="Whose: an id.")
@click.option("--goal", type=_GOAL, help="For a need: what for.")
@click.option(
    "--offer", type=click.Choice([kind.value for kind in OfferKind]), help="For an offer: which."
)
@click.option("--draft", is_flag=True, help="Do not publish it yet.")
@AS_OPTION
@JSON_OPTION
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
    from matchmaker.store.documents import new_id
    from matchmaker.workflow.posting import Posting

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
    posted = services.postings.post(acting_principal(services, email), posting, publish=not draft)
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
@AS_OPTION
@JSON_OPTION
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
    from matchmaker.workflow.introduction import Proposal

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
    _show(services.introductions.propose(acting_principal(services, email), proposal), as_json)


@introduction.command("list")
@click.option("--organization", default="", help="Of an organisation: its id.")
@click.option("--cluster", default="", help="Of a cluster's coordinators: its id.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@AS_OPTION
@JSON_OPTION
def list_introductions(
    organization: str, cluster: str, limit: int, email: str | None, as_json: bool
) -> None:
    """Introductions, newest first."""
    services = wired()
    page = services.introductions.listed(
        acting_principal(services, email), organization=organization, cluster=cluster, limit=limit
    )
    if as_json:
        return print_json([plain(asdict(one)) for one in page.rows])
    for one in page.rows:
        click.echo(f"{one.id}  {one.state}  {one.goal}  {_names(one)}")
    return None


@introduction.command("show")
@click.argument("id")
@AS_OPTION
@JSON_OPTION
def show(id: str, email: str | None, as_json: bool) -> None:
    """One introduction, with the contact once both have accepted."""
    services = wired()
    _show(services.introductions.show(acting_principal(services, email), id), as_json)


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
@AS_OPTION
@JSON_OPTION
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
    from matchmaker.workflow.introduction import Action, AmountBand, Outcome, OutcomeKind

    services = wired()
    told = Outcome(OutcomeKind(outcome), AmountBand(amount), new_product, jobs) if outcome else None
    seen = services.introductions.act(
        acting_principal(services, email),
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
@AS_OPTION
@JSON_OPTION
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
    principal = acting_principal(services, email) if email else SYSTEM
    found = services.batches.for_goal(
        principal, cluster, GoalName(goal), limit=limit, message=message, dry_run=not really
    )
    if as_json:
        return print_json(plain(asdict(found)))
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
@AS_OPTION
@JSON_OPTION
def effect(cluster: str, email: str | None, as_json: bool) -> None:
    """What introductions brought the CLUSTER: funnel, new ties, effect against a hold-out."""
    from matchmaker.api.cooperation.responses import EffectOut

    services = wired()
    found = services.effects.effect(acting_principal(services, email), cluster)
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


def _show(seen: IntroductionView, as_json: bool) -> None:
    if as_json:
        return print_json(plain(asdict(seen)))
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


def _names(seen: IntroductionView) -> str:
    return f"{seen.seeker.name or '(not named yet)'} → {seen.candidate.name or '(not named yet)'}"
