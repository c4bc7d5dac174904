"""`matchmaker post`, `introduction` and `effect`: cooperation from a terminal.

Whoever can run commands here is the administrator; `--as ADDRESS` acts as somebody else.
"""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from matchmaker.access import SYSTEM
from matchmaker.cli.language import language
from matchmaker.cli.output import (
    AS_OPTION,
    JSON_OPTION,
    acting_principal,
    print_json,
    say,
    usage_error,
    wired,
)
from matchmaker.domain import GoalName, OfferKind
from matchmaker.messages import message, term, translated
from matchmaker.store.documents import new_id
from matchmaker.terms import TERMS
from matchmaker.workflow.introduction_states import Action, AmountBand, OutcomeKind
from matchmaker.workflow.refusals import DeclineReason

if TYPE_CHECKING:
    from matchmaker.services.cooperation.effects import Effect, Funnel
    from matchmaker.services.cooperation.introduction_views import IntroductionView


_GOAL = click.Choice([goal.value for goal in GoalName])

# -- needs, offers, introductions


@click.command()
@click.argument("text")
@click.option("--organization", required=True, help="Id of the organisation.")
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
    if bool(goal) == bool(offer):
        raise usage_error(message("Give --goal for a need, or --offer for an offer."))
    services = wired()
    from matchmaker.workflow.posting import Posting

    posting = Posting(
        organization,
        text,
        goal=GoalName(goal) if goal else None,
        offer_kind=OfferKind(offer) if offer else None,
        id=new_id(),
        author="",
        created=datetime.datetime.now(datetime.UTC),
    )
    posted = services.postings.post(acting_principal(services, email), posting, publish=not draft)
    saved = posted.posting
    if as_json:
        matches = [{"id": m.id, "name": m.name, "score": m.score} for m in posted.matches]
        return print_json(
            {"id": saved.id, "graph_id": saved.graph_id, "state": saved.state, "matches": matches}
        )
    id = saved.graph_id if saved.is_in_graph else saved.id
    click.echo(f"{term(saved.state, language())}: {id}")
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
@click.option("--terms", default="", help="With --terms-first: read before the name.")
@click.option("--terms-first", "--staged", "terms_first", is_flag=True, help="Terms before names.")
@click.option("--need", default="", help="Which open need of the seeker it answers.")
@AS_OPTION
@JSON_OPTION
def propose(goal: str, email: str | None, as_json: bool, **rest: Any) -> None:
    """Propose that SEEKER meets CANDIDATE (ids) for a GOAL."""
    services = wired()
    from matchmaker.workflow.introduction import Proposal

    proposal = Proposal(GoalName(goal), **rest)
    _show(services.introductions.propose(acting_principal(services, email), proposal), as_json)


