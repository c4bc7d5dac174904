# ruff: noqa: E501 -- words, as a list is read
"""Columns that people's lists have and ours do not, and why: they are told, never passed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from matchmaker.ingest.column_values import are_ranks_of_members
from matchmaker.ingest.suggestions import is_about_answer, is_no_stage, only_counts
from matchmaker.ingest.title_keys import halves_of, title_keys
from matchmaker.ingest.words import word_key
from matchmaker.messages import Message, message

_REMARKS = message("Remarks are not kept.")
# What has no place with us, whichever list it stands in.
_UNUSED: tuple[tuple[str, Message], ...] = (
    (
        "交货期|交货周期|供货周期|交付周期|交期|交货天数|交货日期|交付日期|到货日期|要求交货日期|lead time|delivery time|delivery date|delivery|delivery period|delivered|due for delivery|lieferzeit|liefertermin|lieferdatum|délai de livraison|plazo de entrega|termin dostawy|срок поставки|納期|납기",
        message("When or how fast something is delivered is not kept."),
    ),
    (
        "单价|数量|单位|计量单位|件数|规格|含税单价|税率|税额|unit price|price per unit|quantity|qty|pcs|unit|units|uom|vat rate|tax|tax rate|menge|einheit|einzelpreis|stückpreis|quantité|prix unitaire|cantidad|precio unitario|ilość|cena jednostkowa|količina|količina|количество|ед изм|数量単価|単価|수량|단가",
        message("Of an order only what is bought and its total are kept."),
    ),
    (
        "备注|说明备注|附注|remark|remarks|note|notes|comment|comments|bemerkung|bemerkungen|anmerkung|anmerkungen|notiz|remarques|observaciones|observações|uwagi|poznámka|poznámky|примечание|примечания|備考|비고",
        _REMARKS,
    ),
    (
        "法定代表人|法人代表|法人|法人姓名|负责人|董事长|总经理|企业负责人|legal representative|ceo|director|managing director|owner|geschäftsführer|geschäftsführung|dirigeant|représentant légal|代表者氏名|대표자",
        message("Who leads it is not kept; a person to turn to is a contact."),
    ),
    (
        "职务|职位|职称|岗位|参会人职务|联系人职位|position|job title|role|function|title|salutation|mr/ms|anrede|titel|funktion|stellung|fonction|poste|civilité|cargo|puesto",
        message("What position a person has is not kept."),
    ),
    (
        "签到|是否签到|签到情况|是否到会|到会情况|签名|座位|座位号|用餐|住宿|attended|checked in|signature|seat|table no|dietary requirements",
        message("Who came to an event is not kept."),
    ),
    (
        "会费|会费缴纳|会费缴纳情况|缴费情况|是否缴费|会员级别|会员等级|会员类别|会内职务|协会职务|会员到期日|会员有效期|有效期|membership fee|fee|fees|fee paid|membership level|membership type|membership class|membership expires|expires|expiry date|valid until|mitgliedsbeitrag|beitrag|cotisation",
        message("Fees, ranks and terms of a membership are not kept."),
    ),
    (
        "展位|展位号|展台|展台号|booth|booth no|booth number|stand|stand no|stand number|hall|halle|standnummer",
        message("Where somebody stands at a fair is not kept."),
    ),
    (
        "邮编|邮政编码|zip|zip code|postcode|post code|postal code|plz|postleitzahl|code postal|código postal|cap|psč|kod pocztowy|индекс|почтовый индекс|郵便番号|우편번호",
        message("A postcode is not kept: the place stands for it."),
    ),
    ("传真|传真号|传真号码|fax|fax number|telefax|faks|факс", message("Fax numbers are not kept.")),
    (
        "经度|纬度|坐标|latitude|longitude|lat|lon|lng|coordinates|breitengrad|längengrad",
        message("Where exactly it stands is not kept: the place stands for it."),
    ),
    (
        "组织机构代码|工商注册号|注册号|营业执照注册号|海关编码|海关注册编码|股票代码|证券代码|handelsregister|handelsregisternummer|hrb|hrb nummer|siret|siren|duns|duns number|d-u-n-s|regon|krs|ičo|ico|инн|огрн|кпп|stock code|ticker|registration no|register number|company number|company registration number|companies house number",
        message(
            "Numbers of other registers are not kept: credit code, VAT number, LEI and ROR are."
        ),
    ),
)


_BELONGS_TO = "依托单位|主管部门|主管单位|上级单位|上级主管部门|母公司|控股股东|所属集团|集团|举办单位|建设单位|运营单位|hosted by|host institution|parent|parent company|parent organisation|group|belongs to|muttergesellschaft|konzern|träger|maison mère"
NO_PLACE = message("No column here corresponds to it.")


def why_unused(table: str, title: str, values: Sequence[str]) -> Message | None:
    """Why a title that heads no column of a table heads none; None for no known reason."""
    if only_counts(title):
        return message("It only counts the lines.")
    if is_about_answer(title):
        return message("It is about the answer to a survey, not about who answers.")
    reasons = _reasons()
    for key in (*title_keys(title), *halves_of(title)[:1]):
        if key in reasons:
            return reasons[key]
    if table == "organizations" and not _belonging().isdisjoint(title_keys(title)):
        return message("Whom it belongs to is a relation: import it in a list of relations.")
    if table == "organizations" and are_ranks_of_members(values):
        return message("Fees, ranks and terms of a membership are not kept.")
    if is_no_stage(table, title, values):
        return message("Its words are no stages of the value chain that are known here.")
    return None


def is_remark(title: str) -> bool:
    """Whether a title heads remarks, 备注."""
    return any(_reasons().get(key) is _REMARKS for key in title_keys(title))


@cache
def _reasons() -> Mapping[str, Message]:
    return {word_key(word): why for words, why in _UNUSED for word in words.split("|")}


@cache
def _belonging() -> frozenset[str]:
    return frozenset(map(word_key, _BELONGS_TO.split("|")))
