"""Offices that lists name without their place: 市科技局, 人社局. Each place has one of its own.

A list of one city writes 市科技局, and so does that of the next: by the name alone the two
would be one office of the whole country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from matchmaker.domain import PlaceLevel
from matchmaker.ingest.places import PlaceIndex
from matchmaker.ingest.title_keys import title_keys
from matchmaker.ingest.title_words import PLACE, PLACE_PARTS
from matchmaker.ingest.words import keys_of
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.text import normal

_CONCERN = (
    "科学技术|科技|经济和信息化|经济与信息化|经济信息化|经济信息|经信|工业和信息化|工业与信息化|工信|经贸|经济贸易|"
    "经济发展|产业发展|人力资源和社会保障|人力资源社会保障|人社|发展和改革|发展改革|发改|商务|财政|市场监督管理|"
    "市场监管|市监|生态环境|环境保护|环保|自然资源和规划|自然资源|国土资源|教育|农业农村|农业|文化和旅游|"
    "文化广电旅游|文旅|住房和城乡建设|住建|建设|城建|交通运输|交通|应急管理|应急|税务|统计|地方金融监督管理|"
    "地方金融监管|金融工作|金融|民政|卫生健康|卫健|国有资产监督管理|国资|知识产权|投资促进|招商|大数据发展管理|"
    "大数据管理|大数据|数据|行政审批服务|行政审批|政务服务|审批服务|林业|水利|水务|司法|审计|药品监督管理|药监|"
    "外事|质量技术监督|质监|科技创新|科创|中小企业|民营经济|工商"
)
_BODY = (
    rf"(?:{_CONCERN})(?:局|委员会|委|厅|办公室|办|服务局|发展局|管理局|处|中心|服务中心)|"
    r"科委|建委|农委|教委|科协|科学技术协会|工商联|工商业联合会|总工会|工会|团委|组织部|宣传部|统战部|人才办|政府办|政府办公室|"
    r"人民政府|政府|国资委|经信委|发改委|卫健委|管委会|"
    r"(?:高新区|经开区|开发区|高新技术产业开发区|经济技术开发区|产业园区?|工业园区?|园区)(?:管委会|管理委员会)"
)
_BARE = regex(rf"(?:我|本|各)?(?P<level>[省市区县州盟旗])?(?:级|直)?(?P<body>{_BODY})")
_NAMES = regex(r"[^;；、,，\n/|+]+")
# The columns of lists that name organisations.
PARTIES = frozenset(
    {
        "supplier",
        "buyer",
        "domestic",
        "foreign",
        "lead",
        "partners",
        "head",
        "tail",
        "owner",
        "body",
        "holder",
    }
)


@dataclass(frozen=True, slots=True)
class OfficePlaces:
    """Completes names of offices by where a list, or a line of it, is from.

    `home` is the id of the place of the whole list, "" for none.
    """

    index: PlaceIndex
    home: str = ""

    def completed(self, cell: str, beside: str = "") -> tuple[str, list[Message]]:
        """A cell with each office that lacks its place under its full name; what is to be told.

        `beside` names places in the same line. An office whose place is not known is left out.
        """
        told: list[Message] = []

        def complete(match: re.Match[str]) -> str:
            name = match[0].strip()
            office = _BARE.fullmatch(name)
            if office is None:
                return match[0]
            place = self._place(office["level"] or "", office["body"], beside)
            if not place:
                told.append(_asked(name))
                return ""
            full = f"{self.index.places[place].name}{office['body']}"
            told.append(_taken(name, full))
            return full

        if not any(ending in cell for ending in "局委厅办部会府处心"):
            return cell, told
        whole = _NAMES.sub(complete, cell)
        return (whole.strip(" ;；、,，\n/|+") if told else cell), told

    def _place(self, level: str, body: str, beside: str) -> str:
        """The place whose office it is, "" where neither the line nor the list says it."""
        level = level or ("省" if body.endswith("厅") else "")
        near = self.index.find(beside, "", self.home) if beside else None
        if near is not None and not near.id:
            near = self.index.find(beside)
        for place in filter(None, (near.id if near else "", self.home)):
            if id := self._of_level(place, level):
                return id
        return ""

    def _of_level(self, place: str, level: str) -> str:
        """Of a place and those above it the finest that is called so."""
        if self.index.places[place].level is PlaceLevel.COUNTRY:
            return ""
        chain = [
            id
            for id in self.index.chain(place)
            if self.index.places[id].level is not PlaceLevel.COUNTRY
        ]
        if not level:
            return chain[0]
        if level == "省":
            above = (i for i in chain if self.index.places[i].level is PlaceLevel.PROVINCE)
            return next(above, "")
        if level == "区":
            chain = [id for id in chain if self.index.places[id].level is PlaceLevel.COUNTY]
        return next((id for id in chain if self.index.places[id].name.endswith(level)), "")


def is_bare_office(name: str) -> bool:
    """Tell whether it is the name of an office without its place, and nothing else."""
    return bool(_BARE.fullmatch(name.strip()))


def home_of(index: PlaceIndex, texts: Iterable[str], otherwise: str = "") -> str:
    """The place that titles above a list, or the name of its file, begin with by its full name."""
    for text in texts:
        match = index.find(text)
        if match.id and index.places[match.id].name in text:
            return match.id
    return otherwise


def titles_of_places(titles: Iterable[str]) -> Iterator[str]:
    """Those that head where something is."""
    placing = keys_of(f"{PLACE}|{PLACE_PARTS}")
    return (title for title in titles if not placing.isdisjoint(title_keys(title)))


def _taken(name: str, full: str) -> Message:
    return message(
        "'%(cell)s' does not say of which place: taken for %(name)s.", cell=name, name=full
    )


def _asked(name: str) -> Message:
    return message(
        "'%(cell)s' does not say of which place, and neither does the list: left out. Write its "
        "full name, or import the list for a cluster that has a place.",
        cell=normal(name),
    )
