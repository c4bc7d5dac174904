"""Sources in answers: a cluster's own list by its name only for the cluster's people."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from flask import g

from matchmaker.api.http.context import current_principal, services
from matchmaker.regex import regex
from matchmaker.services.directory.cluster_sources import CLUSTER_LIST

_SOURCE = regex(r'"source":"([^"]+)"')


def hidden_sources() -> frozenset[str]:
    """The names of sources that who sent this request does not read."""
    if "hidden_sources" not in g:
        g.hidden_sources = services().cluster_sources.hidden_from(current_principal())
    names: frozenset[str] = g.hidden_sources
    return names


def without_cluster_names(text: str) -> str:
    """An answer, as JSON, in which lists of others' clusters are called no more than that."""
    if current_principal().admin or '"tier":' not in text:
        return text
    named = set(_SOURCE.findall(text))
    hidden = named & hidden_sources() if named else named
    if not hidden:
        return text
    answer = json.loads(text)
    _rename(answer, hidden)
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def _rename(part: Any, hidden: Collection[str]) -> None:
    """Rename the sources of statements: what has a source and its tier."""
    if isinstance(part, dict):
        if "tier" in part and part.get("source") in hidden:
            part["source"] = CLUSTER_LIST
            if "record" in part:
                part["record"] = ""
        for value in part.values():
            _rename(value, hidden)
    elif isinstance(part, list):
        for value in part:
            _rename(value, hidden)
