"""Commands about imports that were written: which there were, what they did, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.language import language
from matchmaker.cli.output import (
    AS_OPTION,
    JSON_OPTION,
    acting_principal,
    fields_of,
    print_json,
    progress_bars,
    say,
    wired,
)
from matchmaker.messages import FIELD, Message, in_context, message

if TYPE_CHECKING:
    from matchmaker.ingest.undo import KeptField
    from matchmaker.services.operations.import_fields import WrittenFields
    from matchmaker.workflow.job import ImportRecord

_STATES = {
    "stands": message("can be taken back"),
    "taken_back": message("is as it was before"),
    "changed_since": message("stays: somebody has changed it since"),
    "confirmed_since": message("stays: another source has confirmed it since"),
    "gone": message("is not there any more"),
}
_SHOWN = 80  # characters of a text


@click.command()
@click.option("--cluster", default="", help="Cluster whose imports they are.")
@click.option("--organization", default="", help="Organisation whose own lists they are.")
@AS_OPTION
@JSON_OPTION
def history(cluster: str, organization: str, email: str | None, as_json: bool) -> None:
    """List the newest imports with their ids, and what became of their lines."""
    services = wired()
    principal = acting_principal(services, email)
    records = services.import_workflow.imports(principal, cluster, organization)
    if as_json:
        print_json([_document(record) for record in records])
        return
    for record in records:
        say(_record_line(record))
    if not records:
        say(message("Nothing was imported over the page, the API or `import list`."))


@click.command()
@click.argument("id")
@AS_OPTION
@JSON_OPTION
def changes(id: str, email: str | None, as_json: bool) -> None:
    """Show what the import ID changed and brought, and what of it can be taken back."""
    services = wired()
    shown = services.import_fields.show(acting_principal(services, email), id)
    if as_json:
        document = fields_of(shown) | {
            "fields": [fields_of(each) for each in shown.fields],
            "rows": [
                fields_of(each) | {"changed": [fields_of(value) for value in each.changed]}
                for each in shown.rows
            ],
        }
        print_json(document)
        return
    _print_changes(shown)


@click.command()
@click.argument("id")
@click.option(
    "--field",
    "fields",
    nargs=2,
    multiple=True,
    metavar="ORGANIZATION FIELD",
    help="Only this field of an organisation; may be repeated.",
)
@click.option(
    "--row",
    "rows",
    nargs=2,
    multiple=True,
    metavar="TABLE KEY",
    help="Only this statement, tie, certificate or other row; may be repeated.",
)
@AS_OPTION
@JSON_OPTION
def undo(
    id: str,
    fields: tuple[tuple[str, str], ...],
    rows: tuple[tuple[str, str], ...],
    email: str | None,
    as_json: bool,
) -> None:
    """Take the import ID back, whole or, with --field and --row, only some of it.

    What somebody changed since stays, and is told. `import changes` names fields and rows.
    """
    services = wired()
    principal = acting_principal(services, email)
    if fields or rows:
        taken = services.import_fields.take_back(principal, id, fields, rows)
    else:
        with progress_bars() as progress:
            taken = services.import_undo.finish(principal, id, progress)
    if as_json:
        kept = [fields_of(each) for each in taken.kept]
        print_json({"id": id, "fields": taken.fields, "rows": taken.rows, "kept": kept})
        return
    from matchmaker.services.operations.import_reversal import undo_summary

    say(undo_summary(taken))
    _print_kept(taken.kept)


def _print_changes(shown: WrittenFields) -> None:
    from matchmaker.ingest.columns import table_name

    if not shown.can_be_undone:
        say(
            message(
                "This import changed nothing, is too large or too old to be taken back, "
                "or was already."
            ),
            error=True,
        )
    if shown.new:
        told = message(
            "Organisations that came with it go when the whole import is taken back: "
            "%(count)s are new.",
            count=f"{shown.new:,}",
        )
        say(told)
    for field in shown.fields:
        state = _STATES[field.state].text(language())
        click.echo(f"{field.organization} {field.field}  ({field.name}; {state})")
        click.echo(f"  {field.before!r} → {field.after!r}")
    for row in shown.rows:
        kind = table_name(row.table).text(language())
        state = _STATES[row.state].text(language())
        click.echo(f"{row.table} {row.key}  ({kind}; {state})")
        click.echo(f"  {' · '.join((*row.organizations, *row.says, row.date))[:_SHOWN]}")
        for value in row.changed:
            name = in_context(FIELD, value.field).text(language())
            click.echo(f"  {name}: {value.before[:_SHOWN]!r} → {value.after[:_SHOWN]!r}")


def _print_kept(kept: Sequence[KeptField]) -> None:
    from matchmaker.services.operations.import_reversal import kept_message

    for each in kept:
        what = " ".join(part for part in (each.table, each.key, each.field) if part)
        say(kept_message(each.why, what), error=True)


def _record_line(record: ImportRecord) -> Message:
    at = record.imported_at.isoformat(" ", "minutes")
    file = record.file or record.table
    read, loaded = record.lines.read, record.lines.loaded
    if record.undone and record.left:
        told = message("taken back, but for what stayed: %(count)s", count=f"{record.left:,}")
    elif record.undone:
        told = message("taken back")
    elif record.can_be_undone:
        told = message("can be taken back")
    else:
        told = message("cannot be taken back")
    return message(
        "%(id)s  %(at)s  %(file)s: of %(read)s lines %(loaded)s loaded (%(told)s)",
        id=record.id, at=at, file=file, read=read, loaded=loaded, told=told,
    )  # fmt: skip


def _document(record: ImportRecord) -> dict[str, Any]:
    names = ("id", "file", "table", "cluster", "imported_by", "counts", "can_be_undone")
    return {name: getattr(record, name) for name in names} | {
        "imported_at": record.imported_at.isoformat(),
        "lines": fields_of(record.lines),
        "undone": record.undone.isoformat() if record.undone else None,
    }
