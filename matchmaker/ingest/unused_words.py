# ruff: noqa: E501 -- words, as a list is read
"""Titles of columns that have no place with us, whichever list they stand in, with the reason. Data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from matchmaker.ingest.title_keys import halves_of, title_keys
from matchmaker.ingest.words import word_key
from matchmaker.messages import Message, message

_REMARKS = message("Remarks are not kept.")
# What has no place with us, whichever list it stands in.
_UNUSED: tuple[tuple[str, Message], ...] = (
    (
        "req delivery|requested delivery|required delivery|delivery req|wunschtermin|期望交期|要求交期|交货期|交货周期|供货周期|交付周期|交期|交货天数|交货日期|交付日期|到货日期|要求交货日期|lead time|delivery time|delivery date|delivery|delivery period|delivered|due for delivery|lieferzeit|liefertermin|lieferdatum|délai de livraison|plazo de entrega|termin dostawy|срок поставки|納期|납기",
        message("When or how fast something is delivered is not kept."),
    ),
    (
        "qty / year|quantity / year|annual quantity|成交数量|成交单位|第一数量|第一单位|moq|起订量|line|item no|单价|数量|单位|计量单位|件数|规格|含税单价|税率|税额|unit price|price per unit|quantity|qty|pcs|unit|units|uom|vat rate|tax|tax rate|menge|einheit|einzelpreis|stückpreis|quantité|prix unitaire|cantidad|precio unitario|ilość|cena jednostkowa|količina|količina|количество|ед изм|数量単価|単価|수량|단가",
        message("Of an order only what is bought and its total are kept."),
    ),
    (
        "备注|说明备注|附注|remark|remarks|note|notes|comment|comments|bemerkung|bemerkungen|anmerkung|anmerkungen|notiz|remarques|observaciones|observações|uwagi|poznámka|poznámky|примечание|примечания|備考|비고",
        _REMARKS,
    ),
    (
        "完成人|成果完成人|主要完成人|第一完成人|项目负责人|项目主持人|课题负责人|主持人|负责人姓名|project manager|project leader|principal investigator|pi|法定代表人|法人代表|法人|法人姓名|负责人|董事长|总经理|企业负责人|legal representative|ceo|director|managing director|owner|geschäftsführer|geschäftsführung|dirigeant|représentant légal|代表者氏名|대표자",
        message("Who leads it is not kept; a person to turn to is a contact."),
    ),
    (
        "职务|职位|职称|岗位|参会人职务|联系人职位|position|job title|role|function|title|salutation|mr/ms|anrede|titel|funktion|stellung|fonction|poste|civilité|cargo|puesto",
        message("What position a person has is not kept."),
    ),
    (
        "是否愿意参加对接会|愿意参加对接会|是否参加对接会|参加对接会|是否愿意参加对接活动|愿意参加对接活动|是否参会|是否参展|will attend|签到|是否签到|签到情况|是否到会|到会情况|签名|座位|座位号|用餐|住宿|attended|checked in|signature|seat|table no|dietary requirements",
        message("Who came to an event is not kept."),
    ),
    (
        "会员职务|协会任职|协会职位|会员身份|会员类型|会员资格|membership category|会费|会费缴纳|会费缴纳情况|缴费情况|是否缴费|会员级别|会员等级|会员类别|会内职务|协会职务|会员到期日|会员有效期|membership fee|fee|fees|fee paid|membership level|membership type|membership class|membership expires|mitgliedsbeitrag|beitrag|cotisation",
        message("Fees, ranks and terms of a membership are not kept."),
    ),
    (
        "有效期|有效期限|有效期至|有效期截止|expires|expiry date|valid until",
        message("Until when it holds is kept of certificates only, in a list of their own."),
    ),
    (
        "参保人数|社保人数|参保员工数|实缴资本日期|核准日期|纳税人资质|纳税信用等级|历史名称数|insured persons",
        message("What registers say of insurance, taxes and their own entries is not kept."),
    ),
    (
        "出口占比|出口比例|外销比例|内销比例|export share|export %|export ratio|exportquote|supplier type|type of supplier|delivery area|sales area",
        message(
            "To which markets and in what role it sells is not kept; its description may say so."
        ),
    ),
    (
        "展位|展位号|展台|展台号|booth|booth no|booth number|stand|stand no|stand number|hall|halle|standnummer",
        message("Where somebody stands at a fair is not kept."),
    ),
    (
        "楼栋|楼号|楼层|房号|室号|单元|面积|面积(㎡)|租赁面积|建筑面积|租期|租金|楼栋号|unit no|floor|floor area|lease|lease term|rent",
        message("Which rooms somebody rents is not kept."),
    ),
    (
        "走访日期|走访时间|走访单位|走访人|走访人员|责任部门|责任单位|办结时间|办结日期|包联领导|visit date|visited on|visited by",
        message("Who called on somebody when, and who deals with it, is not kept."),
    ),
    (
        "邮编|邮政编码|zip|zip code|postcode|post code|postal code|plz|postleitzahl|code postal|código postal|cap|psč|kod pocztowy|индекс|почтовый индекс|郵便番号|우편번호",
        message("A postcode is not kept: the place stands for it."),
    ),
    (
        "备注名|好友备注|昵称备注|标签|分组|好友分组|添加时间|添加方式|添加日期|加好友时间|label|labels|tag|tags|contact group|date added|added on",
        message("How somebody filed a contact is not kept."),
    ),
    (
        "vendor|kreditor|debitor|mitgl-nr|mitgl.-nr.|mitgliedsnummer|mitglieds-nr|member no|member id|membership no|vendor no|vendor number|vendor id|vendor code|supplier no|supplier number|supplier id|supplier code|customer no|customer number|customer id|customer code|lieferantennr|lieferantennummer|lieferanten-nr|lieferant nr|kreditor|kreditorennr|kreditorennummer|debitor|debitorennr|debitorennummer|kundennr|kundennummer|供应商编号|供应商编码|供应商代码|客户编号|客户编码|客户代码|经营单位代码|境内收发货人代码",
        message("Numbers of organisations in others' systems are not kept."),
    ),
    (
        "our ref|our reference|your ref|buyer ref|unser zeichen|ihr zeichen|sachbearbeiter|einkäufer|purchaser name|purchasing group|einkäufergruppe|我方经办人|经办人|采购员|业务员|跟单员|制单人|clerk",
        message("Who handles it in somebody's office is not kept."),
    ),
    (
        "运抵国|运抵国(地区)|最终目的国|最终目的国(地区)|目的国|目的地|启运国|启运国(地区)|原产国|原产国(地区)|country of destination|destination|country of origin|商品编码|税号编码|hs编码|hs code|tariff code|customs tariff number|warengruppe|material group code|zahlungsbedingung|zahlungsbedingungen|zahlungsbed|payment terms|terms of payment|付款方式|付款条件|结算方式|incoterms|贸易方式|成交方式|运输方式|出境关别|进境关别|申报关区|监管方式|运费|保费|毛重|净重|shipping method|mode of transport|port of loading|port of discharge|gross weight|net weight|letzte bewegung|last movement",
        message("How goods are grouped, paid for, declared and shipped is not kept."),
    ),
    (
        "机组负责人|仪器负责人|设备负责人|仪器管理员|资产编号|资产编码|固定资产编号|设备编号|仪器编号|原值|原值(元)|购置日期|购置时间|购置年份|购入日期|启用日期|采购价|购置金额|asset no|asset number|inventory no|inventory number|purchase date|purchase price|date of purchase|存放地点|放置地点|存放位置|安装地点|管理员|机组人员|保管人|custodian|inventarnummer|anschaffungsdatum",
        message("Its number, where equipment stands, what it cost and who keeps it are not kept."),
    ),
    (
        "财政补助|财政资助|政府补助|其中财政资助|财政拨款|自筹|自筹资金|自筹经费|企业自筹|grant share|own contribution|eigenanteil",
        message("Of a project only its whole budget is kept."),
    ),
    (
        "purch block|purch. block|purchase block|posting block|sperre|sperrkennzeichen|gesperrt|zentrale sperre|einkaufssperre|löschkennzeichen|löschvormerkung|blocked|deletion flag|停用|是否停用|停用标志|冻结|是否冻结|黑名单|是否黑名单",
        message("Only a mark that an entry is no longer to be used is taken from it."),
    ),
    (
        "所属学院/团队|所属学院|学院|院系|所属团队|团队|课题组|所属部门|部门|处室|科室|department|faculty|team|research group|abteilung|fakultät",
        message("Which part of an organisation it is is not kept."),
    ),
    (
        "create time|createtime|create date|update time|updatetime|publish time|publishtime|created on|angelegt am|登记日期|登记时间|填表日期|填表时间|填报日期|记录日期|录入时间|创建时间|更新时间|date|datum|recorded on|last updated|updated|created|timestamp",
        message("When a line was written is not kept."),
    ),
    ("传真|传真号|传真号码|fax|fax number|telefax|faks|факс", message("Fax numbers are not kept.")),
    (
        "经度|纬度|坐标|latitude|longitude|lat|lon|lng|coordinates|breitengrad|längengrad",
        message("Where exactly it stands is not kept: the place stands for it."),
    ),
    (
        "统一编号|组织机构代码|工商注册号|注册号|营业执照注册号|海关编码|海关注册编码|股票代码|证券代码|handelsregister|handelsregisternummer|hrb|hrb nummer|siret|siren|duns|duns number|d-u-n-s|regon|krs|ičo|ico|инн|огрн|кпп|stock code|ticker|registration no|register number|company number|company registration number|companies house number",
        message(
            "Numbers of other registers are not kept: credit code, VAT number, LEI and ROR are."
        ),
    ),
)


def unused_reason(title: str) -> Message | None:
    """The reason why what stands under a title is not kept, None where none is known."""
    reasons = _reasons()
    keys = (*title_keys(title), *halves_of(title)[:1])
    return next((reasons[key] for key in keys if key in reasons), None)


def is_remark(title: str) -> bool:
    """Tell whether a title heads remarks, 备注."""
    return any(_reasons().get(key) is _REMARKS for key in title_keys(title))


@cache
def _reasons() -> Mapping[str, Message]:
    return {word_key(word): why for words, why in _UNUSED for word in words.split("|")}
