"""`matchmaker log`: the log of changes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import click

from matchmaker.access import ADMIN
from matchmaker.cli.days import DayParameter
from matchmaker.cli.output import JSON_OPTION, print_json, say, wired
from matchmaker.messages import message


@click.command("log")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--check", is_flag=True, help="Look whether any line was changed.")
@click.option("--who", metavar="EMAIL", default="", help="Whose: an account, admin or system.")
@click.option(
    "--action",
    metavar="ACTION",
    default="",
    help="What: posting.made, or posting. for all of a kind.",
)
@click.option("--day", type=DayParameter(), help="Of one day, in the time zone of the service.")
@JSON_OPTION
def show_log(
    limit: int, check: bool, who: str, action: str, day: date | None, as_json: bool
) -> int | None:
    """The log of all changes, newest first."""
    services = wired()
    change_log = services.change_log
    if check:
        services.log_anchor.check()
        broken = change_log.first_broken_line(ADMIN)
        whole = message("Every line is as it was written.")
        say(whole if broken is None else message("Line %(number)s.", number=broken))
        return None if broken is None else 1
    lines = change_log.page(
        ADMIN, limit, change_log.narrowed(ADMIN, who=who, action=action, day=day)
    )
    if as_json:
        print_json([asdict(line) for line in lines])
        return None
    if not lines:
        say(message("No line of the log is like that."))
    for line in lines:
        entry = line.entry
        detail = " ".join(f"{name}={value}" for name, value in entry.detail.items())
        click.echo(
            f"{line.number}  {entry.at}  {entry.actor}  {entry.action}  {entry.subject}  {detail}"
        )
    return None
