# ruff: noqa: E501 -- words, as a list is read
"""Titles that a coordinator puts together itself: 急需配套/采购, 主要生产/检测设备（台套）.

No list of titles has them; what they are of is known by the words in them, and only proposed, for
a person to confirm.
"""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, UndecidedCell, filled_values
from matchmaker.ingest.column_values import MOST
from matchmaker.ingest.consortia import is_organization_name
from matchmaker.ingest.words import flag
from matchmaker.regex import regex
from matchmaker.text import normal

DESCRIPTION, NEED, OFFER = "description", "need", "offer"
_BRACKETS = regex(r"[(\[【][^()\[\]【】]{0,40}[)\]】]")
# What is of none of them, whatever else the title says: figures, people, money, yes or no.
_NONE = regex(
    r"是否|有无|能否|可否|联系|负责|电话|手机|邮箱|地址|时间|日期|年份|年度|期限|有效期|金额|[万亿]元|价[值格款]|原值|投资|占比|比[例重率]|税|编[号码]|代码|序号|"
    r"备注|链接|网[址站]|照片|图片|附件|来源|状态|等级|级别|类[型别]|分类|面积|收入|利润|产值|资金|融资|贷款|人才|人[员数]|用[地工]|招聘|培训|审核|意见|得分|评[分价]|排名|"
    r"数量|指标|参数|要求|个数|次数|台数|件数|证书|资质|认证|标准|奖|荣誉|商标|名称$|单位$|姓名|国家|地区|满意|政策|补[贴助]|困难程度|紧急程度|"
    r"\b(?:dates?|years?|amounts?|price|value|cost|number|no|id|code|phone|mail|address|contact|person|status|level|type|kind|category|class|country|remarks?|notes?|link|url|picture|photo|quantity|qty|count|percent|share of|revenue|sales|staff|employees|certificates?|standards?|awards?|rating|score|budget|deadline|whether)\b|[?？%]"
)
_SOUGHT = regex(
    r"急[需缺]|外发|想法|打算|意向|改造|技改|自己(?:做不了|不做|不会做|没有)|(?:做不了|不会做|要外做)的|想(?:见|认识|结识|接触|碰|会)(?!面时)|紧缺|最缺|欠缺|缺(?:口|少|什么|的|链)|[拟需想要计划]采购|采购(?:需求|意向|计划|清单)|采购$|外购|外采|需求|诉求|求助|求购|需(?:要|找|求|配套|引进|解决|对接|外协|外购|合作)|想[找要买]|"
    r"(?:希望|拟|想|期望|计划|意向|寻求)(?:[和与跟])?(?:合作|对接|寻找|采购|引进|找|解决|获得|联系)|寻[找求]|难[题点]|瓶颈|卡脖子|攻关|痛点|堵点|短板|待(?:解决|攻克)|外协|委外|"
    r"\b(?:look(?:ing)? for|needs?|seek\w*|wants?|wanted|lack\w*|requires?|requirements?|sourcing|to (?:buy|source|find)|challenges?|bottlenecks?|problems? (?:to|we|they|you|not)|unsolved|(?:topics?|fields?|areas?|technolog\w+) of interest|interested in|outsourc\w*|sub-?contract\w* out)\b|\b(?:like|want|wish|hope)s? to (?:meet|know|contact|talk|work|partner|be introduced)\b"
)
# Of whom something is asked: 对检测机构的要求.
_ASKED_OF = regex(
    r"对[^,，;；]{0,8}(?:机构|院校|高校|院所|平台|供应商|配套|合作方?|伙伴|厂家)的?(?:要求|期望|期待|需求|希望)"
)
_LENT = regex(
    r"可(?:以)?(?:对外|向外|供外部|供他人)?(?:提供|承接|外接|接|开放|共享|出租|租[借用]|借用|转让|代工|代加工|外协)|"
    r"对外(?:承接|加工|开放|服务|检测|共享|出租|协作)|(?:能|可)(?:给|为)(?:别人|外面|同行|其他企业)|承接|富余|闲置|空闲|余量|剩余(?:产能|能力)|空余|多余|共享|机时|"
    r"\b(?:spare|idle|surplus|free|open|unused|available) (?:capacity|machines?|equipment|hours)|\b(?:to|can) (?:share|lend|rent out|offer others)\b|\b(?:can|could|able to|willing to|happy to|ready to) (?:we )?(?:offer|share|lend|provide|rent out)\b|\boffer(?:s|ed)? (?:to|for) (?:members|others|partners|the cluster)\b|\b(?:available|open) (?:to|for) (?:members|others|partners|the cluster)\b|\bfor (?:rent|hire|licen[cs]e)\b|\bshared? (?:equipment|machines?)|\bopen to others\b"
)
_DONE = regex(
    r"产品|设备|机器|机台|装备|仪器|工艺|工序|[生产]线|产能|能力|优势|特长|擅长|专长|特色|亮点|业务|服务|技术|主[营导打要做]|经营|研发方向|研究方向|成果|专利(?:内容|情况)|材料|原料|品种|品类|"
    r"\b(?:products?|services?|equipment|machin\w+|process(?:es)?|capabilit\w+|capacity|strengths?|speciali[sz]\w+|know-how|expertise|technolog\w+|materials?|what (?:they|we|it) (?:make|do|offer)s?)\b"
)


def column_by_words(title: str, values: Sequence[str]) -> str:
    """The column of texts that a title is of by its words, "" where they tell none.

    `values` are some that stand under it: numbers, yes and no, and names of organisations are no texts.
    """
    plain = _BRACKETS.sub("", normal(title))
    if not plain or not are_texts(values):
        return ""
    if _ASKED_OF.search(plain):
        return NEED
    if _NONE.search(plain):
        return ""
    if _SOUGHT.search(plain):
        return NEED
    if _LENT.search(plain):
        return OFFER
    return DESCRIPTION if _DONE.search(plain) else ""


_TEXT = regex(r"[^\W\d_]{4}|[\u4e00-\u9fff]{2}")


def _is_flag(value: str) -> bool:
    """Tell whether a value says yes or no, or may."""
    try:
        flag(value)
    except UndecidedCell:
        return True
    except (InvalidInput, CellWarning):
        return False
    return True


def are_texts(values: Sequence[str]) -> bool:
    """Tell whether most values are words, and neither names of organisations nor a few kinds."""
    filled = filled_values(values)
    texts = [value for value in filled if _TEXT.search(value) and not _is_flag(value)]
    if not texts or len(texts) < MOST * len(filled):
        return False
    # A column of a few words that come again and again is of kinds.
    is_of_kinds = len(filled) > 2 * _FEW and len(set(filled)) <= _FEW
    names = sum(map(is_organization_name, texts))
    return not is_of_kinds and names < MOST * len(texts)


_FEW = 4
