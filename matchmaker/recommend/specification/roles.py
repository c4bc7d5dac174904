"""What a thing is in its phrase: wanted itself, the whole of a part, or a customer's.

The head of a noun phrase is its last word in Chinese and in English compounds, and the word
before "of" or "for" elsewhere: the casting of valve bodies is no valve.
"""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.recommend.specification.model import ItemRole, RequirementKind
from matchmaker.recommend.specification.unlisted import HAN
from matchmaker.recommend.specification.vocabulary import (
    Term,
    TermMatch,
    comes_with,
    finishing,
    parts,
    shapes,
)
from matchmaker.regex import regex

THINGS = (RequirementKind.PRODUCT, RequirementKind.PROCESS)
_WORDS_OF_WORK = (RequirementKind.PROCESS, RequirementKind.CERTIFICATE, RequirementKind.STANDARD)
_CLAUSE = regex(r"[^，,;；。!?\n]*$")
_REACH = 48
# Words directly behind a product that make another thing of it.
_PART_AFTER = regex(
    r"[ -]grade(?![a-z])|级(?![别联数差进])(?=[\u4e00-\u9fffa-z])|'s (?!(?:price|prices|quote|quotation|maker|makers|manufacturer|manufacturers|supplier|suppliers)(?![a-z]))(?=[a-z])|(?: (?:fatigue|wear|leak|pressure|fire|drop|noise|life|impact|performance)| [a-z]{3,}ing(?= machin))?[ -](?:bod(?:ys?|ies)|seats?|stems?|discs?|parts?|components?|spares?|heads?|covers?|"
    r"accessor(?:y|ies)|recovery|recycling|machines?|machinery|moulds?|molds?|dies|tooling|cores?|balls?|trims?|repairs?|"
    r"maintenance|testing|tests?|needles?|linings?|cases?|boxes|design|technology|manuals?|catalogues?|catalogs?|brochures?|handbooks?)(?![a-z])|"
    r"(?:(?<!s)|(?<=lens)) (?:cleaning|charging|storage|display|mounting|packing|carrying|locking|lifting) "
    r"(?:box|boxes|cases?|bags?|cloths?|cabinets?|stations?|stands?|racks?|devices?|kits?|clamps?)(?![a-z])|"
    r"(?:坏了(?![^。！？\n]{0,40}[借租])|坏掉|的[\u4e00-\u9fff]{1,6}(?:方法|装置)(?=$|[，,;；。及和])|(?:老是?|总是?)(?=[坏起掉断裂漏锈卡磨崩变开脱松响堵烧出])|[要想](?:卖|出口|发|销)[去到往给]|[\u4e00-\u9fff]{0,4}[要想得](?:做|去|送)?(?:[测验]|检(?!修))|出故障|出毛病|里面|云仓|之间|中间(?!商)|里(?=有|没|的|面?能?[塞装放嵌])|内部|内腔|展会|展览|展位|说明书|样本册|画册|图册|宣传册|手册|配件|零件|零部件|部件|备件|附件|设备|专用|上用|里用|上使用|[\u4e00-\u9fff]{0,3}用的|用(?![一两几三半\d]+个?[月周天年])|机械|生产线|维修|保险|培训|租赁|执照|表演|材料|原料|球体|内件|耗材|工艺|技术)"
)
_MAKER_AFTER = regex(
    r"[ -](?:makers?|manufacturers?|producers?|plants?|factor(?:y|ies)|mills?|industr(?:y|ies)|brands?|"
    r"importers?|retailers?|shops?|oems?|customers?|assemblers?|builders?|companies)(?![a-z])|"
    r"(?:厂|企业|行业|客户|公司|制造商|生产商|主机厂|品牌|领域|市场|产业|店)"
)
_SERVED = regex(
    r"(?:为|给|供|向|对|面向|服务于|服务|销往|销售给|配套给?|用于|应用于|适用于|客户(?:是|为|包括|有|：|:)?|"
    r"供应给|卖给|专供)[^，,;；。]{0,10}$|"
    r"\b(?:supply|supplying|supplies|supplied|deliver(?:s|ed)?|sold|sell|serving|serve[sd]?|suppliers? to|"
    r"customers (?:are|include)|used (?:in|on|by))\s(?:[a-z-]+\s){0,4}$|\b(?:to|for)\s(?:[a-z-]+\s){0,3}$"
)
_SPEAKER_AFTER = regex(r"厂(?:求|找|寻|采购|诚|急|需|想)")
_ORDERS_AFTER = regex(rf"[{HAN}]{{0,5}}(?:订单|的单|单子|给活|来活|拉走|的活)")
_MATCHED = regex(r"(?:为|给)[^，,;；。]{0,4}$")
# 给无人机做配套的压铸模厂: it is they who serve.
_WHO_SERVES = regex(r"(?:做|搞)?(?:配套|供货|代工)的$")
_MATCHED_AFTER = regex(r"[^，,;；。]{0,6}(?:配套|供货|服务|代工)")
# Things that are accessories themselves: screws and "screw accessories" are the same.
SOLD_AS_PARTS = frozenset(
    {"screw", "bolt", "nut", "hinge", "nose pad", "temple", "fastener", "spring", "button"}
)
ACCESSORIES = regex(r"配件|零件|附件")
_FITTED = regex(
    r"(?:能装|可装|直接装|[能可]配|配得上|适配|装在|用在)[^，,;；。]{0,2}$|\b(?:takes?|taking|taken) back (?:[a-z-]+ ){0,3}$"
)
_ON_IT = regex(r"上(?!海|门|市|虞|饶|半|旬|周|个|月|午)[\u4e00-\u9fff]")
_MEASURED = regex(
    r"(?:(?<!监)测|检测|检|修|维修|修复|修理|返修|翻新|测量|扫描?|探伤|拍片|(?<!产|批|数|质|重|大|小|少|用|容|流)量)(?:一下)?(?:[几两一二三\d]*[个件只批套根台]|这批|一些)?(?:旧|老)?$"
)
WORK_OF = regex(
    r"\b(?:[a-z-]+ing|freight|transport|shipment|storage|repairs?|maintenance|overhauls?|refurbishment|inspection|calibration) (?:of|on) "
    r"(?:[a-z0-9-]+ ){0,4}$"
)
# What work is done with, behind its name, or what says of it.
MEANS_AFTER = regex(
    r"(?:专用[a-z\d\u4e00-\u9fff]{0,6})?(?:刀片|刀具|铣刀|车刀|砂轮)|用?(?:机(?!箱|壳|架|柜|加|座|械|理|制)|仪(?!表)|设备|炉|机床|生产线|合格|报告|记录|粉末|焊丝|焊条|药水|添加剂|助剂|耗材|液(?!压|体))|"
    r"[ -](?:machines?|machinery|equipment|presses|press|tonne|powders?|wires?|rods?|fluids?|chemicals?|consumables?)\b"
)
# Before and after which other work the work offered is done.
_BETWEEN_AFTER = regex(r"(?:加工|处理)?前后(?!道)")
_BETWEEN_BEFORE = regex(r"\b(?:before|after)(?: and | or |/)(?:before|after) (?:[a-z-]+ )?$")
# "we'd like our ball valve DN50 tested", "get these stems nitrided"; not "our valves are tested".
_OURS = regex(
    r"\b(?:to have|get|need|want|wish|like|needs|wants) (?:to have |to get )?"
    r"(?:(?:our|my|these|those|some|the) (?:own |existing |old )?|(?:about )?\d+ (?:of (?:our|my|these|those) )?)(?:[a-z-]+ )?$"
)
_DONE_TO_IT = regex(
    r"(?: (?!and |or |to |we |with |for |that |which |are |is |were |must )[a-z0-9./-]+){0,2} (?:to be |be )?(?:tested|certified|inspected|calibrated|repaired|coated|plated|"
    r"painted|machined|ground|polished|overhauled|refurbished|checked|nitrided|hardened|anodised|anodized|scanned|3d scanned|measured|digitised|digitized|engraved|x-rayed)(?![a-z])"
)
# 要做CE认证，产品是太阳镜: what the work named before is for.
_PRODUCT_IS = regex(r"(?<!主要)(?<!我们)(?<!的)产品(?:就?是|为)(?:一[款种个])?$")
# 手上有三架植保机: the asker's own.
_OWNED = regex(
    r"(?:手上|手里|手头|厂里|家里|车间|我们|公司|目前|现)(?:现?有|在用|用的?是?)(?:着|了)?(?:[\d几两一二三四五六七八九十百]+)[架台套辆部](?:进口|国产|老|旧)?$|"
    r"\bwe (?:run|operate) (?:about |some )?\d+ (?:[a-z-]+ )?$"
)
# What stands idle is there for others: 我们有两台五轴晚上闲着.
_IDLE = regex(
    r"[租借闲空卖]|对外|开放|共享|转让|出售|承接|\b(?:free|idle|available|rent|lend|spare|capacity|share|sell|sale)\b"
)
# Box for 20k pairs of socks: so many of what something else is for.
_FOR_SO_MANY = regex(
    r"\bfor (?:about |some |around )?\d[\dk,.]* (?:pairs?|pieces|pcs|pallets|sets|tonnes?|tons?|rolls|boxes|kg) of (?:[a-z-]+ )?$"
)
# What a mould is for, behind it: 压铸模，电机壳、变速箱壳.
_MOULD_BEFORE = regex(
    rf"(?<![规建])模具?[，, ](?:[{HAN}]{{1,8}}、){{0,5}}(?:(?![做产供加注找要提买求件有和及与])[{HAN}]){{0,4}}$"
)
# "Metal seats of ball valves".
_PART_OF = regex(
    r"\b(?:seats?|stems?|bod(?:y|ies)|dis[ck]s?|casings?|housings?|bonnets?) of (?:(?!our |for )[a-z0-9-]+ ){0,3}$"
)
_FOR = regex(r"\b(?:for|onto|to suit|of) (?:[a-z0-9-]+ ){0,3}$")
# "PTFE seats in our ball valves": theirs already, unless they are what others trade or are skilled in.
_IN_OURS = regex(
    r"(?<!interested )(?<!interest )(?<!specialised )(?<!specialized )(?<!experienced )(?<!deal )(?<!dealing )(?<!trade )"
    r"(?<!invest )(?<!skilled )\b(?:in|inside|into|within|inside of) "
    r"(?:our|my|their|existing|old|customers'?) (?:own |existing |old )?(?:[a-z0-9-]+ ){0,3}$"
)
# Who says what it uses in them sells them: "no recycled brass is used in our ball valves".
_USED = regex(r"\b(?:use[sd]?|using|fit|fitted|install|installed|offer|offered)\b")
_WANTED_FOR = regex(
    r"\b(?:(?:look|search|ask|wait|hunt|call|sourc|tender|inquir|enquir)[a-z]*|quot[a-z]*|quotations?|recommendations?|suggestions?|advice|tips|contacts?|introductions?|"
    r"requests?|demand|market|needs?|orders?|partners?|suppliers?|makers?|manufacturers?|subcontractors?|"
    r"foundry|foundries|factory|factories|shops?|firms?|company|companies|mills?|plants?|capacity|prices?|"
    r"offers?|buyers?|importers?|distributors?|agents?|customers?|workshops?|producers?|"
    r"replacements?|substitutes?|alternatives?|equivalents?)"
    r"(?: per [a-z]+| [a-z]+)? for (?:[a-z0-9-]+ ){0,3}$|"
    r"\b(?:rates?|fees?|waiting (?:list|time)s?|slots?|bookings?|appointments?)"
    r"(?: per [a-z]+| [a-z]+)? for (?:(?!(?:of|in|on) )[a-z0-9-]+ ){0,3}$|"
    r"\b(?:ranges?|kinds?|types?|lots?|batch|batches|sets?|pieces?|pcs|tonnes?|tons?|pairs|kg|thousand|delivery|"
    r"supply|supplier|suppliers|import|export|stock|sale|provision|purchase|procurement|variety|line|series|"
    r"production|manufacture|manufacturers?|makers?|producers?|importers?|distributors?|buyers?)"
    r" of (?:[a-z0-9-]+ ){0,3}$|"
    r"\b(?:piles?|stacks?|heaps?|loads?|truckloads?|pallets?|rolls?|bundles?|surplus|leftovers?) of (?:[a-z0-9-]+ ){0,3}$"
)
_OF = regex(rf"[{HAN}]{{1,8}}的")
_OF_IT = regex(rf"的[{HAN}a-z\d-]{{0,10}}")
# 做电池的企业一起开发无人机: who makes a thing is spoken of, which is no part of the next one.
_WHO_MAKES_IT = regex(
    r"的(?:那种|一家|几家|一些)?(?:企业|公司|厂家?|厂商|工厂|单位|团队|师傅|商家|供应商|制造商|品牌)"
)
_ARE_MAKERS = regex(r"厂[、和跟及]?[\u4e00-\u9fff]{1,4}厂")  # 袜厂镜片厂
_OF_ALL = regex(rf"的[{HAN}]{{1,4}}(?:[、和及与]|以及)")  # 袜子的卡头和挂钩
# What is wrong with a thing of one's own: "the valve by our furnaces screams".
COMPLAINED = regex(
    r"(?: (?:by|in|on|at|of) (?:our|the|my) [a-z]+)? (?:(?:just |always |often )?(?:keeps?|gets?|getting|got|is getting|are getting) "
    r"(?:[a-z]+ing|eaten|worn|broken|clogged|blocked|scratched|cracked|loose|stuck|hot|rusty|noisy|foggy)|"
    r"(?:screams?|leaks?|sticks?|squeaks?|rattles?|vibrates?|jams?|corrodes?|fogs?|seizes?))(?![a-z])"
)
# What happens to it somewhere: 无人机在隧道里没有GPS, 阀门在低温下卡死.
_TROUBLED = regex(
    r"(?:老是?|总是?|一)?在[^，,;；。]{1,10}(?:里面?|中|内|下|上|时|后)[^，,;；。]{0,6}?"
    r"(?<![不没无防抗])(?:没(?:有(?!问题|影响)|(?!有))|无法|丢|失|卡|裂|漏|掉|断|坏|松|抖|偏|响|缩|脱|变形|起[球雾泡皮])"
    r"|(?:起毛|起球|掉色|褪色|缩水|开裂|漏水|漏油|漏气|卡死|脱胶|变形|发黄|断裂|生锈|啸叫|异响|抖动){1,3}"
    r"(?:怎么|如何|咋|了|严重|厉害|得厉害|的?问题(?!不)|，(?=[找求谁请怎]))"
    r"|(?:上|里|内|表面)?有(?:了|点|些)?(?:砂眼|气孔|缩孔|裂纹|裂缝|毛刺|划痕|夹渣|油污|锈|漏点|缺陷)(?=[了，,。;；、的]|$)"
    r"|(?:出厂|发货|装箱|出货|交货)前的?"
    r"|(?:内漏|外漏|泄漏|失效|磨损|卡涩|振动|噪声|噪音|断裂|老化|腐蚀|疲劳|空化|气蚀|变形|开裂|裂纹|缺陷)[^，,;；。]{0,8}(?:诊断|监测|预测|预警|研究|机理|评估|治理|抑制|消除)"
)
_SOUGHT_BEFORE = regex(r"[找求寻买购要需想供定订]|提供|生产|制造")
# What the asker has shown or sold: "someone to show our airframes".
_SHOWN = regex(
    r"\bto (?:show|demonstrate|present|handle|sell|promote|exhibit|represent|market|export) (?:our|my) (?:[a-z-]+ ){0,3}$"
)
# Work that makes nothing, on a thing that is there: "someone to 3D scan a broken impeller".
_HANDLED = regex(
    r"\b(?:someone|somebody|anyone|who|shop|firm|company|partner|expert)(?: to| who can| that can| can) "
    r"(?!mak|produc|suppl|manufactur|deliver|cast|forg|machin|mould|mold|print|sell|knit|weav|build|turn|mill|stamp|"
    r"fabricat|develop|design|weld|sew|spin|extrud|assembl|send|ship|provid|offer|bring|get|quot)"
    r"[a-z0-9]+(?: [a-z]+)? (?:a|an|our|the|my|these|this|some) (?:[a-z-]+ ){0,3}$"
)
# Where something is looked for: "find hot cells on solar panels".
_FOUND_ON = regex(
    r"\b(?:find|finds|finding|detect|detects|detecting|detection of|spot|spots|spotting|locate|locates|locating|recognise|recognises|"
    r"recognising|recognize|recognizes|recognizing) (?:[a-z-]+ ){1,3}on (?:(?!for )[a-z-]+ ){0,2}$"
)
# Of what the second is for: battery cooling film, lens cleaning cloth; of many, what they do: "drones carrying".
_FOR_WHICH = regex(
    r"(?:(?<!s)|(?<=lens)) (?:cooling|heating|cleaning|mounting|packing|packaging|storage|protection|charging|carrying|insulation|display|"
    r"handling|locking|sealing|lifting) "
)
# 三坐标量模具: what measures is no part of what is measured.
_MEASURES = regex(
    r"(?:来|去|好)?(?:量|测|检|测量|量测|检测)(?:一下|一量|一测)?(?:[几两一二三\d]+[个件只批套根]|这批|一些)?"
)
_GAP = regex(rf"[{HAN}]{{0,4}}")
_CAN_BE = frozenset({"能", "可", "可以", "能够", "要", "要能"})
# What a finish is free of says nothing of what it is on: 镜架环保无镍电镀.
_FREE_OF = regex(r"无(?:[镍铅氰铬磷氟硅卤]|六价铬|溶剂|胶)")
# A gap with one of these joins two things, or says how the first is made.
_JOINT = frozenset("，,和与及或带配含用可做采经是为给供找求能有无不以按要需想")
_DETERMINED = regex(
    r"(?: (?:shops?|compan(?:y|ies)|firms?|houses?|works|lines?|services?|subcontractors?|specialists?)(?= for))?"
    # "Plating shop for housings", "dyes 20,000 pairs of socks", "embroider logos on socks".
    r"\s(?:(?:(?!and\b|or\b)[a-z]+ )?(?:on|onto) |for )?(?:(?:our|the|your|my|their|some|these|those|large|small|long|\d[\d,.]*k?|cast|mild|stainless|steel|(?:pairs|pieces|pcs|sets|tons|tonnes|kg|kilos|met(?:er|re)s|batch(?:es)?|lots)(?: of)?|nylon|polyester|silk|"
    r"alumini?um|brass|copper|bronze|zinc|iron|titanium|magnesium|metal|plastic|abs|carbon|glass|fib(?:re|er)|waste|old|used|worn|"
    r"acetate|cotton|wool(?:len)?|leather|rubber|wooden|hardened|finished)\s)*"
    r"|\s(?![供卖买售找寻求缺采])[\u4e00-\u9fff]{1,3}"  # 晒纹 内饰模具
    r"|一下子?|[一几两三]批|[几两三]件|[这那](?:一?批|些|几?[个件只副])|我们?的|我[厂司]的"  # 喷涂一下阀门
)
# Between two things of one compound: 汽车内饰模具.
IN_COMPOUND = regex(r"[ -]?|[\u4e00-\u9fff]{2}(?<![的和及与或等要用做找求])")
_GIVEN = regex(r"(?:给|为|替|对|把|将|在)[^，,;；。]{0,8}$")
_DONE = regex(rf"[{HAN}]{{0,2}}(?:做|进行|上|作|搞|代)?[{HAN}]{{0,3}}")
# 阀体要做…表面处理: the thing is there already, unless it is bought so.
_TO_BE_DONE = regex(
    rf"(?:[{HAN}]{{0,3}}(?:面|部位|内孔|外圆|端口)|[{HAN}]{{1,2}}(?=[想要得]))?(?:[织做加工]{{1,2}}好了?|[都也还])?(?:毛坯|成品)?(?:要|需要|需|想要|想|得|打算|准备|拿去|送去|(?:找不到|没有?|无)(?:地方|人|处|厂家?|师傅)(?:可以|能|肯|会|愿意)?)(?!换)(?:做|进行|上)?[{HAN}a-z\d ]{{0,14}}的?"
)
# 袜子起球太厉害，找家能做后整理的: who does the work is sought for what is there.
_SOUGHT_FOR_IT = regex(
    r"[^。；;!?！？\n]{0,16}[，,](?:想|要|急|现在?|需要?)?(?:找|求|请|寻|换)(?:一?[家个]|人|厂|师傅|能|可以|会|做|来|帮忙?|代|专门|专业|的)*"
)
# 阀体毛坯外发, "valve body blanks to be", "castings go out for": what is there is to be worked on.
_SENT_OUT = regex(
    r"(?:的?(?:毛坯件?|坯件|坯料|铸件|锻件|铸坯|锻坯|坯|半成品))?[，,]?(?:要|需要?|想|想要)?"
    r"(?:外发|外协|委外|发外|发出去|送出去|拿出去|外包)(?:给人|给别人)?(?:去|来)?(?:做|进行)?|"
    # Blanks for which somebody is sought to work on them are there.
    r"的?(?:毛坯件?|坯件|坯料|铸坯|锻坯|半成品)[，,]?(?:急|现在?|想要?|要|需要?)?(?:找|请|寻|求)"
    r"(?:一?[家个位]|几家|人|师傅|厂家?|地方|能|可以|会|来|帮忙?|给|代)*(?:做|进行)?|"
    r"(?: (?:blanks?|castings?|forgings?|bodies))? (?:(?:need |needs |have |has )?to be|"
    r"(?:go|goes|going|are sent|is sent|get sent|sent)(?: out)? (?:for|to be)) "
)
# How it is done, between that and the work; and who makes it from the bar makes it.
_MANNERS = regex(
    r"[粗精半细]{0,4}|(?:(?:rough|finish|fine|fully|semi|pre|cnc)(?: and | or |-| |/)){0,3}"
)
_FROM_STOCK = regex(r"\bfrom (?:solid|bars?|round|stock|billet|plate)\b")
# Work for a thing that makes none of it; who casts or moulds it makes what is wanted.
SERVICES = frozenset({"design", "certification", "packaging", "printing", "logistics"})
# Work of which everybody who offers it says its name.
OWN_NAMED = frozenset({"certification consulting", "machine vision inspection", "insurance"})
_BOUGHT = regex(r"采购|求购|购买|订购|收购|买|供应|生产")
_MACHINES = frozenset(
    {"machine", "robot", "tool", "centre", "furnace", "chamber", "press", "wheel"}
)
# Work named with what comes of it (sock knitting gives socks), and what goes into it.
_MAKES_CLOTHES = {
    "knitting": frozenset({"yarn"}),
    "weaving": frozenset({"yarn"}),
    "sewing": frozenset({"yarn", "fabric", "zipper", "button"}),
}
# 借几台袜机赶船袜: the machine is wanted for what is made with it.
_MADE_WITH = regex(r"来?(?:赶|做|织|生产|加工|打样|试)")
# A set is all of what it consists of: 碳纤桨动力套.
_SETS = {"propulsion set": frozenset({"propeller", "motor", "electronic speed controller"})}
# Work that a thing is used in, and nobody is to do: 压铸用脱模剂, "masterbatch for moulding".
_USED_FOR = regex(
    r"用(?:的)?(?=$|[，,;；。、 \u4e00-\u9fff])(?![户途量力时法完过于在得来了什哪我不]|一下)"
)
_CONSUMED = regex(
    r"\b(?:agents?|masterbatch(?:es)?|granules|granulate|pellets|powders?|wheels?|belts?|oils?|fluids?|wires?|electrodes?|pastes?|"
    r"gas(?:es)?|salts?|chemicals?|auxiliar(?:y|ies)|lubricants?|coolants?|inks?|dyes|dyestuffs?|needles?|fixtures?|jigs?|"
    r"machines?|machinery|furnaces?|robots?|software|rectifiers?|racks?|baths?)"
    r"(?: (?:suitable|used|meant))? for (?:the )?$"
)
# One beside the other: 螺栓螺母垫片.
_FASTENERS = frozenset({"bolt", "nut", "washer", "gasket", "screw", "rivet"})
# Work named as a feature of the thing behind it: polished seats, anti-fog lenses.
_FEATURES = ("ed", "fog", "smudge", "reflective", "oleophobic", "fingerprint")
_PARTICIPLES = ("ed", " cast", " cut", " ground", " spun")
_FORMING = frozenset({"sand casting", "lost-foam casting", "die casting"})
_ALWAYS_WHOLE = frozenset({"car"})
_HAN_BEHIND = regex(rf"(?!厂|制造|整车|企业|行业)[{HAN}]")


