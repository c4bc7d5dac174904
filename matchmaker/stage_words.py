"""Words that name the stages of the value chain, and what around them changes their meaning.

Regular expressions over normal text: compatibility-folded, simplified Chinese, lower case.
Word boundaries are ASCII's, so that a Latin word beside a Chinese character stands alone.
"""

from __future__ import annotations

import re

from matchmaker.regex import regex
from matchmaker.vocabulary import Stage

# fmt: off
WORDS: dict[Stage, tuple[str, ...]] = {
    Stage.IDEA: (
        r"创意(?!园|产业|城|大厦)", "概念设计", r"(?:产品|商品|新品|品类)(?:策划|企划|规划|定义)",
        "(?:流行|潮流|时尚|色彩|消费)趋势", "潮流研究", r"ip(?:授权|联名|孵化|形象)", "头脑风暴", "灵感",
        r"ideation\b", r"brainstorm\w*", r"(?:product|new) ideas?\b", r"(?:product|design) concepts?\b",
        r"concept (?:development|design|creation)\b", r"creative (?:direction|studio|agency|work)\b",
        r"trend (?:forecast\w*|research|reports?|scouting)\b",
        r"(?:character|ip) licen[cs]\w+",
    ),
    Stage.DESIGN: (
        "设计", "打版", "出版型", "画图", "出图", "三维建模", "3d建模", "逆向(?:建模|工程|造型)", r"\bodm\b",
        r"(?<!by )\bdesign(?:s|ed|ers?|ing)?\b", r"\bstyling\b", r"\bpattern[- ]making\b",
        r"\breverse[- ]engineering\b", r"\bdfm\b", r"\bcad (?:drawings?|models?|modelling|work)\b",
    ),
    Stage.RESEARCH: (
        "研发", "自研", "研究", "研制", "(?:产品|技术|新品|工艺|配方|软件|算法|联合|合作|共同|定制)开发",
        r"开发(?:新|算法|配方|工艺|样机)", "攻关", "课题", "立项", "中试", "联合实验室", "联合培养", "产学研",
        "机理", r"高校|院校|大学|学院|教授", r"高分子方向|表面方向", "老师(?:指点|帮|合作|看|团队)",
        "仿真", "数值模拟", "凝固模拟", "对比试验", "重点研发", "技术诊断",
        r"(?:放大|替代|改进|优化)(?:工艺|配方)", r"(?:配方|工艺|参数)(?:优化|改进|攻关)", "共同?试(?:验|制)?", r"(?:做|找人做)[^，。；,;]{0,14}(?:对比|方案)", r"(?:寿命|失效|性能)(?:评估|分析|预测)",
        r"\br ?& ?d\b", r"\bresearch(?:ers?|ing)?\b", r"\bdevelopment of\b",
        r"\b(?:product|joint|process|technology|co-?) ?development\b", r"\bco-?develop\w*",
        r"\bdevelop(?:ing|s|ed)? (?:a|an|new|the|novel|our|together)\b",
        r"\bsimulations?\b", r"\bcfd\b", r"\bfinite[- ]element\b", r"\bfeasibility stud(?:y|ies)\b",
        r"\buniversit(?:y|ies)\b", r"\bprofessors?\b", r"\bph\.?d\b", r"\bpilot[- ](?:plant|scale|line)\b",
        r"\bfailure analys[ie]s\b", r"\broot cause\b",
    ),
    Stage.MAKING: (
        r"制造", r"生产", r"加工", r"(?<!替)代(?:工|织|锻|铸|焊|镀|染|缝|绣|印|磨|涂)", r"外协", r"外发", r"发包",
        r"来[料样图]", r"贴牌", r"\boem\b", r"试产", r"量产", r"产能", r"(?:月|年|日)产|年出", r"自产",
        r"[一-鿿]{1,6}(?:工厂|工坊|作坊|车间)", r"(?:我|本|自有|自家)厂", r"铸造厂", r"锻造厂",
        r"找[^，。；,;]{0,16}厂(?![共试合协商当])", r"^[一-鿿a-z0-9]{2,12}厂(?=[，。；,;])", r"(?<![供帮给向为])(?:袜|镜架|架|模具|五金|注塑|铸|锻|织布|服装|鞋|印刷|包装|电镀|线缆|机械|零件)厂(?=[，。；,;、]|$)",
        r"\bmanufactur\w+", r"\bproduc(?:es?|ed|ing|tion)\b", r"\bfabricat\w+", r"\bfactor(?:y|ies)\b",
        r"\bsub-?contract\w*", r"\boutsourc\w+", r"\bcontract (?:sewing|assembly|machining|knitting|packing)\b",
        r"\bprivate[- ]label (?:manufactur|mak|produc)\w+", r"\bin-house (?:moulding|molding|machining|tooling)\b",
        r"\b(?:knitting|spinning|weaving|casting|forging|rolling|textile|sock|hosiery) mills?\b",
        r"\bfoundr(?:y|ies)\b", r"\bmachine shops?\b", r"\bassembly (?:line|work|plant|partner)\b",
        r"\b(?:we|who) (?:make|knit|weave|cast|forge|spin|mould|mold|machine|assemble|build)\b",
        r"\b(?:capacity|output)(?: of)? [\d,.]+", r"\b[\d,]+ (?:pairs|pieces|sets|tonnes|tons|units) (?:a|per) (?:day|week|month|year)\b",
    ),
    Stage.PRICING: (
        "定价", "核价", "询价比价", "比价", "议价", "成本(?:核算|测算|分析|模型)", "价格(?:策略|体系|监测|指数|模型)",
        r"报价(?:系统|软件|工具|模型|员)",
        r"\bpricing\b", r"\bprice (?:strateg\w+|monitoring|benchmark\w*|model\w*|setting|index|intelligence)\b",
        r"\bcost (?:estimation|modelling|engineering|breakdowns?)\b", r"\bshould-cost\b", r"\bcosting\b",
    ),
    Stage.MARKETING: (
        "营销", "推广", r"品牌(?:策划|运营|推广|孵化|建设|打造|升级|传播|包装)", r"自有品牌", r"市场(?:推广|开拓|拓展|策划)",
        r"直播(?:带货|运营|间|团队|电商|基地|机构|公司)", "代运营", r"(?:电商|店铺|网店|社群|新媒体|抖音|小红书|用户|账号)运营",
        "带货", "种草", "网红", "达人", r"\bkol\b", r"广告", r"参展|布展|展位", r"短视频", r"投流|引流", r"\bseo\b", "文案",
        "拓客", "获客",
        r"\bmarketing\b", r"\b(?:can|to|who|could|help us) market\b", r"\bpromot(?:e|es|ing|ion|ional)\b", r"\badvertis\w+", r"\bbranding\b",
        r"\bbrand (?:building|strategy|development|management|awareness|launch)\b", r"\blive-?stream\w*",
        r"\binfluencers?\b", r"\bsocial media\b", r"\bseo\b", r"\btrade (?:fair|show)s?\b", r"\bpublic relations\b",
        r"\bcontent creat\w+", r"\be-?commerce operat\w+", r"\bcopywriting\b", r"\blead generation\b",
    ),
    Stage.TRADING: (
        "贸易", r"外贸(?:公司|代理|团队|业务|员|出口|服务|渠道)", "经销", "分销", r"批发(?!单)", "零售", "代销", "寄售",
        r"销售(?:渠道|代理|商|网络|团队|公司|网点|点)?(?!额|收入|旺季|量)", r"(?<!无)代理商", r"(?:总|区域|独家|出口|进口|海外|地区)代理",
        "报关", "清关", "代采", "集采", "采购代理", "买手", r"(?:电商|跨境|交易|b2b|线上)平台", "跨境电商", r"门店|专卖店|档口|专柜|商超|卖场",
        r"交易(?:中心|平台|撮合|市场|会)", r"二手件?交易", "渠道商", "一件代发", "开店", "上架",
        r"\bdistributors?\b", r"\bdistribut(?:e|es|ing)\b", r"\bdistribution (?:network|partner|channel|rights|agreement|company)s?\b",
        r"\bwholesal\w+", r"\bretail(?:ers?|ing)?\b", r"\bresellers?\b", r"\bdealers?\b", r"\btrad(?:ing|e) (?:compan(?:y|ies)|house|firm|agent)s?\b",
        r"\bimporters?\b", r"\bexporters?\b", r"\bsales (?:agents?|representatives?|channels?|partners?|network|team|force|office)\b",
        r"\b(?:export|import|customs|buying|sourcing) (?:agents?|brokers?|clearance|offices?)\b", r"\bmarketplaces?\b",
        r"\bdrop-?shipping\b", r"\bstockists?\b", r"\bresale\b", r"\bsells?\b",
    ),
    Stage.STORAGE: (
        "仓储", "云仓", "仓库", "冷库", "保税仓", "海外仓", "前置仓", "立体库", "入仓", r"仓(?:还|有)?空", "仓位", "库容", "代存", "寄存",
        r"\bwarehous\w+", r"\bcold stor(?:age|es?)\b", r"\bbonded stor(?:age|es?)\b", r"\bful?fill?ment\b", r"\b3pl\b",
        r"\bstorage (?:services?|space|facilit(?:y|ies)|capacity|of goods)\b", r"\bpallet (?:places?|storage|positions?)\b",
    ),
    Stage.DELIVERY: (
        "配送", r"(?:干线|冷链|跨境|国际|三方|第三方|大件|城市|零担|整车|海运|空运)物流|物流(?:公司|服务|配送|运输|外包|团队|合作|商|专线|网络)", r"快递", r"运输", r"货运", r"货代", r"(?:干线|零担|整车|专线)(?:运|到|直达|物流|发)", r"冷链", r"最后一公里", "同城送", "拼箱", "拼柜",
        "一件代发", "落地配",
        r"\blogistics\b", r"\bfreight\b", r"\bcouriers?\b", r"\blast[- ]mile\b",
        r"\bshipping (?:services?|agents?|lines?|partners?|compan(?:y|ies))\b",
        r"\bdelivery (?:services?|fleets?|network|partners?|rounds?|compan(?:y|ies))\b",
        r"\bhaul(?:age|iers?)\b", r"\btrucking\b", r"\bcold chain\b", r"\bful?fill?ment\b", r"\b3pl\b", r"\bdrop-?shipping\b",
    ),
    Stage.AFTER_SALES: (
        "售后", r"维修", r"维护", r"保养", r"返修", r"检修", r"大修", r"翻新", r"备品备件|备件(?:供应|服务|库)", r"安装调试", r"上门(?:安装|服务|修)",
        r"运维", r"延保", r"修模", r"旧模返磨", r"返磨", r"(?:旧机|旧件|旧刀|旧模)(?:修|改造|返)", r"修磨", r"换针修机", "客服",
        r"\bafter-?[ -]?sales?\b", r"\brepairs?\b", r"\brepair(?:ing|ed)\b", r"\bmaintenance\b", r"\boverhaul\w*", r"\brefurbish\w*",
        r"\bspare[- ]parts? (?:services?|supply|stock)\b", r"\bfield service\b", r"\bservicing\b", r"\bcommissioning\b",
        r"\bregrind\w*", r"\bcustomer (?:service|support|care)\b", r"\bretrofit\w*",
    ),
}
# Processes that are making, unless the text is about researching into them.
PROCESSES = (
    r"(?:研磨|抛光|车削|铣削|磨削|精磨|高速铣|数控车|慢走丝|线切割|电火花(?! ?\d+ ?kv)|火花机|咬花|蚀刻|蚀纹|皮纹蚀刻|阳极氧化|电镀|镀膜|化学镀|喷涂|喷粉|"
    r"涂覆|热处理|淬火|调质|渗氮|氮化|渗碳|电泳|钝化|酸洗|滚丝|攻丝|折弯|激光切割|激光焊|钎焊|贴片|注塑(?!模|架|工艺|机)|压铸(?!模)|冲压(?!模)|锻造|"
    r"铸造|织造|织袜|缝头|翻袜|定型|染色|染整|印花|绣花|绣字|裁断|组装|装配|丝印|移印|烫金|点塑|拉挤|缠绕(?!管|垫)|热压罐|五面加工|打样加贴片)"
    r"(?!型腔|工艺|过程|参数|缺陷|质量|机理|机台|温度|压力)|"
    r"\b(?:(?:machining|milling|turning|grinding|sewing|knitting|weaving|welding|stamping)(?! (?:machine|tool|cent[re]))|polishing|plating|anodi[sz]ing|anodi[sz]ed|coating|coloured by|powder-coating|heat treatment|"
    r"hardening|nitriding|die[- ]casting(?! dies?)|injection mou?lding|dyeing|"
    r"assembling|curing, ø|milled to|turned and|wire edm)\b"
)
# What holds such a word and names no stage.
NO_STAGE = regex(
    r"设计(?:压力|温度|寿命|流量|压差|值|工况|参数|标准|规范|使用|年限|转速|载荷|扬程|院校)|(?:非|不|免)设计|按(?:客户)?(?:图纸?|设计)|"
    r"生产(?:许可|日期|批号|安全|批次)|安全生产|开发(?:票|区)|研究(?:生|所有)|大学(?:生|城)|加工(?:中心|费|性|余量)|(?:易|可|机)加工(?:性|中心)|"
    r"可(?:先)?小试|物流(?:电机|机器人|无人机|车|箱|线|设备|装备|分拣|行业|企业|客户|自动化)|运输(?:车|箱|带|机|方便|过程|中)|快递(?:袋|盒|柜|箱|费)|"
    r"(?:小微|协作|周边|本地|同城|附近)[一-鿿]{0,4}厂|来料检验|"
    r"免(?:维护|维修|保养|检修)|(?:易|便于|方便|无需|少|可|不用)(?:维护|维修|检修|保养)|(?:维护|维修|检修)(?:方便|简单|费用|窗口|周期|成本)|自修复|"
    r"价格(?:不是|面议|优惠)|当天报价|广告(?:机|牌|灯箱|衫|伞|布)|仓(?:鼠|位传感)|货(?:架|位)|(?:血液|疫苗)?运输箱|"
    r"(?:客户|用户)[^，。；,;]{0,12}(?:电商|零售|批发|商超|贸易|物流|运营商)[^，。；,;]{0,4}|供过[^，。；,;]{0,16}|"
    r"零售价|批发价|出厂价|贸易战|销售(?:额|收入|旺季|价)|生产商|生产率|生产线改造|"
    r"(?:试产|贴牌|批量)?免工程费|"
    r"\bdesign(?:ed)? (?:pressure|temperature|life|flow|load|code|standard|speed|point|basis|value|condition)s?\b|"
    r"\bdesigned (?:for|to|with)\b|\b(?:your|customer'?s?|client'?s?|own|buyer'?s?) (?:own )?designs?\b|"
    r"\b(?:maintenance|repair)[- ]free\b|\b(?:low|easy|little|no|minimal)[- ]?(?:to[- ])?maint(?:enance|ain)\b|"
    r"\b(?:competitive|factory|attractive|best|volume|transparent) pric(?:es?|ing)\b|\bpricing (?:on|upon) request\b|"
    r"\bretail (?:price|packaging|boxes|pack)s?\b|\bfreight (?:paid|included|collect|prepaid|extra)\b|"
    r"\b(?:energy|data|heat|hydrogen|gas) storage\b|\bresearch octane\b|\bfor production\b|\bproduction (?:date|licen[cs]e)s?\b|"
    r"\bproduced by\b|\breproduc\w+|\blogistics (?:robots?|drones?|motors?|boxes|trolleys?|equipment)\b|\bmarketing authori[sz]ation\b|"
    r"\bpower distribution\b|\bparticle size distribution\b|\bweight distribution\b",
    re.ASCII,
)
# Denied, or lacked, within the clause before the word.
DENIED = regex(
    r"(?:不(?:做|接|提供|负责|承担|含|包|涉及|再|用|需要?)|并非|而非|不是|无需|除了|停止)[^，。；,;.!?！？]{0,12}$|"
    r"(?:\bnot?\b|\bwithout\b|n't\b|\bnever\b|\bno longer\b|\binstead of\b|\bexcept\b|\bexcluding\b|"
    r"\brather than\b)[^，。；,;.!?！？]{0,28}$",
    re.ASCII,
)
LACKED = regex(
    r"(?:没有|缺少?|缺乏|不会|不懂|不擅长|没人|没做过)[^，。；,;.!?！？]{0,8}$|"
    r"(?:\bhave no\b|\black(?:s|ing)?\b|\bdo(?:es)? not have\b|\bdon't have\b)[^，。；,;.!?！？]{0,20}$",
    re.ASCII,
)
SIDES = regex(
    r"(?P<sought>找|寻|求购?|需要?|缺|想|希望|征集?|招募?|请|诚邀|谁能|谁做|谁会|哪家|有没有|急聘|外协|外发|发包|"
    r"\bneed(?:s|ed|ing)?\b|\bseek(?:s|ing)?\b|\blook(?:ing)? for\b|\bwanted\b|\bwants?\b|\brequir(?:e|es|ed|ing)\b|"
    r"\bsearch(?:ing)? for\b|\bin search of\b|\bwho (?:can|could|will)\b|\bcan anyone\b)"
    r"|(?P<held>我们(?!需|要|想|缺|找|求|没|不)|我[厂司](?!需|要|想|缺|找|求|没|不)|本[厂司]|自[己家有产研](?!用)|自主|承接|代(?:工|加工|织|做)|"
    r"提供|专[做业]|主营|从事|月产|年产|\bwe(?:'re| are| make| do| have| offer| run| produce| manufacture| knit| design| cast| sell)\b(?! not)|"
    r"\bour (?:own|factory|plant|company|team|mill|workshop)\b|\bi (?:make|run|own|sell)\b)",
    re.ASCII,
)
