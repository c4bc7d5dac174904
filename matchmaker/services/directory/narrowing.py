"""Filters of organisations, in the words of people: places, countries, sizes.

One reading for every door: lists, search and needs of the directory, and recommendations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from matchmaker.domain import Organization, OrganizationFilter, Size
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning
from matchmaker.ingest.certificates import certificate_name, certificate_names
from matchmaker.ingest.countries import country
from matchmaker.recommend.certificates import answers_kind
from matchmaker.services.directory.codes import Codes, CodeTable
from matchmaker.store.ports import GraphStore

# Whoever says "SME" means each of them; of some it is known only that they are one.
_SME_SIZES = frozenset({Size.MICRO, Size.SMALL, Size.MEDIUM, Size.SME})


def named_in(where: OrganizationFilter, codes: Codes, store: GraphStore) -> OrganizationFilter:
    """The filter with ids and codes for what people wrote.

    Raises InvalidInput that names the field, with what else may be meant.
    """
    return replace(
        where,
        sizes=sizes_with_sme(where.sizes),
        countries=country_codes(where.countries),
        places=_ids(where.places, "places", codes, store.places),
        industries=_ids(where.industries, "industries", codes, store.industries),
        certificates=certificate_kinds(where.certificates),
        cluster=codes.id_of("clusters", where.cluster) if where.cluster else None,
    )


def sizes_with_sme(sizes: frozenset[Size]) -> frozenset[Size]:
    """With micro, small and medium for SMEs."""
    return sizes | _SME_SIZES if Size.SME in sizes else sizes


def country_codes(names: Iterable[str]) -> frozenset[str]:
    """ISO 3166-1 codes of countries by code or name. Raises InvalidInput."""
    return frozenset(map(_country, sorted(names)))


def certificate_kinds(names: Iterable[str]) -> frozenset[str]:
    """Kinds by any of their names, and those kinds that show as much."""
    wanted = frozenset(certificate_name(name) for name in names)
    return wanted | frozenset(
        held
        for held in (set(certificate_names().values()) if wanted else ())
        if any(answers_kind(held, asked) for asked in wanted)
    )


def _country(name: str) -> str:
    try:
        return country(name)
    except (InvalidInput, CellWarning) as error:
        mend = error.mend if isinstance(error, InvalidInput) else ""
        raise InvalidInput(error.message, where="country", mend=mend) from None


def passes(organization: Organization, where: OrganizationFilter, codes: Codes) -> bool:
    """Tell whether a filter by ids, but for its cluster, lets an organisation pass."""
    return (
        (not where.kinds or organization.kind in where.kinds)
        and (not where.sizes or organization.size in where.sizes)
        and (not where.tiers or organization.tier in where.tiers)
        and (not where.countries or organization.country in where.countries)
        and _is_within(organization.place, where.places, "places", codes)
        and _is_within(organization.industry, where.industries, "industries", codes)
    )


def _is_within(id: str | None, tops: frozenset[str], table: CodeTable, codes: Codes) -> bool:
    return not tops or (id is not None and id in codes.ids_below(table, tops))


def _ids(
    texts: frozenset[str],
    table: CodeTable,
    codes: Codes,
    stored: Callable[[Sequence[str]], Mapping[str, Any]],
) -> frozenset[str]:
    """Ids of what texts mean; an id that is newer than the snapshot is known to the store."""
    given = [text for text in sorted(texts) if ":" in text]
    known = frozenset(stored(given)) if given else frozenset()
    return known.union(*(codes.ids_named(table, text) for text in sorted(texts - known)))
