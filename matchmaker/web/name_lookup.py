"""Organisations and clusters that are meant by a name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.domain import is_id
from matchmaker.errors import InvalidInput
from matchmaker.services.directory.codes import MAX_CODES, CodeEntry
from matchmaker.services.directory.search_results import ResultKind, SearchResult
from matchmaker.store.ports import Page
from matchmaker.text import normal
from matchmaker.web.layout import show_notice

ASKED_ABOUT = 8
CLUSTERS_SHOWN = 100


def industry_meant(text: str) -> str | None:
    """The id of the industry that a field of a form means, None for no text.

    Where only another one lists all that it says, that one, and a notice says so. Raises
    InvalidInput where nothing, or more than one, is meant.
    """
    id, told = services().codes.meant("industries", text)
    if told is not None:
        show_notice(told)
    return id


def organizations_named(principal: Principal, text: str) -> tuple[SearchResult, ...]:
    """Organisations called so, in full, in short or in pinyin, best first."""
    if not text.strip():
        return ()
    groups = services().search.everything(
        principal, text, MAX_CODES, frozenset({ResultKind.ORGANIZATION}), by_meaning=False
    )
    return groups[0].results if groups else ()


def organization_named(principal: Principal, text: str) -> str:
    """The id of the only organisation that an id or a whole name means; "" for no text.

    Raises InvalidInput that names what may be meant: a part of a name is not taken for the whole,
    also where nobody else has it, as whoever is invited acts for the organisation.
    """
    text = text.strip()
    if not text or is_id(text):
        return text
    near = organizations_named(principal, text)
    exact = [each for each in near if normal(text) in (normal(each.name), normal(each.name_en))]
    if len(exact) == 1:
        return exact[0].id
    raise not_meant(principal, text, "organization", exact or near)


def not_meant(
    principal: Principal, text: str, where: str, near: Collection[SearchResult] | None = None
) -> InvalidInput:
    """What to say of a name that means nobody for sure: who may be meant by it."""
    meant = organizations_named(principal, text) if near is None else near
    if not meant:
        return InvalidInput(
            "'%(text)s' is not known.",
            where=where,
            mend="Give the whole name, or the id.",
            text=text[:100],
        )
    return may_be(text, where, (f"{each.id} {each.name}" for each in meant))


def may_be(text: str, where: str, several: Iterable[str]) -> InvalidInput:
    """What to say of a name by which several may be meant, the first of whom are named."""
    return InvalidInput(
        "'%(text)s' may be %(several)s.",
        where=where,
        mend="Give the whole name, or the id.",
        text=text[:100],
        several="; ".join(islice(several, ASKED_ABOUT)),
    )


def clusters_shown(text: str, after: str | None) -> Page[CodeEntry]:
    """Clusters whose name has the text; all of them, a page at a time, where there is none."""
    if text.strip():
        return Page(services().codes.search("clusters", text[:200]), None)
    page = services().published.clusters(after, CLUSTERS_SHOWN)
    rows = tuple(CodeEntry(each.id, each.name, each.name_en, "") for each in page.rows)
    return Page(rows, page.after)
