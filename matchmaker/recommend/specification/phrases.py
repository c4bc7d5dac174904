"""The things named in a text, and what each is in its phrase: head, whole, or customer's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matchmaker.recommend.specification.model import Requirement, RequirementKind, Role
from matchmaker.recommend.specification.vocabulary import Match, Term, parts, shapes

_THINGS = (RequirementKind.PRODUCT, RequirementKind.PROCESS)
_STEEL = re.compile(
    r"(?:不锈钢|钢|铝|铜|钛|stainless|steel|alumin|alloy|aisi|sus|ss|grade|材质|牌号|合金)[^，,;；。0-9]{0,6}$"
)
_STEEL_AFTER = re.compile(
    r"[^，,;；。0-9]{0,4}(?:不锈钢|钢|铝|铜|钛|stainless|steel|alumin|alloy|l\b)|/"
)
# Words directly behind a product that make another thing of it.
_PART_AFTER = re.compile(
    r"(?:[ -](?:bod(?:y|ies)|seats?|stems?|discs?|parts?|components?|spares?|spare parts|blanks?|heads?|covers?|accessor(?:y|ies)|"
    r"machines?|machinery|moulds?|molds?|tooling|cores?|balls?|trims?|repairs?|maintenance|testing|test|tests|needles?|linings?|cases?|boxes|design)(?![a-z]))|"
    r"(?:配件|零件|零部件|部件|备件|附件|毛坯|设备|专用|用|机械|生产线|维修|材料|原料|球体|内件|耗材)"
)
_MAKER_AFTER = re.compile(
    r"[ -](?:makers?|manufacturers?|producers?|plants?|factor(?:y|ies)|mills?|industr(?:y|ies)|brands?|importers?|retailers?|shops?|oems?|customers?|assemblers?|builders?|companies)(?![a-z])|"
    r"(?:厂商|厂家|厂|企业|行业|客户|公司|制造商|生产商|主机厂|品牌|领域|市场|产业|店)"
)
_SERVED = re.compile(
    r"(?:为|给|供|向|面向|服务于|服务|销往|销售给|配套给?|用于|应用于|适用于|客户(?:是|为|包括|有|：|:)?|供应给|卖给|专供)[^，,;；。]{0,10}$|"
    r"\b(?:supply|supplying|supplies|supplied|deliver(?:s|ed)?|sold|sell|serving|serve[sd]?|suppliers?|customers (?:are|include)|used (?:in|on|by))\s(?:directly\s)?(?:to\s|for\s|of\s)?(?:the\s|all\s|major\s|leading\s|many\s|local\s)?[a-z -]{0,20}$|\b(?:to|for)\s(?:the\s)?[a-z -]{0,20}$"
)
_MATCHED = re.compile(r"(?:为|给)[^，,;；。]{0,4}$")
_MATCHED_AFTER = re.compile(r"[^，,;；。]{0,6}(?:配套|供货|服务|代工)")
_LINK = re.compile(r"[\s-]*(?:parts?\s)?(?:of|for|on|onto|to suit)\s(?:[a-z0-9,/.-]+\s){0,4}$")
_WANTED = re.compile(
    r"(?:look|search|quote|quotation|request|demand|market|ask|wait|need)\w*\s(?:for|of)\s"
)
_OF_IT = re.compile(r"(?:的|上的|表面|专用|用|类|系列|产品)?(?:精密|精|粗|毛坯|表面|外协|代)?$")


def phrases(text: str, folded: str, terms: list[Match], taken: bytearray) -> Iterator[Requirement]:
    """Products, processes, materials, certificates, places and partners that are named."""
    free = [m for m in terms if taken.find(1, m.start, m.end) < 0]
    for position, match in enumerate(free):
        following = free[position + 1] if position + 1 < len(free) else None
        before = free[position - 1] if position else None
        term = match.term
        if term.bare and not _is_grade(folded, match, before):
            continue
        role = Role.ITSELF
        if term.kind in _THINGS:
            role = _role(folded, match, term, before, following)
        yield Requirement(
            term.kind,
            term.value,
            text[match.start : match.end],
            match.start,
            match.end,
            family=term.family,
            aspect="grade" if term.graded else "",
            role=role,
        )


def _is_grade(folded: str, match: Match, before: Match | None) -> bool:
    """Digits alone are a grade beside a word of metals (304不锈钢, stainless steel 316)."""
    near = folded[max(0, match.start - 16) : match.start]
    if _STEEL.search(near) or _STEEL_AFTER.match(folded, match.end):
        return True
    return bool(before and before.term.graded and match.start - before.end <= 2)


def _role(
    folded: str, match: Match, term: Term, before: Match | None, following: Match | None
) -> Role:
    """What a product or process is, by the words around it."""
    ahead = folded[max(0, match.start - 32) : match.start]
    clause = re.split(r"[，,;；。.!?]", ahead)[-1]
    if following is not None and following.term.kind in _THINGS and following.start > match.start:
        between = folded[match.end : following.start]
        if _modifies(between, term, following.term):
            return Role.WHOLE
    if before is not None and before.term.kind in _THINGS:
        link = folded[before.end : match.start]
        if _LINK.fullmatch(link):
            return Role.WHOLE
    if _PART_AFTER.match(folded, match.end):
        return Role.WHOLE
    if (
        _MAKER_AFTER.match(folded, match.end)
        and _SERVED.search(clause)
        and not _WANTED.search(clause)
    ):
        return Role.CUSTOMER
    if _MATCHED.search(clause) and _MATCHED_AFTER.match(folded, match.end):
        return Role.CUSTOMER
    return Role.ITSELF


def _modifies(between: str, term: Term, following: Term) -> bool:
    """Whether a thing directly before another says of what, or on what, that one is."""
    if term.kind is RequirementKind.PROCESS:
        return False
    if between and not between.isspace() and between != "-" and not _OF_IT.fullmatch(between):
        return False
    if between == "" or between in " -" or _OF_IT.fullmatch(between):
        return not (term.value in parts() and following.value in shapes())
    return False
