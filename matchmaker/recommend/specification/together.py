"""With whom something is to be done: "a warm sock, together with a spinner" asks for a spinner."""

from __future__ import annotations

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import CORE, UNLISTED, RequirementKind
from matchmaker.recommend.specification.reading import read
from matchmaker.recommend.specification.vocabulary import comes_with
from matchmaker.regex import regex
from matchmaker.text import blanked

_AIM = (
    r"(?:想|要|正|正在|准备|打算|计划|为了?)?(?:一起|共同|联合|合作|合伙|合资)?(?:来)?"
    r"(?:开发|研发|研制|试制|设计|推出|做|搞)[^,，;；。!?]{2,24}[,，]\s*"
)
_PARTNER = (
    r"(?:想|希望|愿意?|打算|计划|要)?(?:直接)?(?:跟|和|与|同)[^,，;；。!?]{2,16}?"
    r"(?:厂家?|企业|公司|商|单位|团队|企|的)(?:一起|合作|联手|联合|共同|结对|合伙|协作|共建)"
)
_BEFORE = regex(
    rf"^{_AIM}(?={_PARTNER}|(?:现在?|正|急)?(?:想|要|希望)?(?:找|寻|求)[^,，;；。!?]{{2,16}}(?:厂家?|企业|公司|商|团队|的)(?:一起|合作|联手|来|[。!]|$))|"
    r"^[^,，;；。!?]{2,24}(?:要|想|准备|打算|正在)(?:举办|筹办|组织|办|开|搞)[^,，;；。!?]{1,20}[,，]\s*(?=(?:想)?(?:请|邀|找|寻|求))|"
    r"^.{3,90}?\b(?:together|jointly|in partnership|hand in hand) with (?=\S)|"
    r"^.{0,60}?\b(?:looking|want(?:s|ing)?|hop(?:e|es|ing)|plan(?:s|ning)?|like|wish(?:es)?|keen|ready) to (?:co-?brand|co-?develop|co-?design|develop|launch|design|make|build|create|start) "
    r"[^,;.!?]{2,48}? with (?=(?:an? |some |the |other )?(?:[a-z-]+ ){1,4}(?:makers?|manufacturers?|producers?|compan(?:y|ies)|firms?|brands?|mills?|houses?|shops?|suppliers?|specialists?|partners?)\b)"
)
# 找电池厂一起开发无人机, "looking for a battery maker to develop a drone": what is sought comes
# first, and then what is to be made with it.
_AIMS_BEHIND = (
    regex(
        r"^.{0,40}?(?:找|寻|求|联合|联系|跟|和|与|同)(?P<partner>[^,，;；。!?的]{1,14}的?[^,，;；。!?的]{0,4}?(?:厂家?|企业|公司|商|品牌)|(?:(?:会|能|专门|专业)?(?:做|搞|造|生产))?[^,，;；。!?的]{1,12}的(?:人|团队|朋友|同行)?)"
        r"(?P<aim>(?:来)?(?:一起|共同|联合|合作|合伙|联手|一同)(?:来)?(?:开发|研发|研制|试制|设计|推出|做|搞|造|出)[^,，;；。!?]{2,24})"
    ),
    regex(
        r"^.{0,90}?\b(?:look(?:ing|s)? for|seek(?:ing|s)?|search(?:ing)? for|needs?|wants?) "
        r"(?P<partner>(?:[a-z-]+ ){1,5}?(?:makers?|manufacturers?|producers?|compan(?:y|ies)|firms?|brands?|mills?|shops?|suppliers?))"
        r"(?P<aim> to (?:co-?develop|develop|design|build|launch|create|make|start) [^,;.!?]{3,60})"
    ),
)
# What firms of one trade buy, send or show together is nobody's of them: 袜厂联合采购氨纶，找同行.
_AT_ONCE = regex(
    r"(?:合买|合购|合租|(?:一起|联合|共同|合伙|抱团|集中|统一)(?:来|去|报名)?(?:采购|集采|购买|合买|合租|租|团购|订购|进货|买|订|拿货|发货|出口|参展))[^,，;；。!?的找寻求]{0,16}"
    r"|(?:集采|拼单|拼团|凑单|团购|拼柜|拼箱|拼货|拼车)(?:来|去)?(?:采购|购买|买|订|发)?[^,，;；。!?的找寻求]{0,16}"
    r"|\b(?:to |for )?(?:(?:joint(?:ly)?|pooled|shared|collective|group|common) (?:buy(?:ing)?|purchas(?:e|es|ing)|procur(?:e|ement)|order(?:s|ing)?)|(?:pool|combine|bundle|share|join) (?:our |their |the )?(?:[a-z-]+ ){0,4}?(?:orders?|purchases|purchasing|containers?|freight|shipments?|buying)"
    r"|(?:buy|purchase|order|source|ship)(?: [a-z-]+){1,5}? (?:together|jointly|in bulk|as a group))(?: of (?:[a-z-]+ ?){1,4}?(?= with\b| and\b|[,;.!?]|$))?"
)
# Who seeks firms of its own trade is what it seeks.
_PEERS = regex(
    r"(?:找|寻|求|和|跟|与|同|联合|约)[^,，;；。!?]{0,6}(?:同行|同类(?:企业|厂)|同业)|同行[^。!?]{0,4}(?:有|要|想|一起|拼|凑|来)|(?:别的|其他|其它|另外)[^,，;；。!?]{1,8}厂[^。!?]{0,4}(?:也|一起)|(?:几家|多家|各家)[^,，;；。!?]{1,8}厂[^。!?]{0,16}(?:还差|再来|谁来|一起|抱团)|^(?:我们)?[两三四五几]家[^,，;；。!?]{1,8}厂(?:想|要|打算|准备)"
    r"|\b(?:fellow|other|more|like-minded) (?:[a-z-]+ ){0,3}?(?:makers?|manufacturers?|producers?|mills?|shops?|foundries|firms?|workshops?)(?: like us)?\b|\bour peers\b"
)
_OWN_TRADE = regex(
    r"(?:我们?|我[司厂]|本[司厂]|咱们?)?(?:这边|家|是|主要|专门|专业)?(?:做|生产|织|铸|造|制造|加工)[^,，;；。!?找寻求]{1,12}的?(?=[,，;；。])|[^,，;；。!?找寻求]{1,8}厂(?=[,，;；。])"
    r"|\bwe(?:'re| are)? (?:only |mainly |just )?(?:do|make|produce|cast|forge|knit|mou?ld|machine|weave|spin|an?) [^,;.:!?]{2,40}?(?=[,;.:])"
)
# Who seeks makers of a thing from the first word on, and says nothing of what it has itself.
_ONLY_SEEKS = regex(
    r"(?:我们?|我司|我厂|本厂|咱们?)?(?:现在?|正在?|目前|急)?(?:想要?|要|希望|打算|准备|需要?)?(?:找|寻找|寻求|求)(?:一?[家个]|几家)?"
    r"(?:专门|专业|能|会)?(?:做|生产|制造|搞)?[^,，;；。!?找]{1,16}?(?:厂家?|企业|公司|商|品牌)\s*(?:来)?(?:一起|共同|联合|合作)?[。.!！\s]*$|"
    r"(?:(?:we are|we're|i am|i'm|we|i) )?(?:look(?:ing)? for|search(?:ing)? for|seek(?:ing)?|need|want(?:ed)?:?) "
    r"(?:an? |some )?(?:[a-z-]+ ){1,4}?(?:makers?|manufacturers?|producers?|compan(?:y|ies)|firms?|brands?|mills?|suppliers?)"
    r"(?: together| with us)?[.!\s]*$"
)
# What a firm makes that seeks another one: 我做阀门铸件，想找机加工的一起接整单.
_OWN_THEN_SOUGHT = (
    regex(
        r"^.{0,24}?(?P<own>(?:我们?|我[司厂]|本[司厂]|咱们?)(?:这边|这里|家|是|主要|专门|专业|自己|一直|只|就){0,2}(?:(?:做|生产|搞|织|铸|造|制造|加工|卖|有)[^,，;；。!?找寻求]{1,16}|[^,，;；。!?找寻求做]{1,10}做得[^,，;；。!?找寻求]{1,6})[,，;；。]\s*)"
        r"(?P<sought>(?:现在?|目前|正|急)?(?:想|要|希望|打算)?(?:找|寻|求|缺|需要?|差|跟|和|与)[^;；。!?]{2,40})"
    ),
    regex(
        r"^.{0,60}?(?P<own>\bwe(?:'re| are)? (?:only |mainly |just |also )?(?:do|make|produce|cast|forge|knit|mou?ld|machine|plate|coat|weave|spin|wind|have|sell|build|assemble|an?)\b[^,;.:!?]{2,40}?[,;.:]? (?:and |but |so |now )?(?=(?:are |we're |we are )?(?:look(?:ing)? for|needs?|seek(?:ing)?|want|in search of|lack)\b))"
        r"(?P<sought>[^;.!?]{4,90})"
    ),
    regex(
        r"^(?P<sought>[^,，;；。!?]{2,12}?(?:厂家?|企业|公司)?的?)(?:愿不愿意|愿意|要不要|能不能|可不可以|有没有兴趣|想不想)"
        r"(?P<own>(?:和|跟|与|同)我们?(?:这边|家|做)?[^,，;；。!?]{1,12}?(?:一起|合作|联合|共同|合伙))"
    ),
)
_SUBJECT = CORE | {RequirementKind.MATERIAL}