def role_of(
    folded: str, match: TermMatch, before: TermMatch | None, following: TermMatch | None
) -> ItemRole:
    """What a product or process is, by the words around it."""
    term, end = match.term, match.end
    if following is not None and _modifies(folded, match, following):
        return ItemRole.WHOLE
    if term.kind is not RequirementKind.PROCESS and is_worked_on(folded, match, before, following):
        return ItemRole.WHOLE
    if (term.kind is RequirementKind.PROCESS or term.value in shapes()) and (
        _USED_FOR.match(folded, end)
        or _CONSUMED.search(folded, max(0, match.start - _REACH), match.start)
    ):
        return ItemRole.WHOLE
    if term.kind is RequirementKind.PROCESS:
        return ItemRole.ITSELF
    ahead = _clause_before(folded, match.start)
    if _PART_AFTER.match(folded, end) and not (
        term.value in SOLD_AS_PARTS and ACCESSORIES.match(folded, end)
    ):
        return ItemRole.WHOLE
    if (
        _HANDLED.search(ahead)
        or _SHOWN.search(ahead)
        or COMPLAINED.match(folded, end)
        or (_TROUBLED.match(folded, end) and not _SOUGHT_BEFORE.search(ahead))
        or _FOUND_ON.search(ahead)
        or _MEASURED.search(ahead)
        or _FITTED.search(ahead)
        or (_OWNED.search(ahead) and not _IDLE.search(folded, end, end + 4 * _REACH))
        or (_OURS.search(ahead) and _DONE_TO_IT.match(folded, end))
        or (before is not None and before.term.kind in _WORDS_OF_WORK and _PRODUCT_IS.search(ahead))
        or (
            before is not None
            and before.term.kind in (*THINGS, RequirementKind.PROCESS)
            and _FOR_SO_MANY.search(folded, max(0, match.start - _REACH), match.start)
        )
        or (_IN_OURS.search(ahead) and not _USED.search(ahead))
        or _ON_IT.match(folded, end)
    ):
        return ItemRole.WHOLE
    if _SPEAKER_AFTER.match(folded, end):
        return ItemRole.CUSTOMER
    if _PART_OF.search(ahead) or (
        term.value in parts()
        and _MOULD_BEFORE.search(folded, max(0, match.start - _REACH), match.start)
    ):
        return ItemRole.WHOLE
    made = _MAKER_AFTER.match(folded, end)
    wanted = _WANTED_FOR.search(ahead)
    served = _SERVED.search(ahead) and not _WHO_SERVES.search(ahead)
    if made and not wanted and (served or _ORDERS_AFTER.match(folded, end)):
        return ItemRole.CUSTOMER
    if _MATCHED.search(ahead) and _MATCHED_AFTER.match(folded, end):
        return ItemRole.CUSTOMER
    if term.value in _ALWAYS_WHOLE and _HAN_BEHIND.match(folded, end):
        return ItemRole.WHOLE
    if not wanted and (WORK_OF.search(ahead) or _is_for(ahead, before, match.start, folded)):
        return ItemRole.ITSELF if _is_formed(match, before) else ItemRole.WHOLE
    return ItemRole.ITSELF


