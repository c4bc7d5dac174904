"""Certificates and qualifications as facts: what a cell names, with its number and last day.

A list says "IATF16949（有效期至2027-03）; CNAS: L1234; 高新技术企业"; each piece becomes a fact.
What is known by several names is kept under one, so that all who hold it are found together.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from matchmaker.domain import MAX_KIND
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, is_nothing
from matchmaker.ingest.dates import last_date
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat
from matchmaker.ingest.title_words import QUALIFICATIONS, with_endings
from matchmaker.ingest.words import word_key
from matchmaker.regex import regex
from matchmaker.text import normal

# A slash stands within names (ISO/IEC 17025), and so does a comma in figures.
_BETWEEN = regex(r"[、;；，\n]|,(?!\d)|\s/\s|\s&\s")
_UNTIL = regex(
    r"(?:有效期[至到]?|有效至|到期日?|截止日?期?|至|valid (?:un)?til+|valid (?:to|through)|until|"
    r"expir(?:es|y|ing)(?: on| date)?|exp\.?|gültig bis|bis)\s*[:：]?\s*"
    r"(\d{4}(?:[-./年]\d{1,2}(?:[-./月]\d{1,2}日?|月)?|年)?|(?:\d{1,2}[./])?\d{1,2}[./]\d{4})",
    re.IGNORECASE,
)
_NUMBER = regex(
    r"(?:证书编?号|注册号|编号|证号|certificate no\.?|cert\.? no\.?|number|nummer|no\.|nr\.|№)"
    r"\s*[:：]?\s*([A-Z0-9][A-Z0-9 ./_-]{2,40}[A-Z0-9])",
    re.IGNORECASE,
)
_YEAR_OF_EDITION = regex(r"(?<=\d)\s?[:：-]\s?(?:19|20)\d\d(?!\d)")
# Bodies whose marks go with a standard: API 6D is no API Q1.
_STANDARD_OF = regex(
    r"(api|ul)[ -]?(?:spec\.? )?(\d{1,4}[a-z]{0,2}|q[12])"
    r"(?: ?(?:认证|证书|会标|certified|certificate))?",
    re.IGNORECASE,
)
_EMPTY_BRACKETS = regex(r"[(（\[【]\s*[,，;；:：]?\s*[)）\]】]")
_EDGES = " \t,，;；:：.。-–"
# Of one text; nobody holds more, and each is looked up among all that are known.
MAX_NAMED = 200
# What a longer piece says, or one with such words, is a sentence and no name.
_LONGEST = 40
_SAYS = regex(r"通过|获得|荣获|获评|连续|称号|公司|我司|我厂|被评|\b(?:we|our|is|are|has|have)\b")
# What is not held yet, or no more.
_NOT_HELD = regex(
    r"正在|申请中|申报中|办理中|拟|计划|准备|尚未|未通过|未取得|没有|已过期|已失效|已撤销|^无|"
    r"\b(?:in progress|planned|pending|applied for|applying|not yet|expired|withdrawn|no|without)\b"
)
_BRACKETS = str.maketrans("（）", "()")


@dataclass(frozen=True, slots=True)
class NamedCertificate:
    """A certificate that a text names, with what it says of it."""

    kind: str
    number: str = ""
    until: datetime.date | None = None


@cache
def certificate_names(*, folded: bool = False) -> Mapping[str, str]:
    """Titles, as words are compared (or as `folded` text is), to what they name."""
    read = normal if folded else word_key
    return {
        read(title): name
        for names in QUALIFICATIONS
        for name in names.split("|")[:1]
        for word in names.split("|")
        for title in ([word] if folded else with_endings(word))
    }


def certificate_name(text: str) -> str:
    """The one name of a certificate, however it is written: ISO9001:2015认证 is ISO 9001."""
    plain = " ".join(text.translate(_BRACKETS).split()).strip(_EDGES)
    known = certificate_names()
    for candidate in (plain, _YEAR_OF_EDITION.sub("", plain)):
        if name := known.get(word_key(candidate)):
            return name
    if standard := _STANDARD_OF.fullmatch(plain):
        return f"{standard[1].upper()} {standard[2].upper()}"
    within = list(_known_within(plain)) if len(plain) <= _LONGEST else []
    return within[0] if len(within) == 1 else plain


def is_not_held(text: str) -> bool:
    """Tell whether words say that a certificate is not held yet, or no more."""
    return bool(text) and _NOT_HELD.search(normal(text)) is not None


def known_certificates(cell: str) -> tuple[str, ...]:
    """Those that a cell names, where each piece of it is one that is known; none of another."""
    pieces = [piece for piece in _BETWEEN.split(cell, MAX_NAMED) if piece.strip(_EDGES)]
    names = [certificate_name(piece) for piece in pieces]
    known = set(certificate_names().values())
    return tuple(dict.fromkeys(names)) if set(names) <= known else ()


def certificate_kind(cell: str, format: ColumnFormat = UNDECIDED, /) -> str:
    """A reader of cells that name a certificate."""
    del format
    return certificate_name(cell)


def certificates_in(text: str) -> tuple[NamedCertificate, ...]:
    """Every certificate that a text names, each kind and number once, in the order of the text."""
    named: dict[tuple[str, str], NamedCertificate] = {}
    for piece in _BETWEEN.split(text, MAX_NAMED)[:MAX_NAMED]:
        for each in _in_piece(piece):
            named.setdefault((each.kind, each.number), each)
    return tuple(named.values())


def _in_piece(piece: str) -> Iterator[NamedCertificate]:
    if is_nothing(piece.strip()) or not piece.strip(_EDGES):
        return
    until, piece = _taken_out(_UNTIL, piece)
    number, piece = _taken_out(_NUMBER, piece)
    piece = _EMPTY_BRACKETS.sub("", piece).strip(_EDGES)
    head, colon, tail = piece.partition(": ")
    if colon and word_key(head) in certificate_names():  # as `cell_with_title` writes it
        if not number and any(sign.isdigit() for sign in tail):
            number = tail.strip()
        piece = head
    if not piece or is_nothing(piece) or _NOT_HELD.search(normal(piece)):
        return
    within = list(_known_within(piece))
    if len(within) > 1:
        for kind in within:
            yield NamedCertificate(kind, "", _day(until))
        return
    name = certificate_name(piece)
    if within or (len(name) <= _LONGEST and not _SAYS.search(name.lower())):
        kind = name if word_key(name) in certificate_names() or not within else within[0]
        yield NamedCertificate(kind[:MAX_KIND], number, _day(until))


def _taken_out(pattern: re.Pattern[str], piece: str) -> tuple[str, str]:
    """What a pattern finds in a piece, and the piece without it."""
    match = pattern.search(piece)
    if match is None:
        return "", piece
    return match.group(1).strip(), piece[: match.start()] + piece[match.end() :]


def _day(text: str) -> datetime.date | None:
    """The last day of a date, a month or a year; None for none, or one that can be read twice."""
    try:
        day: datetime.date | None = last_date(text) if text else None
    except CellWarning as coarser:  # a month or a year, taken to its last day
        day = coarser.value
    except InvalidInput:
        return None
    return day


def _known_within(text: str) -> Iterator[str]:
    """Known certificates that a text names, those that are part of a longer one left out."""
    folded = normal(_YEAR_OF_EDITION.sub("", text))
    is_taken = bytearray(len(folded))  # which characters belong to one
    names: dict[int, str] = {}
    for pattern, name in _patterns():
        for match in pattern.finditer(folded):
            start, end = match.span()
            if not any(is_taken[start:end]):
                is_taken[start:end] = b"\1" * (end - start)
                names[start] = name
    yield from dict.fromkeys(names[start] for start in sorted(names))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What each title is found by, with its name, the longest title first."""
    titles = sorted(certificate_titles(), key=lambda pair: -len(pair[0]))
    return tuple((re.compile(_bounded(title)), name) for title, name in titles)


def _bounded(title: str) -> str:
    """A pattern of a title: letters and digits of ours do not go on within another word."""
    words = r"\s?".join(map(re.escape, title.split()))
    return rf"(?<![a-z0-9]){words}(?![a-z0-9])" if title.isascii() else words


def certificate_titles() -> Iterator[tuple[str, str]]:
    """Titles of certificates, folded, with their names; short words say too little alone."""
    for title, name in certificate_names(folded=True).items():
        if not title.isascii() or len(title) > 2:
            yield title, name
