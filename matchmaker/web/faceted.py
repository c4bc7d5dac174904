"""The directory: everybody there is, narrowed by facets with counts, in an order of choice."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import render_template, request

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.api.http.problems import status_of
from matchmaker.domain import Kind, OrganizationFilter, Size, Stage, Tier
from matchmaker.errors import MatchmakerError
from matchmaker.messages import Message, message
from matchmaker.services.directory.codes import CodeTable
from matchmaker.services.directory.facets import (
    DirectoryOrder,
    DirectoryRow,
    FacetedFilter,
    Facets,
    FacetValue,
)
from matchmaker.services.matching.answer import Candidate
from matchmaker.web.labels import word
from matchmaker.web.layout import (
    Option,
    PageAnswer,
    beginning,
    localised,
    own_organization,
    signed_in,
    web,
    written,
)
from matchmaker.web.maps import map_of_directory

PAGE_SIZE = 30
LONGEST = 500
_MAX_BEGIN = 1_000_000
MOST_CHOSEN = 20
_ORDERS = {
    DirectoryOrder.FIT: message("best match first"),
    DirectoryOrder.NAME: message("by name"),
    DirectoryOrder.TIES: message("most ties first"),
    DirectoryOrder.NEAR: message("nearest first"),
}


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """A value of a facet as a link that chooses it, or takes the choice back."""

    title: str
    count: int
    link: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """A facet with its values, and the way up from what is chosen."""

    title: Message
    choices: tuple[FacetChoice, ...]
    above: tuple[FacetChoice, ...] = ()


@web.get("/organizations")
def organizations() -> PageAnswer:
    """Show the organisations there are, by facets."""
    principal, own = signed_in(), own_organization()
    text = request.args.get("q", "").strip()[:LONGEST]
    orders = [
        order
        for order in DirectoryOrder
        if (order is not DirectoryOrder.FIT or text) and (order is not DirectoryOrder.NEAR or own)
    ]
    sort = request.args.get("sort", "")
    usual = DirectoryOrder.FIT if text else DirectoryOrder.NEAR if own else DirectoryOrder.NAME
    order = DirectoryOrder(sort) if sort in orders else usual
    begin = min(beginning(), _MAX_BEGIN)
    facets, rows, total, problem, places = None, tuple[DirectoryRow, ...](), 0, None, None
    try:
        wanted = _wanted(principal, text)
        facets = services().faceted_directory.facets(principal, wanted)
        total, rows = services().faceted_directory.page(
            principal, wanted, order, begin, PAGE_SIZE, own
        )
        places = map_of_directory(
            services().geography.of_directory(principal, wanted), lambda id: address(place=id)
        )
    except MatchmakerError as error:
        problem = error
    candidates = services().matching.candidates(
        principal, [row.organization.id for row in rows] + ([own] if own else [])
    )
    page = render_template(
        "organizations.html",
        rows=[(row, candidates.get(row.organization.id)) for row in rows],
        here_id=_place_of(candidates.get(own)),
        total=total,
        begin=begin,
        shown=PAGE_SIZE,
        places=places,
        facets=_shown(facets) if facets else (),
        notices=facets.notices if facets else (),
        chosen=_chosen(),
        problem=problem,
        q=text,
        order=order,
        orders=[(each, _ORDERS[each]) for each in orders],
    )
    return page, 200 if problem is None else status_of(problem)


def _place_of(candidate: Candidate | None) -> str:
    return candidate.organization.place or "" if candidate else ""


def _wanted(principal: Principal, text: str) -> FacetedFilter:
    where = OrganizationFilter(
        kinds=_members(Kind, "kind"),
        sizes=_members(Size, "size"),
        tiers=_members(Tier, "tier"),
        places=written("place"),
        industries=written("industry"),
        cluster=request.args.get("cluster", "").strip() or None,
        certificates=frozenset(filter(None, request.args.getlist("certificate")[:MOST_CHOSEN])),
    )
    only = services().search.organizations(principal, text) if text else None
    return FacetedFilter(where, _members(Stage, "stage"), only)


def _members(members: type[Option], name: str) -> frozenset[Option]:
    chosen = request.args.getlist(name)
    return frozenset(member for member in members if member in chosen)


def _shown(facets: Facets) -> tuple[ShownFacet, ...]:
    """Those with something to choose."""
    shown = (
        _tree(message("Place"), "place", facets.places, facets.above["places"]),
        _tree(message("Industry"), "industry", facets.industries, facets.above["industries"]),
        _ticked(message("Kind"), "kind", facets.kinds),
        _ticked(message("Recognised as"), "tier", facets.tiers),
        _ticked(message("Size"), "size", facets.sizes),
        _ticked(message("Value-chain stages"), "stage", facets.stages),
        _tree(message("Certificate"), "certificate", facets.certificates, ()),
        _tree(message("Cluster"), "cluster", facets.clusters, ()),
    )
    return tuple(facet for facet in shown if facet.choices or facet.above)


def _ticked(title: Message, name: str, values: tuple[FacetValue, ...]) -> ShownFacet:
    chosen = request.args.getlist(name)
    return ShownFacet(
        title,
        tuple(
            FacetChoice(
                word(each.value),
                each.count,
                toggled_address(name, each.value),
                each.value in chosen,
            )
            for each in values
        ),
    )


def _tree(
    title: Message, name: str, values: tuple[FacetValue, ...], above: tuple[FacetValue, ...]
) -> ShownFacet:
    chosen = request.args.get(name, "")
    return ShownFacet(
        title,
        tuple(
            FacetChoice(
                localised(each),
                each.count,
                address(**{name: "" if each.value == chosen else each.value}),
                each.value == chosen,
            )
            for each in values
        ),
        tuple(
            FacetChoice(localised(each), 0, address(**{name: each.value}), each is above[-1])
            for each in above
        ),
    )


def _chosen() -> list[FacetChoice]:
    """All that narrows the list, each as a link that takes it back."""
    chosen = [
        FacetChoice(word(value), 0, toggled_address(name, value), True)
        for name, members in (("kind", Kind), ("tier", Tier), ("size", Size), ("stage", Stage))
        for value in request.args.getlist(name)
        if value in list(members)
    ]
    tables: dict[str, CodeTable] = {
        "place": "places",
        "industry": "industries",
        "cluster": "clusters",
    }
    if certificate := request.args.get("certificate", "").strip():
        chosen.append(FacetChoice(certificate, 0, address(certificate=""), True))
    for name, table in tables.items():
        if value := request.args.get(name, "").strip():
            title = services().codes.title_of(table, value)
            chosen.append(
                FacetChoice(localised(title) if title else value, 0, address(**{name: ""}), True)
            )
    return chosen


def address(**changes: str) -> str:
    """This list with other choices, from its beginning; "" drops one."""
    kept = {
        name: values
        for name, values in request.args.to_dict(flat=False).items()
        if name != "from" and name not in changes
    }
    kept |= {name: [value] for name, value in changes.items() if value}
    return f"{request.path}?{urlencode(kept, doseq=True)}"


def toggled_address(name: str, value: str) -> str:
    """This list with one more value of a facet, or without it."""
    chosen = request.args.getlist(name)
    values = [each for each in chosen if each != value] if value in chosen else [*chosen, value]
    kept = {
        other: given
        for other, given in request.args.to_dict(flat=False).items()
        if other not in ("from", name)
    }
    return f"{request.path}?{urlencode(kept | {name: values}, doseq=True)}"
