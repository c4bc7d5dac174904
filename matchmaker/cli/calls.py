"""`matchmaker call`: calls from a terminal, for those who make them."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from matchmaker.cli.call_answers import answer, comparison, form, open_file, withdraw
from matchmaker.cli.call_files import call_files
from matchmaker.cli.days import DayParameter
from matchmaker.cli.language import language
from matchmaker.cli.output import AS_OPTION, JSON_OPTION, acting_principal, print_json, say, wired
from matchmaker.domain import GoalName
from matchmaker.messages import message, term

if TYPE_CHECKING:
    from matchmaker.services.cooperation.call_shapes import CallView

_GOAL = click.Choice([goal.value for goal in GoalName])


@click.group()
def call() -> None:
    """Calls: one need to many. Only who makes one or may answer reads it: --as says who you are."""


for command in (call_files, open_file, comparison, form, answer, withdraw):
    call.add_command(command)


@call.command("open")
@click.argument("text")
@click.option("--organization", required=True, help="Id of the organisation.")
@click.option("--title", required=True, help="What others read first.")
@click.option("--goal", type=_GOAL, required=True, help="What for.")
@click.option("--until", type=DayParameter(), required=True, help="Last day.")
@click.option("--need", multiple=True, help="Id of an open need that it puts.")
@click.option("--invite", multiple=True, help="Id of whom to invite.")
@click.option("--sealed", is_flag=True, help="Nobody of us reads an answer before the deadline.")
@click.option("--cluster-wide", is_flag=True, help="Members of the cluster may answer uninvited.")
@AS_OPTION
@JSON_OPTION
def open_call(
    text: str,
    organization: str,
    title: str,
    goal: str,
    until: datetime.date,
    need: tuple[str, ...],
    invite: tuple[str, ...],
    sealed: bool,
    cluster_wide: bool,
    email: str | None,
    as_json: bool,
) -> None:
    """Open a call for TEXT."""
    services = wired()
    from matchmaker.workflow.call import CallContent

    content = CallContent(
        organization, title, text, GoalName(goal), until, needs=need,
        cluster_wide=cluster_wide, sealed=sealed,
    )  # fmt: skip
    principal = acting_principal(services, email)
    _show(services.call_opening.open(principal, content, invite), as_json)


@call.command("invite")
@click.argument("id")
@click.argument("organizations", nargs=-1)
@click.option("--best", type=click.IntRange(1, 50), help="The best so many by the ranking.")
@AS_OPTION
@JSON_OPTION
def invite(
    id: str, organizations: tuple[str, ...], best: int | None, email: str | None, as_json: bool
) -> None:
    """Invite ORGANIZATIONS (ids) to the call ID, or the best by the ranking."""
    services = wired()
    principal = acting_principal(services, email)
    if best is not None:
        services.call_invitations.invite_best(principal, id, best)
    _show(services.call_invitations.invite(principal, id, organizations), as_json)


@call.command("correct")
@click.argument("id")
@click.argument("summary")
@click.option("--text", default="", help="What it says from now on.")
@click.option("--until", type=DayParameter(), help="A later last day.")
@AS_OPTION
@JSON_OPTION
def correct(
    id: str, summary: str, text: str, until: datetime.date | None, email: str | None, as_json: bool
) -> None:
    """Put the call ID otherwise; SUMMARY tells all invited what changes."""
    services = wired()
    principal = acting_principal(services, email)
    _show(services.calls.correct(principal, id, summary, text, until), as_json)


@call.command("unseal")
@click.argument("id")
@AS_OPTION
@JSON_OPTION
def unseal(id: str, email: str | None, as_json: bool) -> None:
    """Open the sealed answers of the call ID, once the deadline has passed."""
    services = wired()
    _show(services.calls.unseal(acting_principal(services, email), id), as_json)


@call.command("list")
@click.option("--organization", required=True, help="Id of the organisation.")
@AS_OPTION
@JSON_OPTION
def list_calls(organization: str, email: str | None, as_json: bool) -> None:
    """Calls of an organisation that you may read, newest first."""
    services = wired()
    page = services.calls.listed(acting_principal(services, email), organization)
    if as_json:
        return print_json([asdict(row) for row in page.rows])
    for row in page.rows:
        state = term(row.phase, language())
        click.echo(f"{row.id}  {state}  {row.deadline}  {row.submitted}/{row.invited}  {row.title}")
    return None


@call.command("show")
@click.argument("id")
@AS_OPTION
@JSON_OPTION
def show(id: str, email: str | None, as_json: bool) -> None:
    """The call ID with its answers side by side."""
    services = wired()
    _show(services.calls.show(acting_principal(services, email), id), as_json)


def _show(view: CallView, as_json: bool) -> None:
    if as_json:
        return print_json(asdict(view))
    brief = view.brief
    click.echo(f"{brief.id}  {term(brief.phase, language())}  {brief.deadline}  {brief.title}")
    for party in view.parties:
        line = f"  {party.organization.id}"
        if party.state is not None:
            line += f"  {term(party.state, language())}"
        if party.compared:
            bid = party.compared.bid
            price = "–" if bid.price is None else f"{bid.price:g} {bid.currency} {bid.unit}".strip()
            best = ", ".join(term(each, language()) for each in party.compared.best)
            line += f"  {price}" + (f"  ({best})" if best else "")
        click.echo(line)
    if any(party.state is None for party in view.parties):
        say(message("  answers are sealed; there are %(count)s", count=view.submitted))
    unanswered = sum(question.answered is None for question in view.questions)
    if unanswered:
        say(message("  questions without an answer: %(count)s", count=unanswered))
    return None
