"""Lines that go on with the one above: of an order, or of an organisation that needs more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from matchmaker.ingest.cells import CellProblem
from matchmaker.ingest.table_file import Line
from matchmaker.messages import message

_TEXTS = frozenset({"need", "description"})
_PARTIES = frozenset({"supplier", "buyer", "domestic", "foreign"})
# What an order says once, and its further lines leave blank.
_SAID_ONCE = _PARTIES | {
    "order_number", "date", "supplier_place", "supplier_country", "buyer_place", "buyer_country",
    "status",
}  # fmt: skip


# What a further line of an organisation says, and what it takes from the line above.
_SAID_AGAIN = frozenset({
    "need", "description", "need_kind", "need_quantity", "need_budget", "need_deadline",
    "need_state", "seeks_or_offers",
})  # fmt: skip
_WHO = frozenset({"name", "name_en", "id", "kind", "place", "country", "credit_code", "vat"})


def with_further_needs(
    lines: Iterator[Line], table: str, mapping: Mapping[str, str]
) -> Iterator[Line]:
    """Lines of organisations, of which one that only says what else is needed is the one above's.

    `mapping` leads from titles to columns. Who it is is taken from above, and told.
    """
    if table != "organizations":
        yield from lines
        return
    who = [title for title, column in mapping.items() if column in _WHO]
    name = next((title for title, column in mapping.items() if column == "name"), "")
    above: Mapping[str, str] = {}
    for line in lines:
        if line.passed_over is not None or not line.tells:
            above = above if line.passed_over is None else {}
            yield line
            continue
        said = {mapping[title] for title, cell in line.cells.items() if cell and title in mapping}
        if said and said <= _SAID_AGAIN and above.get(name) and not said.isdisjoint(_TEXTS):
            reason = message("continues the line above: who it is is taken from it.")
            told = (*line.problems, CellProblem(name, reason, "warning"))
            yield replace(line, cells={**line.cells, **above}, problems=told)
            continue
        above = {title: cell for title in who if (cell := line.cells.get(title, ""))}
        yield line


def with_continued(lines: Iterator[Line], mapping: Mapping[str, str]) -> Iterator[Line]:
    """Lines of which those that continue an order have what it says, and tell that.

    `mapping` leads from titles to columns of orders. A line continues the one above where it names
    what is bought, and neither a number nor a party nor a day.
    """
    said = [title for title, column in mapping.items() if column in _SAID_ONCE]
    columns = {mapping[title] for title in said}
    texts = [title for title, column in mapping.items() if column == "text"]
    if "order_number" not in columns or columns.isdisjoint(_PARTIES):
        yield from lines
        return
    telling = [title for title in said if mapping[title] in _PARTIES | {"order_number", "date"}]
    above: Mapping[str, str] = {}
    for line in lines:
        if line.passed_over is not None or not line.tells:
            yield line
            continue
        continues = not any(map(line.cells.get, telling)) and any(map(line.cells.get, texts))
        if not continues:
            above = {title: cell for title in said if (cell := line.cells.get(title, ""))}
            yield line
            continue
        if not any(mapping[title] in _PARTIES for title in above):
            yield line
            continue
        taken = {title: cell for title, cell in above.items() if not line.cells.get(title)}
        number = next((t for t in said if mapping[t] == "order_number"), "")
        reason = message("continues the line above: who deals, number and day are taken from it.")
        told = CellProblem(number, reason, "warning")
        yield replace(line, cells={**line.cells, **taken}, problems=(*line.problems, told))
