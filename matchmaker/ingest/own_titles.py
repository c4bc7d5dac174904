"""Titles of own lists that no list of words has, known by their form: 模具名称, 模具寿命(万次)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, filled_values
from matchmaker.ingest.column_values import MOST, are_running
from matchmaker.ingest.unused_words import unused_reason
from matchmaker.ingest.words import keys_of, open_to_others, word_key
from matchmaker.regex import regex
from matchmaker.text import normal

Samples = Mapping[str, Sequence[str]]
# What a name is of that is no thing's: whose it is, who made it, what holds it.
_OTHER_NAMES = regex(
    r"公司|企业|单位|厂家|厂商|厂名|供应商|客户|品牌|商标|联系|姓名|人名|文件|图片|项目|工程|部门|学院|团队|开户|户名"
    r"|\b(?:company|customer|client|supplier|manufacturer|brand|contact|file|user|project"
    r"|first|last|family|person|dealer|distributor)\b"
)
_NAMES = regex(r"(?:[\w·/、 （）()-]{1,16}(?:名称|品名|名))|(?:[\w/&,. -]{2,40} (?:name|title))")
# What others need not read: what it costs and earns, who deals with it, what the office notes.
_PRIVATE = regex(
    r"价|金额|成本|折[扣后]|利润|毛利|税|提成|返点|佣金|底[价线]|账|回款|付款|库存|仓库|库位|客户|买家|供应商|备注|附注|联系|电话|手机"
    r"|微信|邮箱|姓名|负责|经办|保管|[^无双单多个]人$|业务员|编码|编号|代码|[保机]密|内部|内控|日期|年份|月份|合同|订单|销[量售]|采购|图片|照片"
    r"|附图|专利寿命|链接$|网址|附件|录入|审[核批]|存放|地点|资产|购置|原值|评[价级分]|排名|(?:更新|创建|报价|入库|生产|出厂|制表)时间"
    r"|\b(?:price|cost|margin|discount|profit|tax|stock|inventory|customer|client|buyer|supplier"
    r"|remarks?|notes?|comments?|contact|phone|mobile|e-?mail|person|internal|confidential|date"
    r"|sales|sold|order|contract|invoice|picture|image|photo|link|url|location|asset|pi|inventors?"
    r"|status|commission|revenue|turnover|budget)\b|[$€£¥￥]"
)
# What is measured of a thing, and what it is made of or made for.
_UNITS = regex(
    r"[(（\[【/,，]\s*(?:[μµ]?m|[mckdn]m[²³23]?|m[²³23]|[kmμµ]?g|t|吨|公?斤|千?克|毫?升|m?l|℃|°c|k?n|n·?m|[mk]?pa|bar|psi"
    r"|[kmw]?w|kva|m?v|m?a|[mkg]?hz|rpm|r/min|转/分|转|s|秒|min|分钟|h|小?时|天|日|周|个?月|年|万?次|万模次|模次|穴|腔|层|片|针"
    r"|hrc|hv|hb|ra|ppm|db|目|支|d|dtex|英?寸|inch|in|ft|lbs?|t/h|m³/h|l/min)\s*[)）\]】]?$"
)
_OF_THINGS = regex(
    r".*(?:材|料|材质|钢材|材料|寿命|穴数|腔数|型腔|模穴|模数|层数|齿数|针数|孔数|级数|极数|流道|模架|滑块|精度|公差|尺寸|规格|参数|重量|单重"
    r"|模重|克重|吨位|机台|压力|温度|耐[温压热]|硬度|强度|韧性|车型|机型|适用|范围|能力|行程|特点|特征|优势|性能|功能|用途|应用|领域|类型|种类"
    r"|品种|系列|等级|牌号|形状|形式|方式|结构|工艺|周期|颜色|色号|口径|直径|通径|壁厚|厚度|长度|宽度|高度|深度|容积|容量|体积|功率|电压"
    r"|电流|频率|转速|速度|流量|扬程|粒径|纯度|含量|成分|配方类型|标准|代表产品|产品举例|典型产品|成熟度|阶段|关键词|交期|起订量)(?:要求|说明|描述)?\s*[a-zμ°℃²³/]{0,5}"
    r"|.*\b(?:material|steel|alloy|life|lifetime|cavit(?:y|ies)|size|dimensions?|capacity|tonnage"
    r"|weight|types?|features?|range|pressure|temperature|hardness|strength|tolerance|accuracy"
    r"|precision|finish|process|applications?|uses?|advantages?|benefits?|properties|keywords?"
    r"|fields?|maturity|trl|stage|readiness(?: level)?|patent status|ip status|standards?|ratings?"
    r"|colou?rs?|thickness|diameter|length|width|height|power|voltage|speed|flow|lead time|moq)"
)


def by_form(samples: Samples, taken: Mapping[str, str]) -> dict[str, str]:
    """Columns of an own list by what titles end with, beside those that are `taken`.

    A name where nothing else is one; what is measured of a thing, or what it is of and for.
    """
    found: dict[str, str] = {}
    free = [title for title, name in taken.items() if not name]
    if "open" not in taken.values():
        found |= dict.fromkeys(
            [each for each in free if _is_state(each, samples[each])][:1], "open"
        )
    if "name" not in taken.values():
        named = (each for each in free if _is_name(each, samples[each]))
        found |= dict.fromkeys(list(named)[:1], "name")
    for title in free:
        if title not in found and is_told(title, samples[title]):
            found[title] = "specification"
    if {"name", "model"}.isdisjoint({*taken.values(), *found.values()}):
        # Item 1, 2, 3, Description: what is said of it is all that it is called.
        described = (t for t, name in (*taken.items(), *found.items()) if name == "specification")
        found |= dict.fromkeys(list(described)[:1], "name")
    return found


_STATES = (
    "状态|设备状态|仪器状态|运行状态|使用状态|设备状况|仪器状况|status|condition|equipment status"
)


def _is_state(title: str, values: Sequence[str]) -> bool:
    """Tell whether a column says that equipment works or does not: 正常, 维修中, 已报废."""
    filled = filled_values(values)
    return (
        word_key(title) in keys_of(_STATES) and bool(filled) and all(map(_says_yes_or_no, filled))
    )


def _says_yes_or_no(value: str) -> bool:
    try:
        open_to_others(value)
    except (InvalidInput, CellWarning):
        return False
    return True


def _is_name(title: str, values: Sequence[str]) -> bool:
    plain = normal(title).strip()
    return bool(_NAMES.fullmatch(plain)) and not _OTHER_NAMES.search(plain) and _has_words(values)


def is_told(title: str, values: Sequence[str]) -> bool:
    """Tell whether a title says that its cells are of the thing itself, and for everybody."""
    plain = normal(title).strip()
    if _PRIVATE.search(plain) or unused_reason(title) or are_running(values):
        return False
    return bool(_UNITS.search(plain) or _OF_THINGS.fullmatch(plain))


def _has_words(values: Sequence[str]) -> bool:
    """Tell whether most cells are words, no figures or codes."""
    filled = filled_values(values)
    worded = sum(any(sign.isalpha() for sign in value) for value in filled)
    return worded >= MOST * len(filled)
