"""Write the sample tables from the hand-written trades in `seed/trades/`.

    python seed/make_samples.py [FOLDER]

Each trade file holds the texts of one cluster, profile by profile (what a caster
offers, what a machinist lacks), and the shape of its network. Texts carry their
variants in braces: `{two|three} shifts`. The draw is seeded by the trade's name,
so the same files give the same bytes, and a change in one trade leaves the
others' draws alone. Prints the table of designed figures shown in `README.md`.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from sample_draw import SEED, Tables, brands, load
from sample_record import SampleRecord
from sample_trade import Trade

# From the merely gathered to the dynamic: the order of the table in README.md.
TRADES = ("hosiery", "spectacles", "valves", "moulds", "newmaterials", "drones")


def add_cross_ties(trades: dict[str, Trade], common: dict[str, Any]) -> None:
    """Ties between clusters, drawn by the trade that sells or proposes."""
    for cross in common.get("cross", []):
        source, source_key = cross["from"].split(".")
        target, target_key = cross["to"].split(".")
        trade = trades[source]
        trade.between(
            cross["layer"],
            trade.with_keys(source_key),
            trades[target].with_keys(target_key),
            cross["count"],
        )


def figures(trade: Trade) -> str:
    """One line of the table in README.md; the test counts the same from the files."""
    staying = {member.id for member in trade.members if member.until is None}
    labs = {member.id for member in trade.members if member.kind == "research_institute"}
    inside: Counter[str] = Counter()
    tied: set[str] = set()
    for tie in trade.tables.rows["ties"]:
        ends = {tie["source"], tie["target"]}
        if ends <= staying:
            inside[tie["layer"]] += 1
            inside["with a lab"] += tie["layer"] == "COOPERATES_WITH" and bool(ends & labs)
            tied |= ends
    pairs = len(staying) * (len(staying) - 1)
    cells = [
        f"`{trade.cluster}`",
        len(staying),
        inside["SUPPLIES"],
        f"{inside['SUPPLIES'] / pairs:.4f}",
        inside["COOPERATES_WITH"],
        inside["with a lab"],
        inside["USES"],
        trade.shape["research_project"],
        len(staying - tied),
    ]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main(folder: Path) -> None:
    common = load("common")
    tables = Tables()
    names = brands(common)
    trades = {name: Trade(name, common, tables) for name in TRADES}
    for trade in trades.values():
        trade.add_cluster()
        trade.add_members(names)
        trade.add_statements()
        trade.add_ties()
    add_cross_ties(trades, common)
    for trade in trades.values():
        record = SampleRecord(trade)
        record.add_engagements()
        record.add_observations()
    tables.write(folder)
    for trade in trades.values():
        print(figures(trade))  # noqa: T201
    counts = {name: len(rows) for name, rows in tables.rows.items()}
    print(counts)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SEED)
