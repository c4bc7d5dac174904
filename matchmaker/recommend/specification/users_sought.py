"""Whether those are looked for who need what a text names: 谁家用得上我们的模具."""

from __future__ import annotations

from matchmaker.recommend.specification.clauses import fold
from matchmaker.regex import regex

# Who is looked for by what they need: "battery makers who need graphene film", 用得上再生碳纤的模压厂.
_NEEDERS = regex(
    r"(?:makers?|manufacturers?|producers?|builders?|assemblers?|integrators?|moulders?|compan(?:y|ies)|firms?|brands?|shops?|mills?|"
    r"factor(?:y|ies)|foundr(?:y|ies)|plants?|houses?|labs?|institutes?|people|teams?|groups?|operators?|businesses|users?|anyone|anybody|somebody|someone|those)"
    r"(?: (?!who\b|that\b|which\b|we\b|i\b)[a-z-]+){0,6},? (?:who |that |which )(?:might |may |could |would |also |urgently |still )?"
    r"(?:(?:are |is )?(?:looking for|in need of|short of|seeking)|needs?|wants?|uses?|could use|buys?|lacks?|requires?)"
    r" (?!(?:more |new |steady |regular )?(?:to|us|orders?|work|business|contracts?|customers?|partners?|jobs?)\b)"
    r"|\b(?:interested in|interest in|use for) (?:trying |testing |buying )?(?:our|my)\b"
    r"|\bwhich (?:[a-z-]+ ){1,4}(?:elsewhere |there )?(?:buys?|uses?|needs?|wants?|would (?:try|buy|use|like|want)|could use|might (?:try|use|buy|want))\b"
    r"|\b(?:does|do|would|could) (?:some|any|an?|anybody|anyone|somebody)\b[^,.;?!]{0,30} (?:needs?|wants?|uses?|buys?)\b"
    r"|(?:谁家?|哪家|哪里|外地|外省)(?:厂家?)?(?:会|能|想|在)?(?:要|用|收|需要|用得[上着到])(?:这个|这种|这些|一些)?[吗呢啊]?(?:$|[。.!！?？]|[，,；;](?!我们?要|要))"
    r"|(?:有没有|有无|有谁|谁|哪家)(?:人|厂家?|企业|公司)?(?:要|用|收|需要|想要|用得上)的?(?:吗|呢)?(?:$|[。.!！?？])"
    r"|[找寻求][^，,;；。找寻求]{1,14}(?:厂|厂家|企业|公司|单位)(?:来|帮忙|帮我们)?(?:试用|试试|试一试|用用看)"
    r"|(?:要|需要|想)[^，,;；。找寻求]{1,14}的(?:朋友|老板|客户|厂家?)?，?(?:请|可以|欢迎)?(?:来)?(?:找|联系)(?:我们?|咱们?|本厂|我司)"
    r"|\b(?:needs?|wants?|looking for)\b[^.;?!]{2,40}\b(?:contact|call|come to|write to|ask|talk to) us\b"
    r"|(?:厂|厂家|企业|公司|客户|同行|工厂)(?:要不要|用不用|需不需要|要吗|用得[上着]吗)"
    r"|给(?:外地|外省|别处|其他地方)[^，,;；。给]{1,12}(?:厂|企业|公司|集群)?[^，,;；。]{1,10}(?:行不行|行吗|可以吗)"
    r"|给(?:外地|外省|别处|其他地方)的?(?:做|搞|生产)[^，,;；。找]{1,10}的?(?:厂家?|企业|公司|客户)?(?:供|提供|做|加工|配)"
    r"|(?<![们司厂我])(?:需要|缺少?|要用|想用|要买|想买|采购|急需|用得[上着到]|会用到?|用到|在用)(?![我活单])"
    r"[^，,;；。!！?？的]{2,20}的(?:[^，,;；。!！?？的]{0,6}的)?[^，,;；。!！?？的找]{0,8}(?:厂|厂家|企业|公司|品牌|用户|客户|同行|工厂)"
)
# 耐磨涂层，除了阀门还有谁能用, "apart from valves, who else could use it".
_WHO_ELSE = regex(
    r"(?:除了?|除开|不光|不止)[^，,;；。!！?？]{1,12}(?:[，,])?(?:还有|另外|别的|其他)?[^，,;；。!！?？找寻求]{0,6}(?:谁|哪些?(?:行业|厂家?|企业|人)?|什么(?:行业|厂家?|企业))[^，,;；。!！?？找寻求做供]{0,4}(?:用|要|需要|买)(?!什么)"
    r"|\b(?:apart from|besides|other than|except)\b[^.;!?]{2,40}\bwho(?: else)? (?:could|might|would|can|may)? ?(?:use|need|want|buy)s?\b"
    r"|\bwho else (?:could|might|would|can) (?:use|need|want|buy)\b"
)
# 模具厂想进眼镜行业接活, "would cut anything for drone makers": who would work for another trade.
_ENTERS = regex(
    r"(?:想|要|打算|准备|希望)(?:进|打入|进入|切入|转(?:到|做|向)?)[^，,;；。!！?？]{1,8}(?:行业|领域|圈子?|市场|这一?行)"
    r"|(?:想|打算|准备)(?:转(?:行|产)?(?:做|生产)|接[^，,;；。!！?？找寻求]{2,12}的?(?:单子?|订单|活)(?=$|[，,;；。!！?？]))"
    r"|\b(?:would|could|can|happy to|glad to|ready to|want to) (?:also )?(?:cut|machine|cast|coat|plate|knit|mould|mold|print|dye|polish|weave|make parts|do (?:work|jobs)) "
    r"(?:[a-z-]+ ){0,4}for (?:[a-z-]+ ){1,3}(?:people|makers|firms|companies|shops|brands|mills|builders)\b"
    r"|\b(?:enter|get into|break into|move into) the (?:[a-z-]+ ){1,2}(?:industry|trade|market|business)\b"
)
# What "we" have is to be sold there: 想把我们的碳纤维板卖给做眼镜腿的.
_SOLD_TO = r"(?:把|将)(?:我们?|咱们?|我[司厂]|本[司厂])(?:这边|家|做|生产)?的?[^，,;；。!！?？]{1,16}?(?:卖|供|推销|推荐|介绍|推广|打)(?:给|到|去|进|往)"
# "…, that's what we make": who asks has what somebody else seeks.
_WE_MAKE_THAT = regex(
    rf"{_SOLD_TO}|"
    r"\b(?:that(?:'s| is)|which is|that is exactly|exactly) what we (?:make|do|sell|supply|offer|produce|have)\b|[,;.-] ?(?:and )?(?:we|which we) (?:make|sell|produce|supply|offer) (?:them|it|those|these|that|such)\b"
    r"|(?:我们?|我[司厂]|本[司厂]|咱们?)(?:正好|刚好|恰好|就是|专门|就)(?:是)?(?:做|生产|供|有|卖)(?:这个|这种|这些|这类|这一?块|它)"
    r"|\b(?:who|that)(?:'d| would| might| may| will) (?:pay for|be interested in|like to (?:buy|try|use|have)|want)\b"
    r"|\b(?:would|might|could) (?:anyone|anybody|somebody|some [a-z]+|any [a-z]+)(?: [a-z]+){0,4} (?:pay for|be interested in)\b"
)
# Who would work for others, 模具厂想给无人机企业做外壳, is no 能给眼镜厂做电镀的工厂 that is asked for.
_WORKS_FOR = regex(
    r"(?:^|[，,;；。!！?？\n])(?![^，,;；。!！?？\n]{0,24}(?:找|寻|求|哪|谁|有没有|有无|有谁|需要|急需|推荐|介绍|能不能|可不可以|能否|可否)|[^，,;；。!！?？\n]{0,40}[吗嘛么])[^，,;；。!！?？\n]{0,24}?"
    r"(?:想要?|希望|打算|可以?|能|愿意|专门|专业|一直)(?:给|为|向)(?!我|咱|俺|本|自己|你)[^，,;；。给找寻求]{1,10}?(?:厂家?|企业|公司|品牌|行业|集群|(?=做?配套))"
    r"(?:们|那边)?(?:做|供应?|提供|加工|配套?|生产|代工|代做|开发)(?!检测|测试|培训|认证)"
    r"(?![^，,;；。!！?？\n]{0,16}的[^，,;；。!！?？\n]{0,4}(?:厂|企业|公司|供应商|师傅|团队|单位|机构))"
)
# Who would use "our" thing is sought for it: 哪里的厂用得上我们的锂电池组.
_OURS_WANTED = regex(
    r"(?:谁家?|哪[家里些个儿]|厂家?|企业|公司|客户|同行|单位|外地|外省|别处|(?<!我)(?<!我们)(?<!咱)有人)[^，,;；。!！?？找寻求]{0,10}"
    r"(?:用得[上着到]|用[得不]着|需要|要不要|要用|会用|会要|想要|想用|肯[试用买]|愿意?[试用买]|想买|会买|能用|用|收|买)(?:我(?:们|[司厂方])?(?!们)|咱们?(?!们)|本[司厂])(?:(?:这边|家|做|生产)?的(?!模具?|图纸|来?料|样品|设备)|(?!来?料|帮|做|提供|配合)[^，,;；。!！?？找寻求的]{2,10}的?(?:吗|呢|么)?(?:$|[。！!？?]))"
    r"|(?<!\bwe )(?<!\bi )(?<!\byou )\b(?:would|could|might|will|can|may) (?:use|try|buy|need|want|take) our (?![a-z]+(?: [a-z]+)? to )"
    r"|\b(?:would|could|do|does|might|will|can) (?:(?!we\b|you\b|i\b|send\b)[a-z'-]+ ){1,7}(?:use|try|buy|need|want|like|take) our (?![a-z]+(?: [a-z]+)? to )"
    r"|(?:我们?|咱们?|我[司厂方]|本[司厂])(?:自己|主要|专门|专业|一直|是)?(?:做|生产|织|造|制造|卖|加工)[^，,;；。!！?？找寻求]{1,16}[，,](?:现在?|目前)?(?:想|要)?(?:找|寻|求)[^，,;；。!！?？]{0,8}(?:卖家|买家|买手|客户|客商|采购商|进口商|经销商|分销商|批发商|零售商|销路)"
)


def asks_for_customers(need: str) -> bool:
    """Whether a text asks for those who need what it names, which is then what its author has."""
    folded = fold(need)
    asking = (_NEEDERS, _OURS_WANTED, _WORKS_FOR, _WE_MAKE_THAT, _WHO_ELSE, _ENTERS)
    return any(each.search(folded) is not None for each in asking)
