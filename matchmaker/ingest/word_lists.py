# ruff: noqa: E501 -- data
"""Words that people write for the terms of our closed lists: data, parted by bars.

`words.py` compares them without case, width, spaces and punctuation. What our pages show for a
term need not stand here, nor a term's own name. `AMBIGUOUS` words are asked about; `IMPLIED`
are kinds that tell a size or a tier besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from matchmaker.goals import GoalName
from matchmaker.vocabulary import (
    EngagementKind,
    Kind,
    Layer,
    NeedState,
    OfferKind,
    PlaceLevel,
    Role,
    Size,
    Stage,
    Terms,
    Tier,
)

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Kind: {
        Kind.FIRM: (
            "企业|公司|工厂|厂|厂家|生产商|制造商|制造企业|生产企业|工业企业|加工企业|加工厂|供应商|"
            "贸易公司|贸易商|服务企业|服务商|商贸企业|商贸|贸易|外贸|外贸企业|进出口|物流|电商|物流企业|会员企业|成员企业|民营|民营企业|"
            "民企|私营|私营企业|私企|国有|国有企业|国企|央企|中央企业|国有控股|国有控股企业|国有独资|国资|"
            "集体|集体企业|外资|外资企业|外企|外商独资|外商投资|外商投资企业|合资|合资企业|中外合资|"
            "中外合作|港澳台|港澳台资|港澳台商投资企业|台资|台资企业|港资|混合所有制|股份制|股份制企业|"
            "上市公司|上市企业|上市|listed|publicly listed|有限公司|有限责任公司|股份有限公司|股份公司|一人有限公司|集团|集团公司|"
            "分公司|子公司|合伙企业|个人独资企业|个人独资|内资|内资企业|高新技术企业|高企|科技企业|"
            "科技型企业|科技型中小企业|银行|金融机构|"
            "e.k.|ek|ohg|gbr|kgaa|eg|family firm|family business|startup|start-up|spin-off|spinoff|foundry|workshop|familienunternehmen|handwerksbetrieb|初创企业|创业公司|company|companies|enterprise|business|corporation|corporate|firms|manufacturer|producer|"
            "factory|plant|supplier|trader|trading company|service provider|private|private company|"
            "privately owned|private enterprise|state-owned enterprise|state owned|soe|joint venture|"
            "foreign-invested enterprise|listed company|limited company|ltd|prc|industry|commercial|"
            "for profit|unternehmen|firma|hersteller|betrieb|entreprise|société|empresa|azienda|impresa|"
            "bedrijf|przedsiębiorstwo"
        ),
        Kind.UNIVERSITY: (
            "高校|大学|学院|高等院校|高等学校|院校|大专院校|本科院校|高职|高职院校|职业学院|职业技术学院|"
            "技师学院|大学院校|higher education|higher education institution|higher education "
            "establishment|college|uni|univ|hes|academia|hochschule|universität|fachhochschule|"
            "université|universidad|università|universidade|universiteit|uniwersytet"
        ),
        Kind.RESEARCH_INSTITUTE: (
            "科研事业单位|科研类事业单位|科研院所|研究所|研究院|科研机构|科研单位|科研|科研所|研究机构|研究中心|研发机构|研发中心|"
            "新型研发机构|设计院|设计研究院|工程研究中心|工程技术研究中心|重点实验室|实验室|国家实验室|"
            "转制院所|institute|research|research institution|research organisation|research "
            "organization|research centre|research center|rto|rec|lab|labs|laboratory|research lab|"
            "academy|forschungsinstitut|forschungseinrichtung|institut|institut de recherche|"
            "centro de investigación"
        ),
        Kind.PLATFORM: (
            "公共服务平台|服务平台|公共平台|检测平台|检测机构|检测|检验检测|检验检测机构|检验机构|检测中心|检验检测中心|"
            "质检机构|认证机构|公共技术服务平台|技术服务平台|产业服务平台|创新平台|工业互联网平台|"
            "孵化器|众创空间|加速器|服务机构|中介服务机构|生产力促进中心|创新服务综合体|制造业创新中心|"
            "public platform|service platform|testing body|testing centre|testing center|testing "
            "laboratory|testing lab|test laboratory|test house|testing house|testing institute|calibration laboratory|prüflabor|prüfstelle|laboratoire d'essais|test lab|inspection body|certification body|incubator|accelerator|"
            "technology platform|innovation centre|innovation center|plattform|plateforme|plataforma"
        ),
        Kind.PUBLIC_BODY: (
            "事业单位|事业|事业法人|政府|政府部门|政府机构|政府机关|机关|机关单位|行政机关|行政单位|国家机关|"
            "党政机关|党政机关单位|管委会|开发区管委会|开发区|公共机构|government|authority|public "
            "authority|public|public sector|development agency|regional development agency|government agency|agency|ministry|municipality|pub|"
            "behörde|öffentliche einrichtung|organisme public|organismo público"
        ),
    },
    Size: {
        Size.MICRO: "微|微型企业|微企|微型单位|micro enterprise|very small|xs|kleinst|kleinstunternehmen|"
        "microentreprise|tpe|microempresa|<10|0-9|1-9",
        Size.SMALL: "小|小型企业|小企业|small enterprise|s|klein|kleinunternehmen|petite|petite "
        "entreprise|pequeña|10-49|10-50",
        Size.MEDIUM: "中|中型企业|中等|medium-sized|medium sized|medium enterprise|mid|midsize|mid-sized|"
        "m|mittel|mittelgroß|moyenne|moyenne entreprise|mediana|50-249|50-250",
        Size.LARGE: "大|大型企业|大企业|特大型|特大|超大型|big|large enterprise|l|xl|groß|"
        "großunternehmen|grande|grande entreprise|250+|≥250|>=250|>250|>249",
        Size.SME: "中小|中小企业|中小型企业|中小型|中小微|中小微企业|smes|small and medium|small and "
        "medium-sized enterprise|small or medium|kmu|pme|pyme|pmi|mkb",
    },
    Tier: {
        Tier.INNOVATIVE: "创新型|创新型企业|省级创新型中小企业|创新型中小微企业|innovative|innovative "
        "enterprise",
        Tier.SPECIALISED: (
            "专精特新|专精特新企业|专精特新中小企业|省级专精特新|省级专精特新企业|省级专精特新中小企业|"
            "专精特新省级|市级专精特新|市级专精特新企业|市级专精特新中小企业|省专精特新|"
            "specialized|specialised|specialised sme|srdi|srdi sme|provincial srdi"
        ),
        Tier.LITTLE_GIANT: (
            "小巨人|小巨人企业|国家级小巨人|国家级小巨人企业|国家小巨人|专精特新小巨人|专精特新小巨人企业|"
            "国家级专精特新小巨人|国家级专精特新小巨人企业|国家专精特新小巨人|重点小巨人|重点小巨人企业|"
            "小巨人国家级|专精特新小巨人国家级|little giants|little giant enterprise|srdi little giant"
        ),
        Tier.CHAMPION: (
            "单项冠军|单项冠军企业|制造业单项冠军|制造业单项冠军企业|国家级单项冠军|国家级制造业单项冠军|"
            "单项冠军示范企业|单项冠军产品|单项冠军产品企业|单项冠军培育企业|champion|champion firm|"
            "single champion|manufacturing champion|national champion"
        ),
        Tier.LEAD: (
            "龙头|龙头企业|链主|链主企业|产业链链主企业|领军|领军企业|领航企业|农业产业化龙头企业|"
            "lead|leader|lead enterprise|leading enterprise|leading firm|chain leader|dragon head"
        ),
    },
    Stage: {
        Stage.IDEA: "创意|概念|策划|concept|ideation",
        Stage.DESIGN: "设计|产品设计|工业设计",
        Stage.RESEARCH: "研发|研究|研究开发|技术研发|研究与开发|r&d|rd|research|development|r and d",
        Stage.MAKING: "制造|生产|加工|生产制造|加工制造|production|manufacturing|manufacture|make",
        Stage.PRICING: "定价|price",
        Stage.MARKETING: "营销|市场|推广|品牌|市场营销|promotion",
        Stage.TRADING: "交易|贸易|销售|采购|trade|sales|purchasing",
        Stage.STORAGE: "仓储|储存|仓库|warehousing|warehouse|storing",
        Stage.DELIVERY: "配送|物流|运输|仓储物流配送|logistics|transport|distribution|shipping",
        Stage.AFTER_SALES: "售后|售后服务|维修|after sales|aftersales|after-sales service|maintenance|service",
    },
    Layer: {
        Layer.SUPPLIES: "供应|供货|供给|供应关系|供货关系|供需关系|配套|配套关系|供货给|supply|supplies to|"
        "sells to|delivers to|liefert|supplier to|supplier of|vendor to|vendor of|is supplier of|is a supplier of|"
        "tier 1 supplier to|tier 2 supplier to|tier 1 supplier of|tier one supplier to|subcontractor of|"
        "contract manufacturer for|供应给|销售给|配套给|为其供货|为其配套|代工|贴牌代工",
        Layer.COOPERATES_WITH: "合作|合作关系|协作|战略合作|合作伙伴|产学研合作|cooperates|cooperation|"
        "cooperates with|collaboration|collaborates with|partner|partners with|partnership|partner of|"
        "joint venture with|joint venture|jv with|joint development with|r&d partner|r&d partner of|"
        "research partner of|works with|联合研发|合资|共建实验室|技术合作|联合体|校企合作",
        Layer.USES: "使用|使用平台|平台使用|用户关系|use|uses platform|user of",
        Layer.SHARES_WITH: "共享|共用|共享关系|设备共享|产能共享|shares|sharing|shares with",
        Layer.OWNS: "控股|持股|参股|拥有|全资|股权|股权关系|投资|出资|owns|ownership|holds|holds shares in|"
        "controls|owner of|parent of|parent company of|holding of|shareholder of|investor in|invests in",
        Layer.COMPETES_WITH: "竞争|竞争关系|竞争对手|competes|competition|competes with|competitor|rival|competitor of|rival of|同业竞争",
    },
    EngagementKind: {
        EngagementKind.RESEARCH_PROJECT: "项目|科研项目|研究项目|合作项目|课题|研发项目|project|research|"
        "research and development project|r&d project|grant|vorhaben|projet",
        EngagementKind.CONTRACT: "合同|采购合同|供货合同|订单|中标|采购|contract|order|purchase order|award|"
        "contract award|tender|procurement|auftrag|vertrag|marché|contrat",
        EngagementKind.PATENT: "专利|发明专利|实用新型|实用新型专利|外观设计|外观设计专利|共同专利|patents|"
        "utility model|patent family",
        EngagementKind.EVENT: "活动|展会|会议|论坛|对接会|交流会|展览|event|fair|trade fair|exhibition|"
        "conference|workshop|meeting",
    },
    Role: {
        Role.COORDINATOR: "牵头|牵头单位|牵头方|主持单位|承担单位|项目牵头单位|lead|lead partner|leader|"
        "lead partner organisation|main contractor|koordinator",
        Role.PARTNER: "参与|参与单位|参与方|合作单位|参加单位|协作单位|成员|participant|member|beneficiary|"
        "associated partner|third party|partnerorganisation",
        Role.SUPPLIER: "供应商|供方|供货方|供货单位|卖方|乙方|中标单位|中标人|中标供应商|成交供应商|承包商|"
        "seller|vendor|contractor|winner|awardee|auftragnehmer|titulaire",
        Role.BUYER: "买方|需方|甲方|采购方|采购人|采购单位|客户|招标人|招标单位|customer|purchaser|client|"
        "contracting authority|procuring entity|auftraggeber|acheteur",
        Role.OWNER: "权利人|专利权人|申请人|专利申请人|所有人|所有者|applicant|assignee|holder|proprietor|"
        "patentee",
        Role.ATTENDEE: "参会|参会单位|参会方|参展|参展单位|参加者|出席|attendee|exhibitor|visitor|delegate",
    },
    OfferKind: {
        OfferKind.PRODUCT: "产品|商品|货物|物资|goods|products|good|commodity|ware|produit",
        OfferKind.SERVICE: "服务|劳务|技术服务|services|dienstleistung|prestation",
        OfferKind.TECHNOLOGY: "技术|技术成果|科技成果|成果|专利技术|专利|technologies|know-how|technology "
        "transfer|patent",
        OfferKind.EQUIPMENT: "设备|设备共享|闲置设备|产能|富余产能|闲置产能|产能共享|仪器|仪器设备|"
        "equipment|capacity|spare capacity|machine|machinery|instrument",
        OfferKind.PLATFORM_ACCESS: "平台|平台服务|平台使用|平台接入|公共服务|platform|platform use|access",
        OfferKind.PROGRAMME: "政策|政策项目|惠企政策|扶持政策|补贴|资助项目|申报项目|奖补政策|programmes|grant|grants|"
        "policy|subsidy|funding programme|public programme",
    },
    Terms: {
        Terms.FREE: "免费|无偿|公益|free of charge|no charge|gratis|0|kostenlos|gratuit",
        Terms.DISCOUNTED: "优惠|折扣|优惠价|打折|减免|discount|reduced|subsidised|subsidized|ermäßigt",
        Terms.MARKET: "市场价|市场|市价|有偿|收费|market price|paid|at market price|marktpreis",
    },
    NeedState: {
        NeedState.OPEN: "正在办理|办理中|跟进中|推进中|已受理|未办结|待办|暂时无法解决|无法解决|开放|未解决|待对接|对接中|进行中|有效|待解决|新建|new|active|pending|searching|offen",
        NeedState.MATCHED: "已匹配|已对接|匹配成功|对接成功|已解决|matched|solved|resolved|fulfilled",
        NeedState.CLOSED: "已办结|办结|已办理|已答复|已落实|关闭|已关闭|完成|已完成|结束|已结束|撤销|已撤销|close|completed|done|cancelled",
        NeedState.EXPIRED: "过期|已过期|失效|已失效|lapsed|abgelaufen",
    },
    PlaceLevel: {
        PlaceLevel.COUNTRY: "国家|国|国家级|nation|state level|land",
        PlaceLevel.PROVINCE: "省|省级|直辖市|自治区|特别行政区|state|region|province level|bundesland",
        PlaceLevel.CITY: "市|市级|地级市|地市|地级|自治州|盟|地区|prefecture|municipality|prefecture-level "
        "city|stadt",
        PlaceLevel.COUNTY: "县|县级|区|区县|市辖区|县级市|旗|district|county-level city|kreis",
    },
    GoalName: {
        GoalName.SUPPLIER: "供应商|寻找供应商|采购|采购需求|求购|找配套|寻求配套|suppliers|purchase|buying|"
        "procurement|sourcing|buy",
        GoalName.CUSTOMER: "客户|寻找客户|销售|找买家|买家|拓展市场|市场开拓|customers|buyer|buyers|sales|sell",
        GoalName.RESEARCH_PARTNER: "科研合作|科研伙伴|产学研|产学研合作|技术合作|研发合作|技术需求|技术攻关|"
        "高校合作|research cooperation|research partners|r&d partner|research",
        GoalName.INDUSTRY_PARTNER: "企业合作|企业伙伴|成果转化|技术转移|成果转移转化|industry|industry "
        "partners|industrial partner|technology transfer",
        GoalName.PLATFORM: "平台|公共服务|公共服务平台|服务平台|检测服务|platforms|public service platform|"
        "service platform|testing",
        GoalName.SHARED_RESOURCE: "共享|设备共享|产能共享|共享设备|共享制造|共享资源|资源共享|sharing|shared "
        "equipment|shared capacity|capacity sharing",
        GoalName.CROSS_CLUSTER: "跨集群|跨集群合作|跨区域合作|集群合作|cross cluster|other clusters|"
        "inter-cluster",
        GoalName.SUPPORT: "政策|政策支持|惠企政策|项目申报|申报项目|补贴|资助|扶持|政府扶持|奖补|support|funding|"
        "grants|subsidies|public programmes|policies",
    },
}

AMBIGUOUS: Mapping[type[StrEnum], Mapping[str, tuple[StrEnum, ...]]] = {
    Kind: {
        "协会|行业协会|商会|学会|联盟|社会团体|社会组织|社团|社团法人|民办非企业|民办非企业单位|基金会|"
        "非营利组织|association|chamber|chamber of commerce|ngo|non-profit|nonprofit|npo|verein|"
        "foundation|society|federation|cluster organisation": (Kind.PLATFORM, Kind.PUBLIC_BODY),
        "医院|hospital|klinik|clinic|医疗机构": (Kind.PUBLIC_BODY, Kind.FIRM),
        "学校|school|中学|中职": (Kind.UNIVERSITY, Kind.PUBLIC_BODY),
        "中介|中介机构|intermediary|consultancy": (Kind.FIRM, Kind.PLATFORM),
        "合作社|农民专业合作社|专业合作社|cooperative|co-operative": (Kind.FIRM, Kind.PLATFORM),
    },
    Size: {
        "小微|小微企业|小型微型|小型微型企业|小微型": (Size.MICRO, Size.SMALL, Size.SME),
        "大中型|大中型企业": (Size.MEDIUM, Size.LARGE),
        "规上|规上企业|规模以上|规模以上企业|规上工业企业": (Size.SMALL, Size.MEDIUM, Size.LARGE),
        "规下|规下企业|规模以下|规模以下企业": (Size.MICRO, Size.SMALL),
    },
    Tier: {
        "国家级专精特新|国家级专精特新企业|国家级专精特新中小企业|国家专精特新": (
            Tier.LITTLE_GIANT,
            Tier.SPECIALISED,
        ),
        "省级小巨人|省级小巨人企业|市级小巨人|省级专精特新小巨人|省小巨人|科技小巨人|科技小巨人企业": (
            Tier.SPECIALISED,
            Tier.LITTLE_GIANT,
        ),
        "隐形冠军|隐形冠军企业|省级单项冠军|省级制造业单项冠军|市级单项冠军|hidden champion": (
            Tier.CHAMPION,
            Tier.SPECIALISED,
        ),
    },
}

# Kinds by a word that tells more: the size or tier besides, taken where its own cell is blank.
IMPLIED: Mapping[str, tuple[Kind, Size | Tier]] = {
    "个体|个体户|个体工商户|个体经营|个体工商|sole trader|sole proprietor|sole proprietorship|"
    "self-employed|freelancer|einzelunternehmen": (Kind.FIRM, Size.MICRO),
    "大型企业|large enterprise|large company": (Kind.FIRM, Size.LARGE),
    "中型企业|medium enterprise|medium-sized company": (Kind.FIRM, Size.MEDIUM),
    "小型企业|small enterprise|small company": (Kind.FIRM, Size.SMALL),
    "微型企业|micro enterprise|microenterprise": (Kind.FIRM, Size.MICRO),
    "中小企业|中小微企业|sme|smes|kmu|pme|pyme": (Kind.FIRM, Size.SME),
    "专精特新企业|专精特新中小企业": (Kind.FIRM, Tier.SPECIALISED),
    "创新型中小企业": (Kind.FIRM, Tier.INNOVATIVE),
    "小巨人企业|专精特新小巨人企业": (Kind.FIRM, Tier.LITTLE_GIANT),
    "单项冠军企业": (Kind.FIRM, Tier.CHAMPION),
    "龙头企业|链主企业|领军企业": (Kind.FIRM, Tier.LEAD),
}

YES = (
    "true|1|yes|y|t|on|是|对|有|已|真|√|✓|✔|☑|✅|同意|公开|启用|参加|开放|对外开放|可开放|可预约|预约|预约开放|需预约|ja|j|oui|o|sí|si|s|sim|tak|on|是的|愿意|可以|可|"
    "да|ano|igen|evet|はい|예|"
    "active|listed|enabled|checked|agree|agreed|ok"
)
NO = (
    "false|0|no|n|f|off|否|不|不是|没有|未|无|假|×|✗|✘|❌|☒|不同意|不公开|停用|报废|已报废|维修|维修中|故障|不开放|不对外开放|未开放|暂停开放|退出|不愿意|不可|不可以|不参加|nein|non|não|nie|非|"
    "拒绝|不参与|不愿|暂不|暂不公开|暂不参加|暂不参与|暂不愿意|不需要|不予公开|不便公开|未公开|非公开|保密|不推荐|"
    "нет|ne|nee|nej|nem|hayır|いいえ|아니오|"
    "inactive|unlisted|disabled|opted out|opt-out|optout|withdrawn|disagree|none"
)
# What a word may say either way: ticked in one form, crossed out in another.
# None of the others.
OTHERS = (
    "其他|其它|其他单位|其他类型|其他组织|other|others|else|misc|miscellaneous|sonstige|sonstiges|andere|autre|autres"
    "|otro|otros|altro|altri|inne|inny|другое|прочее|その他|기타"
)
# How equipment is, where that is asked of what is open to others.
WORKS = "正常|在用|完好|运行正常|正常运行|正常使用|使用中|良好|可用|in use|operational|working|in service|in order"
WORKS_NOT = "仅限校内|仅校内|限校内|校内使用|仅限校内使用|仅内部使用|仅限内部|内部使用|待修|待维修|已停用|停机|封存|待报废|out of order|broken|under repair|decommissioned|internal use only|internal only"
YES_OR_NO = "x"

# What a name's last word says of its kind, the first that fits; a legal form goes before all.
KINDS_OF_NAMES: tuple[tuple[str, Kind], ...] = (
    (
        r"(公司|集团|厂|店|商行|经营部|合作社|工作室|事务所|企业|门市部|合伙\)?|实业)$|"
        r"\b(ltd|limited|inc|llc|llp|plc|gmbh|ag|kg|s\.?a\.?|s\.?a\.?s|s\.?r\.?l|s\.?p\.?a|b\.?v|"
        r"n\.?v|ab|oy|a\.?s|aps|sp\. ?z ?o\.?o|co|corp|company|corporation|s\.?l|lda|kft|pte|pty)\.?$",
        Kind.FIRM,
    ),
    (r"\binstitute of technology\b|\binstitut für technologie\b", Kind.UNIVERSITY),
    (
        r"(研究所|研究院|研究中心|科学院|设计院|实验室|研究总院|院所)$|\binstitute?\b|\binstituto\b|"
        r"\bistituto\b|forschungs|fraunhofer|max[- ]planck|helmholtz|\bresearch (centre|center|"
        r"organi[sz]ation|council)|\blaborator(y|ies)\b|\bcnrs\b|\bacademy of sciences\b",
        Kind.RESEARCH_INSTITUTE,
    ),
    (
        r"(大学|学院|学校|高校|系)$|大学.{0,20}(学院|校区)|\buniversit|\buniv\b|\buniversidad|\buniwersytet|"
        r"\buniversidade|\bcollege\b|hochschule|politecnic|polytechni|\bécole\b|\bgrande école\b|"
        r"\byliopisto\b|\begyetem\b|^(tu|th|fh|eth|epfl|rwth|kth|dtu|ntnu|uni) ",
        Kind.UNIVERSITY,
    ),
    (
        r"(平台|孵化器|众创空间|检测中心|检验中心|检验检测中心|检测院|检验院|检测站|检验所|检测所|质检[所院站]|计量[所院]|计量测试所|测试中心|服务中心|促进中心|"
        r"创新中心|协会|商会|学会|联盟|促进会)$|\bassociation\b|\bverband\b|\b(test(ing)?|inspection) (cent(re|er)|institute)\b|\bincubator\b|"
        r"\binnovation cent(re|er)\b",
        Kind.PLATFORM,
    ),
    (
        r"(政府|委员会|管委会|局|厅|办公室|街道办|街道办事处|医院)$|\bhospital\b|\bministry\b|\bmunicipality\b|"
        r"\bcity of\b|\bauthority\b|\bgovernment\b",
        Kind.PUBLIC_BODY,
    ),
)

# Kinds of needs as lists of needs call them, besides the goals' own words.
NEED_KINDS: tuple[tuple[GoalName, str], ...] = (
    (
        GoalName.SUPPLIER,
        "采购类|采购需求|求购|物资|物料|原材料|零部件|零配件|配套|配套需求|加工|外协|外协加工|加工外协|委外|委外加工|代工|找供应商|找加工|供应商|新供应商|suppliers|supplier|new suppliers|new supplier|subcontractors|subcontractor|procurement|sourcing|einkauf|achats",
    ),
    (
        GoalName.RESEARCH_PARTNER,
        "技术|研发|技术类|科技|科研|攻关|技术难题|技术攻关|技术合作|产学研|校企合作|高校合作|研究伙伴|研发伙伴|technology|research partner|research partners|university|universities|university partner|r&d partner|r&d partners|research or university partner|technical|r&d|research|technologie|forschung",
    ),
    (
        GoalName.PLATFORM,
        "检测|检验|认证|检测认证|认证检测|检验认证|检测检验|测试|检验检测|检测服务|检测机构|testing|test|testing or laboratory|testing laboratory|testing or certification|laboratory|laboratories|test lab|lab|certification|prüfung|essais",
    ),
    (
        GoalName.SHARED_RESOURCE,
        "设备|仪器|产能|设备共享|共享设备|设备租用|产能共享|shared equipment|shared machines|spare capacity|machine time|equipment|capacity",
    ),
    (
        GoalName.CUSTOMER,
        "市场|销路|销售|销售类|找客户|市场开拓|市场拓展|订单|客户|新客户|买家|经销商|customers|customer|new customers|new customer|buyers|distributors|sales partners|market|market access|vertrieb|débouchés",
    ),
)
# Needs that no partner here meets: money, people, land.
NOT_OF_PARTNERS = "none of these|none of the above|以上均无|以上都不需要|以上都没有|以上均不需要|融资|资金|贷款|金融|融资需求|资金需求|信贷|人才|招聘|用工|招工|人力|人才需求|用工需求|招聘需求|用地|土地|厂房|用地需求|法律|法务|finance|financing|loan|credit|staff|staffing|recruitment|hiring|talent|jobs|land|premises|finanzierung|personal|fachkräfte|financement|recrutement"
