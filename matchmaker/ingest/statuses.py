# ruff: noqa: E501 -- words, as a list is read
"""The status of an organisation, still there or not: by the words of registers, and by what stands in its name."""

from __future__ import annotations

import datetime
import re

from matchmaker.domain import OrganizationStatus
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning
from matchmaker.ingest.dates import parse
from matchmaker.regex import regex
from matchmaker.text import normal

_ACTIVE, _IN_LIQUIDATION, _DISSOLVED = OrganizationStatus

# As registers and lists of members write it; looked up after `normal`.
STATUS_WORDS: dict[str, OrganizationStatus] = {
    **dict.fromkeys(
        (
            "active", "in operation", "operating", "open", "existing", "registered", "live", "aktiv",
            "存续", "在业", "在营", "在册", "开业", "正常", "正常经营", "营业", "经营中", "迁入",
            "存续(在营、开业、在册)", "仍注册", "核准设立", "已入驻", "入驻", "在驻", "已开业", "装修中",
            "试生产", "已投产", "投产",
        ),
        _ACTIVE,
    ),
    **dict.fromkeys(
        (
            "in liquidation", "liquidation", "in receivership", "receivership", "in administration",
            "insolvent", "insolvency", "bankrupt", "bankruptcy", "winding up", "wound up", "in insolvency",
            "in liquidazione", "en liquidation", "en liquidación", "in vereffening", "w likwidacji",
            "i.l.", "i. l.", "in liq.", "in abwicklung", "insolvent liquidation", "v likvidaci",
            "清算", "清算中", "破产", "破产清算", "破产重整", "已破产", "吊销", "已吊销",
            "吊销,未注销", "吊销未注销", "吊销营业执照", "被吊销", "责令关闭", "撤销", "已撤销", "停业清算",
        ),
        _IN_LIQUIDATION,
    ),
    **dict.fromkeys(
        (
            "dissolved", "inactive", "closed", "closed down", "defunct", "deregistered", "struck off",
            "removed", "ceased", "ceased trading", "extinct", "terminated", "withdrawn", "no longer exists",
            "aufgelöst", "erloschen", "gelöscht", "dissoute", "radiée", "disuelta", "cessata",
            "注销", "已注销", "吊销,已注销", "吊销已注销", "解散", "已解散", "已关闭", "关闭", "歇业", "倒闭", "已倒闭",
            "已告解散", "不再运营", "停业", "已停业", "已歇业",
        ),
        _DISSOLVED,
    ),
}  # fmt: skip

# Where no brackets stand around it, only what nobody is called by.
_TRAILING = regex(
    r"[\s,，–—-]{1,9}(?:in liquidation|in liq\.?|i\. ?l\.|en liquidation|en liquidación"
    r"|in liquidazione|in vereffening|w likwidacji|v likvidaci)\s{0,9}$",
    re.IGNORECASE,
)
# Blanks are bounded: a name of thousands of them would be looked through from each of them anew.
_BRACKETED = regex(r"\s{0,9}[(\[（【]([^()\[\]（）【】]{2,40})[)\]）】]\s{0,9}$")
_OPENING, _CLOSING = ("(", "[", "（", "【"), (")", "]", "）", "】")
_BRACKETED_BEFORE = regex(r"^\s*[(\[（【]([^()\[\]（）【】]{2,40})[)\]）】]\s*")
_DAY = regex(r"\d{4}(?:年(?:\d{1,2}月)?(?:\d{1,2}日)?|(?:[-./]\d{1,2}){0,2})")
# Around what a remark says: 该企业已于…注销登记了, "has been dissolved in".
_LITTLE = regex(
    r"^(?:该|本)?(?:企业|公司|单位|厂)?(?:已经?|现)?于?(?=.)|(?:登记|了){1,4}$|\b(?:has been|was|is|since|in)\b",
    re.IGNORECASE,
)
_DATE = regex(r"[\s:,，于-]*\d{4}[\d\s年月日./-]*")


def status_of(words: str) -> OrganizationStatus | None:
    """The status that a register's words stand for, None for other words."""
    plain = normal(words)
    return STATUS_WORDS.get(plain) or STATUS_WORDS.get(plain.rstrip("."))


def without_status(name: str) -> tuple[str, OrganizationStatus | None]:
    """A name without what it says at its end, or before it in brackets, of the organisation's status, and that status.

    "Closed Foundry GmbH (in liquidation)" is ("Closed Foundry GmbH", IN_LIQUIDATION). None
    where the name says nothing.
    """
    is_bracketed = name.rstrip().endswith(_CLOSING) or name.lstrip().startswith(_OPENING)
    for pattern in (_BRACKETED, _BRACKETED_BEFORE) if is_bracketed else ():
        match = pattern.search(name)
        status = status_of(_DATE.sub("", match[1])) if match else None
        if match and status not in (None, _ACTIVE):
            rest = f"{name[: match.start()]}{name[match.end() :]}".strip()
            return (rest, status) if rest else (name, None)
    match = _TRAILING.search(name)
    rest = name[: match.start()].strip() if match else ""
    return (rest, _IN_LIQUIDATION) if rest else (name, None)


def status_in_remark(text: str) -> tuple[OrganizationStatus, datetime.date | None] | None:
    """The status and its date where a remark says only that an organisation is no more.

    "2025年注销", 已于2024年6月吊销, "closed down 2023". None for other remarks.
    """
    dated = _DAY.search(text)
    words = _LITTLE.sub("", _DAY.sub("", text)).strip(" .。,，;；:：()（）")
    status = status_of(words)
    if status in (None, _ACTIVE):
        return None
    try:
        day = parse(dated[0]).last if dated and status is _DISSOLVED else None
    except (InvalidInput, CellWarning):
        day = None
    return status, day


def end_in_name(name: str) -> datetime.date | None:
    """The day on which a name says that its bearer ended: "(dissolved 2022)" is its last day."""
    for pattern in (_BRACKETED, _BRACKETED_BEFORE):
        match = pattern.search(name)
        dated = _DATE.search(match[1]) if match else None
        if match and dated and status_of(_DATE.sub("", match[1])) is _DISSOLVED:
            try:
                return parse(dated[0].strip(" :,，于-")).last
            except (InvalidInput, CellWarning):
                return None
    return None
