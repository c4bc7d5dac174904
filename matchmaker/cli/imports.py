"""Commands that bring rows in: import, seed, template, and the duplicates to decide on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from matchmaker.access import ADMIN
from matchmaker.cli.files import FileToRead
from matchmaker.cli.import_output import document, print_report, write_problems
from matchmaker.cli.language import language
from matchmaker.cli.output import (
    SOME_REFUSED,
    fields_of,
    print_json,
    progress_bars,
    say,
    usage_error,
    wired,
)
from matchmaker.errors import InvalidInput
from matchmaker.messages import localised_value, message
from matchmaker.whole_file import whole_file

if TYPE_CHECKING:
    from matchmaker.ingest.mapping import ImportKind
    from matchmaker.ingest.report import Parsed, ReadProgress
    from matchmaker.ingest.table_file import FileOptions
    from matchmaker.ingest.table_options import TableOptions
    from matchmaker.services.operations.import_report import ImportReport
    from matchmaker.services.operations.importer import Importer, ImportOptions
    from matchmaker.wiring import Wiring

Command = TypeVar("Command", bound=Callable[..., Any])
_FILE = FileToRead()
_MAPPING = click.option(
    "--map",
    "mapping",
    type=FileToRead(max_mb=10, takes_pipes=True),
    required=True,
    help="Mapping in TOML.",
)


def import_options(command: Command) -> Command:
    for option in (
        click.option("--strict", is_flag=True, help="One bad row refuses all; nothing is written."),
        click.option("--dry-run", is_flag=True, help="Only report; nothing is written."),
        click.option("--json", "as_json", is_flag=True, help="The report as JSON."),
        click.option(
            "--problems",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write every problem to a CSV file.",
        ),
    ):
        command = option(command)
    return command


def file_options(command: Command) -> Command:
    for option in (
        click.option("--encoding", default="", help="Encoding of the file, where it is misjudged."),
        click.option("--sheet", default="", help="Sheet of a workbook, by its name."),
        click.option("--separator", default="", help="What parts the cells: , ; | or tab."),
        click.option(
            "--header-line", type=click.IntRange(0), default=0, help="Line of the column titles."
        ),
    ):
        command = option(command)
    return command


def table_options(command: Command) -> Command:
    for option in (
        click.option("--table", default="", help="Table that files of other names hold."),
        click.option("--source", default="", help="What names the source and begins ids."),
        click.option(
            "--map-column", "mapping", multiple=True, metavar="TITLE=COLUMN",
            help="What a column of the file is; TITLE= leaves it out.",
        ),
        click.option(
            "--default", "defaults", multiple=True, metavar="COLUMN=WORD",
            help="What empty cells of a column are taken for.",
        ),
        click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign of numbers."),
        click.option(
            "--day-first/--month-first", "day_first", default=None,
            help="Whether day or month comes first in dates like 05/03/2021.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group(name="import")
def import_group() -> None:
    """Import rows. Importing the same file twice changes nothing."""


@import_group.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH…"
)
@table_options
@file_options
@import_options
def tables(paths: tuple[Path, ...], **options: Any) -> int:
    """Import our own tables: files named for their table, or folders of them.

    A file of another name is read as the table that --table names.
    """
    chosen = table_options_of(options)
    return _import(
        lambda importer, run: importer.tables(ADMIN, paths, replace(run, tables=chosen)), **options
    )


@import_group.command()
@click.argument("file", type=_FILE)
@import_options
def cordis(file: Path, **options: Any) -> int:
    """Import EU research projects in CORDIS' own layout, straight from the zip."""
    return _import(lambda importer, run: importer.cordis(ADMIN, file, run), **options)


@import_group.command()
@click.argument("file", type=_FILE)
@import_options
def ocds(file: Path, **options: Any) -> int:
    """Import contracts in the Open Contracting Data Standard: JSON, JSON lines or a flat table."""
    from matchmaker.ingest.ocds import read_ocds

    return _import_file(partial(read_ocds, file), **options)


