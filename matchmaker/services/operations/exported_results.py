"""Recommendations, worklists and audits as tables and graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from operator import attrgetter

from matchmaker.audit.coverage import Coverage
from matchmaker.audit.figures import GROUP_TITLES, Definition, Figure, Group
from matchmaker.audit.indicators import INDICATORS
from matchmaker.audit.profile import STAGE_TITLES
from matchmaker.audit.ties import CHANNELS, Channel
from matchmaker.audit.view import View
from matchmaker.exports.tables import (
    DataExport,
    ExportCell,
    ExportColumn,
    ExportGraph,
    ExportTable,
    Single,
    columns,
)
from matchmaker.messages import message
from matchmaker.recommend.model import Recommendation
from matchmaker.services.auditing.results import Audit, Basis, Suggestion, Worklist
from matchmaker.services.matching.answer import Answer, Candidate
from matchmaker.snapshot.model import KINDS

REASONS = 3
# Cells of anything that has them.
_names: Callable[[object], tuple[ExportCell, ...]] = attrgetter("id", "name", "name_en")
_named: Callable[[object], tuple[ExportCell, ...]] = attrgetter("id", "name", "name_en", "kind")

_NAMED = "name name_en kind"
_FIGURE = "value low high expected expected_low expected_high z because"
_figure: Callable[[Figure], tuple[ExportCell, ...]] = attrgetter(*_FIGURE.split())
# Every column of these exports, by table.
RECOMMENDED = columns(
    f"rank id {_NAMED} score chance place place_name place_name_en industry industry_name"
    " industry_name_en website confirmed_outcomes match reasons against advice",
    "kind",
    "match",
)
REASON = columns("id feature contribution value text")
EVIDENCE = columns("id statement kind year fit language text", "kind")
SUGGESTED = columns("source target weight goal score chance reasons", "goal")
PRIORITY = columns(
    "rank source source_name source_name_en target target_name target_name_en goal feasibility"
    " effect weight joins_first joins_second steps_before relieves reasons fragmentation_before"
    " fragmentation_after compactness_before compactness_after",
    "goal",
)
KEY_MEMBERS = columns(f"id {_NAMED} pieces fragmentation_before fragmentation_after", "kind")
ISOLATES = columns(
    f"id {_NAMED} partner partner_name partner_name_en goal feasibility", "kind", "goal"
)
GATEKEEPERS = columns(f"id {_NAMED} pairs share", "kind")
CIRCLES = columns(f"circle id {_NAMED}", "kind")
POOLED = columns("brief goal likeness id name name_en need text labs", "goal")
OPENINGS = columns(
    "cluster cluster_name cluster_name_en relatedness members ties member member_name"
    " member_name_en partner partner_name partner_name_en feasibility"
)
NODES = columns(f"id {_NAMED}", "kind")
LAYERED = columns("layer layer_title group group_title indicator title unit year " + _FIGURE)
YEARLY = columns("layer layer_title indicator title year value because")
SCORES = columns("year part title score known criteria")
FINDINGS = columns("stage stage_title group title year value level low_is_better score")
PEERS = columns("indicator title value percentile")
ANNUAL = (
    *columns("code part title unit level year value because origin"),
    # Of a tie `source` is one of its ends.
    ExportColumn("source", message("Level known from")),
)
COVERAGE = columns("counted number")
_defined: Callable[[Definition], tuple[ExportCell, ...]] = attrgetter(
    "name", "title", "group", "group_title", "unit", "better", "about"
)
DEFINITIONS = columns("indicator title group group_title unit better definition")
AUDITED = columns(f"id {_NAMED} degree component", "kind")
JOINED = columns("source target weight " + " ".join(CHANNELS))
ALL_COLUMNS = (
    RECOMMENDED, REASON, EVIDENCE, SUGGESTED, PRIORITY, KEY_MEMBERS, ISOLATES, GATEKEEPERS,
    CIRCLES, POOLED, OPENINGS, NODES, LAYERED, YEARLY, SCORES, FINDINGS, PEERS, ANNUAL,
    COVERAGE, DEFINITIONS, AUDITED, JOINED,
)  # fmt: skip


# -- recommendations


def recommendations_export(
    answer: Answer, seeker: Candidate | None, candidates: Mapping[str, Candidate]
) -> DataExport:
    """Candidates best first, with reasons and evidence; as a graph the seeker with each."""
    listed = (*answer.recommendations, *answer.nearby)
    return DataExport(
        f"recommendations.{answer.goal}",
        (
            ExportTable(
                "recommendations",
                message("Recommendations"),
                RECOMMENDED,
                [
                    _recommended(rank, each, candidates.get(each.id))
                    for rank, each in enumerate(listed, 1)
                ],
            ),
            ExportTable(
                "reasons",
                message("Reasons"),
                REASON,
                [
                    (each.id, reason.feature, reason.contribution, reason.value, reason.message)
                    for each in listed
                    for reason in (*each.reasons, *each.against)
                ],
            ),
            ExportTable(
                "evidence",
                message("Evidence"),
                EVIDENCE,
                [
                    (
                        each.id,
                        quote.id,
                        quote.kind,
                        quote.year,
                        quote.fit,
                        quote.language,
                        quote.text,
                    )
                    for each in listed
                    for quote in each.evidence
                ],
            ),
        ),
        lambda: _star(answer, seeker),
        (
            ("goal", answer.goal),
            ("seeker", answer.seeker),
            ("snapshot", answer.freshness.version),
            ("as_of", answer.freshness.as_of),
        ),
    )


def _recommended(
    rank: int, recommendation: Recommendation, candidate: Candidate | None
) -> tuple[ExportCell, ...]:
    place = candidate.place if candidate else None
    industry = candidate.industry if candidate else None
    return (
        rank,
        *_named(recommendation),
        recommendation.score,
        recommendation.chance,
        *((place.id, place.name, place.name_en) if place else ("", "", "")),
        *((industry.id, industry.name, industry.name_en) if industry else ("", "", "")),
        candidate.organization.website if candidate else "",
        candidate.outcomes if candidate else 0,
        recommendation.match,
        tuple(reason.message for reason in recommendation.leading(REASONS)),
        tuple(reason.message for reason in recommendation.against[:REASONS]),
        recommendation.advice.message if recommendation.advice else "",
    )


def _star(answer: Answer, seeker: Candidate | None) -> ExportGraph:
    asking = seeker.organization if seeker else None
    own: tuple[ExportCell, ...] = (
        (answer.seeker, "", "", None) if asking is None else _named(asking)
    )
    edges: list[tuple[ExportCell, ...]] = [
        (
            own[0], each.id, each.score, answer.goal, each.score, each.chance,
            tuple(reason.message for reason in each.leading(REASONS)),
        )
        for each in answer.recommendations
    ]  # fmt: skip
    nodes = [own, *(_named(each) for each in answer.recommendations)]
    return ExportGraph(
        ExportTable("organizations", message("Organisations"), NODES, nodes),
        ExportTable("suggested", message("Suggested ties"), SUGGESTED, edges),
        directed=True,
    )


# -- worklists


def worklist_export(worklist: Worklist) -> DataExport:
    """Everything on a worklist, the ties to make first; as a graph just these."""
    first = ExportTable(
        "worklist",
        message("Ties to make first"),
        PRIORITY,
        [_priority(rank, item) for rank, item in enumerate(worklist.items, 1)],
    )
    tables = (
        first,
        ExportTable(
            "key_members",
            message("Members on whom the network hangs"),
            KEY_MEMBERS,
            [
                (
                    *_named(key.organization), tuple(map(str, key.pieces)),
                    key.fragmentation_before, key.fragmentation_after,
                )
                for key in worklist.key_members
            ],
        ),
        ExportTable(
            "isolates", message("Members without any tie"), ISOLATES, list(_isolates(worklist))
        ),
        ExportTable(
            "gatekeepers",
            message("Gatekeepers"),
            GATEKEEPERS,
            [(*_named(each.organization), each.pairs, each.share) for each in worklist.gatekeepers],
        ),
        ExportTable(
            "circles",
            message("Circles of firms that do not compete"),
            CIRCLES,
            [
                (number, *_named(member))
                for number, circle in enumerate(worklist.circles, 1)
                for member in circle.members
            ],
        ),
        ExportTable(
            "needs_to_pool",
            message("Needs to pool"),
            POOLED,
            [
                (
                    number, brief.goal, brief.likeness, *_names(need.organization), need.need,
                    need.text, tuple(lab.id for lab in brief.labs),
                )
                for number, brief in enumerate(worklist.briefs, 1)
                for need in brief.needs
            ],
        ),
        ExportTable(
            "openings", message("Other clusters to open to"), OPENINGS, list(_openings(worklist))
        ),
    )  # fmt: skip
    return DataExport(
        "worklist", tables, lambda: _priorities(worklist, first), _facts(worklist.basis)
    )


def _priority(rank: int, item: Suggestion) -> tuple[ExportCell, ...]:
    first, second = item.joins or (None, None)
    return (
        rank, *_names(item.asker), *_names(item.partner), item.goal, item.feasibility,
        item.effect, item.priority, first, second, item.steps_before,
        tuple(each.id for each in item.relieves), item.reasons,
        item.before.fragmentation, item.after.fragmentation,
        item.before.compactness, item.after.compactness,
    )  # fmt: skip


def _isolates(worklist: Worklist) -> Iterator[tuple[ExportCell, ...]]:
    """A row for each who could bring an isolate in; one for whom nobody could."""
    for isolate in worklist.isolates:
        own = _named(isolate.organization)
        for option in isolate.options:
            yield (*own, *_names(option.organization), option.goal, option.feasibility)
        if not isolate.options:
            yield (*own, "", "", "", None, None)


def _openings(worklist: Worklist) -> Iterator[tuple[ExportCell, ...]]:
    for opening in worklist.openings:
        own = (*_names(opening.cluster), opening.relatedness, opening.members, opening.ties)
        for tie in opening.ties_to_make:
            yield (*own, *_names(tie.member), *_names(tie.partner), tie.feasibility)
        if not opening.ties_to_make:
            yield (*own, *("",) * 6, None)


def _priorities(worklist: Worklist, ties: ExportTable) -> ExportGraph:
    ends = {end.id: end for item in worklist.items for end in (item.asker, item.partner)}
    return ExportGraph(
        ExportTable(
            "organizations",
            message("Organisations"),
            NODES,
            [_named(ends[id]) for id in sorted(ends)],
        ),
        ties,
        directed=True,
    )


def _facts(subject: Basis | Coverage) -> tuple[tuple[str, Single], ...]:
    return tuple((field.name, getattr(subject, field.name)) for field in fields(subject))


# -- audits


def audit_export(audit: Audit, view: View, layers: Mapping[Channel, View]) -> DataExport:
    """All figures of an audit; as a graph the network of `view`, with the layers of each tie."""
    return DataExport(
        "audit",
        (
            ExportTable(
                "indicators", message("Indicators by layer"), LAYERED, list(_indicators(audit))
            ),
            ExportTable("years", message("Five years"), YEARLY, list(_years(audit))),
            ExportTable("scores", message("Scores over five years"), SCORES, list(_scores(audit))),
            ExportTable("criteria", message("Criteria"), FINDINGS, list(_findings(audit))),
            ExportTable("peers", message("Against other clusters"), PEERS, list(_peers(audit))),
            ExportTable("annual", message("The yearly report"), ANNUAL, list(_annual(audit))),
            ExportTable(
                "coverage",
                message("What the data cover"),
                COVERAGE,
                _facts(audit.coverage),
            ),
            ExportTable(
                "definitions",
                message("Definitions"),
                DEFINITIONS,
                [_defined(definition) for definition, _ in INDICATORS.values()],
            ),
        ),
        lambda: _network(view, layers),
        _facts(audit.basis),
    )  # fmt: skip


def _indicators(audit: Audit) -> Iterator[tuple[ExportCell, ...]]:
    for layer in audit.layers:
        for name, figure in layer.figures.items():
            definition, _ = INDICATORS[name]
            yield (
                layer.layer, layer.title, definition.group, definition.group_title, name,
                definition.title, definition.unit, audit.basis.year, *_figure(figure),
            )  # fmt: skip


def _years(audit: Audit) -> Iterator[tuple[ExportCell, ...]]:
    for layer in audit.layers:
        for name, figures in layer.series.items():
            title = INDICATORS[name][0].title
            for year, figure in zip(audit.years, figures, strict=True):
                yield (
                    layer.layer, layer.title, name, title, year, figure.value, figure.because
                )  # fmt: skip


def _scores(audit: Audit) -> Iterator[tuple[ExportCell, ...]]:
    for profile in audit.course:
        for part, (known, criteria) in profile.known.items():
            if isinstance(part, Group):
                score, title = profile.groups[part], GROUP_TITLES[part]
            else:
                score, title = profile.stages[part], STAGE_TITLES[part]
            yield (profile.year, part, title, score, known, criteria)


def _findings(audit: Audit) -> Iterator[tuple[ExportCell, ...]]:
    for finding in audit.course[-1].findings:
        criterion = finding.criterion
        yield (
            criterion.stage, STAGE_TITLES[criterion.stage], criterion.group, criterion.name,
            finding.year, finding.figure.value, criterion.level, criterion.low_is_better,
            finding.score,
        )  # fmt: skip


def _peers(audit: Audit) -> Iterator[tuple[ExportCell, ...]]:
    for name, figure in audit.peers.figures.items():
        yield (name, INDICATORS[name][0].title, figure.value, audit.peers.percentiles.get(name))


def _annual(audit: Audit) -> Iterator[tuple[ExportCell, ...]]:
    for entry in audit.annual:
        item = entry.item
        yield (
            item.code, item.part, item.title, item.unit, item.level, entry.year,
            entry.figure.value, entry.figure.because, entry.origin, item.source,
        )  # fmt: skip


def _network(view: View, layers: Mapping[Channel, View]) -> ExportGraph:
    snapshot, network = view.landscape.snapshot, view.network
    rows = network.members.tolist()
    ids = snapshot.ids_of(network.members)
    english = snapshot.organizations.table["name_en"]
    nodes: list[tuple[ExportCell, ...]] = [
        (
            ids[position], snapshot.name_of(row), english[row].as_py() or "",
            KINDS[snapshot.organizations.kind[row]],
            int(network.degree[position]), int(network.component[position]),
        )
        for position, row in enumerate(rows)
    ]  # fmt: skip
    pairs = {
        channel: set(map(tuple, view.network.edges.tolist())) for channel, view in layers.items()
    }
    edges: list[tuple[ExportCell, ...]] = [
        (
            ids[first], ids[second], 1.0,
            *((first, second) in pairs.get(channel, ()) for channel in CHANNELS),
        )
        for first, second in network.edges.tolist()
    ]  # fmt: skip
    return ExportGraph(
        ExportTable("organizations", message("Organisations"), AUDITED, nodes),
        ExportTable("ties", message("Ties"), JOINED, edges),
        directed=False,
    )
