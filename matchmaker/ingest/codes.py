"""Codes that tell an organisation from all others, checked as they come in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from matchmaker.ingest.cells import CellWarning, SheetNumber
from matchmaker.ingest.formats import UNDECIDED, CellReader, ColumnFormat
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.text import normal

CodeKind = Literal["credit_code", "vat", "lei", "ror"]

# A workbook keeps 15 digits of a number; the rest are zeros or wrong.
SHEET_DIGITS = 15
_EXPONENT = regex(r"\d(?:[.,]\d+)?e\+?\d+", re.IGNORECASE)
# Excel's ways to write digits as text: '911… and ="911…".
_AS_TEXT = regex(r"""^(?:=\s*["“](.*)["”]|['‘’`](.*))$""")
_ROR = regex(r"0[a-hjkmnp-tv-z0-9]{6}[0-9]{2}")
_ROR_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32
_NAMES: Mapping[CodeKind, Message] = {
    "credit_code": message("unified social credit code"),
    "vat": message("VAT number"),
    "lei": message("legal entity identifier (LEI)"),
    "ror": message("ROR identifier"),
}


CODE_KINDS: tuple[CodeKind, ...] = tuple(_NAMES)


@dataclass(frozen=True, slots=True)
class CheckedCode:
    """A code as it is kept: in its plain form when `valid`, else as the cell has it.

    Empty where the cell cannot be what its source meant. `reason` says what is wrong.
    """

    value: str
    valid: bool
    reason: Message | None = None


def check(kind: CodeKind, cell: str) -> CheckedCode:
    """A cell of a column of codes; an empty one is an empty code without a reason."""
    if not cell.strip():
        return CheckedCode("", valid=False)
    if _is_damaged(cell):
        reason = message(
            "'%(cell)s' is a number of which the sheet keeps %(digits)s digits only: the code is "
            "lost. Make the column text and enter it again.",
            cell=cell,
            digits=SHEET_DIGITS,
        )
        return CheckedCode("", valid=False, reason=reason)
    plain = valid_code(kind, cell)
    if plain:
        return CheckedCode(plain, valid=True)
    reason = message(
        "'%(cell)s' is no valid %(kind)s: it is kept as it stands and matches nothing.",
        cell=cell,
        kind=_NAMES[kind],
    )
    return CheckedCode(cell.strip(), valid=False, reason=reason)


class HasCodes(Protocol):
    """Anything with codes: an organisation, whatever shape it has."""

    @property
    def credit_code(self) -> str: ...
    @property
    def vat(self) -> str: ...
    @property
    def lei(self) -> str: ...
    @property
    def ror(self) -> str: ...


def invalid_codes(organization: HasCodes) -> Iterator[CodeKind]:
    """The kinds of its codes that are kept and not valid."""
    for kind in CODE_KINDS:
        cell = getattr(organization, kind)
        if cell and not valid_code(kind, cell):
            yield kind


def code(kind: CodeKind) -> CellReader:
    """The reader of a column of codes; it warns of those that are not valid."""

    def read(cell: str, format: ColumnFormat = UNDECIDED) -> str:
        del format
        checked = check(kind, cell)
        if checked.reason is not None:
            raise CellWarning(checked.value or None, checked.reason)
        return checked.value

    return read


@lru_cache(maxsize=50_000)
def valid_code(kind: CodeKind, code: str) -> str:
    """The plain form of a code whose check digits are right, "" of all others."""
    text = _plain_text(code)
    return _READERS[kind](text) if text else ""


def _is_damaged(cell: str) -> bool:
    """A number cell with more digits than a workbook keeps; text in exponents was one before.

    No code has a point or plus: 9.13E+17 is what a workbook leaves of one in a file of text, too.
    """
    digits = sum(character.isdigit() for character in cell.split(".")[0])
    is_number = isinstance(cell, SheetNumber)
    is_exponent = _EXPONENT.fullmatch(cell.strip()) is not None
    return (is_number and (digits > SHEET_DIGITS or is_exponent)) or (
        is_exponent and not cell.isalnum()
    )


def _plain_text(code: str) -> str:
    """Half-width, without the marks by which Excel is made to take digits as text."""
    folded = normal(code)
    match = _AS_TEXT.match(folded)
    inner = next(filter(None, match.groups()), "") if match else folded
    return inner.strip()


def _credit_code(text: str) -> str:
    from stdnum.cn import uscc

    return str(uscc.compact(text)) if uscc.is_valid(text) else ""


def _vat(text: str) -> str:
    """Of the member states by the EU's rules, of other countries with their code in front."""
    from stdnum import vatin
    from stdnum.eu import vat

    for rules in (vat, vatin):
        if rules.is_valid(text):
            return str(rules.compact(text))
    return ""


def _lei(text: str) -> str:
    from stdnum import lei

    code = str(lei.compact(text))
    # The check digits alone would pass a 1.
    return code if len(code) == 20 and lei.is_valid(code) else ""


def _ror(text: str) -> str:
    """The identifier without its address; ISO 7064 mod 97-10 over Crockford's base 32."""
    identifier = text.rstrip("/").rpartition("/")[2].removeprefix("ror:")
    if _ROR.fullmatch(identifier) is None:
        return ""
    number = 0
    for character in identifier[:7]:
        number = number * 32 + _ROR_DIGITS.index(character)
    return identifier if 98 - number * 100 % 97 == int(identifier[7:]) else ""


_READERS: Mapping[CodeKind, Callable[[str], str]] = {
    "credit_code": _credit_code,
    "vat": _vat,
    "lei": _lei,
    "ror": _ror,
}
