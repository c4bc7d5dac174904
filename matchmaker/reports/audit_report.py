"""The audit of a cluster as a document, section by section."""

from __future__ import annotations

from matchmaker.audit.annual import EITHER
from matchmaker.audit.figures import GROUP_TITLES, Figure, Group
from matchmaker.audit.indicators import INDICATORS
from matchmaker.audit.profile import STAGE_TITLES, Finding
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View
from matchmaker.messages import in_context, message, text_of
from matchmaker.reports import pictures
from matchmaker.reports.document import (
    Block,
    Document,
    DocumentTable,
    Paragraph,
    Picture,
    Section,
    Writer,
)
from matchmaker.reports.worklist_sections import gathering_blocks, member_blocks, tie_blocks
from matchmaker.services.auditing.results import Audit, Worklist

MAIN = "observed_over_expected"
OVER_YEARS = (Channel.COOPERATION, Channel.SUPPLY, Channel.RESEARCH)


def audit_report(audit: Audit, worklist: Worklist, view: View, language: str) -> Document:
    """Everything that the audit and the worklist say; `view` is drawn as the network."""
    writer = Writer(language)
    basis = audit.basis
    return Document(
        language=language,
        title=writer.gettext("%(cluster)s: network audit", cluster=writer.name(basis)),
        subtitle=writer.gettext(
            "Year %(year)s, %(members)s members; snapshot %(snapshot)s as of %(day)s",
            year=basis.year, members=basis.members, snapshot=basis.snapshot, day=basis.as_of,
        ),
        sections=(
            Section(writer.gettext("In short"), _summary(audit, worklist, writer)),
            Section(writer.gettext("What the data cover"), _coverage(audit, writer)),
            Section(writer.gettext("Actors, channels, network; four stages"), _profile(audit, writer)),
            Section(in_context("report", "The network").text(writer.language), _network(worklist, view, writer)),
            Section(writer.gettext("Indicators by layer"), _indicators(audit, writer)),
            Section(writer.gettext("Five years"), _series(audit, writer), is_reference=True),
            Section(writer.gettext("Against other clusters"), _peers(audit, writer)),
            Section(writer.gettext("Worklist: ties to make first"), tie_blocks(worklist, writer)),
            Section(writer.gettext("Key members, isolates, gatekeepers"), member_blocks(worklist, writer)),
            Section(writer.gettext("Circles, common needs, other clusters"), gathering_blocks(worklist, writer)),
            Section(writer.gettext("The yearly report"), _annual(audit, writer), is_reference=True),
            Section(writer.gettext("Definitions"), _definitions(writer), is_reference=True),
        ),
    )  # fmt: skip


def _summary(audit: Audit, worklist: Worklist, writer: Writer) -> tuple[Block, ...]:
    everything, now = audit.layer(Channel.COOPERATION).figures, audit.course[-1]
    blocks = [_reading(everything[MAIN], everything["ties"], writer)]
    if now.aim is None:
        blocks.append(writer.paragraph("All four stages score well."))
    else:
        lacking = [finding.criterion.name for finding in now.missing if finding.score is not None]
        blocks.append(
            writer.paragraph(
                "The next stage to work at is “%(stage)s”; mainly lacking: %(lacking)s.",
                stage=STAGE_TITLES[now.aim],
                lacking=tuple(lacking[:4]),
            )
        )
    if worklist.items:
        blocks += _gain(worklist, writer)
    return tuple(blocks)


def _gain(worklist: Worklist, writer: Writer) -> tuple[Paragraph, ...]:
    """What all ties of the worklist change; of what stays as it is nothing is said."""
    before, after = worklist.items[0].before, worklist.items[-1].after
    pieces = writer.number(before.fragmentation), writer.number(after.fragmentation)
    reach = writer.number(before.compactness), writer.number(after.compactness)
    changes = []
    if pieces[0] != pieces[1]:
        changes.append(
            message("fragmentation goes from %(old)s to %(new)s", old=pieces[0], new=pieces[1])
        )
    if reach[0] != reach[1]:
        changes.append(
            message("compactness goes from %(old)s to %(new)s", old=reach[0], new=reach[1])
        )
    alone = writer.paragraph(
        "Members without any partner: %(isolates)s.", isolates=len(worklist.isolates)
    )
    if not changes:
        return (alone,)
    told = writer.paragraph(
        "With all %(ties)s ties of the worklist: %(changes)s.",
        ties=len(worklist.items),
        changes=tuple(changes),
    )
    return told, alone