def is_between_steps(folded: str, start: int, end: int) -> bool:
    """Whether work only tells before and after what the work offered is done: 镀铬前后都可."""
    before = _BETWEEN_BEFORE.search(folded, max(0, start - 32), start)
    return before is not None or _BETWEEN_AFTER.match(folded, end) is not None


def is_sent_out(folded: str, terms: Sequence[TermMatch], position: int) -> bool:
    """Whether a thing is sent out for work that makes none of it: 阀体毛坯外发粗精车."""
    thing = terms[position]
    if thing.term.kind is not RequirementKind.PRODUCT:
        return False
    sent = _SENT_OUT.match(folded, thing.end)
    if sent is None or _FROM_STOCK.search(folded, sent.end(), sent.end() + _REACH):
        return False
    behind = (match for match in terms[position + 1 :] if match.start >= sent.end())
    work = next(behind, None)
    gap = folded[sent.end() : work.start] if work else ""
    return work is not None and _is_finishing(work) and _MANNERS.fullmatch(gap) is not None


def is_worked_on(
    folded: str, match: TermMatch, before: TermMatch | None, following: TermMatch | None
) -> bool:
    """Whether work is done on a thing that is there: "plates our valve stems", 给阀杆做镀硬铬."""
    if before is not None and _is_finishing(before):
        gap = folded[before.end : match.start]
        done = folded.endswith(_FEATURES, before.start, before.end)
        # 低温冲击 法兰: what a test is said of beside the thing.
        done = done or (
            gap == " " and before.term.family == "testing" and not folded[match.start].isascii()
        )
        if not done and before.end > before.start + 1 and _DETERMINED.fullmatch(gap):
            return match.term.value.rsplit(" ", 1)[-1] not in _MACHINES
    if following is None or following.term.kind is not RequirementKind.PROCESS:
        return False
    gap, before_it = folded[match.end : following.start], _clause_before(folded, match.start)
    is_bought = _BOUGHT.search(before_it)
    is_finishing = _is_finishing(following)
    for_it = is_finishing or following.term.value in SERVICES
    if for_it and _SOUGHT_FOR_IT.fullmatch(gap) and not is_bought:
        return True
    if not is_finishing:
        return False
    if _TO_BE_DONE.fullmatch(gap) and not is_bought:
        return True
    return bool(_GIVEN.search(before_it) and _DONE.fullmatch(gap))


