"""The sections of an audit about what to do next."""

from __future__ import annotations

from matchmaker.goals import GOALS
from matchmaker.messages import Message, in_context, message
from matchmaker.reports.document import NOTHING, Block, DocumentTable, Paragraph, Writer, shortened
from matchmaker.services.auditing.results import Brief, Suggestion, Worklist


def tie_blocks(worklist: Worklist, writer: Writer) -> tuple[Block, ...]:
    """The ties to make first, with why and what they change."""
    if not worklist.items:
        return (writer.paragraph("There is no tie to suggest."),)
    joins = any(
        writer.number(each.before.fragmentation) != writer.number(each.after.fragmentation)
        for each in worklist.items
    )
    return (
        DocumentTable(
            (
                "#", writer.gettext("Who with whom"), writer.gettext("For"),
                writer.gettext("Why it matters"), writer.gettext("Why it is feasible"),
                writer.gettext("Fragmentation; compactness") if joins else writer.gettext("Compactness"),
            ),
            tuple(
                (
                    place,
                    f"{writer.name(suggestion.asker)} ↔ {writer.name(suggestion.partner)}",
                    GOALS[suggestion.goal].heading.text(writer.language),
                    writer.listed(_why_it_matters(suggestion, writer)),
                    writer.listed(suggestion.reasons),
                    _change(suggestion, writer, joins=joins),
                )
                for place, suggestion in enumerate(worklist.items, 1)
            ),
            widths=(4, 26, 10, 22, 24, 14),
        ),
        writer.paragraph(
            "Ordered by structural effect × feasibility, each computed with those above it already "
            "made, and nobody asked for more than it can take."
        ),
        writer.paragraph("In the reasons, “you” is the first of the two."),
    )  # fmt: skip


def _change(suggestion: Suggestion, writer: Writer, *, joins: bool) -> str:
    """What one tie changes; fragmentation where some tie of the list changes it."""
    before, after = suggestion.before, suggestion.after
    reach = f"{writer.number(before.compactness)} → {writer.number(after.compactness)}"
    if not joins:
        return reach
    pieces = f"{writer.number(before.fragmentation)} → {writer.number(after.fragmentation)}"
    return f"{pieces}; {reach}"


def _why_it_matters(suggestion: Suggestion, writer: Writer) -> list[Message]:
    """Messages of the components it joins, the steps it saves, and whom it relieves."""
    reasons = []
    if suggestion.joins is not None:
        small, large = sorted(suggestion.joins)
        reasons.append(
            message(
                "joins parts of %(small)s and %(large)s that could not reach each other",
                small=small,
                large=large,
            )
        )
    elif suggestion.steps_before:
        reasons.append(message("were %(steps)s steps apart", steps=suggestion.steps_before))
    if suggestion.relieves:
        names = writer.names(suggestion.relieves[:3])
        reasons.append(message("the network no longer hangs on %(names)s alone", names=names))
    return reasons


def member_blocks(worklist: Worklist, writer: Writer) -> tuple[Block, ...]:
    """Members whom the network hangs on, who are outside it, or who carry much."""
    blocks: list[Block] = []
    if worklist.key_members:
        blocks.append(
            DocumentTable(
                (
                    writer.gettext("Key member"), writer.gettext("Leaves parts of"),
                    writer.gettext("Fragmentation"),
                ),
                tuple(
                    (
                        writer.name(key.organization),
                        " + ".join(map(str, key.pieces)),
                        f"{writer.number(key.fragmentation_before)} → "
                        f"{writer.number(key.fragmentation_after)}",
                    )
                    for key in worklist.key_members
                ),
                caption=writer.gettext("Members whose leaving would part the network"),
                widths=(50, 25, 25),
            )
        )  # fmt: skip
    else:
        blocks.append(writer.paragraph("No single member's leaving would part the network."))
    if worklist.isolates:
        blocks.append(
            DocumentTable(
                (writer.gettext("Isolate"), writer.gettext("Who could bring it in")),
                tuple(
                    (
                        writer.name(isolate.organization),
                        writer.names(option.organization for option in isolate.options) or NOTHING,
                    )
                    for isolate in worklist.isolates
                ),
                caption=writer.gettext("Members without any partner"),
                widths=(40, 60),
            )
        )
    if worklist.gatekeepers:
        blocks.append(
            DocumentTable(
                (
                    writer.gettext("Gatekeeper"), writer.gettext("Pairs it stands between"),
                    writer.gettext("Share"),
                ),
                tuple(
                    (
                        writer.name(keeper.organization),
                        keeper.pairs,
                        writer.percent(round(100 * keeper.share), 100),
                    )
                    for keeper in worklist.gatekeepers
                ),
                caption=writer.gettext("Members who carry much of what comes from outside"),
                widths=(50, 30, 20),
            )
        )  # fmt: skip
    return tuple(blocks)


def gathering_blocks(worklist: Worklist, writer: Writer) -> tuple[Block, ...]:
    """Circles of firms, needs to pool, clusters to open to."""
    blocks: list[Block] = [
        writer.paragraph(
            "A circle of %(firms)s firms that do not compete, of %(industries)s industries, "
            "%(acquainted)s of %(pairs)s pairs acquainted: %(names)s",
            firms=len(circle.members),
            industries=circle.industries,
            acquainted=circle.acquainted,
            pairs=circle.pairs,
            names=writer.names(circle.members),
        )
        for circle in worklist.circles
    ]
    blocks += [_brief(brief, writer) for brief in worklist.briefs]
    if worklist.openings:
        blocks.append(
            DocumentTable(
                (
                    writer.gettext("Cluster"), writer.gettext("Relatedness"),
                    writer.gettext("Ties now"), writer.gettext("Nearest industries"),
                    in_context("report", "Ties to make first").text(writer.language),
                ),
                tuple(
                    (
                        writer.name(opening.cluster),
                        writer.number(opening.relatedness),
                        opening.ties,
                        writer.names(opening.nearest),
                        "; ".join(
                            f"{writer.name(tie.member)} ↔ {writer.name(tie.partner)}"
                            for tie in opening.ties_to_make
                        ),
                    )
                    for opening in worklist.openings
                ),
                caption=in_context("report", "Other clusters to open to").text(writer.language),
                widths=(20, 12, 10, 23, 35),
            )
        )  # fmt: skip
    return tuple(blocks) or (Paragraph(in_context("report", "None.").text(writer.language)),)


def _brief(brief: Brief, writer: Writer) -> DocumentTable:
    caption = writer.gettext(
        "Needs to pool (%(goal)s, likeness %(likeness)s)",
        goal=GOALS[brief.goal].heading,
        likeness=writer.number(brief.likeness),
    )
    if brief.labs:
        caption += writer.gettext("; labs to join: %(labs)s", labs=writer.names(brief.labs))
    return DocumentTable(
        (in_context("report", "Who").text(writer.language), writer.gettext("Need")),
        tuple((writer.name(need.organization), shortened(need.text)) for need in brief.needs),
        caption=caption,
        widths=(30, 70),
    )
