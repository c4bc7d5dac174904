"""All clusters side by side as a document."""

from __future__ import annotations

from matchmaker.audit.benchmark import COMPARED
from matchmaker.audit.indicators import INDICATORS
from matchmaker.reports.document import Document, Section, Table, Text, number, speaker
from matchmaker.services.auditing.answers import Benchmark


def benchmark_report(found: Benchmark, language: str) -> Document:
    """One row for each cluster with members: figures, and percentiles where 100 is good."""
    say = speaker(language)
    names = {
        row.id: row.name if language.startswith("zh") else row.name_en or row.name
        for row in found.rows
    }
    header = (
        say("集群", "Cluster"),
        say("成员", "Members"),
        *(INDICATORS[name][0].title.said(language) for name in COMPARED),
        say("最相近的集群", "Most alike"),
    )
    ordered = sorted(
        found.rows, key=lambda row: (-(row.percentile_of("observed_over_expected") or 0), row.id)
    )
    rows: tuple[tuple[str | float | int | None, ...], ...] = tuple(
        (
            names[row.id],
            row.standing.members,
            *(
                f"{number(row.standing.figures[name].value)} ({number(row.standing.percentiles[name])})"
                for name in COMPARED
            ),
            names[row.peers[0]] if row.peers else "—",
        )
        for row in ordered
    )
    return Document(
        language=language,
        title=say("各集群网络对比", "Clusters side by side"),
        subtitle=say(
            f"{found.year} 年；图谱快照第 {found.snapshot} 版，截至 {found.as_of}",
            f"Year {found.year}; snapshot {found.snapshot} as of {found.as_of}",
        ),
        sections=(
            Section(
                say("对比", "Comparison"),
                (
                    Text(
                        say(
                            "括号内为百分位，100 为优；按实有与应有联系之比排列，从不按密度排名。",
                            "Percentiles in brackets, 100 is good; ordered by observed over expected ties, "
                            "never by density.",
                        )
                    ),
                    Table(header, rows, widths=(18, 6, *(7,) * len(COMPARED), 13)),
                ),
            ),
            Section(
                say("全部指标", "All indicators"),
                (
                    Table(
                        (
                            say("集群", "Cluster"),
                            *(one.title.said(language) for one, _ in INDICATORS.values()),
                        ),
                        tuple(
                            (names[row.id], *(row.standing.figures[n].value for n in INDICATORS))
                            for row in ordered
                        ),
                    ),
                ),
                is_wide=True,
            ),
        ),
    )
