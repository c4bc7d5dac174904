"""Whether a patent holds, by what lists write of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matchmaker.ingest.cells import filled_values
from matchmaker.ingest.list_formats import OFFERINGS, PATENTS
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.ingest.unused_words import is_remark
from matchmaker.regex import regex
from matchmaker.text import normal

# What offices and databases write of rights that are no more, of applications that came to
# nothing, and of those that hold or may come to hold.
_LAPSED = regex(
    r"失效|无权|终止|驳回|撤回|视撤|放弃|届满|过期|到期|未缴|全部无效|宣告无效|(?<!部分)无效(?!宣告|请求)|撤销|避免重复授权"
    r"|已(?:于.{0,12})?(?:转让|售出|转出)"
    r"|\b(?:lapsed|expired|withdrawn|rejected|refused|revoked|abandoned|ceased|terminated|cancell?ed"
    r"|invalid(?:ated)?|dead|inactive|not in force|no longer|fee related|non-?payment|deemed)\b"
    r"|\b(?:erloschen|zurückgewiesen|zurückgenommen|abgelehnt|widerrufen|déchu|rejeté|retiré)\b"
)
_HOLDS = regex(
    r"有效|有权|授权|授予|维持|登记|审中|实审|审查|审理|公开|公布|受理|申请|在审|转让|许可|质押|恢复|部分无效"
    r"|\b(?:active|alive|in force|granted|grant|valid|maintained|pending|published|filed|registered"
    r"|issued|examination|application|open|erteilt|anhängig|in kraft|délivré|en vigueur)\b"
)


def has_lapsed_by(status: str) -> bool | None:
    """Tell whether a legal status says that a right lapsed, None where it says neither."""
    plain = normal(status)
    if is_placeholder(status) or plain == "-":
        return False
    if _LAPSED.search(plain):
        return True
    return False if _HOLDS.search(plain) else None


def remarks_on_patents(
    table: str, samples: Mapping[str, Sequence[str]], taken: Mapping[str, str]
) -> dict[str, str]:
    """Remarks that say of patents that they lapsed, where no other column does: 因未缴年费终止."""
    if table not in (PATENTS, OFFERINGS) or "status" in taken.values():
        return {}
    if "number" not in taken.values():
        return {}
    remarks = (title for title, name in taken.items() if not name and is_remark(title))
    telling = [t for t in remarks if any(map(has_lapsed_by, filled_values(samples[t])))]
    return dict.fromkeys(telling[:1], "status")
