# ruff: noqa: E501 -- words, as a list is read
"""Titles that people give the columns of their lists, besides ours: data.

Parted by bars, the usual first. `suggestions.py` compares them without case, width, spaces,
punctuation and what stands in brackets.
"""

from __future__ import annotations

from collections.abc import Iterator

# Numbers that only count the lines: no column of ours, whatever else its title is like.
RUNNING_NUMBER = "序号|行号|项次|序|顺序号|no|nr|nº|n°|lfd nr|laufende nummer|pos|serial|serial number|s no|sn|sl no|row|row number|line|index|#|lp|l p|lfd|n п/п|п/п|poř č|poř|č|连番|번호|순번"

ID = "id|机构编号|企业编号|单位编号|会员编号|会员号|编码|机构代码|企业代码|单位代码|代码|identifier|organisation id|organization id|company id|org id|member id|member no|code|key"
NAME = "入驻企业|入驻企业名称|入驻单位|入园企业|入园企业名称|走访企业|走访企业名称|受访企业|被走访企业|服务企业|org name|ent name|enterprise name|corp name|企业名称|公司名称|单位名称|机构名称|企业全称|单位全称|名称|全称|企业|公司|单位|会员名称|会员单位|成员单位|会员企业|厂名|法人名称|纳税人名称|供应商名称|客户名称|company name|company|organisation name|organization name|organisation|organization|legal name|official name|firm|firm name|institution|institution name|member|member name|name of company|name of organisation|business name|trading name|firmenname|firma|unternehmen|raison sociale|nom|razón social|nombre|ragione sociale|denominazione|denominación|nome|nome empresa|empresa|name 1|name1|nazwa|nazwa firmy|název|název firmy|obchodní firma|наименование|название|наименование организации|会社名|法人名|社名|회사명|기업명|nazwa|nazwa firmy|nazwa podmiotu|firma nazwa|název|název firmy|наименование|название|наименование организации|название организации|название компании|организация|предприятие|会社名|企業名|法人名|社名|事業者名|회사명|업체명|기업명|상호|상호명|平台名称|平台|公共服务平台名称|服务平台名称|中心名称|实验室名称|机构全称|院校名称|学校名称|高校名称|研究院名称|研究所名称|孵化器名称|服务机构名称|载体名称|创新平台名称|name of institution|platform name|name of platform|platform|centre name|center name|laboratory name|lab name|display name|exhibitor|exhibitor name|exhibiting company|参展商|参展商名称|展商|展商名称|参展企业|参展单位|nom de l'entreprise|dénomination|supplier name|customer name|会员单位全称|会员单位名称|member organisation|member organization|member company|name of member|name of organization|name of firm|registered name|legal entity|mitglied|mitgliedsunternehmen|mitgliedsfirma|mitgliedsbetrieb|betrieb|firmenbezeichnung|adhérent|entreprise adhérente|socio|associato|empresa asociada|członek|需求单位|需求企业|需求方|需求提出单位|提出需求单位|需求发布单位|有需求的单位"
NAME_EN = "英文名|英文名称|单位英文名称|企业英文名称|公司英文名称|name in english|english name|name (en)|name english"
KIND = "类型|legal form|企业类型|单位类型|机构类型|单位性质|企业性质|机构性质|性质|类别|单位类别|企业类别|机构类别|组织类型|主体类型|经济类型|所有制|所有制形式|登记注册类型|会员类型|type|kind|category|organisation type|organization type|type of organisation|type of organization|legal status|sector type|art|typ|rechtsform|tipo|rodzaj|druh|вид|тип|種別"
OTHER_NAMES = "供应商简称|供货商简称|客户简称|supplier short name|customer short name|vendor short name|local name|localname|native name|name in local language|name in chinese|chinese name|name (chinese)|name cn|name zh|name 2|name2|其他名称|简称|企业简称|单位简称|公司简称|中文简称|机构简称|英文简称|缩写|英文缩写|别名|别称|又名|曾用名|曾用名称|企业曾用名|原名|原名称|原企业名称|历史名称|字号|企业字号|other name|other names|alternative name|alternative names|alias|aliases|also known as|aka|known as|short name|short form|acronym|acronyms|abbreviation|abbreviated name|former name|former names|formerly|previous name|previous names|old name|kurzname|kurzbezeichnung|abkürzung|früherer name|ehemaliger name|sigle|ancien nom|siglas|sigla|trading as|t/a|trading name|trade name|doing business as|dba|brand name|handelsname|nom commercial|enseigne|nombre comercial|nazwa handlowa"
SIZE = "规模|企业规模|单位规模|规模类型|企业规模类型|划型|企业划型|size class|company size|firm size|size category|größe|unternehmensgröße|taille"
TIER = "荣誉|荣誉称号|企业荣誉|资质荣誉|称号|培育梯度|认定级别|专精特新|honours|honors|梯度|梯度培育|企业梯度|专精特新等级|培育层级|优质企业类型|优质中小企业类型|tier|level of cultivation|认定类别|认定类型|认定等级"
PLACE = "地区名称|区域名称|所在地|地点|所在地点|所在地区|所在城市|所属地区|所属区域|所在区域|地区|区域|属地|所在镇街|镇街|行政区划|行政区|注册地|注册地区|企业所在地|单位所在地|location|place|seat|headquarters|area|town|ort|sitz|standort|lieu|ville|ubicación|sede|comune|città|localité|commune|localidad|ciudad|municipio|gemeinde|stadt|plaats|miasto|miejscowość|město|obec|город|本社所在地|소재지|지역|所属镇街|所在镇街道|所属街道|所在街道|镇街道|街道乡镇|乡镇|乡镇街道|所属乡镇|所在乡镇|所属乡镇街道|所在乡镇街道|镇街名称|镇|town/city|所在地市|地址|企业地址|单位地址|公司地址|注册地址|经营地址|通讯地址|联系地址|详细地址|办公地址|住所|address|registered address|registered office|full address|postal address|anschrift|adresse|dirección|indirizzo|所在地住所|住所地|주소|адрес|所在地住所|街道|sídlo|行政区划代码|所在地行政区划代码|行政区划名称|注册地行政区划|hq|hq city|hq location|headquarter|head office|head office location|city / country|city/country|city, country|sitzort|plz ort|plz/ort|plz und ort|plz, ort|ort/plz|cp ville|code postal et ville|zip city|postcode city"
# Where a column of places stands beside; else an address is the place.
ADDRESS = "工厂地址|厂址|地址|企业地址|单位地址|公司地址|注册地址|经营地址|生产地址|通讯地址|联系地址|详细地址|具体地址|办公地址|住所|街道|门牌号|address|registered address|registered office|full address|postal address|street|street name|address line|address line 1|anschrift|adresse|straße|strasse|rue|dirección|indirizzo|via|adres|ulica|адрес|住所地|所在地住所|주소|所在村|所在园区|所在村/园区|所在村居|村居|所在村(社区)|所在村社区"
PLACE_PARTS = "所属省份|所属省|所属城市|所属市|所属地市|所属地级市|所属区县|所属县区|所属县市区|所属县|所属区|县市区|市县区|所在县市区|所在市县|县市|乡镇市区|乡镇区|省|省份|所在省|所在省份|市|城市|地市|地级市|所在市|区县|县区|区|县|所在区县|所在县|province|state|region|prefecture|city|county|district|provincia|provinz|bundesland|département|województwo|kraj|okres|powiat"
INDUSTRY = "国标行业小类|行业小类|国民经济行业小类|所属行业小类|国标行业中类|行业中类|国民经济行业中类|所属行业中类|国标行业大类|国民经济行业大类|所属行业大类|行业|行业代码及名称|行业名称及代码|行业代码名称|所属行业|行业类别|行业分类|行业大类|行业名称|行业代码|国民经济行业|所属产业|产业|产业领域|所属领域|industry|industry code|sector|nace|nace code|isic|branch|branche|wirtschaftszweig|secteur|code naf|ateco|cnae|sic|sic code|uk sic|uk sic code|sic codes|naf|code ape|ape|wz|wz code|wz 2008|pkd|sbi|sni|nace rev 2|国民经济行业代码|国标行业|所属国标行业|国标行业门类|行业门类|国民经济行业门类"
COUNTRY = "国家|国别|国家地区|国家或地区|国家/地区|所属国家|注册国家|country|country code|nation|land|pays|país|paese|staat|země|stát|страна|国名|국가|ctry|cntry"
CREDIT_CODE = "统一社会信用代码|社会信用代码|信用代码|统一信用代码|统一代码|营业执照号|税号|纳税人识别号|统一社会信用代码/税号|uscc|unified social credit code|credit code|social credit code|registration number|business registration number|统一社会信用代码证号|统一社会信用代码证|社会统一信用代码|统一社会信用代码号|统一社会信用代码证书号|统一社会信用码|统一信用码|信用代码证|企业信用代码|单位信用代码|机构信用代码|三证合一代码|三证合一码|营业执照号码|营业执照编号|营业执照统一社会信用代码|usci|uscc no|uscc code|usc code|unified credit code|unified social credit identifier|unified social credit code uscc|social credit number|credit code china|china credit code|統一社會信用代碼|统一社会信用代碼|社会信用统一代码|信用统一代码|统一社会代码|社会统一代码|信用代码(18位)"
VAT = "增值税号|欧盟税号|vat number|vat no|vat id|vat reg no|ust-id|ust-idnr|ustid|tva|partita iva|nif|btw|dič|ič dph|nip|partita iva/cf|p iva|n° tva|numéro de tva|vat|vat registration number"
WEBSITE = "网址|网站|官网|企业官网|公司网址|企业网站|主页|网站地址|website|web|web site|url|homepage|home page|site|webseite|site web|sitio web|strona www|strona internetowa|sito web|sito|сайт|webové stránky|ホームページ|홈페이지|企业官方网站|公司官网|官方网站|官网网址|官网地址|企业网址|单位网址|单位网站|公司网站|网址链接|网页|网址网站|web address|webpage|web page|internet|internet address|internetadresse|internetseite|www|company website|link|website url|homepage url|site internet|página web|sitio|網址|網站"
CONTACT = "联系|联系途径|电话/微信|微信/电话|联系方式|联系人及电话|联系人/电话|联系人、电话|person|visitor|visitor name|观众姓名|来访人|first name|given name|forename|surname|last name|family name|full name of contact|vorname|nachname|familienname|prénom|nom de famille|nombre de contacto|apellidos|cognome|imię|nazwisko|参会人|参会人员|参会代表|报名人|签到人|联系人|联系电话|电话|手机|手机号|手机号码|固定电话|座机|邮箱|电子邮箱|电子邮件|邮件|e-mail|email|email address|phone|phone number|telephone|tel|mobile|contact|contact person|contact name|contact email|ansprechpartner|telefon|kontakt|téléphone|courriel|teléfono|correo|telefon|kontakt|osoba kontaktowa|контакт|телефон|контактное лицо|担当者|電話番号|연락처|전화번호|담당자|联系人手机号码|联系人手机|联系人电话|联系人手机号|联系人及电话|联系人姓名|企业联系人|单位联系人|对接人|对接人电话|联络人|联络人电话|联络员|负责人电话|负责人手机|法人电话|企业电话|公司电话|单位电话|办公电话|业务电话|联系座机|座机号码|移动电话|联系人邮箱|企业邮箱|公司邮箱|单位邮箱|电子信箱|邮件地址|邮箱地址|电子邮箱地址|e-mail地址|email地址|微信|微信号|qq|contact details|contact info|contact information|contact phone|contact number|contact tel|contact telephone|contact e-mail|contact mail|mail|mail address|e-mail address|tel no|tel number|telephone number|mobile phone|mobile number|cell|cell phone|phone no|wechat|whatsapp|ansprechpartnerin|e-mail-adresse|emailadresse|telefonnummer|tel.-nr|telefonnr|rufnummer|handy|mobil|mobilnummer|kontaktperson|kontaktdaten|personne de contact|numéro de téléphone|persona de contacto|persona di contatto|numer telefonu|聯絡人|聯絡電話|電話|電郵|電子郵件|담당자명|이메일|姓名|联系人及职务|联系人职务|联系人姓名及电话|联系人姓名和电话|联系人及联系方式|联系人及联系电话|联系人姓名及职务|姓名及电话|姓名及职务|电话/邮箱"
# A yes under these means no under `listed`.
OPTED_OUT = "不参与推荐|退出推荐|不愿推荐|拒绝推荐|不愿意对接|不参与对接|不愿意公开|不同意公开|不公开|是否保密|是否退出|是否退出推荐|opt-out|opt out|opted out|optout|opts out|do not contact|do not recommend|do not list|not listed|unlisted|no listing|no contact|keine vermittlung|nicht vermitteln"
LISTED = f"ok to introduce|ok to contact|may we introduce|may we introduce you|may be introduced|willing to be introduced|open to introductions|agrees to be contacted|consent to introduction|是否愿意接受推荐|愿意接受推荐|是否接受推荐|可否对接|可否推荐|是否愿意接受对接|愿意对接|是否参与对接|是否同意对接|是否愿意被推荐|是否愿意公开|可被推荐|是否推荐|是否公开|是否同意推荐|同意公开|listed|public|consent|may be recommended|visible|是否愿意参与|{OPTED_OUT}|是否愿意参加对接|是否参加对接|是否愿意参与对接"
FOUNDED = "gegr|gegr.|reg date|成立日期|成立时间|成立年份|成立年月|成立年|创立时间|创办时间|创建时间|注册日期|注册时间|登记日期|设立日期|设立时间|founded|date founded|founding date|founding year|year founded|foundation year|established|year established|date established|date of incorporation|incorporated|incorporation date|registration date|gründung|gründungsjahr|gegründet|création|date de création|fundación|data założenia|data di costituzione|anno di fondazione|datum vzniku|дата регистрации|год основания|設立年月日|設立|설립일|fecha de constitución|year est|est|year of establishment|year of foundation|year of incorporation|gründungsdatum|成立|创立|建厂时间|建厂年份|建厂日期|创建年份|始建于"
REVENUE = "营业收入|年营业收入|主营业务收入|年主营业务收入|营收|年营收|营业额|年营业额|销售额|年销售额|销售收入|年销售收入|年收入|主营收入|年主营收入|年销售|销售总额|年销售总额|revenue|revenues|annual revenue|yearly revenue|turnover|annual turnover|yearly turnover|annual sales|sales volume|sales revenue|operating revenue|operating income|umsatz|jahresumsatz|umsatzerlöse|chiffre d'affaires|fatturato|facturación|volumen de negocios|przychody|przychód|obrót|obrat|tržby|выручка|годовая выручка|оборот|売上高|年商|매출액|ca|c.a.|ca annuel|chiffre d'affaires annuel|上年营业收入|上年度营业收入|上年营收|上年度营收|上年销售额|上年度销售额|上年销售收入|上年度销售收入|去年营业收入|去年销售额|去年营收|last year's turnover|turnover last year|revenue last year|销售|年销售(万元)|开票销售|应税销售|销售产值"
OUTPUT = "产值|年产值|工业总产值|年工业总产值|总产值|年总产值|工业产值|规上产值|生产总值|output|output value|annual output|annual output value|gross output|production value|annual production value|produktionswert|bruttoproduktionswert|valeur de production|生産額|생산액|上年产值|上年度产值|去年产值|上年总产值|上年工业总产值|上年度工业总产值"
REGISTERED_CAPITAL = "注册资本|注册资金|注册资本金|认缴资本|认缴注册资本|实缴资本|实收资本|registered capital|share capital|paid-in capital|paid in capital|capital stock|capital|stammkapital|grundkapital|capital social|capitale sociale|kapitał zakładowy|základní kapitál|уставный капитал|資本金|자본금|資本額|资本额|實收資本額|实收资本额|登记资本额"
PATENTS = "专利数|专利数量|专利总数|专利件数|授权专利|授权专利数|授权专利数量|有效专利数|有效专利|拥有专利数|拥有专利|累计授权专利|已授权专利数|知识产权数|知识产权数量|number of patents|no of patents|patents|patent count|patents held|patents granted|granted patents|anzahl patente|patente|brevets|nombre de brevets|patenty|патенты|特許件数|특허수|특허건수"
RD_EXPENDITURE = "研发费用|研发投入|研发经费|年研发费用|年研发投入|研究开发费用|研发支出|r&d expenditure|r&d spending|r&d expenses|r&d investment|rd expenditure|r&d budget|f&e aufwand|f&e-aufwand|f&e ausgaben|dépenses de r&d|研究開発費|연구개발비"
MEMBER_SINCE = "入会时间|入会日期|入会年份|入会年月|入会年度|入会|加入时间|加入日期|加入协会时间|加入集群时间|加入年份|会员起始日期|member since|members since|membership since|joined|date joined|joined on|join date|joining date|date of joining|year joined|membership start|date of membership|mitglied seit|beitritt|beitrittsdatum|eintrittsdatum|membre depuis|adhésion|date d'adhésion|miembro desde|socio desde|socio dal|członek od|člen od|член с|дата вступления|入会日|가입일"
MEMBER_UNTIL = "退会时间|退会日期|退会|退出时间|退出日期|退出协会时间|member until|membership until|left|left on|membership ended|mitglied bis|austritt|austrittsdatum|退会日|탈퇴일"
CERTIFICATES = "已获认定|获得认定|认定情况|已获资质|已获荣誉|已获荣誉资质|获得资质|资质证书|资质认证|企业资质|相关资质|资质情况|认证|认证情况|体系认证|管理体系认证|质量体系认证|质量认证|产品认证|认证证书|认证体系|证书|iso证书|iso认证|iso体系|实验室认可|实验室资质|检测资质|认可资质|其他荣誉|荣誉资质|其他资质|其它资质|其他认证|其它认证|certificates|certificate|certifications|certification|certified|certs|iso|iso certificate|iso certificates|iso certification|iso certifications|quality certificates|quality certification|management systems|management system certification|accreditation|accreditations|accredited|laboratory accreditation|lab accreditation|qualifications|zertifikate|zertifikat|zertifizierung|zertifizierungen|akkreditierung|akkreditierungen|certificats|accréditation|accréditations|certificaciones|certificazioni|certyfikaty|certifikáty|сертификаты|認証|認証取得|인증"
CERTIFICATE_KIND = "体系|证书名称|证书类型|证书种类|资质名称|资质类型|资质种类|认证名称|认证类型|认证项目|体系名称|证书|资质|认证|certificate|certificate name|certificate type|certification|standard|scheme|accreditation|qualification|zertifikat|norm"
CERTIFICATE_NUMBER = "证书编号|证书号|证书号码|证书注册号|资质编号|注册号|认证编号|编号|certificate number|certificate no|certificate id|cert no|cert number|registration number|registration no|number|no|nummer|zertifikatsnummer|zertifikat-nr"
ISSUER = "发证机构|发证机关|发证单位|颁发机构|颁证机构|认证机构|批准机关|授予单位|认定机构|认定部门|issuer|issued by|issuing body|certification body|certifier|certified by|accreditation body|zertifizierer|zertifizierungsstelle|ausgestellt von"
ISSUED = "发证日期|颁证日期|颁发日期|获证日期|取得日期|认定日期|首次发证日期|生效日期|有效期起|有效期自|起始日期|issued|issued on|issue date|date of issue|valid from|certified since|since|ausgestellt am|gültig ab"
VALID_UNTIL = "有效期至|有效期|有效期止|有效期截止|有效日期|截止日期|到期日|到期日期|到期时间|失效日期|证书有效期|valid until|valid to|valid till|expires|expires on|expiry|expiry date|expiration|expiration date|until|gültig bis|ablaufdatum"
# What a column may be named for that says yes or no of it; the first word is how it is kept.
QUALIFICATIONS = (
    "高新技术企业|高企|国家高新技术企业|国家级高新技术企业|国高企|高企认定|high-tech enterprise|high tech enterprise|high-tech firm|new high-tech enterprise|hnte",
    "科技型中小企业|科小|省科技型中小企业|国家科技型中小企业|technology sme|technology-based sme",
    "规模以上企业|规上|规上企业|规上工业企业|规模以上|规模以上工业企业|above designated size",
    "上市公司|上市企业|上市|listed company|publicly listed|stock listed",
    "ISO 9001|iso9001|iso 9001:2015|质量管理体系|质量管理体系认证",
    "ISO 14001|iso14001|iso 14001:2015|环境管理体系|环境管理体系认证",
    "ISO 45001|iso45001|职业健康安全管理体系|ohsas 18001|ohsas18001",
    "ISO 13485|iso13485|医疗器械质量管理体系",
    "ISO 27001|iso27001|iso/iec 27001|信息安全管理体系",
    "ISO 50001|iso50001|能源管理体系",
    "IATF 16949|iatf16949|ts16949|iso/ts 16949|ts 16949",
    "AS9100|as 9100|as9100d|as 9100d|en 9100|en9100",
    "ISO/IEC 17025|iso 17025|iso17025|17025",
    "CNAS|cnas认可实验室|cnas实验室",
    "CMA|cma资质认定|检验检测机构资质认定",
    "DAkkS",
    "ILAC",
    "CE|ce mark|ce marking",
    "CCC|3c|3c认证",
    "UL",
    "API",
    "GMP",
    "FSC",
    "RoHS",
    "REACH",
    "BSCI",
    "OEKO-TEX|oeko tex|oekotex",
    "两化融合|两化融合贯标",
    "知识产权贯标",
    "企业技术中心|省级企业技术中心|市级企业技术中心|国家企业技术中心",
    "绿色工厂|国家绿色工厂|green factory",
)
_ENDINGS = "认证|证书编号|证书号|编号|认可|资质|证书|体系|体系认证|企业| certified| certificate| certification| accredited| accreditation| zertifiziert| zertifikat"


