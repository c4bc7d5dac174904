"""All clusters side by side as a document."""

from __future__ import annotations

from matchmaker.audit.benchmark import COMPARED
from matchmaker.audit.indicators import INDICATORS
from matchmaker.reports.document import NOTHING, Document, DocumentTable, Section, Writer
from matchmaker.services.auditing.results import Benchmark


def benchmark_report(benchmark: Benchmark, language: str) -> Document:
    """One row for each cluster with members: figures, and percentiles where 100 is good."""
    writer = Writer(language)
    titles = {name: definition.title.text(language) for name, (definition, _) in INDICATORS.items()}
    names = {row.cluster.id: writer.name(row.cluster) for row in benchmark.rows}
    ordered = sorted(
        benchmark.rows,
        key=lambda row: (-(row.percentiles["observed_over_expected"] or 0), row.cluster.id),
    )
    comparison = DocumentTable(
        (
            writer.gettext("Cluster"),
            writer.gettext("Members"),
            *(titles[name] for name in COMPARED),
            writer.gettext("Most alike"),
        ),
        tuple(
            (
                names[row.cluster.id],
                row.members,
                *(
                    f"{writer.number(row.figures[name].value)} "
                    f"({writer.number(row.percentiles[name])})"
                    for name in COMPARED
                ),
                names[row.peers[0]] if row.peers else NOTHING,
            )
            for row in ordered
        ),
        widths=(18, 6, *(7,) * len(COMPARED), 13),
    )
    everything = DocumentTable(
        (writer.gettext("Cluster"), *titles.values()),
        tuple(
            (names[row.cluster.id], *(row.figures[name].value for name in INDICATORS))
            for row in ordered
        ),
    )
    explained = writer.paragraph(
        "Percentiles in brackets, 100 is good; ordered by observed over expected ties, never by "
        "density."
    )
    return Document(
        language=language,
        title=writer.gettext("Clusters side by side"),
        subtitle=writer.gettext(
            "Year %(year)s; snapshot %(snapshot)s as of %(day)s",
            year=benchmark.year,
            snapshot=benchmark.snapshot,
            day=benchmark.as_of,
        ),
        sections=(
            Section(writer.gettext("Comparison"), (explained, comparison)),
            Section(writer.gettext("All indicators"), (everything,), is_wide=True),
        ),
    )