@import_group.command()
@click.argument("file", type=_FILE)
@import_options
def ror(file: Path, **options: Any) -> int:
    """Import universities and institutes from a dump of ROR (schema 2)."""
    from matchmaker.ingest.ror import read_ror

    return _import_file(partial(read_ror, file), **options)


@import_group.command()
@click.argument("file", type=_FILE)
@import_options
def openalex(file: Path, **options: Any) -> int:
    """Import institutions of OpenAlex, from JSON lines of its snapshot."""
    from matchmaker.ingest.openalex import read_openalex

    return _import_file(partial(read_openalex, file), **options)


@import_group.command()
@click.argument("file", type=_FILE)
@click.argument("relations", type=_FILE, required=False)
@import_options
def gleif(file: Path, relations: Path | None, **options: Any) -> int:
    """Import legal entities, and who owns whom, from GLEIF's files of level 1 and 2."""
    from matchmaker.ingest.gleif import read_gleif

    return _import_file(partial(read_gleif, file, relations), **options)


@import_group.command()
@click.argument("file", type=_FILE)
@_MAPPING
@file_options
@import_options
def contracts(file: Path, mapping: Path, **options: Any) -> int:
    """Import contracts (buyer, supplier, text, date) from any table by a mapping."""
    return _import_mapped(file, mapping, "contracts", options)


@import_group.command()
@click.argument("file", type=_FILE)
@_MAPPING
@file_options
@import_options
def ties(file: Path, mapping: Path, **options: Any) -> int:
    """Import relations (source, target, kind, date) from any table by a mapping."""
    return _import_mapped(file, mapping, "ties", options)


@import_group.command()
@click.argument("file", type=_FILE)
@_MAPPING
@file_options
@import_options
def projects(file: Path, mapping: Path, **options: Any) -> int:
    """Import joint projects (title, lead, partners, dates) from any table by a mapping."""
    return _import_mapped(file, mapping, "projects", options)


def _import_mapped(file: Path, mapping: Path, kind: ImportKind, options: dict[str, Any]) -> int:
    """Import a table by the section for this kind of a mapping file."""
    from matchmaker.ingest.mapping import read_mapped

    chosen = _given_file_options(options)
    return _import_file(lambda _: read_mapped(file, mapping, kind, chosen), **options)


def _file_options_of(options: Mapping[str, Any]) -> FileOptions:
    """How a file is to be read."""
    from matchmaker.ingest.table_file import FileOptions

    return FileOptions(
        options.get("sheet", ""),
        options.get("encoding", ""),
        options.get("separator", ""),
        options.get("header_line", 0),
    )


def table_options_of(options: dict[str, Any]) -> TableOptions:
    """The choices for tables, which are taken out of the command's options."""
    from matchmaker.ingest.table_options import TableOptions

    return TableOptions(
        table=options.pop("table"),
        source=options.pop("source"),
        file=_file_options_of(options),
        mapping=dict(name_values(options.pop("mapping"), "--map-column")),
        defaults=dict(name_values(options.pop("defaults"), "--default")),
        decimal=options.pop("decimal") or "",
        day_first=options.pop("day_first"),
    )


def name_values(words: tuple[str, ...], option: str) -> list[tuple[str, str]]:
    """NAME=VALUE each; the last = parts them where a name has one too."""
    pairs = []
    for word in words:
        name, parted, value = word.rpartition("=")
        if not parted or not name:
            raise usage_error(message("%(option)s takes NAME=VALUE.", option=option))
        pairs.append((name.strip(), value.strip()))
    return pairs


def _given_file_options(options: Mapping[str, Any]) -> FileOptions | None:
    """How a file is to be read; None leaves that to its mapping."""
    from matchmaker.ingest.table_file import AS_JUDGED

    chosen = _file_options_of(options)
    return None if chosen == AS_JUDGED else chosen