@introduction.command("list")
@click.option("--organization", default="", help="Of an organisation: its id.")
@click.option("--cluster", default="", help="Id of the cluster.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@AS_OPTION
@JSON_OPTION
def list_introductions(
    organization: str, cluster: str, limit: int, email: str | None, as_json: bool
) -> None:
    """Introductions, newest first."""
    services = wired()
    page = services.introductions.list_for(
        acting_principal(services, email), organization=organization, cluster=cluster, limit=limit
    )
    if as_json:
        return print_json([asdict(view) for view in page.rows])
    for view in page.rows:
        click.echo(_line(view))
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
@click.argument(
    "action", type=click.Choice([action.value for action in Action if action is not Action.EXPIRE])
)
@click.option("--reason", default="", help="Why it is declined or ended.")
@click.option(
    "--kind",
    type=click.Choice([reason.value for reason in DeclineReason]),
    help="With decline: the kind of reason, which is counted.",
)
@click.option(
    "--outcome",
    type=click.Choice([kind.value for kind in OutcomeKind]),
    help="With report: what came of it. With confirm: what is confirmed, in all that was reported.",
)
@click.option("--amount", type=click.Choice([band.value for band in AmountBand]), default="none")
@click.option("--new-product", is_flag=True)
@click.option("--jobs", type=click.IntRange(0, 100_000), default=0)
@click.option("--satisfaction", type=click.IntRange(1, 5))
@click.option(
    "--version",
    type=int,
    help="With confirm: the version that was read (show --json), instead of the outcome.",
)
@AS_OPTION
@JSON_OPTION
def act(
    id: str,
    action: str,
    reason: str,
    kind: str | None,
    outcome: str | None,
    amount: str,
    new_product: bool,
    jobs: int,
    satisfaction: int | None,
    version: int | None,
    email: str | None,
    as_json: bool,
) -> None:
    """Answer the introduction ID, or say how it went on."""
    from matchmaker.workflow.introduction import Outcome, Transition

    services = wired()
    report = None
    if outcome:
        report = Outcome(OutcomeKind(outcome), AmountBand(amount), new_product, jobs)
    transition = Transition(
        Action(action),
        reason,
        decline_reason=DeclineReason(kind) if kind else None,
        outcome=report,
        satisfaction=satisfaction,
        version=version,
    )
    _show(services.introductions.act(acting_principal(services, email), id, transition), as_json)


@introduction.command("batch")
@click.argument("cluster")
@click.argument("goal", type=_GOAL)
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@click.option("--message", "text", default="")
@click.option("--propose", "really", is_flag=True, help="Propose them; without it only the plan.")
@AS_OPTION
@JSON_OPTION
def batch(
    cluster: str, goal: str, limit: int, text: str, really: bool, email: str | None, as_json: bool
) -> None:
    """Plan (and with --propose make) the introductions for the members of CLUSTER."""
    services = wired()
    principal = acting_principal(services, email) if email else SYSTEM
    plan = services.batches.for_goal(
        principal, cluster, GoalName(goal), limit=limit, message=text, dry_run=not really
    )
    if as_json:
        refused = [(asdict(pair), reason.text(language())) for pair, reason in plan.refused]
        return print_json(asdict(plan) | {"refused": refused})
    verb = message("Proposed") if really else message("Would propose")
    say(
        message(
            "%(what)s %(planned)s of %(options)s options; %(held_out)s held out; "
            "expected score %(expected).2f.",
            **asdict(plan) | {"what": verb, "planned": len(plan.planned)},
        )
    )
    for pair in plan.planned:
        click.echo(f"  {pair.value:.3f}  {pair.seeker}  {pair.candidate}")
    for pair, reason in plan.refused:
        ids = f"{pair.seeker}  {pair.candidate}"
        say(message("  refused  %(pair)s: %(reason)s", pair=ids, reason=reason), error=True)
    return None


# -- what came of it


@click.command()
@click.argument("cluster")
@AS_OPTION
@JSON_OPTION
def effect(cluster: str, email: str | None, as_json: bool) -> None:
    """Show what introductions brought the CLUSTER: funnel, new ties, effect against a hold-out."""
    from matchmaker.api.cooperation.responses import EffectOut

    services = wired()
    measured = services.effects.effect(acting_principal(services, email), cluster)
    if as_json:
        click.echo(EffectOut.model_validate(measured).model_dump_json(indent=2))
    else:
        _show_effect(measured)


def _show_effect(measured: Effect) -> None:
    for funnel in measured.funnel:
        _show_funnel(funnel)
    say(message("new ties: %(count)s", count=measured.new_ties))
    tied = measured.tied
    treated, held_out = (
        f"{share.successes}/{share.total}" for share in (tied.treated, tied.held_out)
    )
    say(message("treated %(treated)s, held out %(held)s", treated=treated, held=held_out))
    if tied.interval and tied.value is not None:
        low, high = tied.interval
        interval = f"{tied.value:+.3f} [{low:+.3f}, {high:+.3f}]"
        say(message("  difference %(interval)s", interval=interval))
    click.echo(translated(TERMS[measured.verdict], language()))
    for figure in measured.mission:
        if figure.organizations:
            say(
                message(
                    "%(indicator)s: %(before)s before, %(after)s after (%(organizations)s "
                    "organisations; a comparison in time, not an effect)",
                    **asdict(figure),
                )
            )


def _show_funnel(funnel: Funnel) -> None:
    hours = funnel.hours_to_answer
    median = "" if hours is None else message(", median %(hours).1f h", hours=hours)
    say(
        message(
            "%(goal)s: shown %(shown)s, clicked %(clicked)s, proposed %(proposed)s, "
            "answered %(answered)s%(median)s, accepted %(accepted)s, completed %(completed)s",
            median=median,
            **asdict(funnel),
        )
    )
    if funnel.acceptance.interval:
        low, high = funnel.acceptance.interval
        interval = f"{funnel.acceptance.value:.0%} [{low:.0%}, {high:.0%}]"
        say(message("  accepted %(interval)s", interval=interval))


def _show(view: IntroductionView, as_json: bool) -> None:
    if as_json:
        return print_json(asdict(view))
    click.echo(_line(view))
    if view.terms:
        say(message("  terms: %(text)s", text=view.terms))
    if view.message:
        say(message("  message: %(text)s", text=view.message))
    if view.contact is not None:
        people = ", ".join(f"{person.name} <{person.email}>" for person in view.contact.people)
        text = f"{view.contact.text}  {view.contact.website}  {people}"
        say(message("  contact: %(text)s", text=text))
    possible = [str(action) for action in view.allowed if action != "expire"]
    if possible:
        say(message("  next: %(actions)s", actions=possible))
    return None


def _line(view: IntroductionView) -> str:
    """An introduction in a line: its id, state, goal and both names."""
    state, goal = (term(word, language()) for word in (view.state, view.goal))
    unnamed = message("(not named yet)").text(language())
    names = f"{view.seeker.name or unnamed} → {view.candidate.name or unnamed}"
    return f"{view.id}  {state}  {goal}  {names}"
