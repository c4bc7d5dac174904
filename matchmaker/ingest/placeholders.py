# ruff: noqa: E501 -- words, as a list is read
"""Words that stand where a name should: they name nobody."""

from __future__ import annotations

from matchmaker.regex import regex
from matchmaker.text import normal

# What is written where nothing is known: no name, and nothing in any other cell.
# In the form that `normal` gives.
NOTHING = frozenset(
    word.strip()
    for word in """
    n.n; n.n.; unbek.; nicht bekannt; keine angaben; nicht angegeben; ohne angabe; kein; keiner; néant; neant
    inconnue; aucun; aucune; sans objet; non applicable; non communiqué; non renseigné; non disponible; non précisé
    sconosciuta; nessuno; nessuna; non disponibile; non specificato; non noto; non pervenuto
    ninguno; ninguna; desconocida; sin información; no aplica; no disponible; no consta; nenhum; não informado; não aplicável
    brak; brak danych; nie dotyczy; nieznana; nieznane; nie podano; neuvedeno; neznámý; neznámá; není známo; žádný; nezadáno
    nincs; ismeretlen; geen; niet bekend; ingen; okänd; ukendt; ei tiedossa; yok; bilinmiyor; necunoscut
    нет; нет данных; неизвестно; неизвестен; не указано; не указан; не применимо; н/д; отсутствует; невідомо; немає
    (空); (跳过); 跳过; 未作答; 未回答; (未填写); 待补充; (待补充); 待完善; (待完善); 待填写; (待填写); (待定); (暂无); (无); 暂缺
    なし; 该当なし; 未记入; 非公开; 없음; 미정; 해당없음; 未公布; 未披露; 未注明; 无此项; 未登记; 不清楚
    desconocido; entfällt; inconnu; keine; keine angabe; n.a; n.a.; n/a; n/d; na; nan; nieznany; nil; none; not applicable; not available; null; onbekend
    s/o; sconosciuto; tba; tbd; unbekannt; unknown; 不明; 不详; 不适用; 待定; 无; 无数据; 暂无; 未填; 未定; 未提供; 未知; 没有; 空
    """.replace("\n", ";").split(";")
    if word.strip()
)
# Whole cells, compared after `normal` and without the marks around them.
_NOBODY = frozenset(
    """
    unkown; not known; name unknown; unknown supplier; unknown vendor; unknown company; unknown buyer
    n / a; not avail
    no; no one; nobody; no supplier; no suppliers; no vendor; no award; not awarded; no bidder; no bids; no name
    awarded to no suppliers; awarded to no supplier; award to no suppliers; no suppliers awarded
    t.b.d; tbc; to be determined; to be decided; to be announced; to be confirmed; to be advised
    pending; various; various suppliers; various vendors; various companies; several; multiple; many
    multiple suppliers; multiple vendors; multiple awardees; multiple recipients; multiple companies
    miscellaneous; misc; misc.; other; others; other suppliers; anonymous; anonymised; anonymized; confidential
    undisclosed; not disclosed; withheld; redacted; name withheld; private individual; private person
    private individuals; natural person; individual; individuals; blank; no data; missing
    one-time vendor; one time vendor; one-time customer; one time customer; one-time supplier; cash sale; cash sales
    petty cash; walk-in customer; sundry; sundry suppliers; sundry customers; diverse lieferanten; diverse kunden
    现金; 现金采购; 现金客户; 现金销售; 一次性供应商; 一次性客户; 临时供应商; 临时客户; 零散供应商; 零星供应商; 散客
    same; same as above; ditto; do.; as above; test; xxx; dummy; company name; supplier name
    unspecified; not specified; unnamed; unassigned; not stated; not provided; not reported; not given; no information
    all members; all partners; all member companies; all participants; members; partners
    self; own; internal; in-house; in house
    k.a; k. a; diverse; verschiedene; néant; divers; sin datos
    nvt; n.v.t; s/n
    各会员; 各会员单位; 各会员企业; 全体会员; 全体会员单位; 全体成员; 全体成员单位; 各成员单位; 所有会员; 所有会员单位; 所有成员单位; 相关单位; 有关单位; 各相关单位; 各有关单位; 若干单位; 若干家
    空白; 未知供应商; 未填写; 未公开; 不公开; 不便公开; 保密; 匿名; 待确认
    待补充; 待填; 待核实; 未中标; 流标; 废标; 无中标人; 无供应商; 无中标供应商; 无名; 无名称; 其他; 其它; 其余; 多家; 多家单位
    多家供应商; 若干; 各供应商; 各单位; 同上; 如上; 同前; 见附件; 详见附件; 见清单; 详见清单; 见名单; 详见名单; 见附表; 详见附表
    见列表; 见备注; 详见公告; 个人; 自然人; 散户; 个体; 零星采购; 零散客户; 其他客户; 其他供应商; 测试; 公司名称; 企业名称; 单位名称
    外地企业; 外地供应商; 外地客户; 外地; 本地企业; 本地供应商; 外省企业; 省外企业; 省外供应商; 市外企业; 国外企业; 国外供应商; 外购; 外协; 进口
    空置; 闲置; 待租; 待招商; 招商中; 空房; 未出租; 空置中; vacant; to let; empty unit; unlet
    供应商名称; 某公司; 某企业; 某单位; 未命名; 未注明; 未列明; 自己; 本公司; 本单位; 我公司; 我司; 我方; 我单位; 我厂; 本厂; 己方; our company; ourselves; 暂缺; 缺; 略
    """.replace("\n", ";").split(";")
)
_WORDS = frozenset(" ".join(word.split()) for word in _NOBODY if word.strip()) | NOTHING
# Directions to another page, and collective rows of official statistics.
_PATTERNS = tuple(
    regex(pattern)
    for pattern in (
        r"(?:please )?(?:see|refer to|as per|per) (?:the )?(?:attached |enclosed |separate )?"
        r"(?:list|annex|appendix|attachment|remarks?|notes?|table|schedule|below|above|website)"
        r"(?: of (?:the )?(?:vendors?|suppliers?|awardees?|contractors?|companies|names|partners))?",
        r"(?:list|details) (?:of (?:vendors?|suppliers?|awardees?) )?(?:attached|enclosed|below)",
        r"misc(?:ellaneous)?\.? (?:\w+ )?(?:awardees?|vendors?|suppliers?|contractors?|recipients?"
        r"|companies|payees?)",
        r"(?:various|multiple|several|other) (?:\w+ )?(?:awardees?|vendors?|suppliers?|contractors?"
        r"|recipients?|payees?)",
        r"(?:domestic|foreign) awardees? \(undisclosed\)",
        r"unknown(?: \d+)?",
        r"(?:个人|自然人|散户|个体|private (?:person|individual))\s*[(（].{0,20}[)）]?",
        r"vacant (?:seat|place|position|unit|membership)s?|(?:席位|名额|职位)?(?:空缺|待增补|待补选)",
        r"(?:supplier|vendor|buyer|customer) [a-z]|(?:供应商|客户|公司|企业)(?:\d{1,2}|[a-z]|[甲乙丙丁])",
        r"(?:请|详)?见.{0,6}(?:附件|清单|名单|列表|附表|备注|公告|下表|下文)\d*",
        r"(?:暂无|尚无|无|没有)(?:供应商|中标.{0,3}|投标人|信息|数据|名称|相关.{0,4})",
        r"(?:einmal|divers(?:e|er)?[- ]?)(?:lieferant|kreditor|kunde|debitor)\w*(?: .{0,30})?",
        r"(?:cpd|cpd[- ]account)(?: .{0,40})?|.{0,20}\bone[- ]time (?:vendor|supplier|customer)s?",
        r"\?+|？+|x{2,}|\*+|0+",
        # Bills of lading that go to whom the bill is handed, and parties told by another's column.
        r"to (?:the )?order(?: of .{1,60})?|same as (?:the )?(?:consignee|shipper|buyer|importer|exporter)",
        # 上海某贸易公司, 意向：宁波某新能源企业: somebody whose name is not said.
        r"(?:(?:意向|拟入驻|洽谈|在谈)[:：]?\s*)?[\u4e00-\u9fff]{0,12}某.{0,16}(?:公司|企业|集团|厂|单位|厂家|客户|供应商|客商|厂商|商家|采购商|经销商|买家|老板|大学|高校|医院|研究[院所])(?:\s*[(（][^()（）]{1,20}[)）]?)?",
    )
)


def is_placeholder(name: str) -> bool:
    """Tell whether a cell stands for nobody: empty, marks only, "N/A", 无, "see list of vendors".

    A name that only begins so is a name: "N/A Systems Ltd", "None Ltd".
    """
    plain = normal(name)
    bare = _without_marks(plain)
    if not bare:
        return True
    if bare in _WORDS or plain in _WORDS:
        return True
    return any(pattern.fullmatch(bare) for pattern in _PATTERNS)


def _without_marks(text: str) -> str:
    """Without the marks around it, in one pass: a pattern would begin anew at each of thousands."""
    first, last = 0, len(text)
    while first < last and not text[first].isalnum():
        first += 1
    while last > first and not text[last - 1].isalnum():
        last -= 1
    return text[first:last]
