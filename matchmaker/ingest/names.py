"""Normal forms of organisations' names: what is left when only spelling differs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from matchmaker.domain import MAX_NAME, MAX_OTHER_NAMES, OrganizationStatus
from matchmaker.ingest.legal_forms import split_form
from matchmaker.ingest.statuses import without_status
from matchmaker.regex import regex
from matchmaker.text import normal

# Between single letters: "S.p.A.", "A/S", "z o. o." are words.
_BETWEEN_INITIALS = regex(r"(?<=\b\w)(?:\.\s?|/)(?=\w\b)")
_WORD = regex(r"\w+")
_BETWEEN_NAMES = regex(r"[;；、\n|]")
_FORMER = regex(
    r"\s{0,9}[(（\[【](?:原名|原|曾用名|前身为?|formerly known as|formerly|former name|former"
    r"|previously|früher|vormals|ex|anciennement|già|antes)[:：\s为]{0,9}([^()（）\[\]【】]{3,80})[)）\]】]\s{0,9}$",
    re.IGNORECASE,
)
_RENAMED = regex(
    r"[(（\[【](?:(?:(?:现?已?更|现)名(?:为|成)?|现?已?改名(?:为|成))[:：\s]{0,9}"
    r"|(?:renamed(?: to| as)?|now (?:called|known as|named))[:：\s]{1,9}|now\s?[:：]\s{0,9}"
    r"|(?P<bare>now\s{1,9}))(?P<later>[^()（）\[\]【】]{3,80})[)）\]】]\s{0,9}$",
    re.IGNORECASE,
)
_APOSTROPHE = regex(r"(?<=\w)['’`´](?=s\b)")


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name taken apart: its `words`, its canonical legal form ("" for none), and what it says
    of the organisation's status.
    """

    words: tuple[str, ...]
    form: str = ""
    status: OrganizationStatus | None = None

    @property
    def base(self) -> str:
        """The name without its form."""
        return " ".join(self.words)


@lru_cache(maxsize=50_000)
def name_parts(name: str) -> NameParts:
    """Folded, simplified, without punctuation; the form is what stands where forms stand.

    "SAS Institute Inc." is ("sas", "institute") and "inc"; a name of nothing but forms keeps
    them as words.
    """
    rest, status = without_status(name)
    words = _words(rest) or _words(name)
    base, form = split_form(words)
    return NameParts(base, form, status)


def _words(name: str) -> list[str]:
    folded = _APOSTROPHE.sub("", normal(name).replace("_", " "))
    return _WORD.findall(_BETWEEN_INITIALS.sub("", folded))


def normal_name(name: str) -> str:
    """The name in one spelling, with its legal form: firms of two forms are two.

    "Sample Pumps A/S" and "SAMPLE PUMPS AS" are one; the name in lower case if it has no words.
    """
    parts = name_parts(name)
    if not parts.words:
        return normal(name)
    separator = " " if parts.form.isascii() or parts.form.islower() else ""
    return f"{parts.base}{separator if parts.form else ''}{parts.form}"


def without_former(name: str) -> tuple[str, str]:
    """A name without the former one in brackets behind it, and that: `甲公司（原乙厂）`.

    Where the later one stands there it is the name: `乙厂（现更名为：甲公司）`. A mere "now" tells
    of one only before a legal form: `(Now Foods)` is part of a name.
    """
    renamed = _RENAMED.search(name)
    if renamed and not (renamed["bare"] and not name_parts(renamed["later"]).form):
        former = name[: renamed.start()].strip()
        return (renamed["later"].strip(), former) if former else (name, "")
    match = _FORMER.search(name)
    rest = name[: match.start()].strip() if match else ""
    return (rest, match[1].strip()) if match and rest else (name, "")


def split_names(cell: str) -> list[str]:
    """Names that stand in one cell, parted by ; or 、 or lines."""
    return [name for part in _BETWEEN_NAMES.split(cell) if (name := " ".join(part.split()))]


def other_names(names: Iterable[str], *known: str) -> tuple[str, ...]:
    """Names that are none of those `known`, each once, as many as an organisation can have."""
    taken = set(map(normal, known)) | {""}
    kept: list[str] = []
    for name in names:
        spelling = normal(name)
        if spelling not in taken and len(name) <= MAX_NAME:
            taken.add(spelling)
            kept.append(name)
    return tuple(kept[:MAX_OTHER_NAMES])


def name_key(name: str) -> str:
    """A short stable key for an organisation that its source knows by name alone."""
    return hashlib.blake2b(normal_name(name).encode(), digest_size=8).hexdigest()