def with_endings(word: str) -> Iterator[str]:
    """A qualification as columns are named for it: CNAS, CNAS认可, CNAS accredited."""
    yield word
    yield from (word + ending for ending in _ENDINGS.split("|"))


STAGES = "产业链环节|所属产业链环节|产业链位置|所处产业链环节|所处环节|所属环节|价值链环节|产业链|产业环节|链条环节|value chain stage|value chain stages|value-chain stage|stage of the value chain|position in the value chain|supply chain stage|wertschöpfungsstufe|étape de la chaîne de valeur"
HEADCOUNT = "职工人数|用工|用工数|员工人数|从业人数|从业人员|从业人员数|从业人员期末人数|人数|员工数|员工总数|职工总数|职工数|员工规模|在职人数|在职员工|企业人数|用工人数|平均用工人数|headcount|employees|number of employees|no of employees|employee count|staff|staff number|number of staff|workforce|fte|ftes|mitarbeiter|mitarbeiterzahl|beschäftigte|anzahl mitarbeiter|effectif|salariés|empleados|dipendenti|addetti|liczba pracowników|zatrudnienie|počet zaměstnanců|численность|численность персонала|従業員数|종업원수|numero dipendenti|nombre de salariés|liczba pracowników|zatrudnienie|численность|число сотрудников|従業員数|종업원수|직원수|员工|职工|从业人员数量|počet zaměstnanců|počet pracovníků|ma|mitarb|beschäftigtenzahl|no of staff|team size"
STATUS = (
    "状态|登记状态|经营状态|企业状态|存续状态|status|company status|registration status|legal state"
)
DESCRIPTION = "企业基本情况|基本情况|企业概况|material group desc|material group description|matl group desc|matl grp desc|matl grp desc.|warengruppenbezeichnung|product categories|product category|product groups|product group|company profile|company description|exhibitor profile|exhibitor description|展商介绍|公司介绍|产品类别|produktkategorien|produktgruppen|bieten|bietet|biete|wir bieten|produkte/leistungen|供应|供给|可供应|可供产品|供应能力|supply|commodity|commodities|commodity description|material group|leistungsspektrum|leistungen|produkte und leistungen|produkte|produktspektrum|kompetenzen|kernkompetenzen|produits et services|productos y servicios|prodotti e servizi|主营产品及产量|主营产品及产能|主要产品及产量|主要产品及产能|主导产品及产量|产品及产能|key competences|key competencies|competences and offering|key competences and offering|key competences & offering|what we offer|offering|capabilities|core business|main activities|main activity|main products|key products|what they do|what they make|能做什么|会做什么|做什么|能做啥|主要做什么|做什么的|能提供什么|提供什么|会做啥|能做|what we do|what we make|line of business|field of activity|fields of activity|area of business|business area|business|specialisation|specialization|expertise|competences|competencies|core competence|主要产品或服务|产品及服务|产品与服务|产品或服务|生产产品|经营项目|简介|企业简介|单位简介|公司简介|机构简介|介绍|企业介绍|描述|说明|主营业务|主营|主营产品|主要产品|主导产品|产品|产品名称|主要业务|主要产品及服务|主营产品服务|主要服务|业务范围|经营范围|经营内容|主要经营范围|研究方向|研究领域|description|keywords|product keywords|关键词|产品关键词|about|profile|summary|activities|main activities|activity|main products|products|products and services|products/services|business scope|scope of business|core business|what it does|speciality|specialities|beschreibung|tätigkeit|produkte|activité|activités|actividad|products offered|products and services offered|offered products|what we offer|offer|produkty|oferta|продукция|вид деятельности|事業内容|主要製品|주요제품|주생산품|사업내용|可对外提供|可对外提供的产品或服务|可对外提供的产品和服务|可提供|可提供服务|可提供的服务|可提供的产品|可提供的产品或服务|能提供|能够提供|可供应产品|可供产品|可提供资源|对外服务内容|核心产品|产品和服务|供给|可提供产品|主要产品有哪些|主营产品及服务|主营产品和服务|主要产品和服务|主要产品名称|主要经营产品|经营产品|企业主要产品|公司主要产品|主打产品|特色产品|主要产品类别|main product|key products|product range|product portfolio|what they offer|services offered|capabilities|capability|hauptprodukte|leistungen|produktportfolio|produits principaux|productos principales|prodotti principali|główne produkty|основная продукция|服务内容|服务范围|服务领域|主要服务内容|服务项目|主要职能|职能|功能定位|业务领域|专业领域|service offering|scope of services|fields of service|tätigkeitsfeld|tätigkeitsfelder|业务|主营业务产品|出口商品|主要出口商品|主要出口产品|出口产品|展品|展品范围|参展产品|展品类别|exhibits|products on display"
# What becomes offers: what others may use, or have done.
LENT = "可共享设备|共享设备|可共享的设备|可开放设备|可对外开放设备|可共享资源|可共享的资源|闲置设备|闲置产能|富余产能|剩余产能|可共享产能|可对外承接|可承接|可对外加工|对外承接|可外协加工|可对外承接业务|spare capacity|idle capacity|idle equipment|equipment to share|shared equipment|can do for others"
# What becomes a need: of a supplier, in the words of the list.
NEED = "征求项目|征求|诚征|征求合作|征求内容|征求产品|企业诉求|主要诉求|诉求|诉求内容|诉求事项|suchen|供需内容|供需信息|供需描述|供需详情|供需信息内容|供求内容|供求信息|求购|采购需求|采购产品|求购产品|需求|需求描述|需求内容|产品需求|配套需求|需采购产品|希望采购|希望采购什么产品|希望采购什么产品或服务|希望采购的产品|采购意向|products wanted|wanted|products sought|looking for|needs|need|purchasing needs|demand|sourcing needs|products needed|gesucht|bedarf|gesuchte produkte|recherche|buscamos|cerca|poszukiwane produkty|ищем|потребность|需求名称|技术需求|技术需求名称|技术需求描述|需求简介|需求详情|具体需求|合作需求|技术难题|技术难题描述|难题名称|需解决的技术难题|拟解决问题|challenge|challenge description|technology need|technical challenge|problem to solve|正在寻求|正在寻找|寻求|寻找|寻求合作|拟寻求|尋求|尋求合作|急需|目前急需|当前急需|急需产品|最缺|最缺的配套|当前最缺的配套|紧缺配套|希望对接|希望对接的资源|希望寻找|sucht|gesuch|suche|wir suchen|seeking|we seek|we are looking for|looking to source|searching for"
# What kind of need it is: of goods, of a technology, of money.
NEED_QUANTITY = "需求数量/规模|qty / year|qty per year|quantity / year|quantity per year|annual quantity|annual qty|qty / month|qty needed|年采购量|年用量|月采购量|需求数量|采购数量|需求量|采购量|年需求量|求购数量|quantity needed|quantity required|needed quantity|required quantity|bedarfsmenge|quantité souhaitée"
NEED_BUDGET = "预算|预算金额|采购预算|需求预算|项目预算|预算资金|预计投入|预计投入资金|拟投入|拟投入资金|拟投入经费|拟投入金额|计划投入|计划投入资金|计划投资|意向投入|投入预算|预期投入|budget|planned budget|available budget|budget available|target price|presupuesto|budget prévu"
NEED_DEADLINE = "需求截止日期|需求截止时间|需求有效期|需求期限|截止日期|截止时间|解决期限|期望解决时间|期望解决期限|希望解决时间|期望完成时间|期望完成期限|完成期限|要求完成时间|需求时间|需求完成时间|deadline|needed by|required by|due date|due by|needed until|required until|wanted by|benötigt bis|bedarf bis|échéance|fecha límite|期限要求|时间要求|完成时间要求|需求完成期限|最晚解决时间|最迟解决时间"
NEED_KIND = "需求类别|需求类型|需求种类|需求分类|需求方向|对接类型|对接需求类型|type of need|kind of need|need type|need category|category of need|bedarfsart|type de besoin"
# Whether what stands beside it is sought or offered.
SEEKS_OR_OFFERS = "供需|供/需|供求|供需类型|供需类别|供需性质|供需方向|供求类型|供求关系|类型(供/需)|类别(供/需)|类型(供应/需求)|类型(供给/需求)|供应/需求|供给/需求|供或需|sought or offered|offer/request|offer/need|offer or request|offer or need|supply/demand|supply or demand|angebot/gesuch|angebot/bedarf|offre/demande"
NEED_STATE = "办理情况|办理状态|办结情况|诉求办理情况|需求状态|需求进展|需求办理情况|是否已解决|解决情况|对接状态|对接情况|need state|need status|status of need|state of need|request status"
# Whom a member deals with, by name; what may head the names of the list itself is not among them.
SUPPLIERS = "主要供应商|主要供货商|重点供应商|核心供应商|上游供应商|上游企业|上游配套企业|上游配套|配套供应商|主要配套企业|主要供应企业|main suppliers|key suppliers|major suppliers|important suppliers|hauptlieferanten|wichtigste lieferanten"
CUSTOMERS = "主要客户|重点客户|核心客户|大客户|主要客户群|主要用户|主要下游客户|下游客户|下游企业|下游应用企业|主要配套对象|为谁配套|main customers|key customers|major customers|main clients|key clients|important customers|hauptkunden|wichtigste kunden"
PARTNERS = "主要合作企业|主要合作单位|合作单位|合作伙伴|合作院校|主要合作院校|合作高校|合作高校院所|主要合作高校|合作科研院所|合作院所|产学研合作单位|产学研合作院校|partners|main partners|key partners|university partners|research partners|cooperation partners|kooperationspartner"
COMPETITORS = "竞争对手|主要竞争对手|竞争企业|主要竞争企业|competitors|main competitors|key competitors|wettbewerber"
DESCRIPTION_EN = (
    "英文简介|英文介绍|description in english|english description|description (en)|about (en)"
)

