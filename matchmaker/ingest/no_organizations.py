# ruff: noqa: E501 -- words, as a list is read
"""Lists whose lines are no organisations, though names stand in them: meetings, scopes of labs."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.errors import InvalidInput
from matchmaker.ingest.address_books import is_address_book
from matchmaker.regex import regex
from matchmaker.text import normal

# Who met whom at a fair: two columns of names, one a side of a meeting each.
_SIDE = regex(
    r"(?:host|guest|requester|requested|inviter|invitee|sender|recipient|participant (?:a|b|1|2)|first|second) "
    r"(?:organi[sz]ation|company|firm|participant(?:'s)? (?:organi[sz]ation|company))(?: name)?"
    r"|(?:邀约|受邀|邀请|被邀请|约见|被约|发起|接受|主|客)方(?:单位|企业|公司)(?:名称)?"
)
_MEETING = regex(
    r"meeting(?: id| no| status| time)?|table(?: no)?|time ?slot|slot|start|洽谈(?:时间|桌号|编号|状态)|桌号|场次|时段"
)
# What a laboratory is accredited for: what is tested, by which standard.
_TESTED = regex(
    r"检测对象|检验对象|检测产品|检测产品/类别|产品(?:名称)?/?(?:产品)?类别|被测对象|测量仪器名称|校准参量|测量参量|(?:检测|检验)?项目/参数.*"
    r"|(?:test(?:ed)? )?(?:item|object|product)s? (?:tested|/ ?material)|materials?(?:/| or )products? tested"
)
_BY_STANDARD = regex(
    r"(?:检[测验]|校准|依据|测试)?的?(?:标准|规范|方法|规程)(?:\(?方法\)?)?(?:名称)?(?:[、及和]|\(|（)?.{0,8}(?:编号|代号|年号).*"
    r"|(?:检测|检验|校准|测试)(?:标准|方法|依据|规范).*|(?:test )?(?:standard|method)s?(?: specification)?(?: (?:used|applied|no))?"
)


def refuse_no_organizations(titles: Iterable[str], where: str) -> None:
    """Raises InvalidInput for titles of a list whose lines are made no organisations."""
    titles = tuple(map(normal, titles))
    if is_address_book(titles):
        raise InvalidInput(
            "is somebody's address book: people, and where they work, are not made organisations.",
            mend="Where these organisations are meant, choose what kind of list it is.",
            where=where,
        )
    if sum(map(_is_side, titles)) > 1 and any(map(_MEETING.fullmatch, titles)):
        raise InvalidInput(
            "is a schedule of meetings: that two meet makes nobody a member, and is no relation.",
            mend="Import who takes part as a list of members, and what came of it as orders or "
            "relations.",
            where=where,
        )
    if any(map(_TESTED.fullmatch, titles)) and any(map(_BY_STANDARD.fullmatch, titles)):
        raise InvalidInput(
            "is what a laboratory is accredited for: its lines are tests, and no organisations.",
            mend="Upload it as the list of what that laboratory offers itself.",
            where=where,
        )


def _is_side(title: str) -> bool:
    return _SIDE.fullmatch(title) is not None
