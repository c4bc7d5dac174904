"""The product of a text whose words no list has, by where it stands and how it ends."""

from __future__ import annotations

from bisect import bisect_left

from matchmaker.recommend.specification.model import UNLISTED, Requirement, RequirementKind
from matchmaker.recommend.specification.units import ENGLISH_NUMERALS
from matchmaker.recommend.specification.vocabulary import TermMatch, covered
from matchmaker.regex import regex

# Chinese names of things end in what they are; these ends name things that are made.
ENDS = (
    "阀泵管件机器仪表架座盘轮轴环圈套片板条带线缆绳网布袜衣裤帽鞋包箱盒瓶桶罐杯膜纸胶漆油剂粉料材砂石砖瓷灯镜笔"
    "刹刀具锁钉栓钩链簧齿模芯头嘴柱杆臂腿翼桨舱壳盖罩垫塞球棒锭块卷丝纱毯枪弹药丸液浆酸碱盐醇酯酮胺树脂饼酒茶奶米面"
    "膏糖肉鱼果菜苗种车船艇塔梯门窗柜桌椅床玩偶章牌签筒袋夹钳尺秤炉窑釜槽池站柜屏板卡盘针管贴帘伞画壶锅碗盆"
)
HAN = "\u4e00-\u9fff"
_WANTED = (
    "长期采购|采购|求购|收购|订购|购买|租购|想找|寻找|急需|需要|诚寻|诚找|想订|想做|想买|要订|生产|供应|加工|制造|提供|专做|主营|销售|"
    "代工|定制|订做|定做|研发|开发|找|寻|求|需|要|收|采|缺|买|做"
)
_CHINESE = regex(
    rf"(?:^|(?<=[，,;；。！!:：\s])|(?<=[a-z]{{2}})|{_WANTED})(?:一批|一种|几种|各类|各种|全系列|大量|少量|合格的?|稳定的?|能做|会做|做)?"
    rf"(?P<name>[{HAN}]{{0,9}}?[{ENDS}])(?=$|[^{HAN}]|的(?:厂|集群|企业|公司|园区|产业)|厂|供应商|货源|订单|毛坯|贴牌|打样|批发|现货|坏了(?![^。；;]{{0,12}}修)|老化|报废|{_WANTED})"
)
_CUT = regex(
    rf"^.*(?:{_WANTED}|谁家?有|哪家有|哪里有|有没有|一批|一种|各类|各种|系列|用|式|型|级|的|和|与|及|或|能|会|可|等|我们|公司|本厂|工厂|专业|优质|高品质|现货|库存|批量|小批|首批|先|每月|每年)(?=.)"
)
_ENGLISH = regex(
    r"(?:^|[.;:!?]\s|\b(?:looking for|searching for|in search of|need(?:s|ed)?|want(?:s|ed)?|seek(?:s|ing)?|require[sd]?|source|sourcing|buy|buying|purchase|order|wanted:|"
    r"quotation wanted:|(?:co-?)?develop|make|makes|making|manufactur\w+|produc\w+|suppl(?:y|ies|ying|ier of|iers of)|offer(?:s|ing)?|sell(?:s|ing)?|maker of|range of|delivery of|provision of)\s)"
    r"(?:(?:a|an|the|some|our|your|various|new|used|high[- ]quality|custom|customi[sz]ed|reliable|and|of)\s)*"
    r"(?!(?:looking|need|needs|needed|want|wanted|seek|seeking|we|our|searching|require|source|sourcing|buy|please|supply|make|offer|quotation)\b)"
    r"(?P<name>[a-z][a-z'-]*(?:\s[a-z][a-z'-]*){0,4}?)"
    r"(?=\s*(?:$|[,.;:()\d]|\b(?:in|with|for|from|to|of|on|at|by|under|over|up|that|which|wanted|needed|required|suitable|certified|made|and|or|as|per|who|near|within)\b))"
)
_NO_CHINESE = regex(
    r"是|^机器$|有[件活单]|外[包协]$|^成.$|^[借租]|^[几多两三][家台]|^[大小散整]件$|逐[块件批个]|^拍(?!卖)|^打药|公里|缺货|断货|现货|有没有|补贴|资助|预算|用量|单件|每|各|工件|要求|资料|条件|单价|质量|师傅|自带|附图|样品|成本|问题|价格|我们|尽快|联系|公司|专利|人员|工程师|经验|图纸"
)
_NO_THING = frozenset(
    [
        "brand",
        "brands",
        "working",
        "willing",
        "ready",
        "keen",
        "interested",
        "must",
        "is",
        "are",
        "do",
        "does",
        "can",
        "could",
        "who",
        "rent",
        "renting",
        "hire",
        "borrow",
        "share",
        "budget",
        "pressure",
        "temperature",
        "hardness",
        "flatness",
        "tolerance",
        "thickness",
        "plus",
        "minus",
        "up",
        "between",
        "before",
        "after",
        "about",
        "couple",
        "dozen",
        "hundred",
        "thousand",
        "hrc",
        "hv",
        "for",
        "to",
        "by",
        "under",
        "over",
        "within",
        "around",
        "deadline",
        "payment",
        "warranty",
        "we",
        "i",
        "they",
        "it",
        "this",
        "that",
        "there",
        "you",
        "spare",
        "spares",
        "another",
        "supplier",
        "suppliers",
        "manufacturer",
        "manufacturers",
        "maker",
        "makers",
        "partner",
        "partners",
        "company",
        "companies",
        "firm",
        "firms",
        "subcontractor",
        "subcontractors",
        "hello",
        "hi",
        "hey",
        "greetings",
        "grant",
        "grants",
        "subsidy",
        "subsidies",
        "loan",
        "loans",
        "thanks",
        "please",
        "help",
        "anyone",
        "someone",
        "somebody",
        "anybody",
        "something",
        "looking",
        "searching",
        "need",
        "want",
        "factory",
        "factories",
        "shop",
        "shops",
        "workshop",
        "workshops",
        "works",
        "house",
        "place",
        "people",
        "person",
        "partners",
        "platform",
        "institute",
        "team",
        "lab",
        "laboratory",
        "group",
        "university",
        "researchers",
        "labs",
        "laboratories",
        "institutes",
        "universities",
        "platforms",
        "teams",
        "groups",
        "professor",
        "professors",
        "service",
        "services",
        "capacity",
        "stock",
        "quality",
        "price",
        "prices",
        "delivery",
        "samples",
        "orders",
        "customers",
        "agents",
        "agent",
        "buyers",
        "buyer",
        "distributors",
        "distributor",
        "importers",
        "importer",
        "solution",
        "solutions",
        "recommendation",
        "recommendations",
        "suggestion",
        "suggestions",
        "advice",
        "tips",
        "contacts",
        "introduction",
    ]
)


