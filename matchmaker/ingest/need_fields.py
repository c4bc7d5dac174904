# ruff: noqa: E501 -- words, as a list is read
"""Fields of the needs that the JSON of a portal holds, by what our titles call them."""

from __future__ import annotations

import re

from matchmaker.regex import regex

# A list of what somebody looks for, each an object with words of its own.
NEEDS = regex(
    r"(?:[\w-]{0,12}[_-]?)?(?:needs?|demands?|requirements?|requests?)(?:[_-]?(?:list|items?|infos?))?"
    r"|.{0,4}需求(?:列表|清单|信息)?",
    re.IGNORECASE,
)
# A field of a need of a portal: needs.title, demandList.endTime.
_PART = regex(r"[\w-]{0,12}(?:needs?|demands?|requirements?|requests?|需求)[\w-]{0,8}\.([\w-]+)")
_SAID = {
    part: said
    for said, parts in {
        "needs": "title name subject content text desc description detail details summary words 名称 标题 内容 描述",
        "need type": "type kind category typename categoryname goal 类型 类别",
        "needed by": "deadline until enddate endtime expire expiretime expiredate validuntil due duedate 截止日期 截止时间 有效期",
        "budget": "budget amount price money 预算",
        "quantity needed": "quantity qty num number count 数量",
        "need status": "status state statusname progress 状态",
    }.items()
    for part in parts.split()
}


# A field of those to turn to: contact.mobile, contactPhone.
_CONTACT = regex(
    r"(?:contact|linkman|联系人)(?:[\w-]{0,8}\.|[_-]?)(?:name|mobile|phone|tel|telephone|e?mail|wechat|电话|手机|姓名)"
)


def field_of_need(title: str) -> str:
    """What the title of a field of a need or a contact is called in tables, "" for any other."""
    if _CONTACT.fullmatch(title):
        return "contact"
    match = _PART.fullmatch(title)
    return _SAID.get(match[1], "") if match else ""
