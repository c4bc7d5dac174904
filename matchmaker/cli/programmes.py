"""`matchmaker programmes`: policies and grants that fit a firm, which it keeps or leaves."""

from __future__ import annotations

import click

from matchmaker.cli.answers import print_programme
from matchmaker.cli.language import language
from matchmaker.cli.output import AS_OPTION, JSON_OPTION, acting_principal, print_json, say, wired
from matchmaker.messages import message

_SAID = {"kept": message("kept"), "left": message("left: told of no more")}


@click.command()
@click.argument("organization")
@click.option("--keep", metavar="ID", multiple=True, help="Keep a programme: reminded in time.")
@click.option("--leave", metavar="ID", multiple=True, help="Leave a programme: told of no more.")
@click.option("--undo", metavar="ID", multiple=True, help="Take either back.")
@AS_OPTION
@JSON_OPTION
def programmes(
    organization: str,
    keep: tuple[str, ...],
    leave: tuple[str, ...],
    undo: tuple[str, ...],
    email: str | None,
    as_json: bool,
) -> None:
    """Open programmes of which the firm ORGANIZATION (id) fails no condition."""
    services = wired()
    from matchmaker.api.matching.responses import FittingProgrammeOut
    from matchmaker.workflow.programme_alerts import ProgrammeChoice

    principal = acting_principal(services, email)
    for choice, ids in (
        (ProgrammeChoice.KEPT, keep), (ProgrammeChoice.LEFT, leave), (None, undo),
    ):  # fmt: skip
        for id in ids:
            services.programme_alerts.choose(principal, organization, id, choice)
    rows = [
        FittingProgrammeOut.of(row, language()).model_dump(mode="json")
        for row in services.programme_alerts.listed(principal, organization)
    ]
    if as_json:
        print_json(rows)
        return
    if not rows:
        say(message("No open programme on record fits."))
    from rich.console import Console

    console = Console(soft_wrap=True)
    for rank, row in enumerate(rows, 1):
        print_programme(console, rank, row["programme"])
        if row["choice"]:
            say(_SAID[row["choice"]])
