"""The sections of an audit about what to do next."""

from __future__ import annotations

from matchmaker.goals import GOALS
from matchmaker.reports.document import (
    Block,
    Table,
    Text,
    listed,
    number,
    percent,
    shortened,
    speaker,
)
from matchmaker.services.auditing.answers import Party, Suggestion, Worklist


def worklist_blocks(found: Worklist, language: str) -> tuple[Block, ...]:
    """The ties to make first, with why and what they change."""
    say = speaker(language)
    if not found.items:
        return (Text(say("没有可建议的联系。", "There is no tie to suggest.")),)
    return (
        Table(
            ("#", say("谁与谁", "Who with whom"), say("目的", "For"), say("为什么重要", "Why it matters"), say("为什么可行", "Why it is feasible"), say("碎片化；紧凑度", "Fragmentation; compactness")),
            tuple(
                (
                    place,
                    f"{named(one.asker, language)} ↔ {named(one.partner, language)}",
                    goal_title(one, language),
                    why_it_matters(one, language),
                    listed([why.message.text(language) for why in one.reasons], language),
                    f"{number(one.item.before.fragmentation)} → {number(one.item.after.fragmentation)}; "
                    f"{number(one.item.before.compactness)} → {number(one.item.after.compactness)}",
                )
                for place, one in enumerate(found.items, 1)
            ),
            widths=(4, 26, 10, 22, 24, 14),
        ),
        Text(
            say(
                "按“结构作用 × 可行性”排序，每一条都在前面各条已建立的情形下重新计算；每个成员至多出现在其可承接的数量之内。",
                "Ordered by structural effect × feasibility, each computed with those above it already made, and "
                "nobody asked for more than it can take.",
            )
        ),
    )  # fmt: skip


def goal_title(one: Suggestion, language: str) -> str:
    """What the tie is for."""
    return GOALS[one.goal].heading.text(language)


def why_it_matters(one: Suggestion, language: str) -> str:
    """Which components it joins, how many steps it saves, whom it relieves."""
    say, item = speaker(language), one.item
    parts = []
    if item.joins is not None:
        small, large = sorted(item.joins)
        parts.append(
            say(
                f"把 {small} 家与 {large} 家两个互不相通的部分连起来",
                f"joins parts of {small} and {large} that could not reach each other",
            )
        )
    elif item.steps_before:
        parts.append(
            say(f"原来相隔 {item.steps_before} 步", f"were {item.steps_before} steps apart")
        )
    if one.relieves:
        names = listed([named(party, language) for party in one.relieves[:3]], language)
        parts.append(say(f"不再只靠{names}维系", f"the network no longer hangs on {names} alone"))
    return listed(parts, language)


def named(party: Party, language: str) -> str:
    """An organisation's name in the reader's language, where it has one."""
    return party.name if language.startswith("zh") else party.name_en or party.name


def member_blocks(found: Worklist, language: str) -> tuple[Block, ...]:
    """Members whom the network hangs on, who are outside it, or who carry much."""
    say = speaker(language)
    blocks: list[Block] = []
    if found.key_members:
        blocks.append(
            Table(
                (say("关键成员", "Key member"), say("离开后分成", "Leaves parts of"), say("碎片化", "Fragmentation")),
                tuple(
                    (
                        named(one.party, language),
                        " + ".join(map(str, one.key.pieces)),
                        f"{number(one.key.fragmentation_before)} → {number(one.key.fragmentation_after)}",
                    )
                    for one in found.key_members
                ),
                caption=say("离开会使网络断开的成员", "Members whose leaving would part the network"),
                widths=(50, 25, 25),
            )
        )  # fmt: skip
    else:
        blocks.append(
            Text(
                say(
                    "没有一家成员的离开会使网络断开。",
                    "No single member's leaving would part the network.",
                )
            )
        )
    if found.isolates:
        blocks.append(
            Table(
                (say("孤立成员", "Isolate"), say("谁能带入", "Who could bring it in")),
                tuple(
                    (
                        named(one.isolate, language),
                        listed([named(who, language) for who, _, _ in one.options], language)
                        or "—",
                    )
                    for one in found.isolates
                ),
                caption=say("没有任何伙伴的成员", "Members without any partner"),
                widths=(40, 60),
            )
        )
    if found.gatekeepers:
        blocks.append(
            Table(
                (say("守门人", "Gatekeeper"), say("居间组数", "Pairs it stands between"), say("占比", "Share")),
                tuple(
                    (named(one.party, language), one.load.pairs, percent(round(100 * one.load.share), 100))
                    for one in found.gatekeepers
                ),
                caption=say("承担对外联系过多的成员", "Members who carry much of what comes from outside"),
                widths=(50, 30, 20),
            )
        )  # fmt: skip
    return tuple(blocks)


def gathering_blocks(found: Worklist, language: str) -> tuple[Block, ...]:
    """Circles of firms, needs to pool, clusters to open to."""
    say = speaker(language)
    blocks: list[Block] = []
    for one in found.circles:
        members = listed([named(member, language) for member in one.members], language)
        blocks.append(
            Text(
                say(
                    f"可组成小组（{len(one.members)} 家互不竞争的企业，{one.circle.industries} 个行业，{one.circle.pairs} 对中已有 {one.circle.acquainted} 对相识）：{members}。",
                    f"A circle of {len(one.members)} firms that do not compete, of {one.circle.industries} industries, "
                    f"{one.circle.acquainted} of {one.circle.pairs} pairs acquainted: {members}",
                )
            )
        )
    for brief in found.briefs:
        title = GOALS[brief.goal].heading.text(language)
        labs = listed([named(lab, language) for lab, _ in brief.labs], language)
        blocks.append(
            Table(
                (say("谁", "Who"), say("需求", "Need")),
                tuple((named(who, language), shortened(text)) for who, _, text in brief.needs),
                caption=say(
                    f"可合并的需求（{title}，相近度 {number(brief.likeness)}）"
                    + (f"；可联合的校院：{labs}" if labs else ""),
                    f"Needs to pool ({title}, likeness {number(brief.likeness)})"
                    + (f"; labs to join: {labs}" if labs else ""),
                ),
                widths=(30, 70),
            )
        )
    if found.openings:
        is_chinese = language.startswith("zh")
        blocks.append(
            Table(
                (
                    say("集群", "Cluster"),
                    say("相近密度", "Relatedness"),
                    say("现有联系", "Ties now"),
                    say("最相近的行业", "Nearest industries"),
                    say("可先促成", "Ties to make first"),
                ),
                tuple(
                    (
                        one.name if is_chinese else one.name_en or one.name,
                        number(one.opening.relatedness),
                        one.opening.ties,
                        listed(
                            [zh if is_chinese else en or zh for zh, en, _ in one.industries],
                            language,
                        ),
                        "; ".join(
                            f"{named(a, language)} ↔ {named(b, language)}" for a, b, _ in one.ties
                        ),
                    )
                    for one in found.openings
                ),
                caption=say("可以连通的其他集群", "Other clusters to open to"),
                widths=(20, 12, 10, 23, 35),
            )
        )
    return tuple(blocks) or (Text(say("没有。", "None.")),)
