"""Judging what the cells of a column hold, whatever its title says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, filled_values
from matchmaker.ingest.need_kinds import need_kinds
from matchmaker.ingest.need_sides import are_sides
from matchmaker.ingest.sizes import people_between
from matchmaker.ingest.words import member_of
from matchmaker.regex import regex
from matchmaker.text import normal
from matchmaker.vocabulary import Kind, OfferKind, Size, Tier

# The share of a column's values that must be of a kind for the column to be of it.
MOST = 0.6


def are_counts(values: Sequence[str]) -> bool:
    """Tell whether values count people: 150人, 20, 20-300人."""
    filled = filled_values(values)
    return bool(filled) and sum(map(_is_count, filled)) > len(filled) / 2


def _is_count(value: str) -> bool:
    return bool(_COUNT.fullmatch(value)) or people_between(value) is not None


_COUNT = regex(
    r"(?:约|ca\.? ?|~)?\d{1,6}\s*(?:多|余)?(?:人|名|employees|staff|people)?(?:左右|以上)?"
)


def are_no_sizes(values: Sequence[str]) -> bool:
    """Tell whether values below 规模 count people or goods: 150人, 80吨/月, 2000件."""
    filled = filled_values(values)
    goods = sum(bool(_GOODS.fullmatch(normal(value))) for value in filled)
    return are_counts(values) or goods > len(filled) / 2


def are_running(values: Sequence[str]) -> bool:
    """Tell whether values, in their order, are 1, 2, 3 and so on, or 0, 1, 2."""
    numbers = [value.removesuffix(".0") for value in values if value]
    if len(numbers) < 2 or numbers[0] not in ("0", "1"):
        return False
    return numbers == [str(int(numbers[0]) + step) for step in range(len(numbers))]


def are_units_of_measure(values: Sequence[str]) -> bool:
    """Tell whether values are what things are counted in, as of orders: 只, 件, 吨, pcs."""
    filled = filled_values(values)
    return bool(filled) and sum(map(_is_unit, filled)) >= MOST * len(filled)


def _is_unit(value: str) -> bool:
    return _UNIT.fullmatch(normal(value)) is not None


_UNIT = regex(
    r"[只件吨次台套个箱包米升根张片块支把批项条组双对盒瓶桶卷株头辆艘架座间份册本页瓦斤克粒颗副付幅樘扇期年月天日时]"
    r"|千克|公斤|公里|千米|平米|平方米|立方米?|万元|人次|人天|工日|小时|千瓦时?"
    r"|pcs?|pce|pieces?|st|stk|stück|each|ea|sets?|kgs?|g|t|tons?|tonnes?|to|m[²³23]?|lm|l|ltr|box(?:es)?"
    r"|ctn|cartons?|bags?|rolls?|pairs?|units?|hrs?|hours?|h|au|le|lot|kwh|km|mm|cm"
)


_GOODS = regex(
    r"(?:约|每[年月周日天]|年产?|月产?|≥|>|ca\.? ?|~)?\s*[\d.,]+\s*[万千百]?"
    rf"\s*(?:{_UNIT.pattern})\s*"
    r"(?:(?:/|每|per |a )\s*(?:年|个?月|周|日|天|批|次|year|month|week|day)|左右|以上)?"
)


def are_ranks_of_members(values: Sequence[str]) -> bool:
    """Tell whether values are ranks in an association, as 副会长单位, and not what members are."""
    filled = filled_values(values)
    return bool(filled) and sum(map(_is_rank, filled)) >= MOST * len(filled)


def _is_rank(value: str) -> bool:
    return _RANK.fullmatch(normal(value).replace(" ", "")) is not None


_RANK = regex(
    r"(?:荣誉|名誉|轮值|常务|执行|创始|首届|第\w届)*(?:副?会长|副?理事长|副?主席|理事|常务理事|监事长?|秘书长|会员|发起人?"
    r"|普通会员|团体会员|单位会员|一般会员|正式会员|预备会员)(?:单位|企业|会员)?"
    r"|(?:full|ordinary|regular|associate|associated|founding|honorary|corporate|individual|supporting"
    r"|premium|gold|silver|bronze|platinum|basic|vollmitglied|fördermitglied|gründungsmitglied)"
    r"(?:member(?:ship)?)?"
)


def is_phone(value: str) -> bool:
    """Tell whether a value is a number that is called."""
    return sum(map(str.isdigit, value)) >= _DIGITS_OF_PHONE and bool(_PHONE.fullmatch(value))


# So many digits a number that is called has at least: 50-100 is none.
_DIGITS_OF_PHONE = 7
_PHONE = regex(r"(?:\+?\d{1,3}[- ])?(?:\(?\d{2,5}\)?[- ])\d{3,8}(?:[- ]\d{2,8})*|1[3-9]\d{9}")


def are_kinds_of_offers(values: Sequence[str]) -> bool:
    """Tell whether values are kinds of what is offered: 产品, service; not 球阀."""
    filled = filled_values(values)
    return sum(map(is_word_of(OfferKind), filled)) >= MOST * len(filled)


def are_kinds_of_needs(values: Sequence[str]) -> bool:
    """Tell whether values are kinds of needs: 采购, 技术, 外协; not 企业."""
    filled = filled_values(values)
    return bool(filled) and sum(map(_is_kind_of_need, filled)) >= MOST * len(filled)


def are_no_kinds(table: str, values: Sequence[str]) -> bool:
    """Tell whether what stands below 类别 are ranks of members, or kinds of what they need."""
    is_of_needs = table == "organizations" and (are_kinds_of_needs(values) or are_sides(values))
    return are_ranks_of_members(values) or is_of_needs


def _is_kind_of_need(value: str) -> bool:
    try:
        return bool(need_kinds(value))
    except (InvalidInput, CellWarning):
        return False


def are_in_codes(title: str) -> bool:
    """Tell whether a title says that its column has codes of one beside it: 类型（代码）."""
    return bool(_IN_CODES.search(normal(title)))


_IN_CODES = regex(r"[(（](?:代码|code)[)）]$")


def is_word_of(
    members: type[Kind] | type[Size] | type[Tier] | type[OfferKind],
) -> Callable[[str], bool]:
    """What tells whether a cell is a word of a closed list."""

    def is_word(value: str) -> bool:
        try:
            member_of(members, value)
        except (InvalidInput, CellWarning):
            return False
        return True

    return is_word
