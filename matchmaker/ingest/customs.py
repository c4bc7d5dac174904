# ruff: noqa: E501 -- words, as a list is read
"""Lists of customs: a side at home, a side abroad, and whether goods left or came in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from matchmaker.errors import InvalidInput
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat
from matchmaker.ingest.words import word_key
from matchmaker.messages import Message, message
from matchmaker.regex import regex

EXPORT, IMPORT = "exports", "imports"
DIRECTIONS = (EXPORT, IMPORT)
DOMESTIC, FOREIGN, DIRECTION = "domestic", "foreign", "direction"
SIDES_OF_CUSTOMS = frozenset({DOMESTIC, FOREIGN})
# Titles of the columns.
DOMESTIC_TITLES = "经营单位|经营单位名称|境内收发货人|境内收发货人名称|收发货单位|境内企业|境内单位|进出口企业|进出口企业名称|进出口单位|国内企业|domestic company|domestic firm|domestic party|domestic trader|local company|local firm|local party"
FOREIGN_TITLES = "境外收发货人|境外收发货人名称|境外企业|境外单位|境外客商|境外公司|外商名称|外方企业|国外企业|国外客商|境外贸易商|foreign company|foreign firm|foreign party|foreign partner|foreign trader|overseas company|overseas party|overseas partner"
DIRECTION_TITLES = "进出口标志|进出口标识|进出口标记|进出口|进出口类型|进出口类别|进出口方向|贸易方向|i/e标志|import/export|export/import|import or export|export or import|i/e|trade type|trade direction|trade flow|direction|direction of trade"
_WORDS = {
    word_key(word): direction
    for direction, words in (
        (EXPORT, "export|exports|exp|e|x|出口|出|出境|外销|ausfuhr|exportation|exportación"),
        (IMPORT, "import|imports|imp|i|m|进口|进|进境|入境|einfuhr|importation|importación"),
    )
    for word in words.split("|")
}
_OUT = regex(r"出口|境外收货|运抵国|出境关别|离境口岸|\bexports?\b|\boverseas consignee", re.I)
_IN = regex(r"进口|境外发货|启运国|进境关别|入境口岸|\bimports?\b|\boverseas shipper", re.I)
_OF_TARIFF = regex(
    r"\bhs\b|\btariff\b|\bcommodity code\b|海关编码|商品编码|商品编号|税则|税号|taric|zolltarif",
    re.I,
)


def direction(cell: str, format: ColumnFormat = UNDECIDED, /) -> str:
    """Read whether goods left or came in, one of DIRECTIONS. Raises InvalidInput for other words."""
    del format
    if found := _WORDS.get(word_key(cell)):
        return found
    raise InvalidInput("'%(cell)s' does not say whether goods left or came in.", cell=cell)


def implied_direction(texts: Iterable[str]) -> str:
    """The direction that titles, or what stands above them, say of a whole list: 出口日期."""
    whole = "\n".join(texts)
    leaves, comes = _OUT.search(whole), _IN.search(whole)
    if bool(leaves) == bool(comes):
        return ""
    return EXPORT if leaves else IMPORT


def sides(cells: Mapping[str, str]) -> dict[str, str]:
    """The supplier and the buyer; nobody where it is not said which way goods went.

    Where a column says one of the two by itself (境内发货人), the other side is the other.
    """
    at_home, abroad = cells.get(DOMESTIC, ""), cells.get(FOREIGN, "")
    supplier, buyer = cells.get("supplier", ""), cells.get("buyer", "")
    if supplier or buyer:
        other = abroad or at_home
        return {"supplier": supplier or other, "buyer": buyer or other}
    match cells.get(DIRECTION, ""):
        case "exports":
            return {"supplier": at_home, "buyer": abroad}
        case "imports":
            return {"supplier": abroad, "buyer": at_home}
        case _:
            return {}


def asks_direction(columns: Collection[str]) -> bool:
    """Tell whether a list has sides of customs."""
    return not SIDES_OF_CUSTOMS.isdisjoint(columns)


def direction_unsaid() -> Message:
    return message(
        "it is not said whether goods left or came in: choose exports or imports for the direction."
    )


def is_of_tariff(title: str) -> bool:
    """Tell whether a title heads codes of goods, which number no order."""
    return bool(_OF_TARIFF.search(title))
