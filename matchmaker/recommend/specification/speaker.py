"""Who asks, told apart from what is asked for: "a valve maker in Wenzhou, looking for prepreg".

The trade and the place of who asks are no requirements of a partner.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.markets import sold_abroad
from matchmaker.recommend.specification.model import (
    CONCEPT,
    UNLISTED,
    ItemRole,
    Requirement,
    RequirementKind,
)
from matchmaker.recommend.specification.reading import read
from matchmaker.recommend.specification.roles import THINGS
from matchmaker.recommend.specification.vocabulary import parts, shapes, tools
from matchmaker.regex import regex
from matchmaker.remembered import remembered
from matchmaker.text import blanked

_THINGS = frozenset({RequirementKind.PRODUCT, RequirementKind.MATERIAL})
# "Our dye house closed, looking for another one": what is sought was named before.
_ANOTHER = regex(r"\banother (?:one|supplier|source|shop|firm|company)\b|换一家|另找一家|另外一家")
_REACH = 160
_SENTENCE = regex(r"(?:^|(?<=[。!?;！？；\n])|(?<=[.] ))\s*")
_GREETING = regex(
    r"(?:(?:您好|你好|大家好|各位好|hello|hi|hi there|good (?:morning|day|afternoon)|dear [a-z ]{2,20})[,，!！。. :：]{0,2}\s*)?"
)
_WE = r"(?:我们?(?:这边|公司|厂|店|企业|单位)|我们|我司|我厂|我店|本厂|本公司|本店|本司|咱们?|俺们?|这边|我方|我(?=[是做开]))"
# What follows where "we" have said who we are, and where nobody has: 注塑厂，最近能交货的 is sought.
_WANTS = r"(?:找|寻|求|想|需|缺|急|诚|欲|拟|采购|征|招|希望|打算|准备|现|最近|目前|近期|正在|今年|明年|手上|手头|要(?!求))"
_SEEKS = r"(?:找|寻|求购|诚寻|诚招|想(?!做|要做|定做)|欲购)"
# No clause that says what is wanted says who asks.
_NOT_WANTED = (
    r"(?!找|寻|求|想|需|缺|急|要|采购|购|买|能|有|谁|哪|怎|请|帮|坏|漏|问题|推荐|介绍|给我|会)"
)
_REST = rf"(?:{_NOT_WANTED}[^,，;；:：。!?！？\n]){{0,24}}?"
_FIRM = r"(?:厂|厂家|公司|企业|企(?=[找寻求想])|店|品牌|作坊|团队|实验室|研究院|研究所|研究中心|集团|工作室|个体户|合作社|课题组)"
_FOR_MANY = ("集群", "园区", "产业园", "产业带", "协会", "商会", "联盟")
# No work is done on what these are of.
_OF_A_TRADE = (*_FOR_MANY, "行业的", "圈的", "圈子的", "圈里的", "产业的", "这行的", "这一行的")
_MANY = rf"(?:{'|'.join(_FOR_MANY)})"
_DOES = r"(?:做|搞|干|生产|加工|经营|主营|从事|织|销售|卖|研发)"
_STOP = r"(?:[,，;；。!！]\s*|\s+)"
# Who says "we" or "our" may do so in any sentence.
_WE_ARE = regex(
    rf"{_WE}(?:是|系|属于|在|位于|来自)?{_REST}{_FIRM}{_STOP}(?={_WANTS})"
    rf"|{_WE}(?:是|都是|就是|主要|专门|一直)?{_REST}{_DOES}{_REST}的{_STOP}(?={_WANTS})"
    rf"|{_WE}{_REST}{_DOES}(?:{_NOT_WANTED}[^,，;；:：。!?！？\n]){{2,24}}?的[,，]"
    rf"|{_WE}(?:在|位于){_REST}[,，](?:专门|专业|主要|一直|长期)?{_DOES}{_REST}{_STOP}(?={_WANTS})"
    # Who speaks for many needs no comma: 我们温州的泵阀集群想和外地铸造集群合作.
    rf"|{_WE}(?:是|在)?{_REST}{_MANY}(?=(?:正|也|都)?(?:想|希望|愿|打算|计划|准备|要|寻|找|欲|拟))"
    rf"|{_WE}(?:在|位于|来自){_REST}[,，]\s*(?={_WANTS})"
    rf"|{_WE}(?:是|系|属于){_REST}{_FIRM}[,，;；。!！]\s*"
    # 我们阀门厂的三坐标 is theirs.
    rf"|{_WE}(?:{_NOT_WANTED}[^,，;；:：。!?！？\n是的]){{1,8}}?(?:厂家?|公司|企业)(?=的(?!供应|客户|配套|上游|下游|同行|合作|设备商))"
    # 生产袜子 alone may be what somebody else is to do.
    rf"|{_WE}(?:是|主要|专门|专业|一直|长期|自己)?{_REST}{_DOES}{_REST}{_STOP}(?={_WANTS})"
)
# Who wants to work with others says first who it is: 温州泵阀想和外地铸造集群对接.
_WITH_OTHERS = r"(?:想|希望|打算|计划|愿意?|欲|拟)(?:和|跟|与|同|去?(?:对接|联系|结识))(?=[^,，;；。!！?？]{2,30}(?:合作|对接|联系|联手|结对|联动|交流|牵手|协作|共建|互通|搭上?线|建立))"
# The same of who looks elsewhere than where it is: 永嘉阀门找外地做合金的.
_ELSEWHERE = r"(?:想|希望|打算|计划|欲|拟|要)?(?:直接)?(?:去|到|在|跟|和|与|找|寻|寻找|认识)[^，,;；。!！?？\n]{0,3}(?:外地|外省|外市|外面|国外|境外|海外|别的集群|其他集群|其它集群|别的地方|其他地方)"
# The first words of a text introduce who asks without it, before what is plainly sought.
_FIRST = regex(
    rf"(?:高校|大学|大学生|学院|学校)?(?:老师|教授|博士生?|研究生|课题组|科研团队|创业团队|创业公司|初创公司|工作室)[,，](?:{_REST}{_DOES}{_REST}[,，])?(?={_WANTS})|"
    rf"{_REST}{_FIRM}(?:{_STOP}(?={_SEEKS})|(?=采购|求购|寻求|诚寻|寻找|想找|想寻|要找|急找|想采购|拟采购|找(?!不|我|谁|到)))"
    rf"|(?:[两三四五六七八九十]|几|多|好几)家{_REST}{_FIRM}(?=(?:想|要|打算|准备)?(?:一起|联合|凑|拼|合着|合伙|抱团|团购|合买|集采|共同))"
    rf"|{_REST}(?={_WITH_OTHERS})"
    rf"|{_REST}{_FIRM}(?=想(?:要)?做[^，,;；。\n]{{2,14}}[，,](?:找|求|谁|哪))"
    rf"|{_REST}{_MANY}(?=(?:正|也|都)?(?:想|希望|愿|打算|计划|准备|要(?!求)|寻|找(?!不|我|谁|到)|欲|拟))"
    rf"|{_REST}(?:{_DOES}|{_FIRM}){_REST}的{_STOP}(?={_SEEKS})"
    rf"|{_REST}{_FIRM}(?=(?:想要?|希望|打算|可以?|能|愿意?)(?:给|为|向)(?!我|咱|本|自己)[^，,;；。给找寻求]{{1,10}}(?:厂|企业|公司|品牌|行业|集群))"
    # 做机器人的，关节壳要轻: not 做镜架的，要能电镀.
    rf"|{_DOES}{_REST}的[，,](?=(?!要|能|有|会|可|最|得|必|价|质|交|起|月|年|规|数|材|尺|厚|直)[\u4e00-\u9fff]{{2,8}}?(?:要(?!求)|得要|需要|老是?|总是?|容易|太)[^，,;；。找寻])"
    # 做吊舱的，要一块锗窗口片.
    rf"|{_DOES}{_REST}的[，,](?=(?:想要|需要|急要|要|缺|订|买)[一两三四五六七八九十几半\d]+[\u4e00-\u9fff])"
    rf"|{_REST}(?:行业|圈子?里?|这一?行|产业)的(?={_SEEKS})"
)
# Where somebody is and what it does there, before what it looks for: 绍兴做包覆纱，想找氨纶丝.
_AT_A_PLACE = regex(
    rf"(?P<place>(?:{_NOT_WANTED}[\u4e00-\u9fff]){{2,8}}?)(?:这边|这里|那边)?(?:的)?(?:专门|专业|主要|一直|长期)?{_DOES}(?:{_NOT_WANTED}[^，,;；:：。!?！？\n的]){{1,16}}{_STOP}"
    # Not before what only says of which kind: 台州做阀门铸件，需要双相钢的.
    r"(?!(?:(?![做能会搞干卖供懂])[^，,;；。!?！？\n]){2,14}的(?:$|[，,;；。!?！？]))"
    r"(?=(?:现在?|目前|急|正在|近期|最近)?(?:想(?!做|要做|定做|要便宜)|要找|急需|需要(?![带包含有])|缺|找|寻|求(?!和)|采购|求购))"
)
# Only where it names the place: of 镜腿套找外地做硅胶的 the thing is wanted.
_LOOKS_ELSEWHERE = regex(rf"(?:{_NOT_WANTED}[^，,;；:：。!?！？\n]){{2,12}}?(?={_ELSEWHERE})")
# Whoever makes a thing looks for makers of another one for it: 执行器想找外地的电机厂配套.
_LOOKS_FOR_MAKERS = regex(
    rf"(?:{_NOT_WANTED}[^,，;；:：。!?！？\n的]){{2,12}}?"
    r"(?=(?:想|希望|打算)(?:找|寻找|寻求|对接)(?!不|我|谁|到)[^,，;；。!?！？\n]{2,14}(?:厂家?|企业|公司)(?:来?(?:配套|合作|对接|供应|供货|协作))?[。!！]?$)"
)
_HEAD = (
    r"(?:[a-z]+-(?:and|cum)-)?(?:web-?shop|store|maker|manufacturer|producer|company|firm|brand|factory|plant|workshop|foundry|mill|lab|laboratory|group|institute|"
    r"university|start-?up|shop|oem|integrator|builder|importer|exporter|distributor|trader|operator|team|business|"
    r"enterprise|moulder|sme|spin-?off|spin-?out|spinoff|college|institute|buyer|retailer|wholesaler|reseller|customer|hospital|school|farm)"
)
_NO_WISH = r"(?!look|need|want|seek|search|requir)"
_WORD = rf"{_NO_WISH}(?!for\b|to\b|who\b|that\b)[a-z0-9'/&-]++"
_WORDS = rf"(?:{_NO_WISH}[a-z0-9'/&-]++,? )"
_WHERE = rf"(?: (?:,? ?)?(?:based |located |here )?(?:in|from|near|outside|of) {_WORDS}{{1,5}}?| |, ?|[.;] )"
_MAKE = r"(?:make|produce|manufacture|sell|build|knit|cast|design|develop|weave|spin|run|operate)s?"
_LOOKS = r"looking for|looks? for|seeking|seeks?|searching|in search|in need|wants? (?!to )|needs? (?!to )|requires?"
_WISH = (
    rf"(?:{_LOOKS}|would like|are after|wish to|hope to|"
    r"(?:ready|keen|willing|happy|eager|glad|open) to (?:join|take part|participate|test|try|co-?develop|work with|cooperate))"
)
_WE_ARE_EN = regex(
    rf"(?:we are|we're|i am|i'm|i run|i own|we run|we own|(?:i|we) have(?= an? )|our company is|my company is|this is) (?:an? |the |one of )?(?:{_WORD} ){{0,6}}?"
    rf"{_HEAD}{_WHERE}(?:(?:developing|making|producing|building|designing|working on|with) {_WORDS}{{1,6}}?)?"
    rf"(?:and |that |which |who |we )*(?:is |are |am |now |currently |urgently |also )*(?={_WISH})"
    rf"|(?:we|i|our (?:company|factory|plant|firm|team|shop))(?: in {_WORDS}{{1,3}}?| )(?:mainly |only |also )?{_MAKE} "
    rf"(?:{_NO_WISH}(?!would)[a-z0-9'/&-]++[,;.]? ){{1,12}}?(?:and |but |so )?(?=(?:we |i )?(?:are |am |now )?{_WISH})"
    rf"|(?:we are|we're|i am|i'm) (?:based )?(?:from|in) {_WORDS}{{1,4}}?and {_MAKE} (?:{_NO_WISH}[a-z0-9'/&-]++[,;.]? ){{1,8}}?"
    rf"(?=(?:we |i )?(?:are |am |now )?{_WISH})"
    # What a shop is to sell is what it asks for: "I run a small webshop and want to sell socks".
    rf"|(?:hello,? |hi,? )?(?:we are|we're|i am|i'm|i run|i own|we run|we own|i have|we have) (?:an? )(?:{_WORD} ){{0,6}}?{_HEAD}"
    rf"(?: (?:based )?(?:in|from|near) (?:{_WORD},? ){{1,4}}?| |, ?)(?:and |which |that )?(?:i |we )?"
    r"(?:(?:want|plan|hope|wish)s? to|would like to) (?:sell|launch|start|offer|introduce|bring out) "
    r"(?:(?:my|our|an|a|the) )?(?:own[- ](?:brand|label)(?:ed)? )?(?=[a-z])"
    # An importer of socks says so, and in the next sentence what it looks for.
    rf"|(?:we are|we're|i am|i'm|our company is|this is) (?:an? |the |one of )?(?:{_WORD} ){{0,6}}?"
    rf"{_HEAD}(?: (?:of|for|in|from|based in|located in|near|with|making|producing|supplying|speciali[sz](?:ed|ing) in) {_WORDS}{{0,9}}?"
    rf"{_NO_WISH}[a-z0-9'/&-]++)?[.;!] (?=[^.!?]{{0,60}}{_WISH}|(?:who|which|where|can|could|does|is there|are there)\b)"
    # What it makes, and whom it asks for in the next sentence.
    rf"|(?:we|i|our (?:company|factory|plant|firm|team|shop)) (?:mainly |only |also )?{_MAKE} "
    rf"(?:{_NO_WISH}[a-z0-9'/&-]++,? ){{0,9}}?{_NO_WISH}[a-z0-9'/&-]++[.;!] "
    r"(?=(?:is there|are there|who else|does any|do any|can any|could any|do you know|any (?:shop|lab|firm|maker|institute|group|university)s?\b))"
    # "We are two sisters who design sunglasses in Lisbon."
    rf"|(?:we are|we're|i am|i'm) (?:an? |the )?(?:{_WORD} ){{1,4}}?(?:who|that|which) (?:mainly |only |also )?{_MAKE} "
    rf"(?:{_NO_WISH}[a-z0-9'/&-]++,? ){{0,8}}?{_NO_WISH}[a-z0-9'/&-]++[.;!] "
    rf"|as an? (?:{_WORD} ){{0,6}}?{_HEAD}(?: (?:in|from|near) {_WORDS}{{1,4}}?| |, ?)(?=(?:we|i|our) )"
    rf"|for our (?:{_WORD} ){{0,4}}?{_HEAD}(?: in {_WORDS}{{1,3}}?| |, )(?=we (?:are |now )?{_WISH})"
)
_FIRST_EN = regex(
    rf"(?:an? )?(?:{_WORD} ){{0,6}}?{_HEAD}"
    rf"(?:,? (?:based |located )?(?:in|from|near|of) {_NO_WISH}[a-z'-]++(?: {_NO_WISH}[a-z'-]++){{0,3}}?)? "
    rf"(?:(?:developing|making|producing|building|designing|with) {_WORDS}{{1,6}}?)?"
    rf"(?:is |now |currently |urgently )*(?={_WISH}(?!iso\b|to be\b))"
    rf"|(?:{_WORD} ){{1,4}}?{_HEAD}[.] (?=(?:need|looking for|seeking) )"
    # "Valve makers want to try ceramic coatings": many speak, and say what they want.
    rf"|(?:{_WORD} ){{1,4}}?{_HEAD}s? (?=(?:wants?|would like|wish|needs?|seeks?)(?: to (?:try|test|buy|use|source|have|get))? (?!to\\b)(?:[a-z-]+ ){{0,4}}[a-z-]+)"
    # "Sock mill here, we need hangers", "German buyer: we want cases".
    rf"|(?:an? )?(?:{_WORD} ){{0,5}}?{_HEAD}(?:s?: (?=(?:is|are) there\b)| here ?[,.:;!-] ?(?=\S)| ?: ?(?=(?:we|i|i'm|we're|our|my|need(?:s|ed|ing)?|want(?:s|ed|ing)?|looking|seeking|searching|in need|interested|request)\b))"
    rf"|(?:an? |the |our )?(?:{_WORD} ){{1,5}}?(?:clusters?|parks?|associations?|hubs?|networks?)(?: (?:in|from|near|of) {_WORDS}{{1,3}}?| )"
    r"(?=(?:wants?|would like|hopes?|wish(?:es)?|plans?|is|are|seeks?|looks?|searches|looking|seeking) )"
    rf"|(?:an? |the )?(?:{_WORD} ){{0,5}}?{_HEAD}s? (?=wants? (?:to (?:cooperate|work|partner|team up|connect|link(?: up)?|collaborate|get in (?:touch|contact)) with|(?:to have )?contacts? (?:with|to)) )"
)
_LAST = regex(
    rf"[,，;；。]\s*{_WE}(?:是|系)?{_REST}(?:{_DOES}{_REST}的?|{_FIRM})[。!！]?\s*$"
    r"|[,.;] (?:we|i) (?:only |mainly |just |ourselves )?(?:do|make|produce|manufacture|supply|sell) (?:(?!from\b|it\b|this\b|that\b|not\b|the rest\b)[a-z'/&-]+ ?){1,4}[.]?\s*$"
    rf"|[,.;?!] (?:we are|we're|i am|i'm|we work) in (?:the )?(?:{_WORD} ){{0,3}}?{_WORD}(?: (?:business|trade|industry|cluster))?[.]?\s*$"
    rf"|[.;] (?:we are|we're|i am|i'm) (?:an? )?(?:{_WORD} ){{0,6}}?{_HEAD}(?: (?:in|from|near) (?:[a-z'-]++ ?){{1,4}})?[.]?\s*$"
)

# Where who asks and who is asked have met: 上次在温州泵阀展上见过面. Not what somebody met there
# wants: 展会上遇到的客户要球阀.
_WANTS = r"要|想|找|寻|买|订(?!货)|需(?![求对])|求(?!对接)"
_WANTS_EN = r"\b(?:want|need|look|seek|ask|requir|buy|order)"
_SAID = rf"(?:(?!{_WANTS})[^,，;；。:：!?！？\n])"
_SAID_EN = rf"(?:(?!{_WANTS_EN})[^.!?;\n])"
_MET_BEFORE = regex(
    rf"(?<![^,，;；。:：!?！？\s]){_SAID}{{0,24}}(?:展|会|论坛|对接|活动|沙龙){_SAID}{{0,6}}"
    rf"(?:见过|碰过|碰到|遇到|认识[的了过]|聊过|加过|加了|换过|交换){_SAID}{{0,8}}[,，;；。!?！？\n]"
    r"|\b(?:we (?:have )?(?:briefly )?(?:met|spoke|talked)|(?:it was )?(?:nice|good|great|pleasure|lovely) (?:to meet|meeting|talking to|speaking (?:to|with)) you)"
    rf"\b{_SAID_EN}{{0,80}}\b(?:fair|expo|show|exhibition|conference|forum|booth|stand|trade day|event)\b(?:(?!,){_SAID_EN}){{0,24}}[.!?;,\n]"
)
_HAVING = regex(r" (?=with )")
_SAYS_WE = regex(r"我|咱|俺|本(?:厂|公司|企业|所|院|校|店|司)|\b(?:we|our|ours|us|i|my)\b")
_LOOKS_FOR = regex(
    r"\s*(?:正|也|都)?(?:想|希望|愿意?|打算|计划|准备|要|拟|欲)?(?:直接)?(?:找|寻|求|跟|和|与|同|认识|对接|联系)|"
    rf"\s*(?:is |are |now |currently )*(?:{_LOOKS})"
)
# A firm that would take part says so: labs that call for firms are to be found, too.
_TAKES_PART = (
    r"(?:愿意|乐意|想参加|想加入|想报名|有兴趣|感兴趣|可以试|可试|能试|能当|可当|可配合|能配合)"
)
_FIRM_SPEAKS = regex(
    r"(?:我|本)(?:厂|公司|司|店|企业)|我们[^,，;；。!?]{0,10}(?:厂|公司|企业)(?!家)|"
    rf"^[^,，;；。!?找寻求]{{1,12}}(?:厂|公司|企业)(?={_TAKES_PART})|"
    rf"^(?:an? )?(?:{_WORD} ){{0,5}}?(?:maker|manufacturer|producer|company|firm|brand|factory|plant|foundry|mill|moulder)s? "
    r"(?:in [a-z]+ )?(?:is |are )?(?:ready|keen|willing|happy|eager|glad|open) to\b|"
    r"\b(?:we are|we're|i run|we run) an? (?:[a-z-]+ ){0,4}(?:maker|manufacturer|producer|company|firm|brand|factory|plant|foundry|mill|moulder)\b|"
    r"\bour (?:factory|plant|company|mill|foundry|firm)\b"
)


def without_speaker(text: str, kept: Set[str] = frozenset()) -> str:
    """A need without what it says of who asks, with blanks there, so that offsets stay.

    Where the rest names no thing, what is made may be what work is asked for on (我们做铝型材的，
    找阳极氧化), and only who and where they are goes; not where it says on what (找阀杆镀硬铬). The whole text where nothing is left that is asked for.
    Requirements whose keys are `kept` are asked for all the same.
    """
    wanted = _without(text)
    restored = [item for item in said_of_speaker(text) if item.key in kept] if kept else ()
    if not restored:
        return wanted
    letters = list(wanted)
    for item in restored:
        letters[item.start : item.end] = text[item.start : item.end]
    return "".join(letters)


def without_named_speaker(text: str) -> str:
    """A text without who looks for firms, where it begins by that: 无人机企业找复合材料企业.

    Whole where it says "we": what it says of them is what they have to give.
    """
    if _SAYS_WE.search(fold(text)):
        return text
    wanted = _without(text)
    return wanted if wanted != text and _LOOKS_FOR.match(fold(wanted)) else text


def is_said_by_a_firm(text: str) -> bool:
    """Whether a text tells that a firm speaks: 我厂有洁净车间, "battery maker ready to join"."""
    return _FIRM_SPEAKS.search(fold(text)) is not None


def said_of_speaker(text: str) -> tuple[Requirement, ...]:
    """What a need names only of who asks, as it would be read if it were asked for."""
    wanted = _without(text)
    if wanted == text:
        return ()
    asked = {item.key for item in read(wanted).requirements}
    return tuple(item for item in read(text).requirements if item.key not in asked)


def trades_of_speaker(text: str) -> frozenset[str]:
    """Products that a text names of who asks alone, also where work on them is asked for.

    镜架厂 of 我们镜架厂想找外地做电镀的, whose frames are to be plated by somebody else.
    """
    spans = _introductions(fold(text))
    told: dict[bool, set[str]] = {True: set(), False: set()}
    for item in read(text).of(RequirementKind.PRODUCT):
        told[any(start <= item.start < end for start, end in spans)].add(item.value)
    return frozenset(told[True] - told[False])


@remembered(2_000)
def _without(text: str) -> str:
    folded = fold(text)
    spans = _introductions(folded)
    if not spans:
        return text
    wanted = blanked(text, spans)
    if _ANOTHER.search(fold(wanted)) and not _names_something(wanted, frozenset(THINGS)):
        return text
    if _names_something(wanted, _THINGS) or _says_on_what(wanted):
        return wanted
    if not _names_something(wanted, frozenset({RequirementKind.PROCESS})):
        return text
    # "Drone arm maker with prepreg offcuts looks for recyclers": what it has is what they work on.
    has = [(start, _HAVING.search(folded, start, end)) for start, end in spans]
    having = blanked(text, [(start, found.start()) for start, found in has if found])
    if having != text and _names_something(having, _THINGS):
        return having
    if any(folded.endswith(_OF_A_TRADE, start, end) for start, end in spans):
        return wanted  # no work is done on what a cluster makes
    who_and_where = [
        (item.start, item.end)
        for item in read(text).items
        if item.kind in (RequirementKind.PLACE, RequirementKind.PARTNER)
        and any(start <= item.start < end for start, end in spans)
    ]
    return blanked(text, who_and_where)


def _introductions(folded: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number, sentence in enumerate(_SENTENCE.finditer(folded)):
        greeting = _GREETING.match(folded, sentence.end())
        start = greeting.end() if greeting else sentence.end()
        stop = start + _REACH
        patterns = (_WE_ARE, _WE_ARE_EN, _FIRST, _FIRST_EN) if not number else (_WE_ARE, _WE_ARE_EN)
        says = next(filter(None, (each.match(folded, start, stop) for each in patterns)), None)
        if says is None and not number:
            says = _from_a_place(folded, start, stop)
        if says is not None and says.end() > says.start():
            found.append(says.span())
            # "German buyer: we have a spectacles brand and want": who it is, and what it is.
            more = _WE_ARE_EN.match(folded, says.end(), says.end() + _REACH)
            found += [more.span()] if more is not None and more.end() > more.start() else []
    last = _LAST.search(folded, max(0, len(folded) - 80))
    if last is not None and last.start():
        found.append(last.span())
    found += sold_abroad(folded)
    found += [met.span() for met in _MET_BEFORE.finditer(folded)]
    return found


def _from_a_place(folded: str, start: int, stop: int) -> re.Match[str] | None:
    if does := _AT_A_PLACE.match(folded, start, stop):
        where = (does["place"], does["place"][:2] + "县")
        return does if any(any(read(each).of(RequirementKind.PLACE)) for each in where) else None
    looks = _LOOKS_FOR_MAKERS.match(folded, start)
    if looks and _is_apart(_listed(looks[0]), _listed(folded[looks.end() :])):
        return looks
    says = _LOOKS_ELSEWHERE.match(folded, start, stop)
    if says is None:
        return None
    county = says[0][:2] + "县"  # counties are not read by their short names alone
    named = any(any(read(name).of(RequirementKind.PLACE)) for name in (says[0], county))
    return says if named else None


def _listed(text: str) -> list[Requirement]:
    """The products that a text asks for or offers by names that are listed."""
    return [
        item
        for item in read(text).of(RequirementKind.PRODUCT)
        if item.role is ItemRole.ITSELF
        and item.aspect not in (UNLISTED, CONCEPT)
        and not item.denied
    ]


def _is_apart(its_own: Sequence[Requirement], sought: Sequence[Requirement]) -> bool:
    """Whether makers of some things are sought for what goes into other ones.

    Not of 法兰想找锻件厂, 灯罩想找模具厂: parts, and what is cast, forged or moulded, are wanted.
    """
    shaped = any(
        item.value in shapes() | tools().keys() or item.value.endswith((" part", "mould"))
        for item in sought
    )
    if shaped or any(item.value in parts() for item in its_own):
        return False
    own_families, families = ({item.family for item in each} for each in (its_own, sought))
    return bool(own_families and families) and own_families.isdisjoint(families)


def _names_something(text: str, kinds: frozenset[RequirementKind]) -> bool:
    """Whether a text asks for something of these kinds."""
    return any(
        item.kind in kinds and item.role is ItemRole.ITSELF and not item.denied
        for item in read(text).items
    )


def _says_on_what(text: str) -> bool:
    """Whether a text names the thing that work is asked for on: 阀杆镀硬铬, "plating of shafts"."""
    items = [item for item in read(text).items if not item.denied]
    return any(item.kind is RequirementKind.PROCESS for item in items) and any(
        item.kind is RequirementKind.PRODUCT and item.role is ItemRole.WHOLE for item in items
    )