_NO_HEAD = frozenset(
    [
        "hours",
        "hour",
        "slots",
        "slot",
        "shifts",
        "line",
        "radius",
        "circle",
        "time",
        "research",
        "accredited",
        "workshop",
        "machine",
        "tooling",
        "project",
        "process",
        "small",
        "contract",
        "subcontract",
        "requirement",
        "provision",
        "guidance",
        "tender",
        "installation",
        "training",
        "management",
        "fabricate",
        "invites",
        "maintenance",
        "commissioning",
    ]
)


# Who makes or does what stands before: "dirndl makers", "functional fibre labs".
_MAKERS = regex(
    r" (?:suppliers?|manufacturers?|makers?|producers?|firms?|compan(?:y|ies)|factor(?:y|ies)|labs?|laborator(?:y|ies)|"
    r"institutes?|universit(?:y|ies)|researchers?|teams?|groups?|distributors?|experts?|specialists?)$"
)


def _without_makers(folded: str, begin: int, end: int) -> int:
    """Where a name ends without who makes the thing."""
    makers = _MAKERS.search(folded, begin, end)
    return makers.start() if makers else end


def unlisted(
    text: str, folded: str, known: list[TermMatch], taken: bytearray, concepts: list[Requirement]
) -> Requirement | None:
    """The first thing that a text names for wanted or offered, None where none is plain, or where
    it is of the `concepts` already.
    """
    starts = [m.start for m in known]
    named = covered(known)
    for pattern in (_CHINESE, _ENGLISH):
        for match in pattern.finditer(folded):
            start, end = match.span("name")
            within = known[bisect_left(starts, start) : bisect_left(starts, end)]
            inside = [m.end for m in within if m.end <= end]
            begin = max((stop for stop in inside if stop < end), default=start)
            if pattern is _CHINESE:
                if cut := _CUT.match(folded[begin:end]):
                    begin += cut.end()
                if end - begin < 2:
                    begin = start if end - start >= 2 else end
            while begin < end and folded[begin] in " -":
                begin += 1
            if pattern is _ENGLISH:
                end = _without_makers(folded, begin, end)
            name = folded[begin:end]
            if len(name) < 2 or taken.find(1, begin, end) >= 0:
                continue
            if any(concept.start < end and begin < concept.end for concept in concepts):
                return None
            head = name.rsplit(" ", 1)[-1]
            if named.find(1, begin, end) >= 0:
                continue
            first = name.split(" ", 1)[0]
            is_counted = first in ENGLISH_NUMERALS or first in _NO_THING  # six hundred shots
            if is_counted or head in _NO_THING or head in _NO_HEAD or _NO_CHINESE.search(name):
                continue
            return Requirement(
                RequirementKind.PRODUCT,
                name,
                text[begin:end],
                begin,
                end,
                family=head,
                aspect=UNLISTED,
            )
    return None
