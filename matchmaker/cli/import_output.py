"""Reports of imports: in the terminal, as JSON, and their problems as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.language import language
from matchmaker.cli.output import fields_of, say
from matchmaker.messages import FIELD, Message, in_context, located, message, sentences
from matchmaker.text import guarded_cell
from matchmaker.whole_file import whole_file

if TYPE_CHECKING:
    from matchmaker.ingest.report import FileCounts, Problem
    from matchmaker.services.operations.import_report import ImportReport

SHOWN_PROBLEMS = 20


def document(report: ImportReport) -> dict[str, Any]:
    names = ("written", "rows", "created", "changed", "unchanged", "merged", "to_review")
    return {name: getattr(report, name) for name in names} | {
        "files": [{**fields_of(file), "loaded": file.loaded} for file in report.files],
        "problems": [_problem_document(problem) for problem in report.problems],
        "notes": [fields_of(note) for note in report.notes],
        "changes": [
            {
                **fields_of(change),
                "fields": [fields_of(field) for field in change.fields],
                "conflicts": [fields_of(conflict) for conflict in change.conflicts],
            }
            for change in report.changes
        ],
        "alike": [fields_of(pair) for pair in report.alike],
        "offerings": [fields_of(each) for each in report.offerings],
    }


def _problem_document(problem: Problem) -> dict[str, Any]:
    return {**fields_of(problem), "outcome": problem.outcome}


# What became of rows, and the counts of an `ImportReport` that say of how many.
_OUTCOMES = (
    (message("%(count)s new"), "created"),
    (message("%(count)s changed"), "changed"),
    (message("%(count)s unchanged"), "unchanged"),
)


def print_report(report: ImportReport) -> None:
    from matchmaker.ingest.columns import table_name

    for name, rows in report.rows.items():
        parts = [
            Message(outcome.id, {"count": f"{number:,}"})
            for outcome, counts in _OUTCOMES
            if (number := getattr(report, counts).get(name))
        ]
        line = f"{rows:>9,} {table_name(name).text(language())}"
        details = Message("%(parts)s", {"parts": parts}).text(language())
        click.echo(f"{line}: {details}" if parts else line)
    if report.merged:
        merged = f"{report.merged:,}"
        say(message("%(count)s organisations merged as certain duplicates.", count=merged))
    if report.to_review:
        count = f"{report.to_review:,}"
        say(message("%(count)s possible duplicates: see `matchmaker duplicates`.", count=count))
    for file in report.files:
        say(_file_line(file))
    for note in report.notes:
        say(located(_place(note.file, note.field), note.reason), error=True)
    if report.dry_run:
        _print_changes(report)
    elif conflicts := sum(len(change.conflicts) for change in report.changes):
        say(
            message(
                "Of %(count)s values another source says otherwise: the weaker is kept beside the "
                "stronger, and both are shown with the organisation.",
                count=f"{conflicts:,}",
            ),
            error=True,
        )
    for problem in report.problems[:SHOWN_PROBLEMS]:
        say(_problem_line(problem), error=True)
    if len(report.problems) > SHOWN_PROBLEMS:
        more = f"{len(report.problems) - SHOWN_PROBLEMS:,}"
        say(
            message("… and %(count)s more; `--problems FILE` writes them all.", count=more),
            error=True,
        )
    if not report.written:
        dry_run = message("Nothing was written (dry run).")
        refused = message("Nothing was written (refused as a whole: --strict).")
        say(dry_run if report.dry_run else refused, error=True)


def _file_line(file: FileCounts) -> Message:
    counts = {name: f"{getattr(file, name):,}"
              for name in ("read", "loaded", "refused", "passed", "warned")}  # fmt: skip
    return message(
        "%(file)s: %(read)s lines read, %(loaded)s loaded (%(warned)s with warnings), "
        "%(refused)s refused, %(passed)s passed over.",
        file=file.file,
        **counts,
    )


def _print_changes(report: ImportReport) -> None:
    """What a dry run would change of organisations that are known."""
    changed = [change for change in report.changes if change.state == "changed"]
    for change in changed[:SHOWN_PROBLEMS]:
        click.echo(f"{change.id} {change.name}")
        for field in change.fields:
            click.echo(f"  {field.field}: {field.before!r} → {field.after!r}")
        for conflict in change.conflicts:
            kept = message(
                "stays %(kept)s (%(kept_tier)s); %(source)s says %(other)s (%(other_tier)s).",
                kept=repr(conflict.kept),
                kept_tier=conflict.kept_tier,
                source=conflict.other_source,
                other=repr(conflict.other),
                other_tier=conflict.other_tier,
            )
            click.echo(f"  {conflict.field}: {kept.text(language())}")


def _problem_line(problem: Problem) -> Message:
    where = message("%(file)s, line %(line)s", file=problem.file, line=problem.line)
    place = _place(where.text(language()), problem.field)
    return sentences(located(place, problem.reason), problem.outcome)


def _place(where: str, field: str) -> str:
    """With the field, in the reader's language where it is one of ours."""
    if not field:
        return where
    named = in_context(FIELD, field)
    return message("%(where)s, %(field)s", where=where, field=named).text(language())


def write_problems(path: Path, problems: Iterable[Problem]) -> None:
    columns = ("file", "line", "field", "reason", "severity", "outcome")
    with (
        whole_file(path) as unfinished,
        unfinished.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for problem in problems:
            texts = {
                name: getattr(problem, name).text(language()) for name in ("reason", "outcome")
            }
            cells = {name: getattr(problem, name) for name in columns if name not in texts}
            row = {name: str(cell or "") for name, cell in (cells | texts).items()}
            writer.writerow({name: guarded_cell(text) for name, text in row.items()})
