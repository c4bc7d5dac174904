"""The audit of a cluster as a document, section by section."""

from __future__ import annotations

from matchmaker.audit.annual import EITHER
from matchmaker.audit.figures import GROUP_TITLES, Figure, Group
from matchmaker.audit.indicators import INDICATORS
from matchmaker.audit.profile import CHANNEL_TITLES, STAGE_TITLES, Finding
from matchmaker.audit.ties import CHANNELS, Channel
from matchmaker.audit.view import View
from matchmaker.reports import pictures
from matchmaker.reports.document import (
    Block,
    Document,
    Picture,
    Say,
    Section,
    Table,
    Text,
    figure_text,
    listed,
    number,
    percent,
    speaker,
)
from matchmaker.reports.worklist_sections import gathering_blocks, member_blocks, worklist_blocks
from matchmaker.services.auditing.answers import Audit, Worklist

MAIN = "observed_over_expected"


def audit_report(audit: Audit, found: Worklist, view: View, language: str) -> Document:
    """Everything that the audit and the worklist say; `view` is drawn as the network."""
    say = speaker(language)
    basis = audit.basis
    name = basis.name if language.startswith("zh") else basis.name_en or basis.name
    return Document(
        language=language,
        title=say(f"{name}：合作网络审计", f"{name}: network audit"),
        subtitle=say(
            f"{basis.year} 年，成员 {basis.members} 家；图谱快照第 {basis.snapshot} 版，截至 {basis.as_of}",
            f"Year {basis.year}, {basis.members} members; snapshot {basis.snapshot} as of {basis.as_of}",
        ),
        sections=(
            Section(say("要点", "In short"), _summary(audit, found, language)),
            Section(say("数据覆盖", "What the data cover"), _coverage(audit, say)),
            Section(say("点线网与四阶段", "Actors, channels, network; four stages"), _profile(audit, language)),
            Section(say("合作网络图", "The network"), _network(found, view, language)),
            Section(say("各图层指标", "Indicators by layer"), _indicators(audit, language)),
            Section(say("五年变化", "Five years"), _series(audit, language), is_reference=True),
            Section(say("与其他集群相比", "Against other clusters"), _peers(audit, language)),
            Section(say("工作清单：优先促成的联系", "Worklist: ties to make first"), worklist_blocks(found, language)),
            Section(say("关键成员、孤立成员与守门人", "Key members, isolates, gatekeepers"), member_blocks(found, language)),
            Section(say("小组、共性需求与跨集群", "Circles, common needs, other clusters"), gathering_blocks(found, language)),
            Section(say("年度报告项目", "The yearly report"), _annual(audit, language), is_reference=True),
            Section(say("指标定义", "Definitions"), _definitions(language), is_reference=True),
        ),
    )  # fmt: skip


def reading(figure: Figure, ties: float, say: Say) -> str:
    """The main figure in words."""
    if figure.value is None:
        because = figure.because
        reason = say(because.zh, because.en) if because else ""
        return say(
            f"无法判断成员之间的联系是多是少：{reason}。",
            f"Whether there are many or few ties cannot be told: {reason}.",
        )
    low, high = figure.low or 0.0, figure.high or 0.0
    band = f"{number(low)}–{number(high)}"
    if high < 1:
        verdict = say("少于常态：聚而不联", "fewer than usual: gathered, not joined")
    elif low > 1:
        verdict = say("多于常态", "more than usual")
    else:
        verdict = say("与常态无显著差别", "no clear difference from the usual")
    return say(
        f"成员之间有 {number(ties)} 条合作联系，为同样条件下期望的 {number(figure.value)} 倍（95% 区间 {band}）：{verdict}。",
        f"Members have {number(ties)} ties, {number(figure.value)} times what pairs like them have over all "
        f"clusters (95 % {band}): {verdict}.",
    )


def _summary(audit: Audit, found: Worklist, language: str) -> tuple[Block, ...]:
    say = speaker(language)
    everything = audit.layers[Channel.COOPERATION]
    blocks: list[Block] = [Text(reading(everything[MAIN], everything["ties"].value or 0, say))]
    now = audit.course[-1]
    if now.aim is None:
        blocks.append(Text(say("四个阶段的得分都已达标。", "All four stages score well.")))
    else:
        lacking = listed(
            [one.criterion.name.said(language) for one in now.missing if one.score is not None][:4],
            language,
        )
        aim = STAGE_TITLES[now.aim].said(language)
        blocks.append(
            Text(
                say(
                    f"下一步是“{aim}”，主要差在：{lacking}。",
                    f"The next stage to work at is “{aim}”; mainly lacking: {lacking}.",
                )
            )
        )
    isolates, items = len(found.isolates), len(found.items)
    if items:
        before, after = found.items[0].item.before, found.items[-1].item.after
        blocks.append(
            Text(
                say(
                    f"工作清单的 {items} 条联系若全部建立，碎片化由 {number(before.fragmentation)} 降到 "
                    f"{number(after.fragmentation)}，紧凑度由 {number(before.compactness)} 升到 "
                    f"{number(after.compactness)}。孤立成员 {isolates} 家。",
                    f"With all {items} ties of the worklist fragmentation falls from "
                    f"{number(before.fragmentation)} to {number(after.fragmentation)} and compactness rises "
                    f"from {number(before.compactness)} to {number(after.compactness)}. "
                    f"{isolates} members are without any partner.",
                )
            )
        )
    return tuple(blocks)