def _import_file(read: Callable[[ReadProgress], Parsed], **options: Any) -> int:
    return _import(lambda importer, run: importer.read(ADMIN, read, run), **options)


def _import(
    read: Callable[[Importer, ImportOptions], ImportReport],
    *,
    strict: bool,
    dry_run: bool,
    as_json: bool,
    problems: Path | None,
    **_: Any,
) -> int:
    from matchmaker.services.operations.importer import ImportOptions

    services = wired()
    services.store.prepare()
    with progress_bars() as progress:
        report = read(services.importer, ImportOptions(strict, dry_run, progress=progress))
    services.store.close()
    if problems is not None:
        write_problems(problems, chain(report.problems, report.notes))
    if as_json:
        print_json(document(report))
    else:
        print_report(report)
    return 0 if report.is_clean else SOME_REFUSED


@click.command()
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
def seed(folder: Path | None) -> int:
    """Load the sample graph, from seed/ or another folder of tables."""
    services = wired()
    services.store.prepare()
    report = load_seed(services, folder)
    services.store.close()
    return SOME_REFUSED if report.refused else 0


# Of seed/ what is true: all else there is made up.
_FACTS = (
    "places.csv", "industries.csv", "clusters.national.csv", "organizations.universities.csv",
)  # fmt: skip


def load_seed(services: Wiring, folder: Path | None, *, samples: bool = True) -> ImportReport:
    """Load a folder of tables; by default the project's seed/. Raises InvalidInput without one.

    Without samples only what is true of it is loaded.
    """
    from matchmaker.services.operations.importer import ImportOptions

    source = folder or Path(__file__).parents[2] / "seed"
    if not source.is_dir():
        raise InvalidInput(
            "%(source)s is missing.", mend="Name a folder: `matchmaker seed FOLDER`.", source=source
        )
    with progress_bars() as progress:
        options = ImportOptions(strict=True, progress=progress)
        tables = [source] if samples else [source / name for name in _FACTS]
        report = services.importer.tables(ADMIN, tables, options)
    print_report(report)
    if not report.written:
        raise InvalidInput(
            "%(source)s was not loaded.", mend="Correct the rows named above.", source=source
        )
    return report


@click.command()
@click.argument("table", required=False)
@click.option("--xlsx", is_flag=True, help="An Excel workbook instead of CSV.")
@click.option("--out", type=click.Path(path_type=Path), help="File or folder to write to.")
def template(table: str | None, xlsx: bool, out: Path | None) -> None:
    """Write the documented template of a table; without TABLE, list the tables."""
    from matchmaker.ingest.columns import TABLES
    from matchmaker.ingest.templates import template as content

    if table is None:
        for name in TABLES:
            click.echo(name)
        return
    if table not in TABLES:
        unknown = message(
            "No table '%(table)s'. Tables: %(tables)s.", table=table, tables=list(TABLES)
        )
        raise click.UsageError(unknown.text(language()))
    filled = content(table, language(), xlsx=xlsx)
    if out is None and not xlsx:
        sys.stdout.buffer.write(filled)
        return
    name = f"{table}.{'xlsx' if xlsx else 'csv'}"
    path = Path(name) if out is None else out / name if out.is_dir() else out
    with whole_file(path) as unfinished:
        unfinished.write_bytes(filled)
    say(message("Wrote %(path)s.", path=path), error=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def duplicates(as_json: bool) -> None:
    """List organisations that may be the same, for a person to decide."""
    pairs = wired().duplicates.pairs(ADMIN)
    if as_json:
        print_json([fields_of(pair) for pair in pairs])
        return
    for pair in pairs:
        reason = localised_value(pair.reasons, language())
        click.echo(f"{pair.score:.2f}  {pair.first}  {pair.second}  {reason}")
    say(message("%(count)s pairs to decide on.", count=len(pairs)), error=True)
