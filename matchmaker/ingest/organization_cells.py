"""Cells of organisations that only mean something with another one, or do not mean what they say.

A second line of a name, a number that a spreadsheet has rounded, a mark that somebody is blocked,
a tier among the qualifications.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, UndecidedCell
from matchmaker.ingest.certificates import is_not_held
from matchmaker.ingest.consortia import is_only_form
from matchmaker.ingest.qualifications import highest
from matchmaker.ingest.title_keys import title_keys
from matchmaker.ingest.title_words import MEMBER_SINCE
from matchmaker.ingest.words import flag, keys_of, member_of
from matchmaker.regex import regex
from matchmaker.vocabulary import Tier

_FORMER = regex(
    r"(?:vorm(?:als|\.)|ehem(?:als|alig|\.)?|früher|formerly(?: known as)?|previously|f/?k/?a"
    r"|ex(?=[- ])|anciennement|antes|già|原名|曾用名|前身为?)[\s:：-]{1,3}(?=\S)",
    re.IGNORECASE,
)
_ROUNDED = regex(r"\d(?:[.,]\d+)?e\+?\d{1,2}", re.IGNORECASE)
_BLOCKED = (
    "sperre|sperrkennzeichen|gesperrt|zentrale sperre|einkaufssperre|löschkennzeichen"
    "|löschvormerkung|blocked|block|purchasing block|deletion flag"
    "|purch block|purch. block|purchase block|posting block"
    "|marked for deletion|deleted|inactive|do not use"
    "|bloqué|bloqueado|bloccato|停用|是否停用|停用标志|冻结|是否冻结|作废|是否作废|黑名单|是否黑名单"
)
# The day since when an entry is no longer used is such a mark, too.
_BLOCKED_SINCE = (
    "停用日期|停用时间|冻结日期|禁用日期|作废日期|blocked on|blocked since|inactive since"
)
_REMARKS = "备注|说明|备注说明|情况说明|会员状态|会籍状态|在会状态|remark|remarks|note|notes|comment|comments|bemerkung|bemerkungen|remarque"  # noqa: E501
_LEFT = regex(
    r"(?:现?已|现)?(?:退会|除名|搬离|搬走|迁出|迁离|退租|退出(?:集群|协会|会员)?)(?:园区|本会)?[。.]?"
    r"|(?:has )?left(?: the (?:cluster|association|park))?|resigned|moved (?:away|out)"
    r"|(?:ex-|former )member"
    r"|ausgetreten|démissionné",
    re.IGNORECASE,
)
# Behind the day on which a member joined: 2011 (ausgetreten 2023), 2015年（已退会）.
_LEFT_IN_BRACKETS = regex(
    r"[(（][^()（）]{0,8}(?:退会|除名|ausgetreten|left|resigned|démission)[^()（）]{0,16}[)）]$",
    re.IGNORECASE,
)
_A_DAY = regex(r"(?:19|20)\d\d")
# Of tenants who may come one day.
_NOT_YET = regex(r"(?:洽谈|在谈|商谈|招商|对接|跟踪)中?|意向(?:入驻)?|[拟待]入驻|储备")
# Titles of what a tenant is to a park, and of the day on which a member joined.
_STATES = "状态|入驻状态|企业状态|租赁状态|入驻情况|在园状态|tenancy|occupancy"
_SINCE = f"{MEMBER_SINCE}|eintritt"
_BETWEEN = regex(r"[、,，;；/+&\n]")
# 浙江省专精特新 is the province's.
_OF_PROVINCE = regex(r"^[一-鿿]{2,3}(?=[省市](?!级))")


def with_second_line(name: str, others: Collection[str]) -> tuple[str, list[str]]:
    """A name with the legal form that stood among its other names, and those as names."""
    kept: list[str] = []
    for other in others:
        if is_only_form(other):
            name = name if is_only_form(name.rpartition(" ")[2]) else f"{name} {other}"
        else:
            kept.append(_FORMER.sub("", other, count=1) if _FORMER.match(other) else other)
    return name, kept


def without_rounded(contact: str) -> tuple[str, list[str]]:
    """A contact without numbers that a spreadsheet has rounded, `1.3906E+10`, and those."""
    parts = contact.split(", ")
    rounded = [part for part in parts if _ROUNDED.fullmatch(part.strip())]
    return ", ".join(part for part in parts if part not in rounded), rounded


def blocked_by(cells: Mapping[str, str], read: Collection[str]) -> str:
    """The title of a column, of those that are not `read`, that says that an entry is blocked.

    A remark that says no more than that somebody left is such a one: 备注 已退会.
    """
    for title, cell in cells.items():
        if title not in read and _LEFT.fullmatch(cell) and is_remark(title):
            return f"{title}: {cell}"
        if (_LEFT.fullmatch(cell) or _NOT_YET.fullmatch(cell)) and _is_state(title):
            return f"{title}: {cell}"
        if _LEFT_IN_BRACKETS.search(cell) and not keys_of(_SINCE).isdisjoint(title_keys(title)):
            return f"{title}: {cell}"
        if not keys_of(_BLOCKED_SINCE).isdisjoint(title_keys(title)) and _A_DAY.search(cell):
            return f"{title}: {cell}"
        if not cell or title in read or keys_of(_BLOCKED).isdisjoint(title_keys(title)):
            continue
        try:
            if flag(cell):
                return title
        except UndecidedCell:  # an x in such a column is a mark
            return title
        except (InvalidInput, CellWarning):
            continue
    return ""


def tier_among(qualifications: str) -> Tier | None:
    """The highest tier that a text of qualifications names, None for none."""
    return highest([tier for piece in _BETWEEN.split(qualifications) if (tier := _tier(piece))])


def _tier(piece: str) -> Tier | None:
    if not piece.strip() or is_not_held(piece):
        return None
    for text in (piece, _OF_PROVINCE.sub("", piece.strip())):
        try:
            return member_of(Tier, text)
        except (InvalidInput, CellWarning):
            continue
    return None


def is_remark(title: str) -> bool:
    """Tell whether a title heads remarks."""
    return not keys_of(_REMARKS).isdisjoint(title_keys(title))


def _is_state(title: str) -> bool:
    return not keys_of(_STATES).isdisjoint(title_keys(title))
