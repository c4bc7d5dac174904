"""What a coordinator may bring in: rows about the own cluster's members, and new members."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from matchmaker.domain import GraphRows, Membership, Provenance, key_of
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.messages import message

# Places, industries and clusters are everybody's.
ALLOWED = (
    "organizations", "memberships", "offers", "needs", "engagements", "participants", "ties",
    "observations",
)  # fmt: skip


def within(parsed: Parsed, before: GraphRows, cluster: str, members: Collection[str]) -> Parsed:
    """Without the rows that are not the cluster's; each a problem.

    `before` is what is stored under the same keys, `members` the ids of those in the cluster.
    An organisation that is not stored yet becomes a member. One that is stored and no member
    stays as it is, and joins only by an administrator: a member's coordinator may ask in its
    name.
    """
    stored = {name: {key_of(row): row for row in rows} for name, rows in before.tables()}
    new = {row.id for row in parsed.rows.organizations} - set(stored["organizations"])
    own = set(members) | new
    rules: dict[str, Callable[[Any], bool]] = {
        "organizations": lambda row: row.id in own,
        "descriptions": lambda row: row.organization in own,
        "memberships": lambda row: row.cluster == cluster and row.organization in own,
        "offers": lambda row: row.organization in own,
        "needs": lambda row: row.organization in own,
        "engagements": lambda row: any(part.organization in own for part in row.participants),
        "ties": lambda row: row.source in own or row.target in own,
        "observations": lambda row: row.subject in own or row.subject == cluster,
        # What resolution says of organisations that come in: where they are new or members.
        "aliases": lambda row: row.organization in own,
        "duplicates": lambda row: row.first in own or row.second in own,
    }
    problems = list(parsed.problems)
    kept: dict[str, tuple[Any, ...]] = {}
    for name, rows in parsed.rows.tables():
        rule = rules.get(name, lambda _: False)
        good = []
        for row in rows:
            was = stored[name].get(key_of(row))
            if rule(row) and (was is None or rule(was)):
                good.append(row)
            else:
                file, line = parsed.origins.get((name, " ".join(_parts(row))), ("", 0))
                reason = message(
                    "%(key)s is not of this cluster; an administrator can.",
                    key=" ".join(_parts(row)),
                )
                problems.append(Problem(file, line, "id", reason))
        kept[name] = tuple(good)
    joined = {row.organization for row in kept["memberships"]}
    kept["memberships"] += tuple(
        Membership(cluster, id, None, None, Provenance("import", cluster))
        for id in sorted(new - joined)
    )
    return replace(parsed, rows=GraphRows(**kept), problems=tuple(problems))


def _parts(row: Any) -> tuple[str, ...]:
    key = key_of(row)
    return key if isinstance(key, tuple) else (key,)
