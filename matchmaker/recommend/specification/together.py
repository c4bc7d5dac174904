"""With whom something is to be done: "a warm sock, together with a spinner" asks for a spinner."""

from __future__ import annotations

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import CORE, RequirementKind
from matchmaker.recommend.specification.reading import read
from matchmaker.regex import regex

_AIM = (
    r"(?:想|要|正|正在|准备|打算|计划|为了?)?(?:一起|共同|联合|合作)?(?:来)?"
    r"(?:开发|研发|研制|试制|设计|推出|做|搞)[^,，;；。!?]{2,24}[,，]\s*"
)
_PARTNER = (
    r"(?:想|希望|愿意?|打算|计划|要)?(?:直接)?(?:跟|和|与|同)[^,，;；。!?]{2,16}?"
    r"(?:厂家?|企业|公司|商|单位|团队|企|的)(?:一起|合作|联手|联合|共同|结对|合伙|协作|共建)"
)
_BEFORE = regex(
    rf"^{_AIM}(?={_PARTNER})|"
    r"^.{3,90}?\b(?:together|jointly|in partnership|hand in hand) with (?=\S)"
)
_SUBJECT = CORE | {RequirementKind.MATERIAL}


def without_aim(text: str) -> str:
    """A need without what is to be done together with those whom it asks for, with blanks there.

    Whole where it says of them nothing that a list names.
    """
    aim = _BEFORE.match(fold(text))
    if aim is None:
        return text
    wanted = " " * aim.end() + text[aim.end() :]
    names = any(item.kind in _SUBJECT and not item.denied for item in read(wanted).items)
    return wanted if names else text
