"""Whether a text asks by name for universities, institutes or labs: 想找高校一起做, "any lab?"."""

from __future__ import annotations

from matchmaker.recommend.specification.clauses import fold
from matchmaker.regex import regex

_LAB = (
    r"(?:高校|大学(?![城路街生])|院校|研究所|研究院|科研院所|科研机构|课题组|实验室|教授|老师(?!傅)|"
    r"科研团队|研究团队|博导|导师)"
)
# Alone these are said of things too, in the plural or of people of nothing else: "a lab press".
_PLACE_EN = r"(?:university|institute|lab|laboratory)"
_LABS_EN = (
    r"(?:universities|institutes|labs|laboratories|professors?|academics?|scientists?|"
    r"research (?:groups?|teams?|cent(?:re|er)s?))"
)
_SAYS_MORE = (
    r"(?:that|who|which|to|with|in|for|at|near|nearby|around|here|on|of|can|could|able|willing|and|or|from|as|do|does|"
    r"is|has|have|please|about|working|doing|studying|testing|measuring|knows?|tests?|measures?|studies|works|offers?|"
    r"we|interested|accredited|certified|speciali[sz]ed|research|professors?|partners?|groups?|departments?|teams?)"
)
# Between: no one else who is sought, and nothing of one's own. 找企业共建实验室 asks for firms.
_OTHERS = r"企业|工厂|厂家|厂商|公司|厂|建|我们?|咱|本|买|购|租|设备|用于|给"
_OTHERS_EN = (
    r"(?:our|my|firms?|compan(?:y|ies)|makers?|manufacturers?|suppliers?|factor(?:y|ies)|plants?|"
    r"industr(?:y|ial)|for|to|from|in|equipment|buyers?|customers?)"
)
# Behind: what is for labs or of them, and whom it is made with already: 实验室通风柜, 大学开发的涂层.
_TO_DO = r"一起|合作|合力|共同|联合|做|研|开发|帮|能|会|检?测试?(?!设备|仪|[\u4e00-\u9fff]{0,2}[厂商])|有没|愿|和|与|或|跟|、"
_OF_LABS = r"设备|供应商|厂|公司|企业|客户|用户|级|柜|台面|家具|外壳|机壳|离心机|玻璃|器皿|仪器|耗材|试剂|教具|样件|附近|周边"
_TOGETHER = r"(?:共同|一起|联合|合作)?(?:开发|研发|研制|研究|设计|做)(?:过|了|出来)?的"
_SOUGHT = regex(
    rf"(?:找|寻求?|征集|介绍|推荐|求(?!购)|(?:想|希望|拟|要)(?:和|跟|与|同|联合)|对接|有没有|有无|哪[家个些所位]?|请|(?<![业司厂])联合)"
    rf"(?:(?!{_OTHERS})[^，,;；。!?！？找寻求]){{0,14}}?{_LAB}"
    r"(?!的?(?:用|采购|设备|项目|实验用|技术转让|成果)|[一二三四五六七八九十]?楼)"
    rf"(?!(?:(?!{_TO_DO})[^，,;；。!?！？\s]){{0,6}}?(?:{_OF_LABS})|{_TOGETHER})|"
    r"\b(?:(?:look(?:ing)?|search(?:ing)?|hunt(?:ing)?) for|seek(?:s|ing)?|needs?|wants?|find(?! out)|any|is there|are there|know(?:s|n)?|"
    r"which|(?<!we )(?:work|cooperate|collaborate|team up|partner|together(?! with the)|jointly|join forces)[a-z]* with)"
    rf"(?: (?!{_OTHERS_EN}\b)[a-z0-9-]+){{0,5}}? (?:{_PLACE_EN}(?![a-z-])(?= {_SAYS_MORE}\b|[^a-z ]| ?$)|"
    rf"{_LABS_EN}(?![a-z-])(?! (?:equipment|furniture|supplies|use|grade|scale|coats?|samples?)))"
)
_DONE_SO = regex(
    r"\b(?:developed|invented|designed|tested|made|created)\b[^,.;!?]{0,20} (?:together|jointly) with "
    r"[^,.;!?]{0,40}"
)


def asks_for_labs(text: str) -> bool:
    """Whether labs are who is sought, and not who asks: 我们实验室找企业 is no such text."""
    return _SOUGHT.search(_DONE_SO.sub("", fold(text))) is not None
