"""`matchmaker audit` and `matchmaker clusters`: is a cluster a network, and what to do next."""

from __future__ import annotations

from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.access import ADMIN
from matchmaker.cli.language import language as reader_language
from matchmaker.cli.output import print_json, say, wired
from matchmaker.domain import PlaceLevel
from matchmaker.messages import languages, message

if TYPE_CHECKING:
    from matchmaker.reports.document import Document
    from matchmaker.services.auditing.derived_clusters import CommunityReport

MANY_COLUMNS = 8
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("cluster", required=False)
@click.option("--all", "everyone", is_flag=True, help="All clusters side by side.")
@click.option("--year", type=int, help="Default: the newest year that the data speak of.")
@click.option("--language", type=click.Choice(languages()), help="Default: that of the command.")
@click.option("--limit", type=click.IntRange(1, 50), default=10, show_default=True, help="Ties.")
@click.option(
    "--samples",
    type=click.IntRange(0, 1000),
    default=200,
    show_default=True,
    help="Random networks to compare with.",
)
@click.option("--pdf", type=_OUT, help="Write the report as PDF.")
@click.option("--xlsx", type=_OUT, help="Write the report as a workbook.")
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def audit(
    cluster: str | None,
    everyone: bool,
    year: int | None,
    language: str | None,
    limit: int,
    samples: int,
    pdf: Path | None,
    xlsx: Path | None,
    as_json: bool,
) -> None:
    """Is the CLUSTER (its id) a network, against whom, and what to do next."""
    if everyone == bool(cluster):
        raise click.UsageError(
            message("Give the id of a cluster, or --all.").text(reader_language())
        )
    language = language or reader_language()
    from matchmaker.api.auditing.responses import AuditOut, BenchmarkOut, WorklistOut

    auditing = wired().auditing
    if cluster is None:
        from matchmaker.reports.benchmark_report import benchmark_report

        benchmark = auditing.benchmark(ADMIN, year=year)
        if as_json:
            print_json(BenchmarkOut.of(benchmark, language).model_dump(mode="json"))
        _deliver(benchmark_report(benchmark, language), pdf, xlsx, show=not as_json)
        return
    from matchmaker.audit.ties import Channel
    from matchmaker.reports.audit_report import audit_report

    audited = auditing.audit(ADMIN, cluster, year, samples)
    worklist = auditing.worklist(ADMIN, cluster, limit, year)
    if as_json:
        print_json(
            {
                "audit": AuditOut.of(audited, language).model_dump(mode="json"),
                "worklist": WorklistOut.of(worklist, language).model_dump(mode="json"),
            }
        )
    view = auditing.view(ADMIN, cluster, Channel.COOPERATION, year)
    _deliver(audit_report(audited, worklist, view, language), pdf, xlsx, show=not as_json)


def _deliver(document: Document, pdf: Path | None, xlsx: Path | None, *, show: bool) -> None:
    from matchmaker.reports.files import write_pdf, write_workbook

    if pdf is not None:
        write_pdf(document, pdf)
        say(message("Written: %(path)s", path=pdf), error=True)
    if xlsx is not None:
        write_workbook(document, xlsx)
        say(message("Written: %(path)s", path=xlsx), error=True)
    if show and pdf is None and xlsx is None:
        _print(document)


def _print(document: Document) -> None:
    """Texts and tables of a document, without pictures."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from matchmaker.reports.document import NOTHING, DocumentTable, Paragraph

    sections = [section for section in document.sections if not section.is_wide]
    tables = [
        block
        for section in sections
        for block in section.blocks
        if isinstance(block, DocumentTable)
    ]
    widest = max((len(table.header) for table in tables), default=0)
    console = Console(width=max(150 if widest > MANY_COLUMNS else 100, Console().width))
    console.print(f"[bold]{escape(document.title)}[/bold]\n{escape(document.subtitle)}")
    for section in sections:
        if section.is_reference:
            continue
        console.print(f"\n[bold]{escape(section.title)}[/bold]")
        for block in section.blocks:
            if isinstance(block, Paragraph):
                console.print(escape(block.text))
            elif isinstance(block, DocumentTable):
                drawn = Table(title=escape(block.caption) or None, title_justify="left")
                for name, share in zip_longest(block.header, block.widths):
                    drawn.add_column(escape(name), overflow="fold", ratio=share)
                drawn.expand = bool(block.widths)
                for row in block.rows:
                    drawn.add_row(*(NOTHING if cell is None else escape(str(cell)) for cell in row))
                console.print(drawn)


@click.group()
def clusters() -> None:
    """Borders of clusters."""


@clusters.command()
@click.option("--by", type=click.Choice(["place", "community"]), required=True)
@click.option("--min-size", type=click.IntRange(2), default=20, show_default=True)
@click.option("--industry", metavar="ID", help="Only organisations of it or below it.")
@click.option(
    "--level",
    type=click.Choice([level.value for level in PlaceLevel]),
    default=PlaceLevel.CITY.value,
    show_default=True,
    help="How fine a place.",
)
@click.option("--dry-run", is_flag=True, help="Only show; nothing is written.")
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def derive(
    by: str, min_size: int, industry: str | None, level: str, dry_run: bool, as_json: bool
) -> None:
    """Make candidate clusters by place, or show the network's own communities."""
    derivation = wired().cluster_derivation
    if by == "community":
        if industry is not None:
            raise click.UsageError(
                message("--industry goes with --by place.").text(reader_language())
            )
        report = derivation.by_community(ADMIN, min_size)
        if as_json:
            print_json(asdict(report))
        else:
            _print_communities(report, min_size)
        return
    derived = derivation.by_place(ADMIN, PlaceLevel(level), min_size, industry, write=not dry_run)
    if as_json:
        print_json(asdict(derived))
        return
    for cluster in derived.clusters:
        click.echo(f"{cluster.members:>7}  {cluster.name}  {cluster.id}")
    say(
        message(
            "%(count)s places with at least %(min_size)s organisations.",
            count=len(derived.clusters),
            min_size=min_size,
        ),
        error=True,
    )
    if derived.counts is not None:
        say(message("Written. Now: matchmaker refresh"), error=True)


def _print_communities(report: CommunityReport, min_size: int) -> None:
    say(message("members  place (share)                    nearest declared cluster (overlap)"))
    for row in report.rows:
        place = f"{row.place or '—'} ({row.place_share:.0%})"
        declared = f"{row.cluster} ({row.overlap:.2f})" if row.cluster else "—"
        click.echo(f"{row.members:>7}  {place:<32} {declared}")
    say(
        message(
            "%(count)s communities of at least %(min_size)s among %(organizations)s organisations "
            "with ties; agreement with declared borders (NMI): %(agreement)s.",
            count=len(report.rows),
            min_size=min_size,
            organizations=f"{report.organizations:,}",
            agreement="—" if report.agreement is None else f"{report.agreement:.2f}",
        )
    )
