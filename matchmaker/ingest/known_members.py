"""Members of a cluster that its own list names in full, and says nothing else to tell them by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from matchmaker.domain import Organization
from matchmaker.store.ports import DuplicateKeys
from matchmaker.text import normal

_CODES = ("credit_code", "vat", "lei", "ror", "country")


def named_members(
    rows: Iterable[Organization], known: Iterable[DuplicateKeys], members: Collection[str],
    apart: Collection[tuple[str, str]],
) -> dict[str, str]:  # fmt: skip
    """The one member that has the name of a row, by the row's id.

    Of a row that says where it is that is compared, too. Codes that differ, and pairs that somebody
    said are two (`apart`, in order), are two.
    """
    by_name: defaultdict[str, list[DuplicateKeys]] = defaultdict(list)
    ids = set()
    for keys in known:
        ids.add(keys.id)
        if keys.id in members:
            by_name[normal(keys.name)].append(keys)
    found: dict[str, str] = {}
    for row in rows:
        named = by_name.get(normal(row.name), [])
        if row.id in ids or row.place or len(named) != 1:
            continue
        member = named[0]
        pair = (min(row.id, member.id), max(row.id, member.id))
        if pair not in apart and not any(_differ(row, member, name) for name in _CODES):
            found[row.id] = member.id
    return found


def _differ(row: Organization, member: DuplicateKeys, name: str) -> bool:
    own, other = getattr(row, name), getattr(member, name)
    return bool(own and other and own != other)
