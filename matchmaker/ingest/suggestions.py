"""Proposing which of our columns a file's own are: by their titles, and by what they hold."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, filled_values, is_nothing
from matchmaker.ingest.codes import check
from matchmaker.ingest.column_values import (
    MOST,
    are_counts,
    are_in_codes,
    are_kinds_of_needs,
    are_kinds_of_offers,
    are_no_kinds,
    are_no_sizes,
    are_running,
    are_units_of_measure,
    is_phone,
    is_word_of,
)
from matchmaker.ingest.columns import STAGES, Column
from matchmaker.ingest.composed_titles import OFFER, are_texts, column_by_words
from matchmaker.ingest.consortia import is_organization_name
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.customs import is_of_tariff
from matchmaker.ingest.dealings import DEALINGS, dealings_of_titles
from matchmaker.ingest.formats import UNDECIDED
from matchmaker.ingest.industries import scheme_of
from matchmaker.ingest.inquiries import columns_of_requests
from matchmaker.ingest.list_formats import FORMATS, ORDERS, OWN_LISTS
from matchmaker.ingest.need_kinds import heads_need, terms_of_needs
from matchmaker.ingest.need_sides import SIDES, are_sides, text_beside_side
from matchmaker.ingest.own_titles import by_form
from matchmaker.ingest.patent_status import remarks_on_patents
from matchmaker.ingest.question_titles import asked_for, is_about_answer, is_of_survey
from matchmaker.ingest.title_keys import (
    OF_GOODS,
    are_of_different_years,
    only_counts,
    year_of_title,
)
from matchmaker.ingest.title_ranks import FIRST_OF_PARTS, is_part, rank_of, ranks_of
from matchmaker.ingest.two_names import second_names
from matchmaker.ingest.unused_words import unused_reason
from matchmaker.ingest.verdicts import is_of_bidders
from matchmaker.ingest.words import keys_of, word_key
from matchmaker.messages import languages
from matchmaker.regex import regex
from matchmaker.text import normal
from matchmaker.vocabulary import Kind, Size, Tier

# How alike a title must be to a known one to be suggested for its column.
_ALIKE = 0.75
# Of shorter ones each letter counts: an item is no site.
_SHORTEST = 6
# How titles that stand over several columns are told apart: Name#4.
_TWICE = regex(r"#\d+$")
_WEBSITE = regex(
    r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.(?:com|cn|org|net|de|eu|fr|it|es|uk)/?"
)
_MAIL = regex(r"[^\s@]+@[^\s@]+\.[^\s@]+")
# Titles of orders that stand over what is bought, and over its number.
_TEXT_OR_NUMBER = frozenset({"item", "items", "position", "lot", "项目", "标包"})
# Two letters at least, and no mere sign of a lot: Lot 3, A12.
_WORDS = regex(r"[^\W\d_]{4}|[一-鿿]{2}")
# Of titles that are alike the one of the latest year counts first, one of none before all.
_NOW = 9_999
# Texts that are searched: a column of codes is none.
_TEXTS = ("description", "need", "offer")
# Who takes part is known by a name: its number in somebody's system says nothing here.
_PARTIES = ("supplier", "buyer", "lead", "head", "tail", "owner", "holder")
_NAMED = frozenset({"name", *_PARTIES, "partners"})  # 单位 also heads what things are counted in
_LONGEST_CODE = 8
_CODE = regex(r"[A-Z]?\d[\d. -]*[A-Z]?")
# What is alike in letters is another code.
_CODES = frozenset({"id", "credit_code", "vat", "lei", "ror"})
_WORD = regex(r"[^\W\d_]{2,}")
_OF_NUMBERS = regex(r"[编证]?号码?$|\b(?:no|number)\.?$")
_SHARE = regex(r"占比|比例|比重|增速|增幅|增长率|%|\b(?:share|ratio|percentage|percent|growth)\b")
# Nobody opts out, or is a supplier, by a title that is only like one: Supplier type, 供应商简称.
_NEVER_BY_LIKENESS = _CODES | {"listed", "other_names", "offer"} | DEALINGS.keys()
Samples = Mapping[str, Sequence[str]]
# So many titles that nothing heads beyond doubt are held against values and other titles.
_TRIED = 300


def recognised(table: str, samples: Samples) -> dict[str, str]:
    """The column that each title of a file heads beyond doubt, "" for none.

    `samples` are some values under each title. A column that can be joined may be headed by
    several titles, another by the usual one. What only counts the lines is no id.
    """
    columns = FORMATS[table].columns
    is_survey = any(map(is_of_survey, samples))
    wanted = sorted(
        (
            rank,
            word_key(title) not in ranks_of(column),
            place,
            -(year_of_title(title) or _NOW),
            position,
            title,
        )
        for position, title in enumerate(samples)
        for place, column in enumerate(columns)
        if (rank := rank_of(column, title)) is not None
        and not _counts_lines(column, title, samples[title])
        and not _is_text_or_number(column, title, samples[title])
        and not _is_no_stage(column, title, samples[title])
        and not (column.name == "order_number" and is_of_tariff(title))
        and not _is_place_with_country(column, title, samples[title])
        and not (_is_where_of_side(column) and OF_GOODS.search(normal(title)))
        and not (column.name == "size" and are_no_sizes(samples[title]))
        and not (column.name == "kind" and are_no_kinds(table, samples[title]))
        and not (column.name == "need_kind" and are_sides(samples[title]))
        and not (column.name in _NAMED and are_units_of_measure(samples[title]))
        and not (is_survey and is_about_answer(title))
        and not (table in OWN_LISTS and are_in_codes(title))
        and not (
            table in OWN_LISTS and column.name == "kind" and not are_kinds_of_offers(samples[title])
        )
        and not (column.name in (*_TEXTS, *_PARTIES) and _holds_codes(samples[title]))
        and not (column.name == OFFER and _are_filled_by_others(samples[title]))
    )
    taken: dict[str, str] = {}
    for rank, _, place, _, _, title in wanted:
        column = columns[place]
        before = [known for known, name in taken.items() if name == column.name]
        of_part = rank >= FIRST_OF_PARTS
        joins = bool(column.joined_by) and (
            not column.parts or (of_part and all(is_part(column, each) for each in before))
        )
        joins |= column.by_year and are_of_different_years([title, *before])
        if title not in taken and (not before or joins):
            taken[title] = column.name
    if table == ORDERS and "supplier" not in taken.values() and "verdict" in taken.values():
        bidders = [title for title in samples if title not in taken and is_of_bidders(title)]
        taken |= dict.fromkeys(bidders[:1], "supplier")
    all_taken = {title: taken.get(title, "") for title in samples}
    return all_taken | (dealings_of_titles(all_taken) if table == "organizations" else {})


def suggested(table: str, samples: Samples) -> dict[str, str]:
    """The column that each title of a file may head, for a person to confirm.

    Beyond `recognised`, columns of organisations are known by their values (codes, websites,
    addresses of mail, kinds, sizes), then by titles that are nearly known.
    """
    taken = recognised(table, samples)
    # What may stand behind a side is like nothing else: 供应商,所在地,采购方.
    beside = beside_parties(table, samples, taken)
    known = {*taken.values(), *beside.values()}
    free = [column for column in FORMATS[table].columns if column.name not in known]
    for by in (_by_question, _by_need, _by_scheme, _by_values, _by_likeness):
        unknown = [title for title, name in taken.items() if not name and title not in beside]
        for title in unknown[:_TRIED]:
            column = by(table, title, samples, free)
            if column is None or (column.name == "order_number" and is_of_tariff(title)):
                continue
            if not _counts_lines(column, title, samples[title]):
                taken[title] = column.name
                if column in free:
                    free.remove(column)
    if table in OWN_LISTS:
        taken |= by_form(samples, taken)
    taken |= beside_parties(table, samples, taken) | _second_names(table, samples, taken)
    if table == "organizations":
        taken |= columns_of_requests(samples)
        taken |= text_beside_side(taken)
    taken |= terms_of_needs(taken) | remarks_on_patents(table, samples, taken)
    return taken | _by_words(table, samples, taken)


def _second_names(table: str, samples: Samples, taken: Mapping[str, str]) -> dict[str, str]:
    name = next(each for each in FORMATS["organizations"].columns if each.name == "name")
    is_name = table == "organizations"
    return second_names(samples, taken, lambda t: rank_of(name, t) is not None) if is_name else {}


# What heads the names beside a column of numbers: Lieferant 104711, Name 1 Krüger GmbH.
_NAMES_BESIDE = "name|name 1|name1|名称|单位名称|公司名称|企业名称|bezeichnung|nom|nombre"


def beside_parties(table: str, samples: Samples, taken: Mapping[str, str]) -> dict[str, str]:
    """Columns of orders that say of a side what their titles do not: Lieferant, Name 1, Ort, Land.

    They stand behind it, and nothing that is read stands between.
    """
    columns = {column.name: column for column in FORMATS[table].columns}
    sides = [columns[name] for name in ("supplier", "buyer") if f"{name}_place" in columns]
    members = {column.name: column for column in FORMATS["organizations"].columns}
    names = keys_of(_NAMES_BESIDE)
    side, beside = "", dict[str, str]()
    for title, column in taken.items():
        plain = _TWICE.sub("", title)
        numbered = next((each.name for each in sides if rank_of(each, plain) is not None), "")
        if column:
            side = column if any(each.name == column for each in sides) else ""
        elif numbered and _holds_codes(samples[title]):
            side = numbered
        elif side and side not in taken.values() and word_key(plain) in names:
            beside[title] = side
        elif side and not OF_GOODS.search(normal(title)):
            for of in ("country", "place"):
                if rank_of(members[of], plain) is not None:
                    beside[title] = f"{side}_{of}"
                    break
    return beside


def _is_where_of_side(column: Column) -> bool:
    """Tell whether it says where a side is: a title that is only like its own says too little."""
    return column.name.endswith(("_place", "_country"))


def expected_titles(table: str) -> frozenset[str]:
    """Titles that may head the columns of a table, as `text.normal` writes them."""
    return _titles_in(table, languages())


@cache
def _titles_in(table: str, languages: tuple[str, ...]) -> frozenset[str]:  # noqa: ARG001
    columns = FORMATS[table].columns
    others = (word for each in columns for word in f"{each.also}|{each.parts}".split("|"))
    return frozenset(map(normal, (*FORMATS[table].headers, *others))) - {""}


def _counts_lines(column: Column, title: str, values: Sequence[str]) -> bool:
    """Tell whether a title only counts the lines: as it says so, or as an id that runs from 1."""
    if only_counts(title) and column.name != "lot":
        return True
    # "Item 1, 2, 3" is no name of anything.
    return column.name in ("id", "lot", "name") and normal(title) != "id" and are_running(values)


def _is_text_or_number(column: Column, title: str, values: Sequence[str]) -> bool:
    """Tell whether a title that may head texts or numbers, as "Item", heads the other of them."""
    if word_key(title) not in _TEXT_OR_NUMBER or column.name not in ("lot", "text"):
        return False
    filled = [value for value in values if value]
    texts = sum(bool(_WORDS.search(value)) for value in filled)
    is_text = texts >= MOST * len(filled) if filled else True
    return is_text if column.name == "lot" else not is_text


def _is_no_stage(column: Column, title: str, values: Sequence[str]) -> bool:
    """Tell whether a column that is titled for stages holds other words: 上游, 零部件."""
    if column.name != "stages" or not rank_of(column, title):
        return False
    filled = filled_values(values)
    return bool(filled) and sum(map(_names_stages, filled)) < MOST * len(filled)


def _names_stages(value: str) -> bool:
    try:
        return bool(STAGES(value, UNDECIDED))
    except (InvalidInput, CellWarning):
        return False


def is_no_stage(table: str, title: str, values: Sequence[str]) -> bool:
    """Tell whether a title is one of stages of the value chain, and its values are none."""
    return any(
        each.name == "stages" and _is_no_stage(each, title, values)
        for each in FORMATS[table].columns
    )


def _is_place_with_country(column: Column, title: str, values: Sequence[str]) -> bool:
    """Tell whether a title of several words for where it is stands over places: City / Country."""
    if column.name != "country" or not _JOINED_TITLE.search(title):
        return False
    filled = filled_values(values)
    return bool(filled) and sum(bool(iso_code(value)) for value in filled) < MOST * len(filled)


_JOINED_TITLE = regex(r"[/,，&+、及和]|\band\b")


def _by_question(table: str, title: str, samples: Samples, free: Sequence[Column]) -> Column | None:
    """A column of organisations that a question asks for; of texts also one that is taken."""
    if table != "organizations" or any(
        rank_of(column, title) is not None for column in FORMATS[table].columns
    ):
        return None
    name = asked_for(title)
    if name == "need" and are_kinds_of_needs(samples[title]):
        name = "need_kind"
    if name == "description" and not any(map(_is_filled_by_words, samples[title])):
        return None
    columns = (each for each in FORMATS[table].columns if each in free or each.joined_by)
    return next((each for each in columns if each.name == name), None)


def _by_need(table: str, title: str, samples: Samples, free: Sequence[Column]) -> Column | None:
    """The needs, where a title ends as theirs do and nothing heads them yet."""
    is_need = table == "organizations" and heads_need(title)
    if not is_need or not any(map(_is_filled_by_words, samples[title])):
        return None
    return next((each for each in free if each.name == "need"), None)


def _by_words(table: str, samples: Samples, taken: Mapping[str, str]) -> dict[str, str]:
    """Columns of texts by the words of which titles are put together that nothing else heads."""
    if table != "organizations":
        return {}
    unknown = [
        title
        for title, name in taken.items()
        if not name and not unused_reason(title) and not _TWICE.search(title)
    ]
    named = ((title, column_by_words(title, samples[title])) for title in unknown[:_TRIED])
    return {title: name for title, name in named if name}


def _are_filled_by_others(values: Sequence[str]) -> bool:
    """Tell whether what is filled is no text: yes and no under 是否有富余产能."""
    return bool(filled_values(values)) and not are_texts(values)


def _is_filled_by_words(value: str) -> bool:
    return bool(_WORDS.search(value)) and not is_nothing(value)


def _holds_codes(values: Sequence[str]) -> bool:
    """Tell whether a column holds numbers and codes, and nothing in words."""
    filled = filled_values(values)
    return bool(filled) and all(map(_CODE.fullmatch, filled))


def _by_scheme(table: str, title: str, samples: Samples, free: Sequence[Column]) -> Column | None:
    """The industry, where a title names a classification and its cells are codes: 商品(HS)."""
    del table
    digits = [sum(map(str.isdigit, value)) for value in samples[title]]
    # Longer ones are numbers of firms: what customs call 海关编码 is either.
    if not scheme_of(title) or not _holds_codes(samples[title]) or max(digits) > _LONGEST_CODE:
        return None
    return next((each for each in free if each.name == "industry"), None)


def _by_values(table: str, title: str, samples: Samples, free: Sequence[Column]) -> Column | None:
    """A column of organisations by what most of its values are."""
    values = filled_values(samples[title])
    if table != "organizations" or not values:
        return None
    if are_counts(values) and any(
        each.name == "size" and rank_of(each, title) is not None for each in FORMATS[table].columns
    ):
        return next((each for each in free if each.name == "headcount"), None)
    if are_sides(values):
        return next((each for each in free if each.name == SIDES), None)
    if _heads_needs(title, free) and are_kinds_of_needs(values):
        return next((each for each in free if each.name == "need_kind"), None)
    for column in free:
        is_such = _OF_VALUES.get(column.name)
        if is_such and sum(map(is_such, values)) >= MOST * len(values):
            return column
    return None


def _heads_needs(title: str, free: Sequence[Column]) -> bool:
    """Tell whether kinds below a title may be of the needs beside it: 类别, 需求内容."""
    kind = next(each for each in FORMATS["organizations"].columns if each.name == "kind")
    return rank_of(kind, title) is not None and all(each.name != "need" for each in free)


def _by_likeness(table: str, title: str, samples: Samples, free: Sequence[Column]) -> Column | None:
    """A column whose title is nearly this one, which is that of no other."""
    if any(rank_of(column, title) is not None for column in FORMATS[table].columns):
        return None
    if _SHARE.search(normal(title)) or unused_reason(title):
        return None  # of something that is a column: 研发投入占比
    if _TWICE.search(title):
        return None  # of a table that stands twice side by side, or of a column there twice
    key = word_key(title)
    if len(key) < (_SHORTEST if key.isascii() else 3):
        return None
    known = {
        key: column
        for column in free
        if column.name not in _NEVER_BY_LIKENESS
        and not _is_where_of_side(column)
        and not (column.name in _TEXTS and _holds_codes(samples[title]))
        # Nothing is published, or left out, by a title that is only like.
        and not (
            table in OWN_LISTS and column.name in ("owner", "specification", "model", "number")
        )
        for key in ranks_of(column)
    }
    near = difflib.get_close_matches(key, known, 1, _ALIKE)
    column = known[near[0]] if near else None
    if column and column.name == "name" and _OF_THINGS.search(normal(title)):
        return None
    if column and column.name == "certificates" and _OF_NUMBERS.search(normal(title)):
        return None
    is_such = _ALIKE_ONLY_WITH.get(column.name) if column else None
    filled = filled_values(samples[title])
    if is_such and sum(map(is_such, filled)) < MOST * len(filled):
        return None
    return column


# Whose name a title says that it is, where it is no organisation's: 商品名称, part name.
_OF_THINGS = regex(
    r"商品|产品|货物|货品|物料|存货|材料|零件|设备|仪器|项目|课题|证书|资质|体系|专利|政策|成果|技术|需求|品名|品牌|文件|车间|岗位"
    r"|\b(?:product|part|item|goods|material|article|project|equipment|file|patent|certificate)"
)
# Columns of which a title that is only like theirs says too little by itself.
_ALIKE_ONLY_WITH: Mapping[str, Callable[[str], bool]] = {
    "description": lambda value: value not in ("true", "false"),
    "capacity": lambda value: any(map(str.isdigit, value)) and not _WORDS.search(value),
    "website": lambda value: bool(_WEBSITE.fullmatch(value)),
    "name": lambda value: is_organization_name(value) or len(_WORD.findall(value)) > 1,
}
_OF_VALUES: Mapping[str, Callable[[str], bool]] = {
    "credit_code": lambda value: check("credit_code", value).valid,
    "lei": lambda value: check("lei", value).valid,
    "website": lambda value: bool(_WEBSITE.fullmatch(value)),
    "contact": lambda value: bool(_MAIL.fullmatch(value)) or is_phone(value),
    "size": is_word_of(Size),
    "tier": is_word_of(Tier),
    "kind": is_word_of(Kind),
}
