"""Organisations that a question asks for by name: 海昌阀门怎么样, "is Haichang Valve any good?"."""

from __future__ import annotations

from matchmaker.domain import NamedOrganization
from matchmaker.recommend.model import Seeker
from matchmaker.recommend.named_trades import FRAME
from matchmaker.recommend.specification import read
from matchmaker.regex import regex
from matchmaker.services.directory.searched_names import names_searched
from matchmaker.snapshot.model import KINDS, Snapshot
from matchmaker.text import blanked, has_chinese, normal

# What people ask of somebody whose name they know.
_POLITE = regex(
    r"^(?:请问|你好|您好|想?问(?:一下|问)?|打听(?:一下|下)?|hello|hi|hey|please|excuse me|[\W_])++"
)
_ABOUT = regex(
    r"(?:这家?|那家?)?(?:公司|厂家?|企业)?的?(?:具体)?"
    r"(?:联系(?:方式|电话|人|地址)|电话(?:号码)?|手机号?|地址|官网|网址|邮箱|微信|资质|口碑|实力|规模|情况|信息|简介|老板是谁)|"
    r"(?:这家?|那家?)?(?:公司|厂家?|企业)?(?:怎么?样|如何|好不好|靠谱不靠谱|靠不靠谱|靠谱|可靠|行不行|在哪里?|"
    r"是谁|是做什么的|做什么的|能做什么|还在做)(?:吗|么|呢)?|"
    r"\b(?:how (?:good|reliable|big) (?:is|are)|how (?:is|are)|"
    r"what (?:is|are|about|does)|who (?:is|are)|"
    r"tell me (?:more )?about|information (?:on|about)|do you know|have you heard of|"
    r"(?:is|are|was)(?= )|"
    r"(?:the )?(?:contact(?: details?| person)?|contacts|phone(?: number)?|telephone(?: number)?|"
    r"e-?mail(?: address)?|address|website)(?: (?:of|for)|$)|"
    r"(?:any )?(?:good|reliable|trustworthy|legit|real)|(?:make|do|sell|located)$|"
    r"a good supplier)\b"
)
_EDGES = regex(r"^[\W_]+|[\W_]+$")
# The longest question that may be a name with what is asked of it, and how many may bear it: a name
# that more bear is a trade.
_LONGEST, MOST = 60, 3
_FEWEST = {True: 3, False: 6}
# The beginning of a name, or of a part of it (`name_search`).
_STRENGTH = 0.8


def named_in_question(snapshot: Snapshot, seeker: Seeker) -> tuple[NamedOrganization, ...]:
    """Whom a question names, where it is little more than a name; at most `MOST`, best first.

    Who is hidden from its reader is not counted, either.
    """
    question = next((text.text for text in seeker.texts if text.is_question), "")
    if not question or len(question) > _LONGEST:
        return ()
    folded = normal(question)
    is_about = _ABOUT.search(folded) is not None
    name = _name_asked_for(folded, is_about=is_about)
    if len(name) < _FEWEST[has_chinese(name)]:
        return ()
    # Who types no more than the words of a trade asks for a trade, unless one is called just so.
    least = _STRENGTH if is_about or not _is_trade(name) else 1.0
    matches = {
        row: match.strength
        for row, match in names_searched(snapshot, "organizations").holding(name).items()
        if match.strength >= least and row not in seeker.hidden
    }
    if not 0 < len(matches) <= MOST:
        return ()
    return tuple(
        NamedOrganization(
            snapshot.id_of(row),
            snapshot.string("organizations", "name", row),
            snapshot.string("organizations", "name_en", row),
            KINDS[snapshot.organizations.kind[row]],
        )
        for row in sorted(matches, key=lambda row: (-matches[row], row))
    )


def _name_asked_for(folded: str, *, is_about: bool) -> str:
    """What is left of a question without what is asked, and without polite words."""
    rest = _EDGES.sub("", _ABOUT.sub(" ", _POLITE.sub("", folded)))
    if is_about:
        return rest
    # Within a name such words are part of it: 找找网, Good Bearings.
    bare = _EDGES.sub("", FRAME.sub(" ", rest))
    return bare if bare and bare in rest else rest


def _is_trade(name: str) -> bool:
    """Whether a list knows every word of it: 不锈钢球阀, "ball valves"."""
    rest = blanked(name, ((item.start, item.end) for item in read(name).items))
    return not any(map(str.isalnum, rest))