def _coverage(audit: Audit, say: Say) -> tuple[Block, ...]:
    has, total = audit.coverage, audit.coverage.members
    rows = (
        (say("有文字（供给、需求、简介）", "any text (offer, need, profile)"), has.with_statement),
        (say("有任何联系记录", "any tie on record"), has.with_tie),
        (say("近三年有联系记录", "a tie in the last three years"), has.with_recent_tie),
        (say("有上报数据", "a reported figure"), has.with_observation),
        (say("行业已知", "industry known"), has.with_industry),
        (say("地点已知", "place known"), has.with_place),
    )
    estimated = (
        Text(
            say(
                f"成员参与的 {has.undertakings:,} 个项目或合同中，{has.estimated_undertakings:,} 个只知时期，日期为估计，相邻年份的增减须谨慎看待。",
                f"Of {has.undertakings:,} projects and contracts of members {has.estimated_undertakings:,} have only "
                "a period, and the date is estimated: rises and falls between years are to be read with care.",
            )
        ),
    )
    return (
        Table(
            (say("成员", "Members with"), say("家数", "Number"), say("占比", "Share")),
            tuple((name, count, percent(count, total)) for name, count in rows),
            widths=(60, 20, 20),
        ),
        Text(
            say(
                f"记录在案的联系 {has.ties:,} 条，其中 {has.undated_ties:,} 条没有日期（计入每一年）。没有记录不等于没有合作。",
                f"{has.ties:,} ties are on record, {has.undated_ties:,} of them without a date (counted in every "
                "year). No record is no proof that there was no cooperation.",
            )
        ),
        *(estimated if has.estimated_undertakings else ()),
    )


def _profile(audit: Audit, language: str) -> tuple[Block, ...]:
    say, now = speaker(language), audit.course[-1]
    scores = [(GROUP_TITLES[one].said(language), now.groups[one], now.known(one)) for one in Group]
    stages = [
        (STAGE_TITLES[one].said(language), now.stages[one], now.known(one)) for one in now.stages
    ]
    lines = [
        (STAGE_TITLES[one].said(language), [profile.stages[one] for profile in audit.course])
        for one in now.stages
    ] + [
        (GROUP_TITLES[one].said(language), [profile.groups[one] for profile in audit.course])
        for one in Group
    ]
    described = listed(
        [
            f"{name} {number(score)} ({has}/{total})"
            for name, score, (has, total) in scores + stages
        ],
        language,
    )
    return (
        Picture(lambda: pictures.scores(scores, stages), say(f"得分（0–1；括号内为有数据的依据数）：{described}", f"Scores (0–1; criteria with data in brackets): {described}")),
        Picture(lambda: pictures.course(audit.years, lines), say("五年得分变化", "Scores over five years")),
        Text(
            say(
                "每项得分为指标与目标水平之比（封顶为 1），目标水平是本系统的约定，可以讨论；阶段不是单一标签。",
                "A score is the figure over the level aimed at, at most 1. The levels are conventions of this "
                "program, stated to be argued with. Stages are no single label.",
            )
        ),
        Table(
            (say("依据", "Criterion"), say("阶段", "Stage"), say("现状", "Now"), say("目标", "Level"), say("得分", "Score")),
            tuple(_finding(one, language) for one in now.findings),
            widths=(40, 20, 18, 12, 10),
        ),
    )  # fmt: skip


def _finding(finding: Finding, language: str) -> tuple[str, ...]:
    criterion = finding.criterion
    sign = "≤" if criterion.low_is_better else "≥"
    return (
        criterion.name.said(language),
        STAGE_TITLES[criterion.stage].said(language),
        figure_text(finding.figure, language),
        f"{sign} {number(criterion.level)}",
        number(finding.score),
    )


