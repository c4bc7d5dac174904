"""Where something was looked for in vain, and who does not have it: neither is what is sought.

"Nobody in Danyang does it", 宁波的厂都排满了, "the queue elsewhere is eight weeks": what is named
beside is sought all the same, and not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matchmaker.recommend.specification.model import Requirement
from matchmaker.regex import regex

_REACH = 60
_FIRMS = (
    r"(?:shops?|firms?|foundr(?:y|ies)|makers?|suppliers?|plants?|labs?|laborator(?:y|ies)|platers?|mills?|workshops?|"
    r"compan(?:y|ies)|moulders?|printers?|factor(?:y|ies)|dyers?|dye ?houses?|platforms?|one)"
)
_NONE = rf"(?:no|(?:hardly|scarcely) any) (?!trading )(?:[a-z-]+ ){{0,2}}?{_FIRMS}"
_IN = r"(?:in|around|near|from|of|within) (?:the |all of |our )?"
# "No foundries in Wenzhou" alone says whom one does not want.
_DOES = r"(?:can|could|will(?! do ?(?:[.,;!]|$))|would|wants?|do|does|did|dares?|makes?|pours?|casts?|has|have|is able|are able|offers?|takes?|works?|sells?)\b"
# What is wanted behind what was tried: "used to buy in Wenzhou but now want makers in Taizhou".
_UNTIL_NOW = r"(?:(?!\b(?:now|today|currently|instead|wants?|needs?|look|looking|would|prefer|rather|only)\b)[^.;,!?])*"
# Up to the place.
_TRIED = regex(
    rf"\b(?<!there )(?:nobody|no one|none|nowhere|hardly (?:anybody|anyone)) (?:else |at all )?{_IN}$|"
    rf"\b(?:we|i)(?:'ve| have| had)? (?:already |even |also )?(?:asked(?! for\b)|tried|called(?! (?:for|it)\b)|phoned|rang|visited|contacted|went to|been to)\b{_UNTIL_NOW}$|"
    r"(?:问|跑|找|试|联系|打听)(?:过|遍|了)(?!解|很久|好久|半天|好多天)了?[^，,。;；!！?？找求寻想要还]{0,6}$|"
    # Where it came from before.
    rf"\b(?:used to|previously|formerly|until now|so far|until (?:last|this) (?:year|month|week))\b{_UNTIL_NOW}$|"
    r"(?:以前|之前|过去|原先|原来|早先|一直以来|往年)(?:(?![现如]今|现在|想)[^，,。;；!！?？]){0,6}(?:在|从|去|到|跟|向|用)$"
)
_QUEUE = regex(
    r"\b(?:queues?|wait(?:s|ing (?:list|time)s?)?|prices?|quotes?|quotations?|lead times?|minimums?) $"
)
_IT_IS = regex(r" (?:is|are|was|were|has|have|went|took|takes?)\b")
# "Not in Wenzhou, they are too expensive": left out, and why. "Makers from Zhejiang only" is sought.
_LEFT_OUT = regex(
    r"\b(?:not?|except|other than|apart from)\b(?: (?:in|from|near|at))?(?: [a-z-]+){0,2} ?$"
)
# "Our plant in Ningbo is fully booked": near it is as good a place to look as any.
_OUR_WORKS = r"(?:plant|factory|mill|shop|workshop|works|line)"
_OURS = regex(
    rf"\b(?:our|my) (?:own )?(?:{_OUR_WORKS} in )?$|(?:我们?|我[司厂]|本厂)(?:的|在|位于)?$"
)
_WORKS = regex(rf"(?: {_OUR_WORKS})? (?:is|are)\b|[本的]?(?:分?厂|工厂|公司|车间|产线|基地)")
_ONLY = regex(r"[a-z ]{0,16}\bonly\b")
_FULL = r"(?:(?:far |much )?too (?:busy|slow|expensive|dear|far|small|big)|fully booked|booked (?:up|out|solid)|full up|closed(?: down)?)"
_NONE_IN = regex(rf"\b{_NONE} {_IN}$")
_DO = regex(rf"[a-z]* {_DOES}")
# From the place on.
_FAILED = regex(
    rf"(?:(?!,? (?:who|that|which|not|never|nothing)\b)[^.;,!?])*?\b(?:(?:is|are|was|were) (?:all |both )?{_FULL}|(?:have |has )?(?:all )?(?:turned us (?:down|away)|said no|refused)|"
    r"(?:all )?(?:wants?|asks?|takes?|took|quoted?|charges?) (?:too |twice|double|weeks|months|(?:an?|two|three|four|six|eight|ten|\d+)[ -](?:days?|weeks?|months?|years?)\b))|"
    rf"[^.;,!?]*, (?:(?:they(?:'re| are| were)|all|both|everybody|everyone)(?: is| are| was| were)? (?:all )?){_FULL}|"
    r"(?:本地|当地|这边|那边|这里|那里)?的?(?:(?!不要|不能|不太|不得|有没|[别勿])[^，,。;；!！?？找求寻]){0,8}?"
    r"(?:没(?:有)?(?:人|厂|一家|哪家|几家|谁)[^，,。;；!！?？]{0,4}(?:做|接|会|能|敢|肯|干|搞|修|镀|染)|"
    r"没有?(?:会|能|肯|敢)?(?:做|接|干|搞|修)[^，,。;；!！?？]{1,10}的(?![^，,。;；]{0,4}(?:[不勿免]|也[行可]))|"
    r"没有[^，,。;；!！?？的]{1,6}(?:厂家?|公司|作坊|师傅)(?![^，,。;；]{0,4}[不勿免的])|"
    r"都?说?(?:做不了|接不了|不肯[做接]|不敢[做接])|都?(?:排满|排不上|接满|没空)|(?:关|倒)(?:了|(?:闭|停|门)了?(?=$|[，,。;；!！?？]))|"
    r"(?:都|也|又)?(?:太|实在)(?:贵|远|慢|忙|久)(?![^，,。;；!！?？]{0,4}(?:不要|不收|不行|不考虑|算了|也行|也可以?|[勿免]))|"
    r"(?:要|得)[等排](?:队|[到好上]|很久|太久|[一二两三四五六七八九十几半\d]|(?=$|[，,。;；!！?？]))|(?:问|跑|找|试)(?:过|遍)了?)"
)
# Before a word that denies: who does not have it is everybody there, and not the speaker.
_AROUND_HERE = regex(
    r"(?:本地|当地|这边|这里|这儿|这一带|附近|周边|周围|国内|市面上|省内|市里|县里|镇上|园区里?|我们这)(?:也|都|又|还|根本|一直)?$"
)
_NOBODY_DOES = regex(
    rf"{_NONE} (?:(?:here|nearby|around|locally|{_IN}[a-z]+(?: [a-z]+)?) )?{_DOES}"
)
# 问了好几家都不做, and what stops without it: 没有轴承就开不了工.
_OTHERS_ALL = regex(
    r"(?:[几好多两三四五]家|厂家?|人家|他们|别人|同行|谁|没[有一]家|公司)[^，,。;；找求]{0,4}?(?:都|全|说|也|讲|回)+$"
)
# 没有电镀厂，求推荐; 没有厂家能做.
_NO_FIRM = regex(
    r"没有?[^，,。;；!！?？的]{0,6}(?:厂家?|公司|作坊|师傅)(?:(?:肯|愿意?|敢|能|会)(?:做|接|干|修|镀|染)|[，,]\s?(?:求推荐|求介绍|谁|哪里?|哪家|有没有|有谁))"
)
# 玉环没有做双相钢的厂，谁做: not 没有做过涂层的厂不要, and not of what is offered.
_NO_SUCH_FIRM = regex(
    r"没有?(?:能|会|肯|敢|愿意)?(?:(?:做|干|接|搞|生产|加工|供应?|卖)(?!过)[^，,。;；!！?？]{1,14}?|[织镀染铸](?![过层料件物造])[^，,。;；!！?？的]{1,14})的(?:厂家?|公司|企业|作坊|师傅|店|地方|人|单位)"
    r"(?:[，,。;；]?\s?(?:谁|哪|求|急|有没有|有谁|请问|想?[找问]|外地|外面|在线)|$|[。！!?？])"
)
_OF_OTHERS = ("没有", "不做", "不接", "不会", "不能", "不肯", "不愿", "不干")
_STANDS = regex(
    r"没有?[^，,。;；!！?？]{1,20}[，,]?(?:我们|我|生产线|车间|产线)?(?:就|根本|都|便)(?:开不|没法|不能|做不|干不|停(?!用|止使用)|完(?![全美整])|没办法|动不|交不|没得)|"
    r"without [^,.;!?]{2,40},? (?:our|the|we|my|i)\b[^.;!?]{0,30}\b(?:stops?|stands?|(?:can ?not|can't) (?:run|work|produce|ship|deliver|continue|make|start|finish|go on|assemble|weld)|is down|are down|will stop|comes? to)"
)
# What is new to who asks.
_FIRST_TIME = regex(
    r"never (?:yet )?(?:bought|ordered|used|done|made|sourced|purchased|dealt with|worked with|needed|had)\b[^.;!?]{0,40}\b(?:before|yet|until now|so far)\b"
)
# Who does not know who has it, or has not enough.
_NOT_KNOWN = regex(
    r"(?:not|(?:do|does|did)(?: not|n't))(?: really| quite| yet| exactly| at all| even)*(?: get| have| got)? "
    r"(?:sure|certain|clear|enough|aware|familiar with|know|known|found|figured)\b"
)
_ENDS = "。.!！?？;；\n，,"
# Whom there is and who asks has had enough of: 本地都是贸易商, "local prepreg are all traders".
_ALL_THERE_IS = regex(
    r"(?:本地|当地|这边|这里|附近|周边|市面上|网上|碰到的|找到的|问到的)[^，,。;；!！?？找求想要我]{0,10}?(?:都|全|净|多半|基本|大多|几乎都?)是(?:些|一些)?$|"
    r"\b(?:local|here|around|nearby|so far|found|find|get|met)\b[^,.;!?]{0,30}? (?:are|is|were) (?:all |only |just |mostly |nothing but ){1,2}$|"
    r"\b(?:only|nothing but) (?:find|found|get|got|meet|met) $"
)


def without_vain(folded: str, places: Sequence[Requirement]) -> Iterator[Requirement]:
    """The places without those where it was looked for in vain."""
    for place in places:
        before = folded[_begin(folded, place.start) : place.start]
        is_ours = _OURS.search(before) and _WORKS.match(folded, place.end)
        if is_ours or _ONLY.match(folded, place.end):
            yield place
            continue
        if _TRIED.search(before) or (_QUEUE.search(before) and _IT_IS.match(folded, place.end)):
            continue
        if _FAILED.match(folded, place.end, place.end + _REACH) and not _LEFT_OUT.search(before):
            continue
        if not (_NONE_IN.search(before) and _DO.match(folded, place.end)):
            yield place


def is_all_there_is(folded: str, start: int) -> bool:
    """Whether a kind of partner at an offset of a folded text is all that was found so far."""
    return _ALL_THERE_IS.search(folded, max(0, start - _REACH), start) is not None


def tells_of_others(text: str, start: int) -> bool:
    """Whether what denies at `start` of a folded text says that others do not have it.

    Or that it was never had, or that nothing goes without it: all of it is sought.
    """
    return bool(
        _NOBODY_DOES.match(text, start, start + _REACH)
        or _STANDS.match(text, start, start + _REACH)
        or _FIRST_TIME.match(text, start, start + _REACH)
        or _NOT_KNOWN.match(text, start, start + _REACH)
        or _NO_FIRM.match(text, start, start + _REACH)
        or _NO_SUCH_FIRM.match(text, start, start + _REACH)
        or (
            text.startswith(_OF_OTHERS, start)
            and _OTHERS_ALL.search(text, max(0, start - 16), start)
        )
        or (text.startswith("没有", start) and _AROUND_HERE.search(text, max(0, start - 8), start))
    )


def _begin(folded: str, offset: int) -> int:
    """Where the clause around an offset begins."""
    least = max(0, offset - _REACH)
    return max(least, *(folded.rfind(sign, least, offset) + 1 for sign in _ENDS))
