"""Shared by all commands: the wired services, progress bars, JSON."""

from __future__ import annotations

import gc
import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from matchmaker.access import ADMIN, Principal
from matchmaker.cli.language import language
from matchmaker.messages import Message, text_of

if TYPE_CHECKING:
    from matchmaker.services.operations.refresher import Progress
    from matchmaker.wiring import Wiring


SOME_REFUSED = 3


def say(line: Message, *, error: bool = False, **style: Any) -> None:
    """A line in the reader's language; a terminal obeys nothing that a file had in it."""
    click.secho(obeyed_by_none(line.text(language())), err=error, **style)


def obeyed_by_none(text: str) -> str:
    """A text without the signs that a terminal does not show but obeys."""
    return "".join(
        sign if sign in "\n\t" or unicodedata.category(sign) != "Cc" else "\ufffd" for sign in text
    )


def usage_error(problem: Message) -> click.UsageError:
    """A command that was given wrongly, with its usage, in the reader's language."""
    return click.UsageError(problem.text(language()))


def wired() -> Wiring:
    """Services as the settings say, with the files put of a restore that was broken off.

    Raises SettingsError, and whatever keeps a restore from being finished.
    """
    with modules_kept():
        from matchmaker.logs import configure_logs
        from matchmaker.settings import read_settings
        from matchmaker.wiring import wire

    settings = read_settings()
    configure_logs(settings)
    services = wire(settings)
    told = services.backups.finish_restore(ADMIN)
    if told is not None:
        say(told, error=True)
    return services


@contextmanager
def modules_kept() -> Iterator[None]:
    """What is made in the block stays, and is not looked through for garbage, then or later.

    Once in a process: whatever there is by then stays with it.
    """
    if not gc.isenabled() or gc.get_freeze_count():
        yield
        return
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    plain = partial(text_of, language=language())
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


def fields_of(row: Any) -> dict[str, Any]:
    """A dataclass as JSON has it, its values as they are."""
    return {field.name: getattr(row, field.name) for field in fields(row)}


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """A bar for each step on standard error."""
    from rich import progress
    from rich.console import Console

    console = Console(stderr=True)
    bars = progress.Progress(
        "{task.description}", progress.BarColumn(), progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(), progress.TimeRemainingColumn(),
        console=console, disable=not console.is_terminal,
    )  # fmt: skip
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
    if not email:
        return ADMIN
    return services.accounts.by_email(ADMIN, email).require_active().principal()