def _network(found: Worklist, view: View, language: str) -> tuple[Block, ...]:
    say = speaker(language)
    if len(view.network) < 2:
        return (
            Text(
                say(
                    "成员不足两个，没有网络可画。",
                    "With fewer than two members there is no network to draw.",
                )
            ),
        )
    pairs = [(item.item.proposal.asker, item.item.proposal.partner) for item in found.items]
    return (
        Picture(
            lambda: pictures.network(view, pairs, language),
            say(
                "圆点为成员，颜色表示类型，大小表示伙伴数；实线为现有合作，虚线为工作清单中的建议。",
                "Points are members, coloured by kind and sized by partners; solid lines are ties there are, "
                "dashed ones those of the worklist.",
            ),
        ),
    )


def _indicators(audit: Audit, language: str) -> tuple[Block, ...]:
    say = speaker(language)
    header = (say("指标", "Indicator"), *(CHANNEL_TITLES[one].said(language) for one in CHANNELS))
    return tuple(
        Table(
            header,
            tuple(
                (
                    definition.title.said(language),
                    *(figure_text(audit.layers[one][name], language) for one in CHANNELS),
                )
                for name, (definition, _) in INDICATORS.items()
                if definition.group is group
            ),
            caption=GROUP_TITLES[group].said(language),
            widths=(20, 16, 16, 16, 16, 16),
        )
        for group in Group
    )


def _series(audit: Audit, language: str) -> tuple[Block, ...]:
    say = speaker(language)
    header = (say("指标", "Indicator"), *(str(year) for year in audit.years))
    return tuple(
        Table(
            header,
            tuple(
                (INDICATORS[name][0].title.said(language), *(number(one.value) for one in values))
                for name, values in audit.series[channel].items()
            ),
            caption=CHANNEL_TITLES[channel].said(language),
            widths=(35, 13, 13, 13, 13, 13),
        )
        for channel in (Channel.COOPERATION, Channel.SUPPLY, Channel.RESEARCH)
        if any(one.value for one in audit.series[channel]["ties"])
    ) or (Text(say("五年内没有联系。", "No tie in the five years.")),)


def _peers(audit: Audit, language: str) -> tuple[Block, ...]:
    say, standing = speaker(language), audit.standing
    if not standing.percentiles:
        return (Text(say("没有可比的集群。", "There is no cluster to compare with.")),)
    names = [zh if language.startswith("zh") else en or zh for _, zh, en in standing.nearest]
    return (
        Table(
            (say("指标", "Indicator"), say("数值", "Figure"), say("百分位（100 为优）", "Percentile (100 is good)")),
            tuple(
                (
                    INDICATORS[name][0].title.said(language),
                    figure_text(figure, language),
                    number(standing.percentiles[name]),
                )
                for name, figure in standing.figures.items()
                if name in standing.percentiles
            ),
            widths=(40, 35, 25),
        ),
        Text(
            say(
                f"共比较 {standing.clusters} 个集群；最相近的是：{listed(names, language)}。密度随规模变化，不用于排名。",
                f"{standing.clusters} clusters compared; most alike: {listed(names, language)}. "
                "Density changes with size and is not ranked.",
            )
        ),
    )  # fmt: skip


def _annual(audit: Audit, language: str) -> tuple[Block, ...]:
    say = speaker(language)
    gaps = sum(entry.origin is None for entry in audit.annual)
    if audit.deadline:
        due = say(f"报送期限 {audit.deadline}。", f"Due by {audit.deadline}.")
    else:
        due = say(
            "该批次的报送期限未见于可得的通知，请按所属批次通知执行。",
            "The deadline of this batch was not found; see the notice of the batch.",
        )
    return (
        Text(
            say(
                f"{audit.annual_year} 年。依据工信部企业〔2022〕119号认定标准的项目，{len(audit.annual)} 项中 {gaps} 项缺数据，未作估计。{due}",
                f"{audit.annual_year}. Items of the recognition standard under MIIT 2022 No. 119: {gaps} of {len(audit.annual)} have no "
                f"figure, and none was estimated. {due}",
            )
        ),
        Table(
            (say("部分", "Part"), say("项目", "Item"), say("数值", "Figure"), say("标准", "Level"), say("来源", "From"), say("标准依据", "Level known from")),
            tuple(
                (
                    entry.item.part.said(language),
                    entry.item.title.said(language),
                    f"{figure_text(entry.figure, language)} {entry.item.unit if entry.origin else ''}".strip(),
                    entry.item.level,
                    entry.origin.said(language) if entry.origin else say("缺口", "gap"),
                    entry.item.source.said(language),
                )
                for entry in audit.annual
            ),
            widths=(14, 26, 18, 10, 12, 20),
        ),
        Text(EITHER.said(language)),
    )  # fmt: skip


def _definitions(language: str) -> tuple[Block, ...]:
    say = speaker(language)
    return (
        Table(
            (say("指标", "Indicator"), say("定义与出处", "Definition and source")),
            tuple(
                (definition.title.said(language), definition.about.said(language))
                for definition, _ in INDICATORS.values()
            ),
            widths=(25, 75),
        ),
    )
