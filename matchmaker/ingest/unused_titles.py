# ruff: noqa: E501 -- words, as a list is read
"""Columns that people's lists have and ours do not, and why: they are told, never passed over."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.ingest.column_values import are_ranks_of_members, are_running
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.list_formats import OFFERINGS
from matchmaker.ingest.question_titles import is_about_answer
from matchmaker.ingest.suggestions import is_no_stage, recognised
from matchmaker.ingest.title_keys import only_counts, title_keys
from matchmaker.ingest.unused_words import unused_reason
from matchmaker.ingest.words import keys_of
from matchmaker.messages import Message, message

_BELONGS_TO = "依托单位|主管部门|主管单位|上级单位|上级主管部门|母公司|控股股东|所属集团|集团|举办单位|建设单位|运营单位|hosted by|host institution|parent|parent company|parent organisation|group|belongs to|muttergesellschaft|konzern|träger|maison mère"
NO_PLACE = message("No column here corresponds to it.")
_PRICES = "价格|单价|含税单价|不含税单价|未税单价|售价|销售价|出厂价|含税价|未税价|不含税价|报价|面价|标价|目录价|零售价|批发价|代理价|经销价|优惠价|参考价|参考价格|市场价|折扣|折扣率|成本|成本价|进价|采购价|金额|总价|税率|price|unit price|list price|net price|gross price|retail price|wholesale price|fob price|exw price|price per unit|price per piece|cost|discount|amount|preis|listenpreis|stückpreis|prix|precio|prezzo|eur|usd|rmb|cny|€|$"
_UNITS = "单位|计量单位|基本单位|unit|units|uom|unit of measure|einheit|me|unité|unidad"
_STOCK = "库存|现存量|结存|结存数量|库存数量|库存量|现有库存|可用库存|现货|现货数量|仓库|库位|stock|in stock|stock quantity|stock qty|on hand|inventory|availability|warehouse|bestand|lagerbestand"


def why_unused(table: str, title: str, values: Sequence[str]) -> Message | None:
    """The reason why a title heads no column of a table; None for no known reason."""
    if only_counts(title) or (table == OFFERINGS and are_running(values)):
        return message("It only counts the lines.")
    if table == OFFERINGS and (reason := _why_not_offered(title)):
        return reason
    if is_about_answer(title):
        return message("It is about the answer to a survey, not about who answers.")
    if reason := unused_reason(title):
        return reason
    if table not in TABLES and "contact" in recognised("organizations", {title: ()}).values():
        return message(
            "People to turn to are kept with the organisation: say them in a list of members."
        )
    if table == "organizations" and not keys_of(_BELONGS_TO).isdisjoint(title_keys(title)):
        return message("Whom it belongs to is a relation: import it in a list of relations.")
    if table == "organizations" and are_ranks_of_members(values):
        return message("Fees, ranks and terms of a membership are not kept.")
    if is_no_stage(table, title, values):
        return message("Its words are no stages of the value chain that are known here.")
    return None


def _why_not_offered(title: str) -> Message | None:
    """What others need not read of an offering; whoever wants them to chooses a column for it."""
    keys = title_keys(title)
    if not keys_of(_PRICES).isdisjoint(keys):
        return message(
            "Prices are not published: choose what it is said in where others may read them."
        )
    if not keys_of(_UNITS).isdisjoint(keys):
        return message("What it is counted in is not kept.")
    if not keys_of(_STOCK).isdisjoint(keys):
        return message("How much is in stock is not kept: it is another figure tomorrow.")
    return None
