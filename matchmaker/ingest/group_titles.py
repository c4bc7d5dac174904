"""Titles that say what they head only with the title of the group over them."""

from __future__ import annotations

from matchmaker.regex import regex
from matchmaker.text import normal

# 工业总产值 over 2024年1-12月 and 同比增长（%）: which figure it is only the group says.
_OF_FIGURE = regex(
    r"(?:(?:19|20)\d\d\s*年?[度末底]?)?\s*(?:\d{1,2}\s*[-—–~至]\s*\d{1,2}\s*月份?)?"
    r"|(?:同比|环比)?(?:增长|增减|增幅|增速|变动)率?(?:[(（]?[±%％]*[)）]?)?|占比(?:[(（]%[)）])?"
)
# 供应商信息 over 单位名称, Customer over Name: whose name it is.
_SIDE = regex(
    r"(供应商|供货商|供货方|供方|客户|采购方|采购商|需方|supplier|vendor|customer|client|buyer)"
    r"(?:基本)?(?:信息|情况|资料)?(?: ?(?:details|data|information|info))?"
)
_NAME = regex(r"(?:单位|企业|公司|机构)?(?:名称|全称)|(?:company |full )?name")


def needs_group(group: str, title: str) -> bool:
    """Tell whether a title says only with its group what it heads."""
    if _OF_FIGURE.fullmatch(title):
        return True
    return bool(_SIDE.fullmatch(normal(group)) and _NAME.fullmatch(normal(title)))


def named_side(title: str) -> str:
    """The usual title of the names of a side that a group and a title say, "" for none.

    供应商信息 单位名称 is 供应商名称.
    """
    group, _, name = normal(title).rpartition(" ")
    side, is_name = _SIDE.fullmatch(group), _NAME.fullmatch(name)
    if not side or not is_name:
        return ""
    return f"{side[1]} name" if side[1].isascii() else f"{side[1]}名称"