ORGANIZATION = "机构|机构编号|企业|公司|单位|企业编号|单位编号|organisation|organisation id|organization id|company|company id|firm|member"
SINCE = "起始|开始|开始日期|起始日期|加入日期|入会日期|入会时间|加入时间|since|from|start|start date|begin|valid from|joined"
UNTIL = "终止|结束|结束日期|终止日期|退出日期|退会日期|截止日期|until|to|end|end date|valid to|valid until|left"
DATE = "日期|时间|发布日期|发布时间|签订日期|签约日期|开始日期|date|day|posted|published|publication date|start date|award date|signed"
TEXT = "内容|正文|描述|需求|需求描述|需求内容|供给|供给描述|说明|详情|text|description|details|content|summary|what"
CURRENCY = "币种|crcy|curcy|币制|货币|货币单位|currency|currency code|währung|devise|moneda|curr|cur|ccy|waluta|valuta|měna|валюта|通貨|통화"
AMOUNT = "金额|合同金额|合同额|中标金额|成交金额|采购金额|总额|价格|预算|预算金额|amount|value|price|total|contract value|award value|budget|sum|betrag|auftragswert|montant|importe|importo"
# What only a list of those who came to an event, or whom somebody knows, has.
OF_EVENT = "exhibitor|exhibitors|exhibitor name|exhibiting company|stand no|stand number|hall/stand|booth|booth no|booth number|参展商|参展商名称|参展企业|参展单位|展商|展商名称|展位|展位号|展位编号|aussteller|standnummer|exposant|expositor|espositore|visitor|visitors|visitor name|观众|观众姓名|来访人|来访者|访客|好友备注|备注名|添加时间|加好友时间|ok to introduce|签到|是否签到|签到情况|签到时间|到会情况|是否到会|签名|参会人|参会人员|参会代表|参会单位|报名人|座位号|attended|checked in|check-in|attendee|attendees|signature|badge|ticket type|teilnehmer"
