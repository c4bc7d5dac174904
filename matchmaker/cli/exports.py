"""`matchmaker export`: what one may see as files for spreadsheets, programs and drawings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from matchmaker.cli.language import language
from matchmaker.cli.output import AS_OPTION, acting_principal, say, usage_error, wired
from matchmaker.domain import GoalName
from matchmaker.exports.tables import ExportFormat
from matchmaker.messages import message
from matchmaker.whole_file import whole_file

if TYPE_CHECKING:
    from matchmaker.access import Principal
    from matchmaker.exports.tables import DataExport
    from matchmaker.services.operations.exports import Exports

Command = TypeVar("Command", bound=Callable[..., Any])

SUBJECTS = (
    "members", "ties", "certificates", "offers", "own-offers", "worklist", "audit",
    "recommendations",
)  # fmt: skip
OUT = click.Path(dir_okay=False, path_type=Path)
OUT_OPTION = click.option("--out", type=OUT, help="Write to a file; default: standard output.")


def format_option(formats: Iterable[ExportFormat]) -> Callable[[Command], Command]:
    """`--format` of a command that writes one of these, as `chosen`."""
    return click.option(
        "--format",
        "chosen",
        type=click.Choice([each.value for each in formats]),
        help="Default: as --out ends, else csv.",
    )


def format_of(chosen: str | None, out: Path | None, formats: Container[str]) -> ExportFormat:
    """As it was chosen, or as the file's name ends."""
    suffix = chosen or (out.suffix.removeprefix(".").lower() if out else "")
    return ExportFormat(suffix) if suffix in formats else ExportFormat.CSV


def write_out(content: bytes, out: Path | None) -> None:
    """To a file, whole or not at all, or to standard output."""
    if out is None:
        sys.stdout.buffer.write(content)
        return
    with whole_file(out) as unfinished:
        unfinished.write_bytes(content)
    say(message("Written: %(path)s", path=out), error=True)


@click.command()
@click.argument("what", type=click.Choice(SUBJECTS))
@click.argument("id")
@format_option(ExportFormat)
@OUT_OPTION
@click.option("--table", default="", help="Only this table; CSV holds one.")
@click.option("--year", type=int, help="Year of the audit or worklist; default: the newest.")
@click.option(
    "--goal",
    type=click.Choice([goal.value for goal in GoalName]),
    help="Goal of the recommendations.",
)
@click.option("--text", default="", help="Of recommendations: in one's own words.")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option(
    "--samples",
    type=click.IntRange(0, 1000),
    default=200,
    show_default=True,
    help="Random networks to compare with.",
)
@AS_OPTION
def export(
    what: str,
    id: str,
    chosen: str | None,
    out: Path | None,
    table: str,
    email: str | None,
    **options: str | int | None,
) -> None:
    """Export WHAT of the cluster ID, or recommendations or own-offers of the organisation ID.

    Formats: csv, xlsx, json, and graphml and gexf for Gephi, Cytoscape and yEd. Members,
    certificates and offers can be imported again.
    """
    from matchmaker.exports.files import write_export

    services = wired()
    exported = _export(services.exports, acting_principal(services, email), what, id, options)
    form = format_of(chosen, out, list(ExportFormat))
    write_out(write_export(exported, form, language(), table), out)


def _export(
    exports: Exports, principal: Principal, what: str, id: str, options: dict[str, str | int | None]
) -> DataExport:
    year, limit = options["year"], int(options["limit"] or 0)
    year = None if year is None else int(year)
    if what == "members":
        return exports.members(principal, id)
    if what == "ties":
        return exports.ties(principal, id)
    if what == "certificates":
        return exports.certificates(principal, id)
    if what == "offers":
        return exports.offers(principal, id)
    if what == "own-offers":
        return exports.offers_of(principal, id)
    if what == "worklist":
        return exports.worklist(principal, id, limit, year)
    if what == "audit":
        return exports.audit(principal, id, year, int(options["samples"] or 0))
    if options["goal"] is None:
        raise usage_error(message("Recommendations need a --goal."))
    from matchmaker.recommend.model import Request

    question: Request[str] = Request(GoalName(str(options["goal"])), limit)
    return exports.recommendations(principal, id, question, str(options["text"]), recorded=False)
