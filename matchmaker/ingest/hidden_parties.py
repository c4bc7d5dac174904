"""Whoever opted out, in the lists of those who do not find it: neither named nor guessed at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from matchmaker.domain import DuplicateCandidate, GraphRows
from matchmaker.ingest.references import origin_of
from matchmaker.ingest.report import Parsed, Problem, joined_to
from matchmaker.ingest.resolve import Resolution
from matchmaker.messages import message
from matchmaker.store.schema import ORGANIZATIONS, PARTICIPANTS, TABLES, Table

# Whoever it is, nothing is told of it: neither its name or id, nor how alike the two are, by which
# a guess could be made better step by step.
SOMEBODY = message("Somebody on record may be the same: an administrator decides.")
_NOWHERE = ("", 0)


def aliases_found(
    aliases: Mapping[str, str], hidden: Collection[str], in_file: Collection[str]
) -> dict[str, str]:
    """Other ids of organisations, without those by which a file could ask for a hidden one.

    Who comes `in_file` under one is still the same: it is not written a second time.
    """
    return {id: kept for id, kept in aliases.items() if kept not in hidden or id in in_file}


def pairs_found(
    pairs: Sequence[DuplicateCandidate], hidden: Collection[str]
) -> tuple[DuplicateCandidate, ...]:
    """The pairs of which nobody is hidden."""
    return tuple(pair for pair in pairs if not any(id in hidden for id in pair.key))


def without_hidden(
    parsed: Parsed,
    resolution: Resolution,
    aliases: Mapping[str, str],
    hidden: Collection[str],
    on_record: Collection[str],
) -> Parsed:
    """A file without the lines whose organisation may be a hidden one, however alike they are.

    Each of these lines is a problem of the same words, a further one of the same organisation and
    what is about it too. Who is `on_record` by itself is another one.
    """
    leads_to = {**aliases, **{alias.id: alias.organization for alias in resolution.merged}}
    alike = {
        id
        for pair in resolution.review
        if any(each in hidden for each in pair.key)
        for id in pair.key
    }
    doubtful = (alike - set(on_record)).union(hidden)
    gone = {id for id in parsed.organization_ids if leads_to.get(id, id) in doubtful}
    if not gone:
        return parsed
    lines = {parsed.origins.get((ORGANIZATIONS.name, id), _NOWHERE) for id in gone} - {_NOWHERE}
    joined = joined_to(0).id
    further = {
        (each.file, each.line)
        for each in parsed.problems
        if each.reason.id == joined and (each.file, each.reason.parameters["line"]) in lines
    }
    lines |= further
    kept: dict[str, tuple[Any, ...]] = {}
    for name, rows in parsed.rows.tables():
        if TABLES[name] is ORGANIZATIONS:
            kept[name] = tuple(row for row in rows if row.id not in gone)
            continue
        good = []
        for row in rows:
            id, file, line = origin_of(parsed, name, row)
            parties = gone & _organizations_of(TABLES[name], row)
            # Of one with a line of its own only that line is left out, when references are checked.
            if (file, line) in lines or any(
                (PARTICIPANTS, f"{id} {each}") not in parsed.origins for each in parties
            ):
                lines.add((file, line))
            else:
                good.append(row)
        kept[name] = tuple(good)
    told = (Problem(file, line, "name", SOMEBODY) for file, line in sorted(lines) if line)
    return replace(
        parsed,
        rows=GraphRows(**kept),
        problems=(*parsed.problems, *told),
        merged=parsed.merged - len(further),
    )


def _organizations_of(table: Table[Any], row: Any) -> set[str]:
    """Ids of the organisations that a row refers to."""
    return {
        id
        for reference in table.references
        if ORGANIZATIONS.name in reference.tables
        for id in table.referred_ids(row, reference)
    }
