# ruff: noqa: E501 -- words, as a list is read
"""Lists that people keep and that are none of our tables: orders, projects, relations. Data.

Their organisations are given by name. A list becomes rows by a mapping (`list_reader.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker import domain
from matchmaker.ingest import customs
from matchmaker.ingest import title_words as titles
from matchmaker.ingest.columns import TABLES, Column, TableFormat
from matchmaker.ingest.currencies import currency_code
from matchmaker.ingest.dates import last_date, partial_date
from matchmaker.ingest.numbers import amount
from matchmaker.ingest.periods import duration_in_months
from matchmaker.ingest.relation_words import relation
from matchmaker.ingest.words import flag, keys_of, one_of, open_to_others

ORDERS, PROJECTS, RELATIONS, EQUIPMENT = "orders", "projects", "relations", "equipment"
PROGRAMMES, PATENTS, TECHNOLOGIES = "programmes", "patents", "technologies"
CERTIFICATIONS = "certifications"
OFFERINGS = "offerings"


def _of_side(chinese: str, english: str, others: str) -> tuple[str, str]:
    """Titles of the places and of the countries of a side, as it is called by these words."""
    han = [(side, end) for side in chinese.split("|") for end in _PLACE_OF.split("|")]
    latin = [(side, end) for side in english.split("|") for end in _PLACE_OF_ENGLISH.split("|")]
    other = [(side, end) for side in others.split("|") for end in _PLACE_OF_OTHERS.split("|")]
    places = [
        *(f"{side}{of}{end}" for side, end in han for of in ("", "所在", "的")),
        *(f"{side} {end}" for side, end in latin),
        *(f"{side}{of}{end}" for side, end in latin for of in ("'s ", "s ")),
        *(f"{end} {side}" for side, end in other),
        *(
            f"{end} {of} {side}"
            for side, end in other
            for of in ("des", "du", "de", "del", "der", "dell")
        ),
        *(f"{side} {end}" for side, end in other),
    ]
    countries = [
        *(
            f"{side}{end}"
            for side in chinese.split("|")
            for end in ("国家", "所在国", "所在国家", "国别")
        ),
        *(
            f"{side} {end}"
            for side in english.split("|")
            for end in ("country", "country code", "nation")
        ),
        *(
            f"{end} {of}{side}"
            for side in others.split("|")
            for end in ("land", "pays", "país", "paese")
            for of in ("", "des ", "du ", "del ")
        ),
    ]
    return "|".join(dict.fromkeys(places)), "|".join(dict.fromkeys(countries))


_PLACE_OF = "地|地址|地区|所在地|所在地区|所在城市|城市|省份|省市|区域|属地|区县|注册地|注册地址|住所|住所地"
_PLACE_OF_ENGLISH = "place|location|city|town|address|region|province|city/country|city, country|located in|based in|registered address"
_PLACE_OF_OTHERS = "ort|sitz|stadt|anschrift|adresse|ville|lieu|localité|ciudad|localidad|dirección|città|indirizzo|sede|miasto|adres|město|город|адрес"
_NUMBER = "报关单号|报关单编号|海关编号|declaration no|declaration number|customs declaration no|order|编号|einkaufsbeleg|einkaufsbel|belegnr|purchasing document|purch doc|purchase order|n° commande|n° de commande|numéro de commande|no de commande|commande n°|commande|n° pedido|número de pedido|po|p o|po ref|order ref|order id|ref no|单号|订单号|订单编号|合同号|合同编号|采购单号|采购编号|项目编号|项目号|立项编号|课题编号|招标编号|tender no|order no|order number|po number|po no|contract no|contract number|reference|ref|project no|project number|project id|grant agreement|grant no|ga no|ga number|ga nr|grant agreement no|grant agreement number|grant agreement id|grant number|acronym|code|id|bestellnummer|bestell-nr|auftragsnummer|vertragsnummer|beleg|belegnummer|numer zamówienia|nr zamówienia|numer umowy|číslo objednávky|номер заказа|номер договора|№ договора|注文番号|発注番号|契約番号|발주번호|주문번호|계약번호|förderkennzeichen|fkz|zuwendungsnummer|numéro de projet|número de proyecto"
_SUPPLIER = "供方名称|供应方|供应方名称|供货商名称|供货方名称|合格供方|合格供方名称|分供方|外协单位|境外发货人名称|境内发货人名称|exporter|exporter name|shipper|shipper name|发货人|境内发货人|境外发货人|出口商|出口企业|供应商|供应商名称|供应单位|供货商|供货单位|供货方|卖方|卖家|乙方|销售方|中标人|中标单位|中标供应商|承包商|承接单位|受托方|服务商|供方|supplier|supplier name|vendor|vendor name|seller|contractor|awarded to|awardee|winner|provider|lieferant|auftragnehmer|fournisseur|proveedor|fornitore|dostawca|wykonawca|sprzedawca|dodavatel|поставщик|исполнитель|продавец|подрядчик|仕入先|受注者|納入業者|取引先|供給者|공급업체|공급자|납품업체|판매자|proveedor adjudicado|leverandør|leverantör|leverancier|主要供应商名称"
_BUYER = "境外收货人名称|境内收货人名称|importer|importer name|consignee|consignee name|收货人|境外收货人|境内收货人|境外收货企业|进口商|进口企业|采购方|采购单位|采购商|采购人|需方|买方|买家|甲方|客户|客户名称|购买方|购方|委托方|委托单位|发包方|招标人|招标单位|用户单位|buyer|buyer name|customer|customer name|client|purchaser|purchasing entity|ordered by|contracting authority|agency|besteller|kunde|auftraggeber|acheteur|client name|comprador|cliente|zamawiający|nabywca|odbiorca|odběratel|заказчик|покупатель|発注元|発注者|買主|得意先|발주처|발주기관|구매자|수요기관|koper|köpare|kunden|主要客户名称|重点客户名称|核心客户名称|下游客户名称|客户单位|客户企业|ship-to / customer|ship-to|ship to|sold-to|sold to|bill-to|supplies to|delivers to|sells to|我方客户"
_SUPPLIER_PLACE, _SUPPLIER_COUNTRY = _of_side(
    "供应商|供应单位|供货商|供货单位|供货方|供方|卖方|卖家|乙方|销售方|中标人|中标单位|中标供应商|承包商|服务商|厂家|厂商",
    "supplier|vendor|seller|contractor|winner|manufacturer|shipper|exporter|consignor",
    "lieferant|lieferanten|auftragnehmer|fournisseur|proveedor|fornitore|dostawcy|dostawca|dodavatele|поставщика",
)
_BUYER_PLACE, _BUYER_COUNTRY = _of_side(
    "采购方|采购单位|采购商|采购人|需方|买方|买家|甲方|客户|购买方|购方|委托方|委托单位|用户|用户单位|招标人|招标单位",
    "buyer|customer|client|purchaser|contracting authority|consignee|importer",
    "kunde|kunden|besteller|auftraggeber|client|acheteur|cliente|comprador|odbiorcy|nabywcy|zákazníka|заказчика|покупателя",
)
_ORDERED = "采购物资|明细|订单明细|采购明细|what we buy|what we purchase|we buy|goods bought|bought|line items|order lines|供应物料|供应物料名称|供货物料|供货内容|供应内容|供货范围|品名规格|kurztext|short text|materialkurztext|品名及规格|品名与规格|货品名称|货品|货物|产品规格|产品名称及规格|名称规格|物料描述|物料名称及规格|采购物品|采购项目|采购内容|采购品目|标的|货物名称|物料名称|物料|品名|产品|产品名称|商品|商品名称|名称及规格|规格型号|服务内容|合同内容|订单内容|内容|摘要|说明|item description|description of goods|goods|product|products|article|service|services|what|subject|scope|tender description|description|bezeichnung|désignation|descripción|descrizione|artikelbezeichnung|leistung|gegenstand|przedmiot zamówienia|przedmiot|opis|towar|předmět|zboží|предмет закупки|предмет договора|товар|наименование товара|услуга|品名|品目|件名|商品名|품목|품명|내용|계약명|item|items|item name|goods or services|material|materials|material description|material text|artikel|article description|part|part name|part description|commodity|采购标的|采购标的名称|标的名称|采购项目名称|公告标题|公告名称|标项名称|标题|工程名称|项目名称|合同名称|订单名称|物资名称|concepto|objeto|objeto del contrato|objet|objet du marché|oggetto|asunto|配套产品|配套零部件|供应产品|供货产品|采购产品"
_DEALING_SINCE = "合作开始年份|合作开始年度|合作开始时间|合作开始日期|合作起始年份|合作起始时间|合作起始年|开始合作时间|开始合作年份|首次合作时间|首次合作年份|建立合作时间|建立合作关系时间|合作年份|合作时间|供货开始时间|开始供货时间|开始供货年份|customer since|supplier since|client since|business since|relationship since|cooperation since|working together since|partner since|since|kunde seit|lieferant seit|geschäftsbeziehung seit|client depuis|fournisseur depuis|cliente desde|proveedor desde"
_ORDER_DATE = "arrival date|date of arrival|arrived|shipment date|date of shipment|shipped on|on board date|bill of lading date|b/l date|到港日期|装船日期|申报日期|进出口日期|进口日期|出口日期|放行日期|结关日期|export date|import date|clearance date|date of clearance|declaration date|下单日期|订单日期|订货日期|采购日期|签订日期|签约日期|合同日期|合同签订日期|签署日期|中标日期|成交日期|开票日期|日期|时间|order date|ordered|ordered on|date of order|contract date|award date|signed|signed on|invoice date|date|datum|bestelldatum|date de commande|fecha|data|auftragsdatum|belegdatum|vertragsdatum|data zamówienia|data umowy|data zawarcia|datum objednávky|дата заказа|дата договора|дата заключения|注文日|発注日|契約日|발주일|주문일|계약일|계약일자|po date|公告日期|公告时间|发布日期|发布时间|公示日期|公示时间|中标时间|成交时间|签订时间|签约时间|采购时间|下单时间|订单时间|订货时间|合同签订时间|交易日期|posting date|document date|publication date|fecha de pedido|fecha pedido|fecha del pedido|fecha de adjudicación|date d'attribution|合作起始年份|合作起始时间|合作开始时间|合作开始日期|开始合作时间|开始合作年份|合作年份|合作时间|customer since|supplier since|since|order placed|placed on|po created|created on"
_SUM = "金额|全年采购额|全年采购金额|年度采购额|年度采购金额|全年供货额|年度供货额|annual volume|purchase volume|purchasing volume|annual spend|spend|annual purchases|annual purchase value|报价|投标报价|报价金额|中标报价|bid|bid price|bid amount|tender price|offer price|销售额|销售金额|年销售额|年销售金额|供货金额|订单金额|合同金额|合同额|采购金额|采购额|中标金额|成交金额|总价|总金额|价税合计|含税金额|合计金额|amount|order value|value|contract value|award value|awarded amt|total|total price|total amount|price|sum|net amount|gross amount|betrag|auftragswert|summe|montant|importe|importo|nettobetrag|bruttobetrag|gesamtbetrag|nettowert|wert|gesamtpreis|wartość|wartość brutto|wartość netto|kwota|cena|częstka|částka|сумма|цена|стоимость|сумма договора|金額|契約金額|発注金額|금액|계약금액|공급가액|年采购额|年采购金额|年供货额|年交易额|交易金额|不含税金额|未税金额|net value|line value|line total|order total|中标价|中标价格|成交价|成交价格|合同价|合同价格|合同价款|中标(成交)金额|中标(成交)价|中标成交金额|中标总价|成交总价|eur|usd|gbp|chf|cny|rmb|€|$|人民币"
_BUDGET = "总投入|项目总投入|总经费|项目总经费|总投资|项目总投资|总预算|total project cost|total cost|total costs|total budget|gesamtkosten|预算|经费|总经费|项目经费|项目总投资|总投资|投资额|经费预算|资助金额|财政资助|金额|budget|total budget|total cost|costs|funding|grant|eu contribution|contribution|amount|value|investment|fördersumme|gesamtkosten|coût|合同经费|合同经费额|到账经费|合同金额|合同额|合同经费(万元)|合作经费|合作金额|项目金额|横向经费"
_TITLE = "项目名称|full title|project full title|full project title|title of the project|课题名称|项目|课题|题目|名称|project title|project name|project|title|name|topic|projekttitel|titel|intitulé|título|titolo|nazwa projektu|tytuł|název projektu|название проекта|проект|事業名|課題名|과제명|사업명|合作项目|合作项目名称|合作课题|合作内容|产学研项目|产学研合作项目|技术需求名称|projekt|projektname|vorhaben|vorhabenbezeichnung|projet|nom du projet|proyecto|nombre del proyecto|progetto|nome del progetto|基地名称|平台名称|共建平台|共建平台名称|联合实验室名称"
_LEAD = "牵头单位|牵头企业|承担企业|项目承担企业|主持企业|实施企业|申报企业|牵头机构|牵头方|承担单位|项目承担单位|主持单位|主持机构|负责单位|实施单位|申报单位|项目单位|第一承担单位|lead|lead organisation|lead organization|lead partner|lead institution|leader|led by|coordinator|coordinating organisation|applicant|host institution|principal organisation|konsortialführer|koordinator|coordinateur|coordinador|capofila|lider|koordynator|vedoucí partner|головной исполнитель|координатор|代表機関|代表者|主関機関|주관기관|주관기업|projektleitung|projektkoordinator|verbundkoordinator|antragsteller|zuwendungsempfänger|ausführende stelle"
SIDES = f"{_SUPPLIER}|{_BUYER}"
# Titles that say by themselves that the first owns the second.
OWNER = "股东名称|股东|股东单位|法人股东|出资人|出资方|出资单位|投资方|投资人|投资单位|投资机构|投资主体|控股股东|控股公司|控股方|母公司|母公司名称|investor|investors|shareholder|shareholder name|parent company|parent|holding company|gesellschafter|muttergesellschaft|actionnaire|société mère"
OWNED = "被投资企业|被投资公司|被投资单位|被投企业|投资企业|子公司|子公司名称|下属公司|下属企业|控股企业|参股企业|标的公司|标的企业|invested company|investee|investee company|subsidiary|subsidiary company|portfolio company|target company|tochtergesellschaft|beteiligung|filiale"
# Whose project it is, where those whom it is done with have a column of their own.
OF_WHOM = "企业|企业名称|单位名称|公司名称|需求企业|需求单位|依托企业|签约企业|合作企业名称|company|company name|firm|enterprise|学院|院系|学校|高校|高校名称|院校"
# Who stands up and down a chain: also columns of a list of members, which names those.
UPSTREAM = "上游企业|上游单位|上游供应企业|配套企业|配套单位|配套供应商|协作企业|upstream company|upstream firm"
DOWNSTREAM = "下游企业|下游单位|下游应用企业|核心企业|主机厂|主机企业|整机企业|龙头企业|链主企业|被配套企业|downstream company|downstream firm|oem"
_PARTNERS = "industrial partner|industrial partners|industry partner|industry partners|company partner|company partners|corporate partner|corporate partners|企业合作方|委托单位|委托方|委托企业|合作委托单位|合作单位|参与单位|参加单位|协作单位|联合单位|合作方|参与方|合作机构|参与机构|成员单位|合作企业|参与企业|partners|partner|project partners|partner organisations|partner organizations|participants|participating organisations|other partners|consortium|consortium members|members|beneficiaries|partnerinstitutionen|partenaires|socios|partner di progetto|partnerzy|partneři|партнёры|партнеры|участники|соисполнители|参加機関|共同研究機関|참여기관|공동기관|projektpartner|合作高校院所|合作高校|合作院校|合作院所|高校院所|合作高校(院所)|合作高校/院所|合作科研院所|合作科研机构|合作大学|技术依托单位|技术支撑单位|产学研合作单位|产学研合作方|academic partner|academic partners|research partner|research partners|university partner|university|partner institution|verbundpartner|projektbeteiligte|beteiligte|beteiligte partner|konsortialpartner|共建企业|共建单位"
_START = "合同起止日期|合同起止时间|合同期限|合同有效期|合作起止日期|起止时间|起止日期|起止年月|起止|起讫时间|起讫日期|项目起止时间|项目周期|实施周期|实施期限|执行期|执行期限|项目期限|项目执行期|合作期限|研究期限|period|project period|duration|term|runtime|laufzeit|projektlaufzeit|durée|duración|durata|okres realizacji|开始|开始时间|开始日期|起始日期|起始时间|立项时间|立项日期|启动时间|启动日期|起|start|start date|starts|begin|beginning|from|since|launch|beginn|début|inicio|inizio|data rozpoczęcia|zahájení|дата начала|начало|開始日|시작일|起始年月|签约时间|签订时间|合作起止时间|合作时间|建立时间|共建时间|建立日期|合作起始时间"
_MONTHS = "duration in months|duration (months)|duration months|duration (m)|months|length in months|project duration (months)|laufzeit (monate)|laufzeit in monaten|laufzeit (mon)|durée (mois)|duración (meses)|durata (mesi)|周期(月)|期限(月)|研究周期(月)|项目周期(月)|执行期(月)|实施周期(月)|建设周期(月)|合作期限(月)|周期(个月)"
_END = "结束|结束时间|结束日期|截止日期|截止时间|完成时间|完成日期|结题时间|验收时间|到期日|合同到期日|止|end|end date|ends|until|to|finish|completion|completed|due|ende|fin|fine|data zakończenia|ukončení|дата окончания|окончание|終了日|종료일|laufzeitende|projektende"
_SUMMARY = "项目内容|研究内容|主要内容|简介|项目简介|摘要|内容|描述|备注说明|summary|abstract|description|objective|objectives|content|contents|aims|zusammenfassung|résumé|resumen"
_PROGRAMME = "资助机构|资助单位|资助方|资助部门|资助来源|经费来源|项目资助方|下达单位|计划下达单位|立项部门|主管部门|支持单位|funded by|funding body|funding agency|funding organisation|funding organization|financed by|sponsor|sponsored by|grant giver|grantor|fördergeber|fördermittelgeber|gefördert durch|gefördert von|zuwendungsgeber|projektträger|financé par|financeur|financiado por|finanziato da|źródło finansowania|finansowanie|finanziert durch|источник финансирования|資金来源|计划类别|项目类别|项目类型|计划名称|专项|科技计划|资助计划|项目来源|资金来源|programme|program|funding programme|funding program|funder|funding source|scheme|call|förderprogramm|dispositif|programa|programma"
_PROJECT_STATUS = "进展情况|项目进展|项目进展情况|进展|项目状态|立项情况|是否立项|完成情况|执行情况|实施情况|项目阶段|状态|project status|status|state|progress|stand|projektstatus|statut|estado|stato"
_HEAD = "主体|甲单位|来源单位|单位a|企业a|单位1|企业1|单位一|企业一|源|head|from organisation|from organization|organisation a|organization a|company a|firm a|party a|first organisation|source|subject|企业名称|单位名称|公司名称|企业|名称|company|company name|organisation|organization"
_TAIL = "客体|对象|乙单位|目标单位|单位b|企业b|单位2|企业2|单位二|企业二|目标|tail|to organisation|to organization|organisation b|organization b|company b|firm b|party b|second organisation|target|object|对象企业|对象单位|关联企业|关联单位|关联方|对方企业|对方单位|对方|相关企业|目标企业名称|related company|related organisation|counterparty|other company"
_RELATION = "关系|关系类型|关联关系|合作关系|合作类型|relation|relationship|relation type|type of relation|kind of relation|link|link type|tie|layer"
_ORDER_STATUS = "deletion indicator|deletion flag|del ind|löschkennzeichen|löschkz|loekz|storno|livré|livrée|livraison|geliefert|delivered|状态|订单状态|合同状态|执行情况|执行状态|履约情况|履行情况|结算情况|进展|status|order status|contract status|state|stand|statut|estado|stato|履约状态|合同履约状态|执行进度|完成情况"
_OWNER = "单位名称|机构名称|单位|机构|高校|学校|高校名称|学校名称|所属单位|所有单位|设备所属单位|仪器所属单位|依托单位|管理单位|设备单位|拥有单位|持有单位|开放单位|提供单位|所属机构|所在单位|owner|owned by|provider|provided by|host|hosted by|host institution|holder|operator|operated by|institution|laboratory|lab|organisation|organization|eigentümer|betreiber|einrichtung|labor|propriétaire|laboratoire|propietario|laboratorio|właściciel|владелец|所属学院|所属院系|学院|院系|所属部门|所属实验室|实验室|实验室名称|使用单位|资产单位|机组|department|faculty|school|institute"
_EQUIPMENT = "设备名称|仪器名称|仪器设备名称|仪器设备|设备|仪器|大型仪器|大型仪器设备|共享设备|检测设备|实验设备|资源名称|equipment|equipment name|name of equipment|instrument|instrument name|instruments|device|machine|machinery|apparatus|facility|facilities|equipment item|gerät|geräte|gerätename|anlage|anlagen|messgerät|équipement|appareil|instrumento|equipo|urządzenie|sprzęt|оборудование|прибор"
_SPECIFICATION = "开放时间|开放时段|预约方式|opening hours|opening times|收费标准|收费|收费价格|使用费|fee|fees|rate|rates|price per hour|hourly rate|型号|规格型号|设备型号|仪器型号|生产厂家|制造商|厂商|品牌|功能|主要功能|技术指标|主要技术指标|技术参数|主要参数|用途|应用领域|服务内容|检测项目|model|type|make|make and model|manufacturer|brand|specification|specifications|technical data|capability|capabilities|function|purpose|application|applications|description|method|methods|hersteller|modell|spezifikation|verfahren|beschreibung|modèle|fabricant|fabricante|producent|功能及应用范围|功能及用途|主要功能及应用范围|主要功能及应用领域|应用范围|服务范围|主要性能指标|性能指标|规格及型号|型号规格|技术指标及功能|主要功能及技术指标|主要功能和技术指标|主要功能、技术指标|主要功能与技术指标|功能及技术指标|主要技术指标及功能|主要技术指标及主要功能|主要技术参数|主要技术参数及功能|主要规格及技术指标|规格及技术指标|功能特色|主要功能特色|主要附件及参数|检测能力|服务项目|测试项目|可测项目|可检测项目"
_STATE = "状态|设备状态|仪器状态|运行状态|使用状态|设备运行状态|仪器运行状态|设备状况|仪器状况|equipment status|instrument status|operating status"
_OPEN_SINCE = "开放日期|开放共享日期|可用时间|available from|available since|available|open since|verfügbar ab|disponible depuis|disponible desde"
_OPEN = "是否对外开放|是否开放|是否开放共享|是否共享|是否对外共享|对外开放|开放共享|是否可共享|可否共享|是否对外服务|是否提供对外服务|open to others|open to external users|open for external use|external use|available to others|shared|shareable|open access|can be shared"
_VERDICT = "approved|approved supplier|approval|是否合格|是否合格供方|评审结果|评审结论|评标结果|评标结论|评定结果|评选结果|遴选结果|比选结果|磋商结果|谈判结果|定标结果|开标结果|采购结果|招标结果|投标结果|中标结果|中标情况|中标与否|是否中标|是否成交|是否中选|是否入选|是否入围|入围情况|入围结果|是否淘汰|审核结论|结论|结果|award decision|award status|awarded|award result|evaluation result|evaluation outcome|bid result|bid status|tender result|tender outcome|outcome|result|decision|verdict|selected|shortlisted|ergebnis|zuschlag|résultat|resultado|esito"
# Who only offers: a supplier where a column of verdicts says that it got the order.
BIDDERS = "投标人|投标人名称|投标单位|投标单位名称|投标企业|投标供应商|投标供应商名称|投标商|响应供应商|应答供应商|报价单位|报价供应商|参选单位|参选供应商|候选供应商|候选单位|候选人|中标候选人|供应商(投标人)|bidder|bidder name|bidders|tenderer|tenderer name|offeror|offeror name|candidate|bieter|bietername|soumissionnaire|licitador|offerente"
_LOT = "标段|包号|分包号|标包|行号|项次号|lot|lot number|lot no|item|item no|line item|position"
_POLICY = "政策名称|政策项目|政策项目名称|政策|惠企政策|扶持政策|补贴名称|补贴项目|奖补项目|申报项目|政策标题|事项名称|政策事项|programme|program|programme name|program name|name of the programme|scheme|grant|grant name|subsidy|policy|call|förderprogramm|dispositif d'aide|bando|scheme name|name of scheme|support scheme|grant scheme|funding opportunity|opportunity|call title|call name|政策条款|奖励政策|优惠政策|政策名称及文号|项目名称(政策)"
_ISSUED_BY = "发布部门|发文单位|发文部门|发文机关|主管部门|受理部门|责任部门|责任单位|牵头部门|实施部门|兑现部门|发布单位|发布机构|政策来源|funding body|funder|funded by|authority|issued by|agency|department|office|offered by|fördergeber|organisme|ente|发布部门(盖章)|administered by|managed by|run by|delivered by|operated by|funding organisation|funding organization|awarding body|granting authority|provider|lead department|责任科室|政策牵头部门|牵头单位|组织实施部门|业主部门|归口部门"
_CONDITIONS = "申报条件|适用对象|适用范围|申请条件|支持对象|扶持对象|申报对象|享受条件|享受对象|政策条件|申报要求|资格条件|eligibility|eligibility criteria|eligible|eligible applicants|conditions|who can apply|who may apply|target group|criteria|voraussetzungen|conditions d'éligibilité|who is eligible|who is it for|for whom|eligible organisations|eligible companies|eligible entities|target audience|beneficiaries|eligible beneficiaries|requirements|zielgruppe|wer wird gefördert|antragsberechtigte|bénéficiaires|beneficiari|面向对象|适用企业|受益对象|享受主体|申报主体|准入条件|who"
_SUPPORT = "支持标准|兑现标准|兑现金额|补贴标准|扶持标准|奖补标准|补助标准|奖励标准|补贴金额|补助金额|奖励金额|支持方式|支持力度|扶持内容|政策内容|支持内容|奖补内容|max grant|maximum grant|grant amount|max amount|maximum amount|support|support rate|benefit|what you get|funding rate|fördersatz|montant|level of support|support level|level of funding|funding level|amount of support|amount of funding|funding amount|size of grant|award|award amount|aid intensity|förderhöhe|höhe der förderung|taux|奖补金额|补贴比例|支持额度|奖励标准及金额|政策支持|主要内容|支持政策|funding per project|funding per company|grant size|grant per project|per project|support per project"
_APPLY_UNTIL = "申报时间|申报日期|申报截止|申报截止时间|申报截止日期|申报期限|受理时间|受理期限|截止日期|截止时间|截止|有效期|政策有效期|deadline|closing date|closes|apply by|application deadline|application period|open until|frist|date limite|scadenza|closing|close date|closes on|deadline for applications|submission deadline|applications close|apply before|申请时间|申请截止时间|申报起止时间|申报起止日期|受理截止时间|兑现时间|办理时限|申报窗口|einreichfrist|antragsfrist|stichtag"
_APPLY_FROM = "开始时间|开始日期|申报开始时间|申报开始日期|受理开始时间|起始时间|生效日期|opening date|opens|opens on|open from|start date|applications open|öffnet|startdatum|date d'ouverture"
_ANNOUNCED = "申报网址|申报入口|政策链接|政策网址|政策原文|原文链接|网址|链接|link|url|website|web page|web address|details|more information|more info|further information|info|source|weitere informationen|en savoir plus|政策文件链接|文件链接|详情链接|原文地址"

_HOLDER = "专利权人|专利权人名称|专利权人(申请人)|申请(专利权)人|申请人(专利权人)|当前专利权人|当前权利人|权利人|专利申请人|申请人|申请人名称|第一申请人|原始申请人|专利所有人|所有权人|持有单位|专利单位|归属单位|单位名称|企业名称|公司名称|assignee|assignees|current assignee|original assignee|assignee/applicant|patent assignee|applicant|applicants|patent holder|patentee|proprietor|owner|holder|patentinhaber|inhaber|anmelder|titulaire|demandeur|titular|solicitante|titolare|richiedente|uprawniony|патентообладатель|заявитель|特許権者|出願人|특허권자|출원인"
_INVENTION = "专利名称|发明名称|发明创造名称|专利题名|成果名称|知识产权名称|标题|名称|title|invention title|title of invention|patent title|patent name|patent|invention|bezeichnung|titel|titre|título|titolo|tytuł|название|название изобретения|発明の名称|발명의 명칭"
_PATENT_NUMBER = "专利号|专利(申请)号|专利申请号|申请号/专利号|专利号/申请号|专利号(申请号)|授权公告号|授权号|公开号|公开(公告)号|公开公告号|公告号|公布号|专利公开号|证书号|publication number|publication no|pub no|patent number|patent no|patent id|document number|display key|patentnummer|veröffentlichungsnummer|numéro de publication|numéro de brevet|número de publicación|numero di pubblicazione|номер патента|特許番号|公開番号|특허번호|등록번호"
_APPLICATION_NUMBER = "申请号|专利申请编号|application number|application no|appl no|application id|anmeldenummer|aktenzeichen|numéro de dépôt|出願番号|출원번호"
_INVENTORS = "发明人|发明(设计)人|发明设计人|设计人|发明者|第一发明人|全部发明人|inventor|inventors|first inventor|erfinder|inventeur|inventeurs|inventor(es)|inventore|изобретатель|авторы|発明者|발명자"
_FILED = "申请日|申请日期|申请时间|专利申请日|专利申请日期|filing date|filed|filed on|date filed|application date|priority date|anmeldetag|anmeldedatum|date de dépôt|fecha de presentación|data di deposito|дата подачи|出願日|출원일"
_GRANTED = "授权日|授权日期|授权时间|授权公告日|授权公告日期|公告日|公开(公告)日|公开日|公开日期|publication date|grant date|granted|granted on|date granted|issue date|issued|date of grant|erteilungstag|veröffentlichungstag|date de délivrance|登録日|公開日|등록일|공개일"
_LEGAL_STATUS = "法律状态|当前法律状态|专利状态|专利法律状态|简单法律状态|有效性|专利有效性|状态|案件状态|授权状态|legal status|simple legal status|patent status|status|legal state|rechtsstand|status juridique|estado legal|stato|правовой статус|法的状態|법적상태"
_IPC = "ipc|ipc分类|ipc分类号|ipc主分类号|ipc主分类|主分类号|分类号|国际分类|国际专利分类号|cpc|cpc分类号|ipc class|ipc classes|ipc code|ipc codes|ipcr classifications|cpc classifications|main ipc|international classification|classification|ipc-klasse|classification cib|мпк"
_ABSTRACT = "摘要|专利摘要|技术摘要|简介|技术简介|说明|abstract|summary|description|zusammenfassung|résumé|resumen|реферат|要約|요약"

_TECHNOLOGY = "技术成果名称|成果名称|科技成果名称|技术名称|成果|科技成果|技术成果|可转化成果|可转化成果名称|待转化成果|项目成果名称|推广技术名称|technology|technology name|technology title|title of technology|name of technology|technology offer|research result|innovation|innovation title|technologie|technologieangebot|tecnología|tecnologia"
_TECHNOLOGY_OWNER = "成果单位|完成单位|成果完成单位|成果所属单位|成果持有单位|第一完成单位|研发单位|成果来源|成果提供单位|技术持有方|技术提供方|技术来源|技术单位|持有单位|所属单位|所属高校|所在单位|依托单位|高校|院校|单位|单位名称|企业名称|institution|university|research institute|institute|owner|provider|offered by|organisation|organization|developed by|inventor institution|einrichtung|hochschule|établissement"
_TECHNOLOGY_ABOUT = "适用企业|目标企业|适用行业|应用行业|面向行业|适用对象|专利号|专利情况|专利号/申请号|专利(申请)号|相关专利|拟转让价格|转让价格|转让费用|许可费用|patent|patents|patent no|patent number|price|licence fee|拟合作方式|拟转化方式|拟转让方式|知识产权|知识产权情况|成果简介|技术简介|成果介绍|技术介绍|简介|主要内容|成果内容|技术内容|技术特点|技术优势|创新点|主要技术指标|技术指标|应用领域|应用范围|应用前景|应用场景|技术领域|所属领域|成熟度|技术成熟度|成果阶段|所处阶段|合作方式|转化方式|拟转化方式|description|summary|abstract|short description|advantages|benefits|applications|application|field|technology field|area|trl|stage|stage of development|maturity|cooperation|type of cooperation|licence|licensing|beschreibung|anwendung|résumé|descripción"
_TECHNOLOGY_DATE = "完成时间|完成日期|成果完成时间|鉴定时间|发布时间|发布日期|登记日期|date|published|publication date|completed"
_CERTIFIED = "持证单位|持证企业|持证机构|获证单位|获证企业|获证组织|获证组织名称|获证机构|证书持有人|证书持有单位|证书持有者|认证企业|认证单位|获认证单位|资质单位|资质企业|所属企业|所属单位|certificate holder|holder|certified company|certified organisation|certified organization|certified client|certificate owner|certified entity|zertifikatsinhaber|inhaber|titulaire|titular"
_CERTIFICATE_KIND = "体系|认证种类|证书名称|证书类型|证书种类|证书类别|资质证书|资质名称|资质类型|资质种类|资质类别|资质证书名称|认证名称|认证类型|认证类别|认证项目|认证标准|认证依据|认证体系|体系名称|体系类型|许可证名称|许可名称|资质|证书|认证|certificate|certificate name|name of certificate|certificate type|type of certificate|certification|certification standard|certification type|standard|standards|management system|accreditation|accreditation type|qualification|scheme|norm|zertifikat|zertifikatsart|référentiel|norme|norma"
_CERTIFICATE_GRADE = "资质等级|证书等级|认证等级|certificate grade|certificate level|grade"
_CERTIFICATE_NUMBER = "证书编号|证书号|证书号码|证书注册号|资质编号|资质证书编号|资质证书号|认证编号|认证证书编号|认证证书号|许可证编号|许可证号|注册证号|certificate number|certificate no|certificate id|cert no|cert number|certification number|certification no|accreditation number|accreditation no|zertifikatsnummer|zertifikat-nr|zertifikatnummer|numéro de certificat|n° de certificat|número de certificado|numero certificato"
_CERTIFICATE_STATUS = "证书状态|认证状态|资质状态|状态|certificate status|status|status of certificate|validity status"
_CERTIFIED_SCOPE = "认证范围|认证覆盖范围|覆盖范围|业务范围|许可范围|资质范围|认可范围|证书范围|技术领域|所属技术领域|高新技术领域|scope|scope of certification|certified scope|certification scope|scope of accreditation|geltungsbereich|périmètre|alcance|campo di applicazione"
_CERTIFIED_PERSON = "姓名|持证人|持证人姓名|人员姓名|持证人员|name of person|person|employee|employee name|holder's name|name of holder|mitarbeiter"


# Titles of patents that head no names of other things.
_PATENTED = "专利名称|发明名称|发明创造名称|专利题名|知识产权名称|软件名称|软著名称|标题|invention|invention title|title of invention|patent title|patent name"


def _without(words: str, *left_out: str) -> str:
    return "|".join(word for word in words.split("|") if word not in left_out)


_OFFERED = "text|内容|产品名称|产品品名|品名|商品名称|货品名称|货物名称|名称|产品|商品|主要产品|主营产品|零件名称|部件名称|材料名称|物料名称|服务名称|服务项目|服务内容|加工项目|检测项目|检测项目名称|试验项目|名称及规格|品名规格|产品名称及规格|product name|product|products|item name|item|items|article|article name|part name|name|name of product|goods|designation|title|service name|service|services|services offered|what we make|what we offer|bezeichnung|artikelbezeichnung|produkt|produktname|leistung|désignation|produit|producto|servicio|prodotto|品目|品名|商品名|製品名|품명|제품명"
_MODEL = "品牌型号|品牌/型号|品牌及型号|产品型号|规格型号|型号规格|型号|型号及规格|规格及型号|设备型号|仪器型号|货号|款号|产品编号|产品货号|商品编号|产品代码|图号|零件号|牌号型号|model|model no|model number|model/type|type|item no|item number|item code|article no|article number|art no|part no|part number|product code|product no|product number|catalogue no|catalog no|cat no|sku|style no|ref no|reference|artikelnummer|artikel-nr|typ|modell|référence|modèle|referencia|modelo|codice|型番|品番|형번|모델"
# Said as they stand; what stands under any other title is said with it: 材质 304.
_TOLD_BARE = "摘要|专利摘要|技术摘要|规格|产品规格|规格尺寸|规格描述|描述|产品描述|产品说明|产品介绍|产品简介|简介|说明|介绍|详细描述|详情|特点|产品特点|性能特点|主要内容|description|product description|short description|item description|details|specification|specifications|spec|specs|remarks on use|features|beschreibung|beschreibung des artikels|description du produit|descripción|descrizione|成果简介|技术简介|成果介绍|技术介绍|成果内容|技术内容|summary|abstract"
_TOLD = "类型|材质|材料|材质牌号|主要材质|主体材质|阀体材质|壳体材质|面料|成分|牌号|钢号|材料牌号|尺寸|产品尺寸|外形尺寸|口径|通径|公称通径|公称直径|管径|直径|外径|内径|长度|宽度|高度|厚度|壁厚|长|宽|高|重量|单重|净重|克重|容量|容积|功率|额定功率|电压|额定电压|电流|转速|流量|扬程|压力|公称压力|压力等级|工作压力|额定压力|磅级|温度|适用温度|工作温度|温度范围|介质|适用介质|精度|精度等级|行程|硬度|密度|粒度|目数|纯度|含量|粘度|强度|拉伸强度|针数|支数|纱支|幅宽|颜色|色号|表面处理|工艺|加工工艺|加工范围|加工能力|最大加工尺寸|连接方式|连接形式|结构形式|驱动方式|密封形式|密封材料|防护等级|等级|标准|执行标准|产品标准|技术标准|认证|产品认证|适用范围|适用机型|适用行业|应用|应用场合|包装|包装规格|装箱数|起订量|最小起订量|最低起订量|起批量|交货期|交期|供货周期|产能|年产能|月产能|年产量|月产量|产地|类别|产品类别|产品分类|分类|品类|系列|产品系列|数量|设备数量|仪器数量|台数|台套数|数量(台)|数量(台/套)|可共享时间|开放机时|服务方式|服务对象|服务周期|周期|检测周期|检测标准|检测方法|检测依据|检测参数|资质|material|materials|body material|grade|steel grade|composition|fabric|size|sizes|dimension|dimensions|size range|nominal size|diameter|bore|length|width|height|thickness|weight|capacity|power|rated power|voltage|current|speed|flow|flow rate|head|pressure|pressure rating|rating|class|temperature|temperature range|medium|accuracy|tolerance|stroke|hardness|density|purity|viscosity|strength|colour|color|finish|surface treatment|surface finish|process|connection|end connection|connections|standard|standards|design standard|certification|certifications|application|applications|packing|packaging|moq|minimum order|minimum order quantity|min order qty|lead time|delivery time|production capacity|monthly capacity|annual capacity|category|product category|series|scope|scope of service|turnaround|turnaround time|range|working range|quantity|qty|number of units|units available|no of units|werkstoff|material nr|abmessungen|gewicht|größe|matière|matériau|taille|dimensions (mm)|tamaño|materiale"

LISTS: Mapping[str, TableFormat] = {
    table.name: table
    for table in (
        TableFormat(ORDERS, domain.Engagement, "Orders and contracts: who buys what of whom", (
            Column("order_number", "number of the order or contract", also=_NUMBER),
            Column("lot", "lot or item of it", also=_LOT),
            Column("supplier", "name of who supplies", also=f"{_SUPPLIER}|{UPSTREAM}"),
            Column("supplier_place", "where the supplier is", also=_SUPPLIER_PLACE, joined_by=", "),
            Column("supplier_country", "country of the supplier", also=_SUPPLIER_COUNTRY),
            Column("buyer", "name of who buys", also=f"{_BUYER}|{DOWNSTREAM}"),
            Column("buyer_place", "where the buyer is", also=_BUYER_PLACE, joined_by=", "),
            Column("buyer_country", "country of the buyer", also=_BUYER_COUNTRY),
            Column(customs.DOMESTIC, "who trades from home, where goods leave or come in", also=customs.DOMESTIC_TITLES),
            Column(customs.FOREIGN, "who it trades with abroad", also=customs.FOREIGN_TITLES),
            Column(customs.DIRECTION, "whether goods leave (exports) or come in (imports)", customs.EXPORT, customs.direction, also=customs.DIRECTION_TITLES),
            Column("text", "what is bought", also=_ORDERED, joined_by="; "),
            Column("date", "day of the order", "", partial_date, also=_ORDER_DATE),
            Column("until", "last day", "", last_date, also=_END),
            Column("since", "since when one supplies the other: becomes a relation", "", partial_date, also=_DEALING_SINCE, context=ORDERS),
            Column("amount", "amount", "", amount, also=_SUM),
            Column("currency", "ISO 4217", "CNY", currency_code, also=titles.CURRENCY),
            Column("status", "whether it still holds", also=_ORDER_STATUS, context=ORDERS),
            Column("verdict", "whether the bid was awarded", also=_VERDICT, context=ORDERS),
        )),
        TableFormat(PROJECTS, domain.Engagement, "Joint projects: who leads, who takes part", (
            Column("project_number", "number of the project", also=_NUMBER),
            Column("title", "title", also=_TITLE),
            Column("lead", "name of who leads", also=f"{_LEAD}|{OF_WHOM}"),
            Column("partners", "names of who takes part, parted by ;", also=_PARTNERS, joined_by="; "),
            Column("text", "what it is about", also=_SUMMARY, joined_by="; "),
            Column("start", "first day", "", partial_date, also=_START),
            Column("until", "last day", "", last_date, also=_END),
            Column("months", "how long it takes, where no last day is given", "36 months", duration_in_months, also=_MONTHS),
            Column("amount", "budget", "", amount, also=_BUDGET),
            Column("currency", "ISO 4217", "CNY", currency_code, also=titles.CURRENCY),
            Column("programme", "funding programme", also=_PROGRAMME),
            Column("status", "whether it came to be", also=_PROJECT_STATUS, context=PROJECTS),
        )),
        TableFormat(RELATIONS, domain.Tie, "Relations: who is what to whom", (
            Column("head", "name of the first", required=True, also=f"{_HEAD}|{OWNER}"),
            Column("tail", "name of the second", required=True, also=f"{_TAIL}|{OWNED}"),
            Column("layer", "what the first is to the second", "SUPPLIES", relation, required=True, also=_RELATION),
            Column("start", "first day", "", partial_date, also=f"{_START}|投资日期|投资时间|出资日期|出资时间|入股时间|日期|date|invested|investment date"),
            Column("until", "last day", "", last_date, also=_END),
            Column("status", "whether it still holds", also=titles.STATUS, context=RELATIONS),
        )),
        TableFormat(EQUIPMENT, domain.Offer, "Equipment that others may use: who has what", (
            Column("owner", "name of who has it", required=True, also=_OWNER),
            Column("text", "what it is", required=True, also=_EQUIPMENT, joined_by=", "),
            Column("specification", "make, type, what it can do", also=_SPECIFICATION, joined_by=", "),
            Column("open", "no: it is not open to others", "", open_to_others, also=f"{_OPEN}|{_STATE}", context=EQUIPMENT),
            Column("date", "day since it is open", "", partial_date, also=_OPEN_SINCE),
        )),
        TableFormat(PROGRAMMES, domain.Offer, "Policies and programmes: who offers what, on what conditions", (
            Column("body", "name of who offers it", required=True, also=_ISSUED_BY),
            Column("title", "what it is called", required=True, also=_POLICY),
            Column("conditions", "who may apply", also=_CONDITIONS, joined_by="; "),
            Column("support", "what is given, in words", also=_SUPPORT, joined_by="; "),
            Column("opens", "from when", also=_APPLY_FROM),
            Column("closes", "until when, or from when until when", also=_APPLY_UNTIL),
            Column("address", "where it is announced", also=_ANNOUNCED),
        )),
        TableFormat(TECHNOLOGIES, domain.Offer, "Technologies that others may take over: who offers what", (
            Column("owner", "name of who offers it", required=True, also=_TECHNOLOGY_OWNER),
            Column("text", "what it is called", required=True, also=_TECHNOLOGY, joined_by=", "),
            Column("specification", "what it is about, how far it is, how it may be had", also=_TECHNOLOGY_ABOUT, joined_by="; ", context=TECHNOLOGIES),
            Column("date", "day since it is offered", "", partial_date, also=_TECHNOLOGY_DATE),
        )),
        TableFormat(PATENTS, domain.Engagement, "Patents: who holds what, alone or together", (
            Column("holder", "names of who holds it, parted by ;", required=True, also=_HOLDER, joined_by="; "),
            Column("title", "what it is called", also=_INVENTION),
            Column("number", "number of the patent or publication", also=_PATENT_NUMBER, context=PATENTS),
            Column("application", "number of the application", also=_APPLICATION_NUMBER, context=PATENTS),
            Column("inventors", "who invented it: tells people among the holders, and is not kept", also=_INVENTORS),
            Column("filed", "day of filing", "", partial_date, also=_FILED),
            Column("granted", "day of grant or publication", "", partial_date, also=_GRANTED),
            Column("status", "whether it is in force", also=_LEGAL_STATUS, context=PATENTS),
            Column("classification", "its class (IPC, CPC)", also=_IPC),
            Column("text", "what it is about", also=_ABSTRACT),
        )),
        TableFormat(CERTIFICATIONS, domain.Certificate, "Certificates: which organisation holds what, until when", (
            Column("holder", "name of the organisation that holds it", required=True, context=CERTIFICATIONS, also=f"{_CERTIFIED}|{titles.NAME}"),
            Column("kind", "what it is known as", "ISO 9001", required=True, context="certificates", also=f"{_CERTIFICATE_KIND}|{_CERTIFICATE_GRADE}", joined_by=" "),
            Column("number", "its number", context="certificates", also=_CERTIFICATE_NUMBER),
            Column("issuer", "who issued it", also=titles.ISSUER),
            Column("since", "first day", "", partial_date, also=titles.ISSUED),
            Column("until", "last day", "", last_date, also=titles.VALID_UNTIL),
            Column("status", "whether it holds", also=_CERTIFICATE_STATUS, context=CERTIFICATIONS),
            Column("scope", "what it is for", also=_CERTIFIED_SCOPE, joined_by="; "),
            Column("proof", "name or address of the file that shows it", also="证明材料|证明文件|证书附件|附件|扫描件|evidence|file|attachment|link|certificate link"),
            Column("person", "who holds it, where that is a person: it is not kept", also=_CERTIFIED_PERSON),
        )),
    )
}  # fmt: skip
# What an organisation brings of itself; what others bring says whose it is.
OWN_LISTS: Mapping[str, TableFormat] = {
    OFFERINGS: TableFormat(OFFERINGS, domain.Offer, "Products, services, technologies and equipment of one's own", (
        Column("name", "what it is called", required=True, also=f"{_OFFERED}|{_EQUIPMENT}|{_TECHNOLOGY}|{_PATENTED}", joined_by=" "),
        Column("model", "type or article number", also=_MODEL, joined_by=" "),
        Column("number", "number of the patent or publication", also=f"{_PATENT_NUMBER}|{_APPLICATION_NUMBER}", context=PATENTS),
        Column("specification", "what others are to know of it: size, material, use, terms", also=_without(f"{_TOLD_BARE}|{_TOLD}|{_SPECIFICATION}|{_TECHNOLOGY_ABOUT}|专利类型|patent type|ip status|知识产权状态", "price", *_PATENT_NUMBER.split("|")), joined_by=", "),
        Column("kind", "product | service | technology | equipment | platform_access", "product", one_of(domain.OfferKind), also="供给类型|供给类别|产品/服务|type of offer"),
        Column("owner", "name of who has it: your own organisation", also=_without(f"{_OWNER}|{_TECHNOLOGY_OWNER}|所属公司|所属企业|{_HOLDER}|所在学院|所在院系|所在系|所在部门", "第一申请人")),
        Column("open", "no: it is not open to others", "", open_to_others, also=f"{_OPEN}|active|有效|是否有效|是否可转让|是否转让|可否转让|是否可许可|是否可转化|是否可外协|是否可外协加工|可否外协加工|是否承接外协|for licence|available for licensing|licensable", context=EQUIPMENT),
        Column("discontinued", "yes: it is not offered any more", "", flag, also="是否停产|停产|已停产|是否停售|停售|是否下架|discontinued|obsolete|phased out|no longer available|auslaufartikel"),
        Column("status", "whether the patent is in force", also=_without(_LEGAL_STATUS, "状态", "status", "有效性"), context=PATENTS),
    )),
}  # fmt: skip
FORMATS: Mapping[str, TableFormat] = {**TABLES, **LISTS, **OWN_LISTS}
# Titles of what is said of an offering as it stands there, without them.
TOLD_BARE = keys_of(_TOLD_BARE)
# Of each of these groups a list must have a column, else it says nothing.
NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    ORDERS: (("supplier", "buyer", customs.DOMESTIC, customs.FOREIGN),),
    PROJECTS: (("lead", "partners"), ("title", "project_number")),
    RELATIONS: (("head",), ("tail",), ("layer",)),
    EQUIPMENT: (("owner",), ("text",)),
    PROGRAMMES: (("body",), ("title",)),
    TECHNOLOGIES: (("owner",), ("text",)),
    PATENTS: (("holder",), ("title", "number", "application")),
    CERTIFICATIONS: (("holder",), ("kind",)),
}
# Of these lists the column that one word may stand for on all lines: whose equipment it is.
SAID_ONCE: Mapping[str, str] = {
    EQUIPMENT: "owner",
    PROGRAMMES: "body",
    TECHNOLOGIES: "owner",
    PATENTS: "holder",
    CERTIFICATIONS: "holder",
}
# Of these lists a title has one of these words in it: their other titles are those of many lists.
NAMED_BY: Mapping[str, tuple[str, ...]] = {
    TECHNOLOGIES: ("成果", "技术", "technology", "technologie", "tecnolog", "innovation", "result"),
    PATENTS: (
        "专利",
        "發明",
        "发明",
        "ipc",
        "patent",
        "invent",
        "assignee",
        "brevet",
        "erfind",
        "特許",
        "특허",
        "发明人",
    ),
    CERTIFICATIONS: (
        "证书",
        "资质",
        "认证",
        "发证",
        "颁证",
        "许可证",
        "证号",
        "certif",
        "accredit",
        "qualification",
        "zertifi",
        "akkredit",
    ),
}
# What a title has in it where a list is of no such kind, whatever else names it.
NOT_NAMED_BY: Mapping[str, tuple[str, ...]] = {
    PATENTS: ("成熟度", "trl", "合作方式", "转化方式", "转让方式", "转让价格", "technology offer")
}
# Titles that whose equipment it is has in common with lists of members, and what tells it apart.
OF_ANY_LIST = "单位名称|机构名称|单位|机构|高校|学校|高校名称|学校名称"
NAMES_EQUIPMENT = ("仪器名称", "设备名称", "仪器设备", "大型仪器")
# Columns that only lists of a kind have.
TELLING: Mapping[str, frozenset[str]] = {
    "organizations": frozenset({"name", "credit_code", "contact", "founded", "headcount"}),
    ORDERS: frozenset({"supplier", "buyer", customs.DOMESTIC, customs.FOREIGN}),
    PROJECTS: frozenset({"lead", "partners", "programme"}),
    RELATIONS: frozenset({"head", "tail", "layer"}),
    EQUIPMENT: frozenset({"owner", "text"}),
    PROGRAMMES: frozenset({"body", "conditions", "support"}),
    TECHNOLOGIES: frozenset({"owner", "text"}),
    PATENTS: frozenset(
        {"holder", "number", "application", "inventors", "granted", "classification"}
    ),
    CERTIFICATIONS: frozenset({"kind", "number", "issuer", "until", "since"}),
}
