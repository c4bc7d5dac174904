"""Certificates of an import that are on record under another id than the import gives them.

An organisation's first certificate of a kind has an id without its number, so a list that no
longer names that one gives its id to the next: the number tells which is which.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from matchmaker.domain import Certificate, certificate_id, is_certificate_id
from matchmaker.ingest.report import Parsed

TABLE = "certificates"


def may_be_known_as(rows: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """The rows under each id that their like may have on record."""
    ids = {
        id: row
        for row in rows
        if row.number and is_certificate_id(row.id)
        for id in (_id_without_number(row), _id_with_number(row))
    }
    return tuple(replace(row, id=id) for id, row in ids.items())


def under_known_ids(parsed: Parsed, stored: Iterable[Certificate]) -> Parsed:
    """Each certificate under the id that one of its kind and number has on record."""
    known = {_identity(row): row.id for row in stored if row.number}
    leads_to: dict[str, str] = {}
    for row in parsed.rows.certificates:
        id = known.get(_identity(row), row.id)
        if row.number and is_certificate_id(row.id) and id != row.id:
            leads_to[row.id] = id
    if not leads_to:
        return parsed
    taken = set(leads_to.values())
    for row in parsed.rows.certificates:
        if row.id in taken and row.id not in leads_to and _identity(row) not in known:
            leads_to[row.id] = _id_with_number(row)
    rows = {
        id: replace(row, id=id)
        for row in sorted(parsed.rows.certificates, key=lambda row: row.number != "")
        for id in (leads_to.get(row.id, row.id),)
    }

    def led(key: tuple[str, str]) -> tuple[str, str]:
        table, id = key
        return (table, leads_to.get(id, id)) if table == TABLE else key

    return replace(
        parsed,
        rows=replace(parsed.rows, certificates=tuple(rows.values())),
        origins={led(key): origin for key, origin in parsed.origins.items()},
        explicit={led(key): names for key, names in parsed.explicit.items()},
    )


def _identity(row: Certificate) -> tuple[str, str, str]:
    return row.organization, row.kind.casefold(), row.number


def _id_without_number(row: Certificate) -> str:
    return certificate_id(row.organization, row.kind)


def _id_with_number(row: Certificate) -> str:
    return certificate_id(row.organization, row.kind, row.number)
