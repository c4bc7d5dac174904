"""The work of packing, told from what things are packed in: 套袋打包 is not done by who prints boxes."""

from __future__ import annotations

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import (
    Fulfilment,
    Judgement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.wholes import is_made
from matchmaker.regex import regex

_WORK = regex(
    r"贴标|套袋|打包|装袋|装盒|配对|挂卡|吊卡|贴条码|[贴打]吊牌|包装(?:代工|加工|点|工序)|"
    r"\b(?:packing (?:service|work|line)|pack(?:s|ed)? (?:our|the|them|it|in)|(?:co-)?packers?|contract pack\w*|polybagging|hang tagging)\b"
)
_GOODS = frozenset(
    {"carton box", "bag", "label", "sock card", "metal hook", "hang tag", "hanger", "film"}
)


def unless_packed_in(
    judgement: Judgement, need: Specification, statement: Specification
) -> Judgement:
    """A judgement, unknown where packing is to be done and its owner only makes what for it."""
    wanted = judgement.requirement
    is_met = judgement.verdict is Fulfilment.MET and not wanted.denied
    if wanted.value != "packaging" or not is_met or not _WORK.search(fold(need.text)):
        return judgement
    makes = (i for i in statement.of(RequirementKind.PRODUCT) if is_made(i))
    if _WORK.search(fold(statement.text)) or not any(i.value in _GOODS for i in makes):
        return judgement
    return Judgement(wanted, Fulfilment.UNKNOWN)
