# ruff: noqa: E501 -- words, as a list is read
"""Whether an organisation still is: by the words of registers, and by what stands in its name."""

from __future__ import annotations

import re

from matchmaker.domain import OrganizationStatus
from matchmaker.text import normal

_ACTIVE, _IN_LIQUIDATION, _DISSOLVED = OrganizationStatus

# As registers and lists of members write it; looked up after `normal`.
STATUS_WORDS: dict[str, OrganizationStatus] = {
    **dict.fromkeys(
        (
            "active", "in operation", "operating", "open", "existing", "registered", "live", "aktiv",
            "存续", "在业", "在营", "在册", "开业", "正常", "正常经营", "营业", "经营中", "迁入",
            "存续(在营、开业、在册)", "仍注册", "核准设立",
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
            "已告解散", "不再运营",
        ),
        _DISSOLVED,
    ),
}  # fmt: skip

# Where no brackets stand around it, only what nobody is called by.
_TRAILING = re.compile(
    r"[\s,，–—-]+(?:in liquidation|in liq\.?|i\. ?l\.|en liquidation|en liquidación"
    r"|in liquidazione|in vereffening|w likwidacji|v likvidaci)\s*$",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\s*[(\[（【]([^()\[\]（）【】]{2,40})[)\]）】]\s*$")
_DATE = re.compile(r"[\s:,，于-]*\d{4}[\d\s年月日./-]*")


def status_of(words: str) -> OrganizationStatus | None:
    """The status that a register's words stand for, None for other words."""
    plain = normal(words)
    return STATUS_WORDS.get(plain) or STATUS_WORDS.get(plain.rstrip("."))


def without_status(name: str) -> tuple[str, OrganizationStatus | None]:
    """A name without what it says at its end of the organisation's status, and that status.

    "Closed Foundry GmbH (in liquidation)" is ("Closed Foundry GmbH", IN_LIQUIDATION). None
    where the name says nothing.
    """
    match = _BRACKETED.search(name)
    if match is not None:
        status = status_of(_DATE.sub("", match.group(1)))
    else:
        match = _TRAILING.search(name)
        status = _IN_LIQUIDATION
    if match is None or status in (None, _ACTIVE):
        return name, None
    rest = name[: match.start()].strip()
    return (rest, status) if rest else (name, None)
