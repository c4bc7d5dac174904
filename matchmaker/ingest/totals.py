"""Lines that sum up others, or say how many there are: 合计, Total EUR, 9 visitors in total."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from matchmaker.ingest.cells import SheetNumber
from matchmaker.regex import regex
from matchmaker.text import is_han, normal

# Longer texts head no column and are no label.
MAX_TITLE = 200
# More characters than the longest question of a questionnaire.
_LONGEST = 300
_NUMBER = regex(r"[-+(]?[^\w(]{0,3}\d[\d.,' \u202f]*\)?\s*[^\d\s]{0,6}|[-—–/*]+")
_TOTAL = regex(
    r"(?:本[页表]|全[部年市区县]|以上)?(?:合计|总计|小计|共计|总和|汇总|累计|总数|合計|總計|小計|总额)"
    r"|平均值?|平均数|均值"
    r"|(?:average|mean|durchschnitt|mittelwert|moyenne"
    r"|(?:grand |sub-?|sub )?totals?(?: general)?|sums?|summe|gesamt(?:summe)?"
    r"|zwischensumme|insgesamt|somme|totale|итого|всего|suma|razem|celkem|totaal|összesen)"
    r"(?![^\W\d_])"
)
# 共18家, 9 visitors in total: how many lines there are.
_COUNTED = regex(
    r"(?:共计?|合计|总计|总共)\s*\d+\s*[家个人条项台件份户名位][^\d]{0,10}"
    r"|(?:total of )?\d+ [^\d]{2,40}(?:in total|in all|insgesamt|au total|en total)"
    r"|total of \d+ [^\d]{2,40}"
    r"|\d+ (?:(?:full|active|ordinary|listed|associate|paying|current) )?(?:members?|companies"
    r"|firms|organi[sz]ations|enterprises|suppliers|customers|entries|records|projects|orders|partners)"
    r"(?:\W.{0,40})?"
)
# Beside a word for a total, how many: Summe, 5 Mitglieder; 合计, 8家单位，供4条.
_COUNT_BESIDE = regex(
    r"(?:共|共计)?\d+ ?(?:[家个条项台件份户名位]|(?:members?|companies|firms|entries|lines|vendors?"
    r"|suppliers?|mitglieder|firmen|unternehmen|einträge|zeilen)\b)"
)
_CURRENCY = regex(r"eur|usd|gbp|chf|cny|rmb|jpy|sek|dkk|nok|pln|czk|huf|hkd|sgd|cad|aud|€|\$|£")
# Of which: a part of the total above.
_OF_WHICH = regex(r"(?:其中|of which|davon)\s*[:：].*")
# Beside a total stands at most its currency.
_MONEY = regex(r"[A-Z]{3}|[^\w\s]|[万亿千]?元|人民币|美元|欧元")


def is_text(cell: str) -> bool:
    """Tell whether a cell is no mere number."""
    return not isinstance(cell, SheetNumber) and not _NUMBER.fullmatch(cell[:MAX_TITLE])


def is_total(filled: Sequence[str]) -> bool:
    """Tell whether the filled cells of a line are a total."""
    beside = [cell for cell in filled[1:] if not _COUNT_BESIDE.match(normal(cell[:MAX_TITLE]))]
    if any(is_text(cell) and not _MONEY.fullmatch(cell) for cell in beside):
        return False
    if len(filled) == 1 and _COUNTED.fullmatch(normal(filled[0][:MAX_TITLE])):
        return True
    first = normal(filled[0][:MAX_TITLE])
    if len(filled) > 1 and _OF_WHICH.fullmatch(first):
        return True
    if is_han(first[:1] or " "):
        first = "".join(first.split())
    match = _TOTAL.match(first)
    if match is None:
        return False
    rest = first[match.end() :].strip(" :：(（)）.")
    is_of_money = len(filled) > 1 and bool(_CURRENCY.fullmatch(rest))
    return not rest or is_of_money or bool(_NUMBER.fullmatch(rest))


def shortened(title: str) -> str:
    """The first `_LONGEST` characters of a title as they are compared: every format does."""
    title = title[:_LONGEST]
    compared = len(unicodedata.normalize("NFKC", title))
    return title if compared <= _LONGEST else title[: _LONGEST * len(title) // compared]
