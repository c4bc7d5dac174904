"""`matchmaker log`: the log of changes."""

from __future__ import annotations

from dataclasses import asdict

import click

from matchmaker.access import ADMIN
from matchmaker.cli.output import JSON_OPTION, print_json, say, wired
from matchmaker.messages import message


@click.command("log")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--check", is_flag=True, help="Look whether any line was changed.")
@JSON_OPTION
def show_log(limit: int, check: bool, as_json: bool) -> int | None:
    """The log of all changes, newest first."""
    services = wired()
    change_log = services.change_log
    if check:
        services.log_anchor.check()
        broken = change_log.first_broken_line(ADMIN)
        whole = message("Every line is as it was written.")
        say(whole if broken is None else message("Line %(number)s.", number=broken))
        return None if broken is None else 1
    lines = change_log.page(ADMIN, limit)
    if as_json:
        print_json([asdict(line) for line in lines])
        return None
    for line in lines:
        entry = line.entry
        detail = " ".join(f"{name}={value}" for name, value in entry.detail.items())
        click.echo(
            f"{line.number}  {entry.at}  {entry.actor}  {entry.action}  {entry.subject}  {detail}"
        )
    return None
