"""Keys of organisations known by name as they were made before: without legal forms.

Ids of contracts and ties are made of them, so that what was imported once keeps its id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from matchmaker.domain import Organization
from matchmaker.ingest.names import normal_name
from matchmaker.regex import regex
from matchmaker.store.ports import DuplicateKeys
from matchmaker.text import normal

# Longest first, so that 股份有限公司 goes before 有限公司.
_CHINESE_FORMS = regex(r"(集团股份有限公司|股份有限公司|有限责任公司|集团有限公司|有限公司)$")
_LATIN_FORMS = frozenset(
    "co company corp corporation inc incorporated limited ltd llc llp plc pte pvt private "  # noqa: SIM905
    "gmbh ag kg kgaa ohg ug ev sa sas sarl sl slu spa srl snc sc scarl nv bv bvba sprl "
    "ab oy oyj as aps asa doo dd sro zrt kft rt oue ou uab sia ad eood ood lda sgps".split()
)
_DOTTED = regex(r"\b(?:\w\.){1,}\w?\b|\b\w\.\s?\w\.\s?\w?\.?")
_WORD = regex(r"\w+")


@lru_cache(maxsize=200_000)
def earlier_name_key(name: str) -> str:
    """The key of a name without its legal form: `Muster AG` and `Muster GmbH` have one."""
    folded = normal(name)
    undotted = _DOTTED.sub(lambda match: match.group().replace(".", "").replace(" ", ""), folded)
    words = _WORD.findall(undotted.replace("_", " "))
    joined = " ".join([word for word in words if word not in _LATIN_FORMS] or words)
    previous = None
    while previous != joined:
        previous = joined
        joined = _without_form(joined)
    return hashlib.blake2b(joined.encode(), digest_size=8).hexdigest()


def _without_form(name: str) -> str:
    match = _CHINESE_FORMS.search(name)
    if match is None:
        return name
    group = "集团" if "集团" in match.group() else ""
    return (name[: match.start()].strip() + group) or name


def known_by_earlier_ids(
    earlier_ids: Mapping[str, str],
    organizations: Iterable[Organization],
    known: Iterable[DuplicateKeys],
) -> dict[str, str]:
    """Ids of organisations that are stored under the id that they had before, with that one.

    `earlier_ids` leads from an id to the one before. The name tells whether it is the same:
    another firm may have had that id too.
    """
    names = {keys.id: keys.name for keys in known}
    return {
        row.id: earlier
        for row in organizations
        if row.id not in names
        and (earlier := earlier_ids.get(row.id, "")) in names
        and normal_name(names[earlier]) == normal_name(row.name)
    }
