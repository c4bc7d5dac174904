"""Results of a search over everything, and why they were found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from matchmaker.domain import Organization
from matchmaker.services.directory.name_search import MatchReason
from matchmaker.text import marked

_SUMMARY = 160


class ResultKind(StrEnum):
    """The kinds of things that a search finds."""

    ORGANIZATION = "organization"
    NEED = "need"
    OFFER = "offer"
    CLUSTER = "cluster"
    PLACE = "place"
    INDUSTRY = "industry"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Something that was found, and why.

    `organization` is the one itself, or whose need or offer it is; `within` the wider place or
    industry. `deadline` is a need's.
    """

    kind: ResultKind
    id: str
    name: str
    name_en: str
    match: MatchReason
    organization: Organization | None = None
    within: str = ""
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class SearchGroup:
    """Results of one kind, best first; `total` is how many there are before the list is cut."""

    kind: ResultKind
    total: int
    results: tuple[SearchResult, ...]


def quoted(match: MatchReason, question: str) -> MatchReason:
    """With the stretch of the text around what is marked, and the marks."""
    marks = marked(match.text, question)
    start = 0
    if marks and marks[0][0] > _SUMMARY // 2:
        start = max(match.text.rfind(each, 0, marks[0][0]) for each in "。；;.!?！？\n") + 1
        start = max(start, marks[0][0] - _SUMMARY // 2)
    end = start + _SUMMARY
    text = match.text[start:end]
    inside = tuple(
        (first - start, min(last, end) - start)
        for first, last in marks
        if first >= start and first < end
    )
    before, after = "…" if start else "", "…" if end < len(match.text) else ""
    shifted = tuple((first + len(before), last + len(before)) for first, last in inside)
    return replace(match, text=f"{before}{text}{after}", marks=shifted)