def without_aim(text: str) -> str:
    """A need without what is to be done together with those whom it asks for, with blanks there.

    Whole where it says of them nothing that a list names.
    """
    folded = fold(text)
    aim = _aim_in(text, folded)
    aims = [aim] if aim else [each.span() for each in _AT_ONCE.finditer(folded)]
    if not aims:
        return text
    wanted = blanked(text, aims)
    names = any(item.kind in _SUBJECT and not item.denied for item in read(wanted).items)
    return wanted if names else text


def without_own(text: str) -> str:
    """A text without what a firm makes itself, where it goes on to say whom else it seeks.

    Both are named by lists, and apart: its own kind is then not asked for.
    """
    folded = fold(text)
    parted = next(filter(None, (each.match(folded) for each in _OWN_THEN_SOUGHT)), None)
    if parted is None:
        return text
    own, sought = (_named(text[slice(*parted.span(part))]) for part in ("own", "sought"))
    if not own or not sought or own & sought:
        return text
    return blanked(text, [parted.span("own")])


def _named(text: str) -> set[str]:
    """Things and work that a text names and a list has, and what they are kinds of."""
    items = [item for item in read(text).items if item.kind in CORE and item.aspect != UNLISTED]
    return {name for item in items for name in (item.value, item.family)}


def _aim_in(text: str, folded: str) -> tuple[int, int] | None:
    """Begin and end of what is to be done together in a text, None where it tells of nothing."""
    if before := _BEFORE.match(folded):
        return before.span()
    behind = next(filter(None, (pattern.match(folded) for pattern in _AIMS_BEHIND)), None)
    if behind is None:
        return None
    partner, aim = (text[slice(*behind.span(part))] for part in ("partner", "aim"))
    # 找热流道企业搞伺服阀针: that tells of them, too.
    return behind.span("aim") if _is_of(partner, aim) else None


def _is_of(partner: str, aim: str) -> bool:
    """Whether what partners make is known to be a part of what is to be made."""
    wholes = read(aim).of(RequirementKind.PRODUCT)
    parts = {
        part
        for whole in wholes
        for name in (whole.value, whole.family)
        for part in comes_with(name)
    }
    made = read(partner).of(RequirementKind.PRODUCT)
    return any(not parts.isdisjoint((each.value, each.family)) for each in made)


def without_what_peers_buy(text: str) -> str:
    """A text of who seeks firms of its own trade with no more than what that trade is, else whole."""
    folded = fold(text)
    own = _OWN_TRADE.match(folded) if _PEERS.search(folded) else None
    if own is None or not _named(own[0]):
        return text
    return blanked(text, [(own.end(), len(text))])


def only_seeks(text: str) -> bool:
    """Whether a text seeks makers of a thing and says nothing of what its author has.

    Those of its author's own trade are such, too.
    """
    folded = fold(text)
    return _ONLY_SEEKS.fullmatch(folded) is not None or _PEERS.search(folded) is not None
