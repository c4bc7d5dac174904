"""Commands that keep what there is: backup, restore, upgrade."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.access import ADMIN
from matchmaker.cli.files import FileToRead
from matchmaker.cli.output import JSON_OPTION, fields_of, print_json, say, wired
from matchmaker.messages import message

if TYPE_CHECKING:
    from matchmaker.services.operations.backup_file import Manifest
    from matchmaker.services.operations.backups import Backups

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", required=False, type=_FILE)
@JSON_OPTION
def backup(file: Path | None, as_json: bool) -> None:
    """Write a backup of everything, whether the service runs or not, and check it."""
    path, manifest = _telling(wired().backups).make(ADMIN, file)
    if as_json:
        print_json({"file": str(path), **fields_of(manifest)})
    else:
        say(message("Written and checked: %(path)s", path=path))
        _tell(manifest)


@click.command()
@click.argument("file", type=FileToRead(exists=False))
@click.option("--replace", is_flag=True, help="In the place of what is there, backed up first.")
@click.option("--check", is_flag=True, help="Only look whether the backup is whole.")
@click.option(
    "--leave-out-unreadable",
    "leave_out",
    is_flag=True,
    help="Without documents in it that cannot be read.",
)
@JSON_OPTION
def restore(file: Path, replace: bool, check: bool, leave_out: bool, as_json: bool) -> None:
    """Bring a backup back, from either store into the one that is set."""
    backups = _telling(wired().backups)
    if check:
        manifest = backups.check(ADMIN, file)
    else:
        manifest = backups.restore(ADMIN, file, replace=replace, leave_out=leave_out)
    if as_json:
        print_json(fields_of(manifest))
        return
    say(message("The backup is whole.") if check else message("Restored."))
    _tell(manifest)
    if not check:
        say(
            message(
                "The next refresh makes the snapshot: `matchmaker refresh`, or the server does."
            )
        )


def _telling(backups: Backups) -> Backups:
    return dataclasses.replace(backups, tell=lambda told: say(told, error=True))


def _tell(manifest: Manifest) -> None:
    say(
        message(
            "Of %(time)s, from a %(store)s store: %(organizations)s organisations, "
            "%(documents)s documents, %(lines)s lines of the log, %(files)s files.",
            time=manifest.made_at,
            store=manifest.store,
            organizations=manifest.counts.get("organizations", 0),
            documents=manifest.documents,
            lines=manifest.log_number,
            files=len(manifest.parts) - 1,
        )
    )


@click.command()
@click.option("--yes", is_flag=True, help="Upgrade; without it only the plan is printed.")
def upgrade(yes: bool) -> None:
    """Bring store and snapshot up to this version: backs up first, goes back if that fails."""
    from matchmaker.services.operations.upgrade import Upgrade

    services = wired()
    steps = Upgrade(services.store, services.backups, services.refresher)
    for line in steps.plan():
        say(line)
    if not yes:
        say(message("Nothing was done. Do it with `matchmaker upgrade --yes`."))
        return
    path = steps.run(ADMIN)
    say(message("Up to date. The state before is in %(path)s", path=path))