def _reading(ratio: Figure, ties: Figure, writer: Writer) -> Paragraph:
    """The main figure in words."""
    if ratio.value is None:
        return writer.paragraph(
            "Whether there are many or few ties cannot be told: %(reason)s.", reason=ratio.because
        )
    low, high = ratio.low or 0.0, ratio.high or 0.0
    if high < 1:
        verdict = writer.gettext("fewer than usual: gathered, not joined")
    elif low > 1:
        verdict = writer.gettext("more than usual")
    else:
        verdict = writer.gettext("no clear difference from the usual")
    return writer.paragraph(
        "Members have %(ties)s ties, %(ratio)s times what pairs like them have over all clusters "
        "(95 %% %(low)s–%(high)s): %(verdict)s.",
        ties=writer.number(ties.value or 0),
        ratio=writer.number(ratio.value),
        low=writer.number(low),
        high=writer.number(high),
        verdict=verdict,
    )


def _coverage(audit: Audit, writer: Writer) -> tuple[Block, ...]:
    has, total = audit.coverage, audit.coverage.members
    counts = (
        (writer.gettext("any text (offer, need, profile)"), has.with_statement),
        (writer.gettext("any tie on record"), has.with_tie),
        (writer.gettext("a tie in the last three years"), has.with_recent_tie),
        (writer.gettext("a reported figure"), has.with_observation),
        (writer.gettext("industry known"), has.with_industry),
        (writer.gettext("place known"), has.with_place),
    )
    estimated = writer.paragraph(
        "Of %(undertakings)s projects and contracts of members %(estimated)s have only a period, "
        "and the date is estimated: rises and falls between years are to be read with care.",
        undertakings=writer.number(has.undertakings),
        estimated=writer.number(has.estimated_undertakings),
    )
    return (
        DocumentTable(
            (
                writer.gettext("Members with"),
                in_context("report", "Number").text(writer.language),
                writer.gettext("Share"),
            ),
            tuple((name, count, writer.percent(count, total)) for name, count in counts),
            widths=(60, 20, 20),
        ),
        writer.paragraph(
            "%(ties)s ties are on record, %(undated)s of them without a date (counted in every "
            "year). No record is no proof that there was no cooperation.",
            ties=writer.number(has.ties),
            undated=writer.number(has.undated_ties),
        ),
        *((estimated,) if has.estimated_undertakings else ()),
    )


def _profile(audit: Audit, writer: Writer) -> tuple[Block, ...]:
    now = audit.course[-1]
    titles = {
        part: title.text(writer.language) for part, title in (GROUP_TITLES | STAGE_TITLES).items()
    }
    scores = [(titles[part], now.groups[part], now.known[part]) for part in now.groups]
    stages = [(titles[part], now.stages[part], now.known[part]) for part in now.stages]
    lines = [
        *((titles[part], [year.stages[part] for year in audit.course]) for part in now.stages),
        *((titles[part], [year.groups[part] for year in audit.course]) for part in now.groups),
    ]
    described = tuple(
        f"{name} {writer.number(score)} ({with_data}/{total})"
        for name, score, (with_data, total) in scores + stages
    )
    return (
        Picture(
            lambda: pictures.scores(scores, stages, writer),
            writer.gettext("Scores (0–1; criteria with data in brackets): %(scores)s", scores=described),
        ),
        Picture(
            lambda: pictures.course(audit.years, lines), writer.gettext("Scores over five years")
        ),
        writer.paragraph(
            "A score is the figure over the level aimed at, at most 1. The levels are conventions of "
            "this program, stated to be argued with. Stages are no single label."
        ),
        DocumentTable(
            (
                writer.gettext("Criterion"), writer.gettext("Stage"), writer.gettext("Now"),
                writer.gettext("Level"), writer.gettext("Score"),
            ),
            tuple(_finding(finding, writer) for finding in now.findings),
            widths=(40, 20, 18, 12, 10),
        ),
    )  # fmt: skip


def _finding(finding: Finding, writer: Writer) -> tuple[str, ...]:
    criterion = finding.criterion
    sign = "≤" if criterion.low_is_better else "≥"
    return (
        criterion.name.text(writer.language),
        STAGE_TITLES[criterion.stage].text(writer.language),
        writer.figure(finding.figure),
        f"{sign} {writer.number(criterion.level)}",
        writer.number(finding.score),
    )


def _network(worklist: Worklist, view: View, writer: Writer) -> tuple[Block, ...]:
    if len(view.network) < 2:
        return (writer.paragraph("With fewer than two members there is no network to draw."),)
    row_of = view.landscape.snapshot.row_of
    pairs = [(row_of(item.asker.id), row_of(item.partner.id)) for item in worklist.items]
    return (
        Picture(
            lambda: pictures.network(view, pairs, writer),
            writer.gettext(
                "Points are members, coloured by kind and sized by partners; solid lines are ties "
                "there are, dashed ones those of the worklist."
            ),
        ),
    )


