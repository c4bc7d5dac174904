"""Commands that bring rows in: import, seed, template, and the duplicates to decide on."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from matchmaker.cli.output import SOME_REFUSED, print_json, progress_bars, wired
from matchmaker.errors import InvalidInput

if TYPE_CHECKING:
    from matchmaker.ingest.report import Problem
    from matchmaker.services.operations.importer import Importer, ImportOptions, ImportReport
    from matchmaker.wiring import Wiring

SHOWN_PROBLEMS = 20
Command = TypeVar("Command", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_MAPPING = click.option("--map", "mapping", type=_FILE, required=True, help="Mapping in TOML.")


def _import_options(command: Command) -> Command:
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


@click.group(name="import")
def import_group() -> None:
    """Import rows. Importing the same file twice changes nothing."""


@import_group.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH…"
)
@_import_options
def tables(paths: tuple[Path, ...], **options: Any) -> int:
    """Import our own tables: CSV or XLSX files named for their table, or folders of them."""
    return _import(lambda importing, run: importing.tables(paths, run), **options)


@import_group.command()
@click.argument("file", type=_FILE)
@_import_options
def cordis(file: Path, **options: Any) -> int:
    """Import EU research projects in CORDIS' own layout, straight from the zip."""
    return _import(lambda importing, run: importing.cordis(file, run), **options)


@import_group.command()
@click.argument("file", type=_FILE)
@_MAPPING
@_import_options
def contracts(file: Path, mapping: Path, **options: Any) -> int:
    """Import contracts (buyer, supplier, text, date) from any CSV by a mapping."""
    return _import(
        lambda importing, run: importing.mapped(file, mapping, "contracts", run),
        **options,
    )


@import_group.command()
@click.argument("file", type=_FILE)
@_MAPPING
@_import_options
def ties(file: Path, mapping: Path, **options: Any) -> int:
    """Import relations (source, target, kind, date) from any CSV by a mapping."""
    return _import(lambda importing, run: importing.mapped(file, mapping, "ties", run), **options)


def _import(
    read: Callable[[Importer, ImportOptions], ImportReport],
    *,
    strict: bool,
    dry_run: bool,
    as_json: bool,
    problems: Path | None,
) -> int:
    from matchmaker.services.operations.importer import ImportOptions

    services = wired()
    services.store.prepare()
    with progress_bars() as report:
        done = read(services.importer, ImportOptions(strict, dry_run, progress=report))
    services.store.close()
    if problems is not None:
        _write_problems(problems, done.problems)
    if as_json:
        print_json(_document(done))
    else:
        _print_report(done)
    return SOME_REFUSED if done.refused else 0


@click.command()
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
def seed(folder: Path | None) -> int:
    """Load the sample graph, from seed/ or another folder of tables."""
    services = wired()
    services.store.prepare()
    done = load_seed(services, folder)
    services.store.close()
    return SOME_REFUSED if done.refused else 0


def load_seed(services: Wiring, folder: Path | None) -> ImportReport:
    """Load a folder of tables; by default the project's seed/. Raises InvalidInput without one."""
    from matchmaker.services.operations.importer import ImportOptions

    source = folder or Path(__file__).parents[2] / "seed"
    if not source.is_dir():
        raise InvalidInput(
            "%(source)s is missing.", mend="Name a folder: `matchmaker seed FOLDER`.", source=source
        )
    with progress_bars() as report:
        done = services.importer.tables([source], ImportOptions(strict=True, progress=report))
    _print_report(done)
    if not done.written:
        raise InvalidInput(
            "%(source)s was not loaded.", mend="Correct the rows named above.", source=source
        )
    return done


@click.command()
@click.argument("table", required=False)
@click.option("--xlsx", is_flag=True, help="An Excel workbook instead of CSV.")
@click.option("--out", type=click.Path(path_type=Path), help="File or folder to write to.")
def template(table: str | None, xlsx: bool, out: Path | None) -> None:
    """Write the documented template of a table; without TABLE, list the tables."""
    from matchmaker.ingest.columns import TABLES
    from matchmaker.ingest.tables import template as content

    if table is None:
        for name in TABLES:
            click.echo(name)
        return
    if table not in TABLES:
        raise click.UsageError(f"No table {table!r}. Tables: {', '.join(TABLES)}.")
    filled = content(table, xlsx=xlsx)
    if out is None and not xlsx:
        sys.stdout.buffer.write(filled)
        return
    name = f"{table}.{'xlsx' if xlsx else 'csv'}"
    path = Path(name) if out is None else out / name if out.is_dir() else out
    path.write_bytes(filled)
    click.echo(f"Wrote {path}.", err=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def duplicates(as_json: bool) -> None:
    """List organisations that may be the same, for a person to decide."""
    from dataclasses import asdict

    found = wired().importer.duplicates()
    if as_json:
        print_json([asdict(pair) for pair in found])
        return
    for pair in found:
        click.echo(f"{pair.score:.2f}  {pair.first}  {pair.second}  {pair.reason}")
    click.echo(f"{len(found)} pairs to decide on.", err=True)


def _document(done: ImportReport) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "written": done.written,
        "rows": done.rows,
        "created": done.created,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "merged": done.merged,
        "to_review": done.to_review,
        "problems": [asdict(problem) for problem in done.problems],
    }


def _print_report(done: ImportReport) -> None:
    for name, count in done.rows.items():
        parts = [
            f"{counts[name]:,} {word}"
            for word, counts in (
                ("new", done.created),
                ("changed", done.changed),
                ("unchanged", done.unchanged),
            )
            if counts.get(name)
        ]
        click.echo(f"{count:>9,} {name}" + (f": {', '.join(parts)}" if parts else ""))
    if done.merged:
        click.echo(f"{done.merged:,} organisations merged as certain duplicates.")
    if done.to_review:
        click.echo(f"{done.to_review:,} possible duplicates: see `matchmaker duplicates`.")
    for problem in done.problems[:SHOWN_PROBLEMS]:
        click.echo(_problem_line(problem), err=True)
    if len(done.problems) > SHOWN_PROBLEMS:
        more = len(done.problems) - SHOWN_PROBLEMS
        click.echo(f"… and {more:,} more; `--problems FILE` writes them all.", err=True)
    if not done.written:
        reason = "dry run" if done.dry_run else "refused as a whole: --strict"
        click.echo(f"Nothing was written ({reason}).", err=True)


def _problem_line(problem: Problem) -> str:
    where = f"{problem.file}, line {problem.line}"
    located = f"{where}, {problem.field}" if problem.field else where
    kept = " The row is kept." if problem.severity == "warning" else ""
    return f"{located}: {problem.reason}{kept}"


def _write_problems(path: Path, problems: tuple[Problem, ...]) -> None:
    from dataclasses import asdict, fields

    from matchmaker.ingest.report import Problem

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [column.name for column in fields(Problem)])
        writer.writeheader()
        writer.writerows(asdict(problem) for problem in problems)
