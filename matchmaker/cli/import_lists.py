"""The command that brings in a list as people keep it: looked at, confirmed, written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.access import ADMIN
from matchmaker.cli.files import FileToRead
from matchmaker.cli.import_output import document, print_report, write_problems
from matchmaker.cli.imports import (
    file_options,
    import_options,
    name_values,
    table_options,
    table_options_of,
)
from matchmaker.cli.language import language
from matchmaker.cli.output import SOME_REFUSED, print_json, progress_bars, say, wired
from matchmaker.errors import WrongState
from matchmaker.messages import message

if TYPE_CHECKING:
    from matchmaker.ingest.pair_decisions import PairDecision
    from matchmaker.services.operations.import_preview import ImportPreview
    from matchmaker.services.operations.import_report import ImportReport
    from matchmaker.wiring import Wiring

_SHOWN_WORDS = 20
_SHOWN_PAIRS = 20
_SHOWN_OFFERINGS = 50


@click.command(name="list")
@click.argument("file", type=FileToRead())
@click.option("--cluster", default="", help="Cluster whose list it is; new organisations join it.")
@click.option(
    "--organization", default="", help="Organisation whose own list of what it offers it is."
)
@click.option(
    "--withdraw",
    is_flag=True,
    help="With --organization: what its earlier lists brought and this one has not goes.",
)
@click.option(
    "--also-sheet",
    multiple=True,
    metavar="NAME",
    help="Read this sheet together with --sheet; without both those that hold the like.",
)
@click.option(
    "--join/--no-join",
    default=None,
    help="Whether new organisations join the cluster; else those of a list of members do.",
)
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option(
    "--same", multiple=True, metavar="ID=ID", help="These two that may be one are the same."
)
@click.option(
    "--apart", multiple=True, metavar="ID=ID", help="These two that may be one are not the same."
)
@table_options
@file_options
@import_options
def list_command(file: Path, cluster: str, yes: bool, **options: Any) -> int:
    """Import a list as people keep it: members, orders, projects, relations,
    equipment, policies and programmes, technologies, patents, certificates; with
    --organization the products, services, technologies or equipment of one.

    What it is and which column is which is proposed from its titles and cells, told, and
    written after a yes. --table says it otherwise: organizations, orders, projects,
    relations, equipment, programmes, technologies, patents, certifications.
    """
    services = wired()
    services.store.prepare()
    try:
        return _import_list(services, file, cluster, yes=yes, **options)
    finally:
        services.store.close()


def _import_list(
    services: Wiring,
    file: Path,
    cluster: str,
    *,
    yes: bool,
    strict: bool,
    dry_run: bool,
    as_json: bool,
    problems: Path | None,
    same: tuple[str, ...],
    apart: tuple[str, ...],
    organization: str,
    withdraw: bool,
    also_sheet: tuple[str, ...],
    join: bool | None,
    **options: Any,
) -> int:
    from matchmaker.services.operations.import_report import stays_as_written

    workflow = services.import_workflow
    chosen = replace(table_options_of(options), decisions=_decisions(same, apart))
    with file.open("rb") as content:
        id = workflow.keep(ADMIN, file.name, content, cluster, organization)
    if withdraw or also_sheet or join is not None or chosen != type(chosen)():
        others = (replace(chosen.file, sheet=sheet) for sheet in also_sheet)
        sheets = tuple(replace(chosen, file=file) for file in others) or None
        workflow.choose(ADMIN, id, chosen, join, withdraws=withdraw, sheets=sheets)
    preview = workflow.preview(ADMIN, id, at_length=True)
    if preview.refused is not None:
        raise preview.refused
    report = preview.report
    if report is None:
        raise WrongState("There is nothing to read.")
    if not as_json:
        _print_understood(preview)
        _print_pairs(preview)
        _print_offerings(report)
        if report.is_too_large_to_undo:
            say(stays_as_written(report), error=True)
    is_refused = strict and not report.is_clean
    if not (dry_run or is_refused):
        if not yes:
            print_report(report)
            click.confirm(message("Write it?").text(language()), abort=True)
        with progress_bars() as progress:
            report = workflow.write_now(ADMIN, id, progress)
    _print_report(replace(report, dry_run=dry_run), as_json=as_json, problems=problems)
    if report.written and report.written_rows and not (report.is_too_large_to_undo or as_json):
        say(message("To take it back: `matchmaker import undo %(id)s`.", id=id))
    return 0 if report.is_clean else SOME_REFUSED


def _decisions(same: tuple[str, ...], apart: tuple[str, ...]) -> tuple[PairDecision, ...]:
    from matchmaker.ingest.pair_decisions import PairDecision

    return tuple(
        PairDecision(first, second, is_same)
        for words, option, is_same in ((same, "--same", True), (apart, "--apart", False))
        for first, second in name_values(words, option)
    )


def _print_pairs(preview: ImportPreview) -> None:
    """Who may be one, and how to say whether it is."""
    undecided = [pair for pair in preview.pairs if pair.is_same is None]
    for pair in undecided[:_SHOWN_PAIRS]:
        ask = message(
            "'%(name)s' may be '%(other)s' (%(reasons)s): "
            "say --same or --apart %(first)s=%(second)s.",
            name=pair.name, other=pair.other_name, reasons=pair.reasons,
            first=pair.first, second=pair.second,
        )  # fmt: skip
        say(ask, error=True)


_STATES = {
    "new": message("new"),
    "changed": message("said anew"),
    "same": message("offered already"),
    "posted": message("posted already, and left"),
    "missing": message("not in the list, and stays"),
    "withdrawn": message("not in the list: withdrawn"),
}


def _print_offerings(report: ImportReport) -> None:
    """What becomes of each line of an organisation's own list."""
    for each in report.offerings[:_SHOWN_OFFERINGS]:
        place = f"{each.sheet} {each.line}".strip() if each.line else "–"
        click.echo(f"  {place:>5}  {_STATES[each.state].text(language())}: {each.text}")
    if (more := len(report.offerings) - _SHOWN_OFFERINGS) > 0:
        say(message("and %(count)s more", count=more))


def _print_report(report: ImportReport, *, as_json: bool, problems: Path | None) -> None:
    if problems is not None:
        write_problems(problems, (*report.problems, *report.notes))
    if as_json:
        print_json(document(report) | {"is_too_large_to_undo": report.is_too_large_to_undo})
    else:
        print_report(report)


def _print_understood(preview: ImportPreview) -> None:
    """What the file is taken for: its kind, its columns, words that are not understood."""
    from matchmaker.ingest.list_formats import FORMATS

    format = FORMATS[preview.options.table]
    titles = {column.name: column.title.text(language()) for column in format.columns}
    say(message("%(file)s: %(kind)s", file=preview.name, kind=format.title))
    if preview.file is None:
        return
    for sheet in preview.sheets:
        say(message("read with it: the sheet '%(sheet)s'.", sheet=sheet.file.sheet))
    for column in preview.file.columns:
        taken_for = titles.get(column.column, "–")
        click.echo(f"  {column.title} → {taken_for}  ({' · '.join(column.samples)[:60]})")
    for word in preview.file.words[:_SHOWN_WORDS]:
        if not word.cell:
            choices = [choice.value for choice in word.choices]
            ask = message(
                "Nothing says the %(column)s: choose with --default %(name)s=%(choices)s.",
                column=titles.get(word.column, word.column),
                name=word.column,
                choices="|".join(choices),
            )
            say(ask, error=True)
            continue
        say(
            message(
                "'%(cell)s' (%(column)s) is not understood.",
                cell=word.cell,
                column=titles.get(word.column, word.column),
            ),
            error=True,
        )
