"""Whether a text asks by name for universities, institutes or labs: 想找高校一起做, "any lab?"."""

from __future__ import annotations

from matchmaker.recommend.specification.clauses import fold
from matchmaker.regex import regex

_LAB = r"(?:高校|大学|院校|研究所|研究院|科研院所|科研机构|课题组|实验室|教授|老师|科研团队|研究团队|博导|导师)"
_LAB_EN = (
    r"(?:universit(?:y|ies)|institutes?|labs?|laborator(?:y|ies)|professors?|academics?|scientists?|"
    r"research (?:groups?|teams?|cent(?:re|er)s?))"
)
# Between: no one else who is sought, and nothing of one's own. 找企业共建实验室 asks for firms.
_OTHERS = r"企业|工厂|厂家|厂商|公司|厂|建|我们?|咱|本|买|购|租|设备|用于|给"
_OTHERS_EN = (
    r"(?:our|my|firms?|compan(?:y|ies)|makers?|manufacturers?|suppliers?|factor(?:y|ies)|plants?|"
    r"industr(?:y|ial)|for|to|from|in|equipment|buyers?|customers?)"
)
_SOUGHT = regex(
    rf"(?:找|寻求?|征集|介绍|推荐|求(?!购)|(?:想|希望|拟|要)(?:和|跟|与|同|联合)|对接|有没有|有无|哪[家个些所位]?|请|联合)"
    rf"(?:(?!{_OTHERS})[^，,;；。!?！？找寻求]){{0,14}}?{_LAB}"
    r"(?!的?(?:用|采购|设备|项目|实验用|技术转让|成果)|[一二三四五六七八九十]?楼)|"
    r"\b(?:(?:look(?:ing)?|search(?:ing)?|hunt(?:ing)?) for|seek(?:s|ing)?|needs?|wants?|find|any|is there|are there|know(?:s|n)?|"
    r"which|(?:work|cooperate|collaborate|team up|partner|together|jointly|join forces)[a-z]* with)"
    rf"(?: (?!{_OTHERS_EN}\b)[a-z0-9-]+){{0,5}}? {_LAB_EN}(?![a-z-])(?! (?:equipment|furniture|supplies|use|grade|scale|coats?|samples?))"
)


def asks_for_labs(text: str) -> bool:
    """Whether labs are who is sought, and not who asks: 我们实验室找企业 is no such text."""
    return _SOUGHT.search(fold(text)) is not None