def _is_formed(match: TermMatch, before: TermMatch | None) -> bool:
    """Whether a part is what comes of the work before it: casting of valve bodies, 阀体铸造."""
    if before is None or before.term.kind is not RequirementKind.PROCESS:
        return False
    return match.term.value in parts() and before.term.value in shapes() | _FORMING


def _is_finishing(match: TermMatch) -> bool:
    return match.term.kind is RequirementKind.PROCESS and match.term.value in finishing()


def _is_for(ahead: str, before: TermMatch | None, start: int, folded: str) -> bool:
    """Whether "for" or, behind a thing, "of" stands before a product."""
    link = _FOR.search(ahead)
    if link is None:
        return False
    if not link[0].startswith("of"):
        return link.start() > 0
    return (
        before is not None
        and before.term.kind in THINGS
        and folded[before.end : start].lstrip(" -s").startswith("of ")
    )


def _clause_before(folded: str, start: int) -> str:
    match = _CLAUSE.search(folded, max(0, start - _REACH), start)
    return match[0] if match else ""


def _is_of(term: Term, head: Term) -> bool:
    """Whether of two Chinese names with a space between the second is of the first: 无人机 电池."""
    if head.kind is RequirementKind.PROCESS:
        return True
    if term.value in parts():
        return False
    whole = comes_with(term.value) | comes_with(term.family)
    return head.value in whole or (head.value in parts() and term.family in head.value.split())