def _indicators(audit: Audit, writer: Writer) -> tuple[Block, ...]:
    titles = (layer.title.text(writer.language) for layer in audit.layers)
    header = (writer.gettext("Indicator"), *titles)
    return tuple(
        DocumentTable(
            header,
            tuple(
                (
                    definition.title.text(writer.language),
                    *(writer.figure(layer.figures[name]) for layer in audit.layers),
                )
                for name, (definition, _) in INDICATORS.items()
                if definition.group is group
            ),
            caption=GROUP_TITLES[group].text(writer.language),
            widths=(20, 16, 16, 16, 16, 16),
        )
        for group in Group
    )


def _series(audit: Audit, writer: Writer) -> tuple[Block, ...]:
    header = (writer.gettext("Indicator"), *map(str, audit.years))
    return tuple(
        DocumentTable(
            header,
            tuple(
                (_title(name, writer), *(writer.number(figure.value) for figure in figures))
                for name, figures in layer.series.items()
            ),
            caption=layer.title.text(writer.language),
            widths=(35, 13, 13, 13, 13, 13),
        )
        for layer in map(audit.layer, OVER_YEARS)
        if any(figure.value for figure in layer.series["ties"])
    ) or (writer.paragraph("No tie in the five years."),)


def _peers(audit: Audit, writer: Writer) -> tuple[Block, ...]:
    peers = audit.peers
    if not peers.percentiles:
        return (writer.paragraph("There is no cluster to compare with."),)
    return (
        DocumentTable(
            (
                writer.gettext("Indicator"), writer.gettext("Figure"),
                writer.gettext("Percentile (100 is good)"),
            ),
            tuple(
                (_title(name, writer), writer.figure(figure), writer.number(peers.percentiles[name]))
                for name, figure in peers.figures.items()
                if name in peers.percentiles
            ),
            widths=(40, 35, 25),
        ),
        writer.paragraph(
            "%(clusters)s clusters compared; most alike: %(names)s. Density changes with size and "
            "is not ranked.",
            clusters=peers.clusters,
            names=writer.names(peers.nearest),
        ),
    )  # fmt: skip


def _annual(audit: Audit, writer: Writer) -> tuple[Block, ...]:
    if audit.annual_deadline and audit.annual_deadline < str(audit.basis.as_of):
        due = writer.gettext(
            "It was due by %(day)s; that of %(year)s is due a year later.",
            day=audit.annual_deadline,
            year=audit.annual_year + 1,
        )
    elif audit.annual_deadline:
        due = writer.gettext("Due by %(day)s.", day=audit.annual_deadline)
    else:
        due = writer.gettext(
            "The deadline of this batch was not found; see the notice of the batch."
        )
    return (
        writer.paragraph(
            "%(year)s. Items of the recognition standard under MIIT 2022 No. 119: %(gaps)s of "
            "%(items)s have no figure, and none was estimated. %(due)s",
            year=audit.annual_year,
            gaps=sum(entry.origin is None for entry in audit.annual),
            items=len(audit.annual),
            due=due,
        ),
        DocumentTable(
            (
                writer.gettext("Part"), writer.gettext("Item"), writer.gettext("Figure"),
                in_context("annual", "Level").text(writer.language), writer.gettext("From"), writer.gettext("Level known from"),
            ),
            tuple(
                (
                    entry.item.part.text(writer.language),
                    entry.item.title.text(writer.language),
                    f"{writer.figure(entry.figure)} {text_of(entry.item.unit, writer.language) if entry.origin else ''}".strip(),
                    entry.item.level,
                    entry.origin.text(writer.language) if entry.origin else writer.gettext("gap"),
                    entry.item.source.text(writer.language),
                )
                for entry in audit.annual
            ),
            widths=(14, 26, 18, 10, 12, 20),
        ),
        Paragraph(EITHER.text(writer.language)),
    )  # fmt: skip


def _definitions(writer: Writer) -> tuple[Block, ...]:
    return (
        DocumentTable(
            (writer.gettext("Indicator"), writer.gettext("Definition and source")),
            tuple(
                (definition.title.text(writer.language), definition.about.text(writer.language))
                for definition, _ in INDICATORS.values()
            ),
            widths=(25, 75),
        ),
    )


def _title(indicator: str, writer: Writer) -> str:
    return INDICATORS[indicator][0].title.text(writer.language)
