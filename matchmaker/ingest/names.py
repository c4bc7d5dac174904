"""Normal forms of organisations' names."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from matchmaker.text import normal

# Longest first, so that 股份有限公司 goes before 有限公司.
_CHINESE_FORMS = re.compile(r"(集团股份有限公司|股份有限公司|有限责任公司|集团有限公司|有限公司)$")
_LATIN_FORMS = frozenset(
    "co company corp corporation inc incorporated limited ltd llc llp plc pte pvt private "  # noqa: SIM905
    "gmbh ag kg kgaa ohg ug ev sa sas sarl sl slu spa srl snc sc scarl nv bv bvba sprl "
    "ab oy oyj as aps asa doo dd sro zrt kft rt oue ou uab sia ad eood ood lda sgps".split()
)
_DOTTED = re.compile(r"\b(?:\w\.){1,}\w?\b|\b\w\.\s?\w\.\s?\w?\.?")
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=200_000)
def normal_name(name: str) -> str:
    """Folded, simplified, without punctuation and legal form; the name itself if nothing is left.

    集团 is kept where it stands before a legal form: a group and its company may
    be two.
    """
    folded = normal(name)
    undotted = _DOTTED.sub(lambda match: match.group().replace(".", "").replace(" ", ""), folded)
    words = _WORD.findall(undotted.replace("_", " "))
    kept = [word for word in words if word not in _LATIN_FORMS]
    joined = " ".join(kept or words)
    previous = None
    while previous != joined:
        previous = joined
        joined = _without_form(joined)
    return joined


def _without_form(name: str) -> str:
    match = _CHINESE_FORMS.search(name)
    if match is None:
        return name
    group = "集团" if "集团" in match.group() else ""
    return (name[: match.start()].strip() + group) or name


def name_key(name: str) -> str:
    """A short stable key for an organisation that its source knows by name alone."""
    return hashlib.blake2b(normal_name(name).encode(), digest_size=8).hexdigest()