def _modifies(folded: str, match: TermMatch, following: TermMatch) -> bool:
    """Whether a thing directly before another says of what, or on what, that one is."""
    term, head = match.term, following.term
    if term.kind is RequirementKind.PROCESS or head.kind not in THINGS:
        return False
    between = _FREE_OF.sub("", folded[match.end : following.start])
    if between == " " and not folded[match.start].isascii() and not _is_of(term, head):
        return False
    if between in ("", " ", "-"):
        if head.value == "prototyping":
            return False  # who makes circuit boards makes samples of them
        if head.value == "assembly" and term.value.rsplit(" ", 1)[-1] in _MACHINES:
            return False  # 袜机装配: who puts machines together makes them
        if term.value in _SETS.get(head.value, ()) or {term.value, head.value} <= _FASTENERS:
            return False
        if head.value in _MAKES_CLOTHES:
            return term.value in _MAKES_CLOTHES[head.value]
        # "electrodes milled to size" are electrodes, "electrode milling" is milling.
        if head.kind is RequirementKind.PROCESS and folded[
            following.start : following.end
        ].endswith(_PARTICIPLES):
            return False
        return not ({term.value, head.value} & parts() and {term.value, head.value} & shapes())
    if between == "的" and term.value in shapes() and head.value in parts():
        return False  # 要锻件的阀体
    if _WHO_MAKES_IT.match(between) or _ARE_MAKERS.match(folded, match.end, following.end + 2):
        return False
    if _OF_ALL.fullmatch(between) or _FOR_WHICH.fullmatch(folded, match.end, following.start):
        return True
    if (_OF.fullmatch(between) or _OF_IT.fullmatch(between)) and not _JOINT & set(between):
        return True
    if term.value.rsplit(" ", 1)[-1] in _MACHINES and _MADE_WITH.match(between):
        return False
    if between == "加" or not _GAP.fullmatch(between) or _MEASURES.fullmatch(between):
        return False
    if between in _CAN_BE and head.value == "recycling":
        return True  # 溶剂能回收
    return between == "的" or not (between[0] == "接" or _JOINT & set(between))
