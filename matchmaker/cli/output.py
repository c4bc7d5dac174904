"""What commands share: the wired services, progress bars, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.language import language
from matchmaker.messages import Message, text_of

if TYPE_CHECKING:
    from matchmaker.access import Principal
    from matchmaker.services.operations.refresher import Progress
    from matchmaker.wiring import Wiring


SOME_REFUSED = 3


def say(what: Message, *, error: bool = False, **style: Any) -> None:
    """A line in the reader's language."""
    click.secho(what.text(language()), err=error, **style)


def usage_error(what: Message) -> click.UsageError:
    """A command that was given wrongly, with its usage, in the reader's language."""
    return click.UsageError(what.text(language()))


def wired() -> Wiring:
    """Services as the settings say. Raises SettingsError."""
    from matchmaker.logs import configure_logs
    from matchmaker.settings import read_settings
    from matchmaker.wiring import wire

    settings = read_settings()
    configure_logs(settings.log_format)
    return wire(settings)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> str:
    return text_of(value, language())


def fields_of(row: Any) -> dict[str, Any]:
    """A dataclass as JSON has it, its values as they are."""
    return {each.name: getattr(row, each.name) for each in fields(row)}


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """A bar for each step on standard error."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    tasks: dict[str, Any] = {}

    def report(stage: Message, done: int, total: int) -> None:
        step = stage.text(language())
        if step not in tasks:
            tasks[step] = bars.add_task(step, total=total or None)
            if not console.is_terminal:
                click.echo(f"{step} …", err=True)
        bars.update(tasks[step], completed=done, total=total or None)

    with bars:
        yield report


JSON_OPTION = click.option("--json", "as_json", is_flag=True, help="JSON for machines.")

AS_OPTION = click.option("--as", "email", metavar="ADDRESS", help="Act as this account.")


def acting_principal(services: Wiring, email: str | None) -> Principal:
    from matchmaker.access import ADMIN

    if not email:
        return ADMIN
    return services.accounts.by_email(ADMIN, email).require_active().principal()
