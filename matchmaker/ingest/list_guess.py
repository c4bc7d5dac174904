"""Guessing what a list holds from the titles of its columns and from its cells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import islice

from matchmaker.domain import Layer
from matchmaker.ingest.address_books import is_address_book
from matchmaker.ingest.certificates import certificate_names, certificates_in
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.composed_titles import NEED, OFFER, column_by_words
from matchmaker.ingest.consortia import is_organization_name
from matchmaker.ingest.dealings import DEALINGS
from matchmaker.ingest.inquiries import is_list_of_requests
from matchmaker.ingest.links import shown_and_linked
from matchmaker.ingest.list_formats import (
    CERTIFICATIONS,
    DOWNSTREAM,
    EQUIPMENT,
    FORMATS,
    LISTS,
    NAMED_BY,
    NAMES_EQUIPMENT,
    NEEDED,
    NOT_NAMED_BY,
    OF_ANY_LIST,
    OF_WHOM,
    ORDERS,
    OWNED,
    OWNER,
    PROJECTS,
    RELATIONS,
    SAID_ONCE,
    SIDES,
    TELLING,
    UPSTREAM,
)
from matchmaker.ingest.suggestions import Samples, beside_parties, expected_titles, recognised
from matchmaker.ingest.table_file import TableFile
from matchmaker.ingest.title_keys import title_keys
from matchmaker.ingest.title_words import OF_EVENT
from matchmaker.ingest.words import keys_of, word_key
from matchmaker.regex import regex
from matchmaker.text import normal

# Values of a column are looked at in so many lines.
_LINES, _CELLS = 300, 60_000
_VALUES = 50
MEMBERS = "organizations"


def column_samples(table: TableFile) -> dict[str, tuple[str, ...]]:
    """Different values of each column, in their order."""
    values: dict[str, dict[str, None]] = {title: {} for title in table.header}
    for line in islice(table.lines(), min(_LINES, _CELLS // max(1, len(table.header)))):
        if line.tells:
            for title, cell in shown_and_linked(line):
                if cell and len(values.get(title, ())) < _VALUES:
                    values.setdefault(title, {})[cell] = None
    return {title: tuple(cells) for title, cells in values.items()}


def guessed_format(
    samples: Samples, allowed: Collection[str] = FORMATS, above: Iterable[str] = ()
) -> str:
    """The name of the format in `FORMATS` that a list is most likely in.

    One of our own tables where the titles are those of our templates, else the kind of list
    of which most telling columns are there; members where nothing tells.
    """
    own = {
        name: matching
        for name in TABLES
        if name in allowed and (matching := _own_titles(name, samples)) is not None
    }
    if own:
        return max(own, key=own.__getitem__)
    if MEMBERS in allowed and is_list_of_requests(samples):
        return MEMBERS
    if CERTIFICATIONS in allowed and _is_of_one_certificate(samples, above):
        return CERTIFICATIONS
    scores = {
        name: _score(name, _told(name, samples)) if _is_named(name, samples) else 0
        for name in (MEMBERS, *LISTS)
        if name in allowed
    }
    if not any(scores.values()):
        of_one = {
            name: _score(name, {**_told(name, samples), "": once})
            if _is_named(name, samples)
            else 0
            for name, once in SAID_ONCE.items()
            if name in allowed
        }
        scores = of_one if any(of_one.values()) else scores
    return max(scores, key=scores.__getitem__, default=next(iter(allowed), MEMBERS))


def _is_of_one_certificate(samples: Samples, above: Iterable[str]) -> bool:
    """Tell whether lines say who holds the one certificate that stands above the titles.

    高新技术企业备案名单 over 企业名称, 证书编号, and nothing else that lists of members say.
    """
    columns = set(recognised(CERTIFICATIONS, samples).values())
    of_members = set(recognised(MEMBERS, samples).values())
    is_such = {"holder", "number"} <= columns and "kind" not in columns
    return is_such and of_members.isdisjoint(_OF_MEMBERS) and bool(_certificate_above(above))


_OF_MEMBERS = frozenset({"contact", "description", "need", "headcount", "revenue", "website"})


def certificate_named_once(
    name: str, columns: Collection[str], above: Iterable[str]
) -> dict[str, str]:
    """The certificate of all lines of a list of them without a column for it."""
    kind = _certificate_above(above) if name == CERTIFICATIONS and "kind" not in columns else ""
    return {"kind": kind} if kind else {}


def _certificate_above(texts: Iterable[str]) -> str:
    known = set(certificate_names().values())
    named = {each.kind for text in texts for each in certificates_in(text)} & known
    return named.pop() if len(named) == 1 else ""


def is_announcement(above: Iterable[str]) -> bool:
    """Tell whether the lines above the titles announce who was recognised as something.

    省专精特新中小企业名单公示 is of a whole province; 集群会员专精特新企业名单 is of members.
    """
    return any(
        _ANNOUNCES.search(plain) is not None and _OF_A_CLUSTER.search(plain) is None
        for plain in map(normal, above)
    )


_ANNOUNCES = regex(
    r"(?:专精特新|小巨人|高新技术企业|单项冠军|隐形冠军|创新型中小企业|科技型中小企业|瞪羚|独角兽|首台套|绿色工厂|企业技术中心)"
    r".{0,24}名单|(?:公示|公告|备案|认定|入围|获奖|入库|中标).{0,10}名单|名单(?:的|予以)?(?:公示|公告)"
)
_OF_A_CLUSTER = regex(r"集群|协会|商会|联盟|会员|成员|园区|理事")


def party_named_once(
    name: str, columns: Collection[str], above: Iterable[str], file: str = ""
) -> dict[str, str]:
    """The party of all lines of a list without a column for it: named once, above its titles.

    `file` is the file's name without its end; it says so where nothing above does.
    """
    once = SAID_ONCE.get(name, "")
    if not once or once in columns or not (named := named_above(above) or named_by_file(file)):
        return {}
    return {once: named}


_ENDS = (
    r"(?:公司|大学|学院|研究院|研究所|研究中心|检验中心|检测中心|测试中心|检验院|检测院|检验所"
    r"|技术中心|服务中心|创新中心|实验室|工厂|集团|协会|学会|医院|职校|学校)"
)
# 浙江示例大学机械学院科技成果清单: the shortest that is an organisation's whole name.
_NAMED_ABOVE = regex(rf"[\w（）()·]{{2,40}}?{_ENDS}(?!(?:股份|集团)?有限|股份)")
_INSTITUTE = regex(
    r"[\w（）()·]{2,30}?(?:研究院|研究所|研究中心|创新中心|创新研究院|技术中心|检测中心|检验中心|转移中心|工业技术院)"
)
# What such a list is of, or that it is one, at once behind a name; not of others whom the named
# one deals with, as in 示例大学设备供应商名录.
_NAMED_BY_FILE = regex(
    rf"([\w（）()·]{{2,40}}?{_ENDS})[\s_\-—·]{{0,3}}(?:\d{{4}}年?度?)?[\s_\-—·]{{0,3}}"
    r"(?:最新|现有|全部|部分|主要|大型|重点|共享|开放|优秀|有效|可转[化让]|拟转[化让]|科技|科研|技术|创新)*"
    r"(?:清单|名录|目录|台账|一览|汇总|成果|专利|发明|实用新型|软件著作|知识产权|设备|仪器|装置|资质|证书|认证"
    r"|项目|计划|政策|申报|指南)"
    r"(?!.*(?:企业|公司|厂|商|校友|校企|客户|单位|机构|合作|受让|名单))"
)


def named_above(texts: Iterable[str]) -> str:
    """The organisation with whose name a line above the titles begins, "" where none does."""
    for text in texts:
        plain = _without_year(text)
        match = _NAMED_ABOVE.match(plain)
        name = _within(match[0]) if match else ""
        if is_organization_name(name):
            return _institute_of(plain[plain.index(name) :], name)
    return ""


def _within(name: str) -> str:
    """What stands behind a bracket that a name does not close: 成果清单（流体控制研究院 2026）."""
    opened = max(name.rfind("（"), name.rfind("("))
    closed = max(name.rfind("）"), name.rfind(")"))
    return name[opened + 1 :].strip() if opened > closed else name


def _institute_of(text: str, name: str) -> str:
    """An institute with the name of its own that another's name begins, else that name.

    中国科学院示例技术研究所 and 示例大学温州研究院 are whom they are called; a department
    (机械工程学院) speaks for its university, and one of a firm for the firm.
    """
    match = _INSTITUTE.match(text[len(name) :])
    is_host = name.endswith(("大学", "科学院", "工程院", "研究院", "学会", "协会"))
    return name + match[0] if match and is_host else name


def named_by_file(name: str) -> str:
    """The organisation whose list a file is by its name, "" where that is not plain."""
    match = _NAMED_BY_FILE.match(_without_year(name))
    return match[1] if match and is_organization_name(match[1]) else ""


_YEAR_BEFORE = regex(r"^(?:\d{1,3}[-_.、 ]+)?(?:附件?表?\s*\d*[:：]?\s*)?(?:\d{4}\s*年?度?)?\s*")


def _without_year(text: str) -> str:
    return _YEAR_BEFORE.sub("", text.strip())


def all_titles() -> frozenset[str]:
    """Titles that may head the columns of any format, as `text.normal` writes them."""
    return frozenset().union(*map(expected_titles, (MEMBERS, *LISTS, *TABLES)))


def are_no_members(titles: Iterable[str]) -> bool:
    """Tell whether a list is of others than members, by a title that only such a list has.

    Of those who came to an event, whom somebody knows, suppliers or customers of one firm.
    """
    titles = tuple(titles)
    return (
        is_list_of_requests(titles)
        or is_address_book(titles)
        or any(
            not keys_of(OF_EVENT).isdisjoint(title_keys(title))
            or _OF_TRADE.fullmatch(normal(title))
            for title in titles
        )
    )


_OF_TRADE = regex(
    r"vendor|kreditor|debitor|(?:purch\.?|purchase|posting) block|payt\.? terms|matl\.? gr(?:ou)?p"
    r"|(?:供应商|供货商|客户)(?:(?:信息|情况) ?)?(?:单位)?(?:名称|编号|编码|代码|全称|简称)"
    r"|采购物资|(?:全?年度?)?(?:采购|供货|交易)(?:总?额|金额)(?:[(（].{1,6}[)）])?"
    r"|(?:lieferant|kreditor|debitor|kunde|vendor|supplier|customer)(?:en|s)?"
    r"[ .-]{0,3}(?:no|nr|nummer|number|id|code|name)\.?"
)


def _own_titles(name: str, samples: Samples) -> int | None:
    """How many titles are our own, None where one that is required is not, or most are not."""
    headers = {normal(title): column for title, column in TABLES[name].headers.items()}
    headers |= {column.name: column.name for column in TABLES[name].columns}
    heading = [column for title in samples if (column := headers.get(normal(title)))]
    is_own = 2 * len(heading) >= len(samples) and set(TABLES[name].required) <= set(heading)
    return len(heading) if is_own else None


def _told(name: str, samples: Samples) -> Mapping[str, str]:
    """Columns by title, but for those that a list of members has as well where it is rather one."""
    columns = recognised(name, samples)
    if name == MEMBERS:
        return columns | _composed(samples, columns)
    if name == ORDERS:
        columns |= beside_parties(name, samples, columns)
    if name == RELATIONS and implied_relation(columns):
        return {**columns, "": "layer"}
    if name == PROJECTS and "partners" not in columns.values():
        shared = OF_WHOM
    elif name == EQUIPMENT and not _is_any_in(NAMES_EQUIPMENT, samples):
        shared = OF_ANY_LIST
    elif name == ORDERS and "name" in recognised(MEMBERS, samples).values():
        shared = f"{UPSTREAM}|{DOWNSTREAM}"
    else:
        return columns
    keys = keys_of(shared)
    return {title: "" if word_key(title) in keys else each for title, each in columns.items()}


def _composed(samples: Samples, columns: Mapping[str, str]) -> dict[str, str]:
    """Columns of what members look for and let others use, by words of titles that no list has.

    Who asks them for both, 急需配套 beside 生产设备, lists no equipment.
    """
    unknown = [title for title, column in columns.items() if not column]
    named = {title: column_by_words(title, samples[title]) for title in unknown}
    return {title: name for title, name in named.items() if name in (NEED, OFFER)}


def implied_relation(columns: Mapping[str, str]) -> str:
    """The relation that the titles of a list without a column of relations say: who owns whom."""
    if "layer" in columns.values():
        return ""
    heads, tails = (
        [title for title, column in columns.items() if column == side] for side in ("head", "tail")
    )
    owners, owned = keys_of(OWNER), keys_of(OWNED)
    is_owner = any(word_key(title) in owners for title in heads)
    is_owned = any(word_key(title) in owned for title in tails)
    return Layer.OWNS.value if is_owner and is_owned else ""


def _is_named(name: str, titles: Iterable[str]) -> bool:
    """Tell whether a list of a kind that its titles must name is named by any of them."""
    words = NAMED_BY.get(name, ())
    titles = [*titles]
    is_other = _is_any_in(NOT_NAMED_BY.get(name, ()), titles)
    return not is_other and (not words or _is_any_in(words, titles))


def _is_any_in(words: Collection[str], titles: Iterable[str]) -> bool:
    return any(word in normal(title) for title in titles for word in words)


def _score(name: str, columns: Mapping[str, str]) -> int:
    """How much is recognised; 0 where the list would lack what it needs."""
    known = {column for column in columns.values() if column}
    known -= DEALINGS.keys() if name == MEMBERS else frozenset[str]()
    telling = known & TELLING[name]
    if name == MEMBERS and _are_others(columns):
        telling -= {"name"}
    if any(known.isdisjoint(group) for group in NEEDED.get(name, (("name",),))):
        return 0
    return len(known) + 2 * len(telling)


def _are_others(columns: Mapping[str, str]) -> bool:
    """Tell whether the title of names says that they supply or buy: 客户名称, supplier name."""
    sides = keys_of(SIDES)
    return any(name == "name" and word_key(title) in sides for title, name in columns.items())
