"""What commands share: the wired services, progress bars, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.language import language
from matchmaker.messages import Message

if TYPE_CHECKING:
    from matchmaker.access import Principal
    from matchmaker.wiring import Wiring

if TYPE_CHECKING:
    from matchmaker.wiring import Wiring


SOME_REFUSED = 3


def say(what: Message, *, error: bool = False, **style: Any) -> None:
    """A line in the reader's language."""
    click.secho(what.text(language()), err=error, **style)


Report = Callable[[str, int, int], None]


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
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def progress_bars() -> Iterator[Report]:
    """A bar for each step on standard error: report(step, done, total); total 0 is unknown."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    tasks: dict[str, Any] = {}

    def report(step: str, done: int, total: int) -> None:
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


def plain(value: Any) -> Any:
    """As JSON can have it: enums as their values."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value
