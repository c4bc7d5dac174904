"""The box in the header: suggestions while typing, and a page of everything that was found."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request, url_for
from markupsafe import Markup, escape

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.api.http.problems import status_of
from matchmaker.errors import MatchmakerError
from matchmaker.messages import Message, message, translated
from matchmaker.services.directory.name_search import MatchedBy, MatchReason, NameTable
from matchmaker.services.directory.search import LONGEST, MOST_IN_GROUP
from matchmaker.services.directory.search_results import ResultKind, SearchGroup, SearchResult
from matchmaker.web.labels import language, text_of, word
from matchmaker.web.layout import PageAnswer, is_htmx_request, localised, signed_in, web
from matchmaker.web.marks import with_marks
from matchmaker.web.menu import menu

SUGGESTED, SHOWN = 3, 5

_TITLES: dict[ResultKind, Message] = {
    ResultKind.ORGANIZATION: message("Organisations"),
    ResultKind.NEED: message("Open needs"),
    ResultKind.OFFER: message("Offers"),
    ResultKind.CLUSTER: message("Clusters"),
    ResultKind.PLACE: message("Places"),
    ResultKind.INDUSTRY: message("Industries"),
}
_REASONS: dict[MatchedBy, Message] = {
    MatchedBy.NAME: message("by its name"),
    MatchedBy.OTHER_NAME: message("by another name"),
    MatchedBy.SHORT_NAME: message("by a short name"),
    MatchedBy.PINYIN: message("by pinyin"),
    MatchedBy.INITIALS: message("by initials"),
    MatchedBy.CODE: message("by a code"),
    MatchedBy.WORDS: message("says so"),
    MatchedBy.MEANING: message("means something like it"),
}


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A result as pages show it; `link` is "" where the reader may not open it.

    `quote` is what answers where the name does not show it.
    """

    title: Markup
    link: str
    about: tuple[str, ...]
    reason: Message
    quote: Markup


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """Lines of one kind; `more` is the address of all of them, "" where these are all."""

    title: Message
    kind: str
    total: int
    lines: tuple[FoundLine, ...]
    more: str = ""


@web.get("/search")
def search() -> PageAnswer:
    """Everything that answers what was typed, by kind; as a list under the box for htmx."""
    principal, text = signed_in(), request.args.get("q", "").strip()[:LONGEST]
    kind = request.args.get("kind", "")
    kinds = frozenset({ResultKind(kind)}) if kind in list(ResultKind) else frozenset()
    limit = SUGGESTED if is_htmx_request() else MOST_IN_GROUP if kinds else SHOWN
    groups, problem = list[FoundGroup](), None
    try:
        if text:
            groups = _groups(principal, text, limit, kinds)
    except MatchmakerError as error:
        problem = error
    shown = render_template(
        "suggestions.html" if is_htmx_request() else "search.html",
        q=text,
        kind=kind,
        groups=groups,
        problem=problem,
    )
    return shown, 200 if problem is None else status_of(problem)


def _groups(
    principal: Principal, text: str, limit: int, kinds: frozenset[ResultKind]
) -> list[FoundGroup]:
    result_groups = services().search.everything(
        principal, text, limit, kinds, by_meaning=not is_htmx_request()
    )
    groups = [_group(principal, text, each, bool(kinds)) for each in result_groups]
    pages = () if kinds else _pages(principal, text, limit)
    if pages:
        # Who types the name of a page wants the page.
        groups.insert(0, FoundGroup(message("Pages"), "page", len(pages), pages))
    return groups


def _group(principal: Principal, text: str, group: SearchGroup, is_alone: bool) -> FoundGroup:
    is_cut = group.total > len(group.results) and not is_alone
    more = url_for("web.search", q=text, kind=group.kind) if is_cut else ""
    lines = tuple(_line(principal, result) for result in group.results)
    return FoundGroup(_TITLES[group.kind], group.kind, group.total, lines, more)


def _line(principal: Principal, result: SearchResult) -> FoundLine:
    match, link = result.match, _link(principal, result)
    reason, said_so = _REASONS[match.by], match.by in (MatchedBy.WORDS, MatchedBy.MEANING)
    about = _about(result)
    if result.kind in (ResultKind.NEED, ResultKind.OFFER):
        return FoundLine(highlighted(match.text, match), link, about, reason, Markup())
    name = localised(result)
    in_name = match.text == name
    quote = Markup() if in_name else highlighted(match.text, match)
    if match.by is MatchedBy.NAME and not in_name:
        reason = _REASONS[MatchedBy.OTHER_NAME]  # the reader is shown it in another language
    title = highlighted(name, match) if in_name and not said_so else escape(name)
    return FoundLine(title, link, about, reason, quote)


def _about(result: SearchResult) -> tuple[str, ...]:
    """What stands beside a result: whose it is, what kind, where."""
    own = result.organization
    if own is None:
        return (result.within,) if result.within else ()
    if result.kind is ResultKind.ORGANIZATION:
        place = services().codes.title_of("places", own.place) if own.place else None
        return (word(own.kind), localised(place)) if place else (word(own.kind),)
    return (localised(own),)


def _link(principal: Principal, result: SearchResult) -> str:
    match result.kind:
        case ResultKind.ORGANIZATION:
            return url_for("web.organization", id=result.id)
        case ResultKind.NEED:
            return url_for("web.need", id=result.id)
        case ResultKind.OFFER if result.organization is not None:
            return url_for("web.organization", id=result.organization.id)
        case ResultKind.CLUSTER:
            is_inside = services().directory.is_inside(principal, result.id)
            return url_for("web.cluster", id=result.id) if is_inside else ""
        case ResultKind.PLACE:
            return url_for("web.organizations", place=result.id)
        case _:
            return url_for("web.organizations", industry=result.id)


def _pages(principal: Principal, text: str, limit: int) -> tuple[FoundLine, ...]:
    """Pages of the reader's menu by title, in any language."""
    entries = [entry for part in menu(principal) for entry in part]
    titles = NameTable(
        (number, title)
        for number, entry in enumerate(entries)
        for title in (text_of(entry.title), translated(entry.title.id, _other_language()))
    )
    matches = titles.matches(text)
    best = sorted(matches, key=lambda number: -matches[number].strength)[:limit]
    return tuple(
        FoundLine(
            highlighted(text_of(entries[number].title), matches[number])
            if matches[number].text == text_of(entries[number].title)
            else escape(text_of(entries[number].title)),
            entries[number].link,
            (),
            _REASONS[matches[number].by],
            Markup(),
        )
        for number in best
    )


def _other_language() -> str:
    return "en" if language() == "zh" else "zh"


def highlighted(text: str, match: MatchReason) -> Markup:
    """The text, escaped, with the stretches that answer marked."""
    return with_marks(text, match.marks)
