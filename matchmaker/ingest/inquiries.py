# ruff: noqa: E501 -- words, as a list is read
"""Lists of inquiries and requests for quotation: what buyers look for, and no orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matchmaker.ingest.title_keys import title_keys
from matchmaker.ingest.words import keys_of

# Titles that only such lists have, and those of what came of an inquiry.
_OF_REQUESTS = "rfq|rfq no|rfq number|rfq id|rfq ref|request for quotation|inquiry no|enquiry no|inquiry id|询价单号|询价单编号|询盘编号|询盘单号|询盘日期|求购编号|anfragenummer|anfrage-nr"
_OF_ORDERS = "supplier|vendor|awarded to|winner|order no|po no|po number|contract no|unit price|total|amount|order value|供应商|供应商名称|中标单位|成交供应商|合同号|订单号|总价|合同金额|lieferant|bestellnummer"
_COLUMNS: Mapping[str, str] = {
    "name": "buyer|buyer name|customer|client|requested by|purchaser|company|采购商|采购方|采购单位|买家|客户|求购单位|询价单位|besteller|kunde",
    "need": "item|items|product|description|part|part name|specification|specifications|spec|details|material|品名|产品|产品名称|物料名称|规格|规格型号|技术要求|询价内容|询盘内容|求购内容|artikel|bezeichnung|spezifikation",
    "need_quantity": "qty|quantity|quantity needed|数量|采购数量|需求数量|menge",
    "need_deadline": "required by|needed by|delivery by|due|due date|deadline|closing date|交货期|交期|截止日期|报价截止|有效期|liefertermin|abgabefrist",
    "need_state": "status|state|rfq status|状态",
}


def is_list_of_requests(titles: Iterable[str]) -> bool:
    """Tell whether titles are those of inquiries, of which none names who got an order."""
    keys = {key for title in titles for key in title_keys(title)}
    return not keys.isdisjoint(keys_of(_OF_REQUESTS)) and keys.isdisjoint(keys_of(_OF_ORDERS))


def columns_of_requests(titles: Iterable[str]) -> dict[str, str]:
    """Columns of a list of inquiries by title, as of organisations with what they need."""
    titles = tuple(titles)
    if not is_list_of_requests(titles):
        return {}
    found: dict[str, str] = {}
    for title in titles:
        keys = title_keys(title)
        named = (name for name, words in _COLUMNS.items() if not keys_of(words).isdisjoint(keys))
        name = next(named, "")
        if name == "need" or (name and name not in found.values()):
            found[title] = name
    return found
