"""Ids of what a file gives none, made of its source and of what a row says; names of sources."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from matchmaker.domain import GraphRows, Organization
from matchmaker.regex import regex
from matchmaker.text import normal

_SLUG = regex(r"[^a-z0-9_.-]+")


def made_id(source: str, parts: Iterable[Any]) -> str:
    """A stable id of what a row says where its file has none."""
    text = "\x1f".join(normal(str(part)) for part in parts)
    return f"{source}:{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"


def slug(text: str) -> str:
    """A source's name as ids begin with it; letters of other scripts by a short digest."""
    plain = _SLUG.sub("-", normal(text)).strip("-._")
    if plain and (text.isascii() or len(plain) > 3):
        return plain[:32].strip("-._")
    return f"list-{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"


def source_of_cluster(cluster: str) -> str:
    """The name of the source of a cluster's own lists, which begins ids: one for all of them."""
    return slug(cluster.partition(":")[2])


def with_source(rows: GraphRows, name: str) -> GraphRows:
    """Rows whose source, and that of each of their fields, has this name."""

    def named(row: Any) -> Any:
        if not hasattr(row, "provenance"):
            return row
        changes: dict[str, Any] = {"provenance": replace(row.provenance, source=name)}
        if isinstance(row, Organization):
            changes["origins"] = tuple(replace(each, source=name) for each in row.origins)
        return replace(row, **changes)

    return GraphRows(**{table: tuple(map(named, kept)) for table, kept in rows.tables()})
