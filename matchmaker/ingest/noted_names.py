# ruff: noqa: E501 -- words, as a list is read
"""What people write beside a name that is none of it: 甲公司（www.example.cn）, 乙公司（已搬迁）, 丙公司*."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from matchmaker.domain import MAX_NAME
from matchmaker.ingest.consortia import is_only_form, is_organization_name
from matchmaker.messages import Message, message
from matchmaker.naming import in_one_spelling
from matchmaker.regex import regex

# A domain without https:// or www. is only known for one by its end: Co.Ltd and S.p.A. are none.
_TOP = (
    "com|cn|net|org|edu|gov|info|biz|tech|top|xyz|vip|io|ai|eu|de|at|ch|fr|it|es|nl|be|uk|pl|cz|se|dk|fi|no|jp|kr|tw"
    "|hk|us|in|ru|tr|vn|my|sg"
)
_DOMAIN = r"(?:[a-z0-9][a-z0-9-]{0,62}\.){1,6}"
_WEBSITE = regex(
    rf"(?:(?:https?://|www\.){_DOMAIN}[a-z]{{2,24}}|(?!co\.)(?:[a-z0-9][a-z0-9-]{{1,62}}\.){{1,4}}(?:{_TOP}))"
    r"(?::\d{1,5})?(?:[/?#][^\s()（）]{0,200})?(?![\w@.-])",
    re.IGNORECASE,
)
_MAILBOX = regex(
    r"[a-z0-9][a-z0-9._+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}(?![\w@.-])", re.IGNORECASE
)
# As they are dialled: 0577-6731 2345, 139 0000 1111, 400-888-6666, +39 02 1234567.
_TELEPHONE = regex(
    r"(?:\(?0\d{2,3}\)?[ -]?\d{3,4}[ -]?\d{4}|1[3-9]\d[ -]?\d{4}[ -]?\d{4}|[48]00[ -]?\d{3}[ -]?\d{4}|\+\d[\d ()/-]{6,18}\d)"
    r"(?:(?:转|-| ?ext\.? ?)\d{1,5})?(?!\d)"
)
# Behind a word for it a number within a town is one, too.
_NUMBER = regex(r"[\d+(][\d ()+-]{4,24}\d(?!\d)")
_LABEL = regex(
    r"(?:公司|企业)?(?:官方)?(?:网址|网站|官网|主页)|(?P<number>(?:联系|咨询|办公)?(?:电话|手机|座机|热线|方式)|传真|qq|微信"
    r"|telephone|tel|phone|mobile|fax|wechat)|(?:电子)?(?:邮箱|邮件)|website|web|homepage|url|e-?mail|mail",
    re.IGNORECASE,
)
_LABEL_END = regex(r"[.:\s]{0,4}")
_BETWEEN = regex(r"[;,、|/\s]{1,6}")
_BRACKETED = regex(
    r"[(（\[【<《]\s{0,9}((?:[(（]0\d{2,3}[)）])?[^()（）\[\]【】<>《》]{1,160}"
    r"(?:[(（]0\d{2,3}[)）][^()（）\[\]【】<>《》]{1,60})?)[)）\]】>》]"
)
# Where something may begin that is written behind a name without brackets.
_BORDER = regex(
    r"(?<=\S)[\s,，;；]{1,9}(?=\S)|(?<=[㐀-鿿）)])(?=[\dA-Za-z０-９Ａ-Ｚａ-ｚ+(（电手网官邮传联])"
)
_ADDRESSED = regex(r"www\.|https?:|@|\d{4}|[a-z0-9-]\.[a-z]{2}", re.IGNORECASE)
# Stars and the like lead to a note under the list.
_SIGNS = re.escape("*＊★☆※▲△▼▽●○◎◆◇■□†‡√✓✔")
_SIGN = regex(rf"^([{_SIGNS}]{{1,9}})\s{{0,9}}|\s{{0,9}}([{_SIGNS}]{{1,9}})$")
_REMARK = regex(
    r"(?:\d{4}年?(?:\d{1,2}月)?)?(?:现|已|新|原址|正在|拟|待){0,2}(?:搬迁|搬家|迁址|拆迁|搬至|搬到|迁至|迁往)(?:中|至|到)?[^()（）]{0,20}"
    r"|(?:\d{4}年)?新(?:增|入会|入园|会员)(?:企业|会员|单位)?|待(?:核实|核|确认|定|补充|变更|更名)|未(?:核实|确认|回复|填报)|重复"
    r"|见备注|见附件|见注\d{0,2}|(?:名誉|执行|常务)?(?:副?会长|副?理事长|副?监事长|副?秘书长|理事|监事|会员|发起)(?:单位|企业)"
    r"|规(?:模以)?[上下](?:工业)?(?:企业)?|(?:国家)?(?:级)?高新(?:技术企业)?|上市公司|外资(?:企业)?|小微企业?|个转企|筹建?|在建|试生产"
    r"|(?:has )?(?:moved|relocated)(?: to [\w ,-]{2,40})?|new(?: member)?|(?:associate |full |board )?member|tbc|tbd"
    r"|to be confirmed|not verified|see notes?(?: \d{1,2})?|duplicate",
    re.IGNORECASE,
)
_EDGES = " \t,，;；、"
_MOST = 6  # notes of one name


@dataclass(frozen=True, slots=True)
class NotedName:
    """A name by itself, and what stood beside it, as it was written."""

    name: str
    notes: tuple[str, ...] = ()

    @property
    def website(self) -> str:
        """The first address of a website among the notes, "" for none."""
        return next((each for note in self.notes for each in _addresses(note)[0]), "")

    @property
    def contact(self) -> str:
        """Mailboxes and telephone numbers among the notes, parted by ", "."""
        return ", ".join(dict.fromkeys(each for note in self.notes for each in _addresses(note)[1]))

    def told(self, website: str = "", contact: str = "") -> Iterator[Message]:
        """What is to be told of each note.

        `website` and `contact` are what the organisation's fields have taken of the notes.
        """
        for note in self.notes:
            websites, contacts = _addresses(note)
            is_website = bool(website) and website in websites
            is_contact = bool(contacts) and all(each in contact for each in contacts)
            if is_website:
                yield message(
                    "'%(note)s' is no part of the name: taken for its website.", note=note
                )
            if is_contact:
                yield message(
                    "'%(note)s' is no part of the name: put with its contact, which stays closed "
                    "until both agree.",
                    note=note,
                )
            if not is_website and not is_contact:
                yield message("'%(note)s' is no part of the name: left out.", note=note)


def without_notes(name: str) -> NotedName:
    """A name without addresses, numbers, remarks and signs that stand beside it.

    Brackets with addresses only may stand anywhere, with a remark behind the name. What has no
    brackets is only taken away where a name ends before it, 甲有限公司 www.example.cn: whoever
    calls himself by an address, or a sentence with one, is told so.
    """
    notes: list[str] = []
    rest = name.strip()
    for _ in range(_MOST):
        shorter, note = _shorter(rest)
        if not note or not any(map(str.isalnum, shorter)) or is_only_form(shorter):
            break
        rest = shorter
        notes.append(note)
    return NotedName(rest if notes else name, tuple(notes))


def _shorter(name: str) -> tuple[str, str]:
    """A name without one note, and the note; "" where it has none."""
    if len(name) > 2 * MAX_NAME:
        return name, ""
    if sign := _SIGN.search(name):
        return name[: sign.start()] + name[sign.end() :], sign[1] or sign[2]
    for match in _BRACKETED.finditer(name):
        is_edge = match.start() == 0 or match.end() == len(name)
        if any(_addresses(match[1])) or (is_edge and _REMARK.fullmatch(_plain(match[1]))):
            before, behind = name[: match.start()], name[match.end() :]
            return f"{before.rstrip(_EDGES)}{behind}".strip(_EDGES), match[0]
    if _ADDRESSED.search(_plain(name)):
        for border in _BORDER.finditer(name):
            before, behind = name[: border.start()], name[border.end() :]
            if any(_addresses(behind)) and is_organization_name(before):
                return before.strip(_EDGES), behind
    return name, ""


def _addresses(note: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Websites, and mailboxes and telephone numbers, of which a note consists; none of others."""
    text = _plain(note)
    inner = _BRACKETED.fullmatch(text)
    text = (inner[1] if inner else text).strip()
    websites, contacts, place = list[str](), list[str](), 0
    while place < len(text):
        label = _LABEL.match(text, place)
        if label and (end := _LABEL_END.match(text, label.end())):
            place = end.end()
        is_number = label is not None and label["number"] is not None
        if website := _WEBSITE.match(text, place):
            websites.append(website[0])
            place = website.end()
        elif found := (
            _MAILBOX.match(text, place)
            or _TELEPHONE.match(text, place)
            or (is_number and _NUMBER.match(text, place))
        ):
            contacts.append(found[0])
            place = found.end()
        else:
            return (), ()
        if between := _BETWEEN.match(text, place):
            place = between.end()
        elif place < len(text) and not _LABEL.match(text, place):
            return (), ()
    return tuple(websites), tuple(contacts)


def _plain(text: str) -> str:
    """In one spelling: full-width letters and points are others for a keyboard, not for a reader."""
    return in_one_spelling(text).replace("。", ".")
