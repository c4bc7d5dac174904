"""`matchmaker log`: the log of changes."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from matchmaker.cli.output import JSON_OPTION, print_json, wired

if TYPE_CHECKING:
    pass


@click.command("log")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--check", is_flag=True, help="Look whether any line was changed.")
@JSON_OPTION
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
