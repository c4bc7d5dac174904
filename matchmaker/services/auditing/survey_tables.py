"""What a round of a survey is taken away as: its links to pass on, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.domain import Cluster
from matchmaker.exports.tables import ExportCell, ExportColumn, ExportTable
from matchmaker.messages import BilingualName, message
from matchmaker.services.auditing.survey_audit import SurveyAudit
from matchmaker.services.auditing.surveys import SurveyLink, SurveyTies, SurveyView
from matchmaker.workflow.survey import SurveyRound

_NAMES = (
    ExportColumn("name", message("Organisation")),
    ExportColumn("name_en", message("English name")),
)
_LINKS = (
    *_NAMES,
    ExportColumn("link", message("Personal link")),
    ExportColumn("text", message("To send")),
)
_MEMBERS = (
    *_NAMES,
    ExportColumn("answered", message("Answered")),
    ExportColumn("has_account", message("Has an account")),
)
_TIES = (
    ExportColumn("source", message("Organisation")),
    ExportColumn("layer", message("Tie"), is_term=True),
    ExportColumn("target", message("Other side")),
    ExportColumn("status", message("Status"), is_term=True),
    ExportColumn("since", message("Since")),
)
_COUNTS = (
    ExportColumn("layer", message("Ties"), is_term=True),
    ExportColumn("confirmed", message("Confirmed by both")),
    ExportColumn("declared", message("Declared by one side")),
    ExportColumn("denied", message("Denied by the other side")),
)
_FIGURES = (
    ExportColumn("figure", message("Figure")),
    ExportColumn("recorded", message("On record")),
    ExportColumn("confirmed", message("Confirmed by both")),
    ExportColumn("told", message("Told and not denied")),
    ExportColumn("low", message("Band, from")),
    ExportColumn("high", message("Band, to")),
    ExportColumn("least", message("Bounds, from")),
    ExportColumn("most", message("Bounds, to")),
)


def link_table(survey: SurveyRound, cluster: Cluster, links: Sequence[SurveyLink]) -> ExportTable:
    """The links of those who have not answered, each with words to send it by."""
    rows: list[tuple[ExportCell, ...]] = [
        (
            link.organization.name,
            link.organization.name_en,
            link.url,
            message(
                "%(organization)s: %(cluster)s asks “%(title)s”. Three minutes on your phone, "
                "without an account, until %(day)s: %(link)s",
                organization=BilingualName(link.organization.name, link.organization.name_en),
                cluster=BilingualName(cluster.name, cluster.name_en),
                title=survey.title,
                day=survey.deadline,
                link=link.url,
            ),
        )
        for link in links
    ]
    return ExportTable("links", message("Personal links"), _LINKS, rows)


def result_tables(
    view: SurveyView, ties: SurveyTies, audit: SurveyAudit | None
) -> tuple[ExportTable, ...]:
    """Who has answered, counts, the ties that may be seen, and the figures once it is over."""
    members: list[tuple[ExportCell, ...]] = [
        (
            member.organization.name,
            member.organization.name_en,
            member.answered.date() if member.answered else None,
            member.has_people,
        )
        for member in view.members
    ]
    counts: list[tuple[ExportCell, ...]] = [
        (count.layer, count.confirmed, count.declared, count.denied)
        for count in view.figures.counts
    ]
    seen: list[tuple[ExportCell, ...]] = [
        (
            ties.names[tie.key.source].name,
            tie.key.layer,
            ties.names[tie.key.target].name,
            tie.status,
            tie.since,
        )
        for tie in ties.ties
        if tie.key.source in ties.names and tie.key.target in ties.names
    ]
    figures: list[tuple[ExportCell, ...]] = [
        (
            each.title,
            each.recorded.value,
            each.confirmed.value,
            each.band.told.value,
            each.band.low,
            each.band.high,
            each.band.least,
            each.band.most,
        )
        for each in (audit.figures if audit else ())
    ]
    tables = (
        ExportTable("members", message("Members"), _MEMBERS, members),
        ExportTable("counts", message("Ties"), _COUNTS, counts),
        ExportTable("ties", message("Ties that may be seen"), _TIES, seen),
        ExportTable("figures", message("Audit by this survey"), _FIGURES, figures),
    )
    return tuple(table for table in tables if table.rows)
