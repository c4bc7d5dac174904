# ruff: noqa: E501 -- words, as a list is read
"""Words of lists for the kind of a need: of a partner of which goal, or of none here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from matchmaker.errors import InvalidInput
from matchmaker.goals import GoalName
from matchmaker.ingest.cells import CellWarning, is_nothing
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat
from matchmaker.ingest.word_lists import NEED_KINDS, NOT_OF_PARTNERS
from matchmaker.ingest.words import member_of, word_key
from matchmaker.regex import regex
from matchmaker.text import normal
from matchmaker.vocabulary import Kind

_LABS = frozenset({Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE})
# Pieces of a need, of which each speaks of money or of people to be hired: 流动资金贷款, 招聘博士2名.
_PIECES = regex(r"[；;，,。\n]")
_OF_NO_PARTNER = regex(
    r"(?:现在?|目前|急|需要?|缺少?|拟|计划|希望|想|申请|寻求|解决|一笔|约)*"
    r"(?:银行|短期|长期|低息|抵押|信用|企业|生产|经营)*(?:贷款|融资|流动资金|周转资金|信贷|授信|过桥资金)+"
    r"(?:需求|支持|难|服务|渠道|问题|额度|缺口|约|左右|[\d.\-~至万亿元]|人民币)*"
    r"|(?:现在?|目前|急|需要?|拟|计划|希望|想|面向社会|长期)*(?:招聘|招工|招人)(?!会).{0,40}"
    r"|.{0,8}(?:用地|土地|厂房)(?:指标|需求|不足|紧张|短缺|问题)?(?:约?[\d.,]+(?:余)?(?:亩|平方米|平米|㎡|平方))?"
    r"|招不到.{0,12}[工人员]|(?:招工|用工|招人)(?:难|荒|紧张|不足|问题).{0,6}"
    r"|(?:紧?缺|缺少|缺乏|短缺).{0,8}(?:工人?|人手|人才|技工|师傅|员工|操作工)(?:[\d一二两三四五六七八九十]+[名个人])?"
    r"|(?:we )?(?:need |needs |seek |seeking |looking for )?(?:an? |some )?(?:bank |short-term |working )?"
    r"(?:loans?|financing|working capital|credit line)(?: of .{0,24})?"
    r"|(?:we are |currently )?(?:hiring|recruiting|recruitment of) .{0,60}"
)
# A need that names no more than to whom something shall go. Words are read in one way only, 寻找 as
# 寻 and 找: each of many that were read in two would double the time.
_OF_CUSTOMERS = regex(
    r"(?:希望|想要?|计划|打算|进一步|继续|急需?|寻求|寻|找|需要|拓展|开发|开拓|更多|新的?|国内|国外|海外|境外|欧[洲美]|终端|优质|长期|稳定)*的?"
    r"(?:客户|买家|经销商|代理商|分销商|订单|销路|销售渠道|试用单位|试用企业)"
    r"|(?:looking for |seeking |find )?(?:(?:new|more|further|potential|additional|overseas|foreign|european|international) )*"
    r"(?:customers?|clients?|buyers?|distributors?|dealers?|resellers?|importers?|sales agents?|orders|(?:pilot|test|end) users?)\b"
    r"|(?:neue |weitere )*(?:kunden|abnehmer|vertriebspartner|händler)\b"
)
# What troubles a firm is a need only where it looks for something.
_OF_TROUBLE = regex(r"困难|问题|瓶颈|痛点|难点|堵点|difficult|problems?\b|obstacle")
# What is to be solved is looked for: 技术瓶颈, "problems we cannot solve".
_TO_SOLVE = regex(
    r"技术|工艺|攻关|难题|卡脖子|[待未需](?:要)?解决|解决不了|\b(?:technical|unsolved|to (?:be )?solved?|can(?:not|'t| not) solve)\b"
)
_SEEKS = regex(
    r"[需缺找求寻购]|希望|想[要和与跟]|拓展|开拓|引进|合作|对接|外协|委外"
    r"|\b(?:looking|look|needs?|seek\w*|want\w*|requir\w*|search\w*|sourc\w*|lack\w*|find)\b"
)
_PARTED = regex(r"[；;\n]")
_OF_FIRMS = regex(r"企业|厂家|产业|compan(?:y|ies)|firms?\b|industr|unternehmen|users?\b")
_OF_LABS = regex(
    r"(?:合作|回收|回用|处理|制备|检测|改性|替代|生产|加工|控制|识别|防护)技术$|技术(?:合作|攻关|难题)"
    r"|高校|院所|科研院|产学研|(?:联合|共同|合作|委托)(?:研发|开发|研究)|\buniversit|\bjoint research\b|\b(?:labs?|laborator(?:y|ies)|research (?:groups?|institutes?|centres?|centers?))\b"
)
# What says more of a need, and is one only beside it.
_TERMS = "主要技术指标|技术指标|主要指标|性能指标|技术要求|指标要求|主要技术参数|技术参数|具体要求|规格要求|technical requirements|target parameters"
# What ends titles of what is looked for, but for money, people and land: 缺链环节及配套需求.
_OF_NEED = regex(
    r"(?:.*(?:缺链|补链|强链|延链|断链|短板|配套|采购|外协|协作|合作|对接|技术|研发|检测|设备|产品|零部件|原材料).{0,6})?"
    r"需求(?:描述|内容|情况|清单|说明|简述)?|(?:产业链)?(?:缺链|补链|缺失|薄弱)环节|(?:堵点|断点|卡点)(?:堵点|断点|卡点|难点)?"
    r"|(?:当前|目前|现有|企业|生产|发展|主要|存在的?|面临的?)*(?:困难|问题|难题|瓶颈)(?:问题)?(?:和|及|与|以及|、|/)(?:主要|具体|相关)?(?:需求|诉求)"
    r"|(?:企业|公司|贵司|你们|您|现在|目前|当前|眼下|还|最)*(?:缺少?|需要|想找|想要|要找|在找|想采购)的?(?:什么|啥|哪些)(?:样的|东西|配套|合作|伙伴|供应商|产品|服务)*"
    r"|.*(?:needed|wanted|sought|looked for)"
)
_OF_NO_NEED = regex(
    r"融资|资金|贷款|人才|用工|招聘|用地|厂房|培训|类型|类别|状态|时间|数量|预算|金额|编号"
)
_QUANTITIES = "数量|数量/规模|规模/数量|数量规模|数量及规模|需求规模|数量(规模)|quantity|qty"
_LAST_DAYS = "有效期|信息有效期|有效期至|有效期限|有效时间|发布有效期|valid until|valid till|expires|gültig bis"
_OF_RESEARCH = regex(
    r"技术|难题|攻关|research|\br&d\b|technolog|technical|challenge|problem|forschung"
)
# What says more of a need that another column names.
_PART_OF_NEED = regex(
    r"名称|描述|内容|简介|详情|说明|指标|参数|要求|规格|型号|标题|用途|备注|明细"
    r"|\b(?:names?|titles?|descriptions?|details?|specifications?|remarks?|use)\b"
)
_BETWEEN = regex(r"[;；、,，|\n]")
NO_PARTNER = ""


def need_kinds(cell: str, format: ColumnFormat = UNDECIDED, /) -> tuple[str, ...]:
    """The goals of the kinds of need that a cell names, each once: 采购；技术.

    Raises InvalidInput where one is not known.
    """
    del format
    if word_key(cell) in _words():  # 产能/设备 is one
        return (_goal(cell),)
    return tuple(
        dict.fromkeys(_goal(part.strip()) for part in _BETWEEN.split(cell) if part.strip())
    )


def _goal(cell: str) -> str:
    """The goal that a word for a kind of need means, NO_PARTNER for what no partner gives."""
    key = word_key(cell)
    if key in _words():
        return _words()[key]
    try:
        return str(member_of(GoalName, cell).value)
    except CellWarning as warning:
        if warning.value is None:
            raise
        raise InvalidInput("'%(cell)s' is no kind of need known here.", cell=cell) from None


def heads_need(title: str) -> bool:
    """Tell whether a title ends as those of what is looked for do: 配套需求, parts needed."""
    plain = normal(title)
    return bool(_OF_NEED.fullmatch(plain)) and not _OF_NO_NEED.search(plain)


def goal_of_titles(titles: Iterable[str]) -> GoalName:
    """The goal of needs under these titles: 技术难题 is for research, others for suppliers."""
    is_research = any(_OF_RESEARCH.search(normal(title)) for title in titles)
    return GoalName.RESEARCH_PARTNER if is_research else GoalName.SUPPLIER


def goal_of_need(titles: Iterable[str], text: str, asker: Kind) -> str:
    """The goal of a need of which no column says the kind, by its words and who asks.

    NO_PARTNER where it speaks of nothing but money or people to be hired.
    """
    words = normal(text)
    pieces = [piece.strip() for piece in _PIECES.split(words) if piece.strip()]
    if pieces and all(map(_OF_NO_PARTNER.fullmatch, pieces)):
        return NO_PARTNER
    goal = goal_of_titles(titles)
    if goal is GoalName.SUPPLIER and asker in _LABS and _OF_FIRMS.search(words):
        return GoalName.INDUSTRY_PARTNER
    if goal is GoalName.SUPPLIER and _OF_CUSTOMERS.match(words):
        return GoalName.CUSTOMER
    if goal is GoalName.SUPPLIER and any(map(_OF_LABS.search, pieces)):
        return GoalName.RESEARCH_PARTNER
    return goal


def needs_in(titles: Iterable[str], text: str, asker: Kind) -> tuple[tuple[str, str], ...]:
    """The needs of a cell of which no column says the kind, each with its goal.

    Pieces that look for partners of different goals are needs of their own: 缺锻件；想找高校做密封.
    Under a title of difficulties a piece that looks for nothing is none: 环保压力大.
    """
    titles = tuple(titles)
    pieces = [piece.strip() for piece in _PARTED.split(text) if piece.strip()]
    is_trouble = any(
        _OF_TROUBLE.search(said) and not _TO_SOLVE.search(said) for said in map(normal, titles)
    )
    seeking = [piece for piece in pieces if _SEEKS.search(normal(piece))]
    if is_trouble and not seeking:
        return ((text, NO_PARTNER),)
    if len(titles) != 1 or (len(seeking) < len(pieces) and not is_trouble):
        return ((text, goal_of_need(titles, text, asker)),)
    by_goal: dict[str, list[str]] = {}
    for piece in seeking:
        by_goal.setdefault(goal_of_need(titles, piece, asker), []).append(piece)
    if len(by_goal) == 1 and seeking == pieces:
        return ((text, next(iter(by_goal))),)
    sign = "；" if any("一" <= sign <= "鿿" for sign in text) else "; "
    return tuple((sign.join(parts), goal) for goal, parts in by_goal.items())


def needs_of_cells(
    cells: Sequence[tuple[str, str]], text: str, asker: Kind
) -> tuple[tuple[str, str], ...]:
    """The needs of the cells of a line, given with their titles, each with its goal.

    Each cell is needs of its own, 急需配套 beside 技术难题; where a column says more of what another
    names, 需求名称 and 技术指标, `text` is, all of them joined.
    """
    titles = [title for title, _ in cells]
    if any(_PART_OF_NEED.search(normal(title)) for title in titles) or len(set(titles)) < 2:
        return needs_in(titles, text, asker)
    told = ((title, cell.strip()) for title, cell in cells if not is_nothing(cell))
    each = (needs_in([title], cell, asker) for title, cell in told)
    return tuple(dict.fromkeys(need for needs in each for need in needs))


def terms_of_needs(taken: Mapping[str, str]) -> dict[str, str]:
    """Columns that say more of what is needed, by title: 主要技术指标, 数量/规模 and 有效期.

    `taken` are the columns of all titles, "" for none. Alone such a column is of no need.
    """
    if "need" not in taken.values():
        return {}
    found: dict[str, str] = {}
    for title, key in ((title, word_key(title)) for title, name in taken.items() if not name):
        name = _terms().get(key, "")
        if name == "need" or (name and name not in (*taken.values(), *found.values())):
            found[title] = name
    return found


@cache
def _terms() -> Mapping[str, str]:
    words = {"need": _TERMS, "need_quantity": _QUANTITIES, "need_deadline": _LAST_DAYS}
    return {word_key(word): name for name, all in words.items() for word in all.split("|")}


@cache
def _words() -> dict[str, str]:
    words = {word_key(word): goal.value for goal, all in NEED_KINDS for word in all.split("|")}
    return words | {word_key(word): NO_PARTNER for word in NOT_OF_PARTNERS.split("|")}
