# ruff: noqa: E501 -- words, as a list is read
"""Words by which the questions of a questionnaire are known as titles of columns: data.

`您所在企业的全称是什么？`, `How many people do you employ?`: a question is known by what it
speaks of, and only proposed, for a person to confirm.
"""

from __future__ import annotations

import re

from matchmaker.ingest.words import keys_of, word_key
from matchmaker.regex import regex
from matchmaker.text import normal

# The surest first: what is looked for speaks of products too, a name of a firm's.
_ASKED_FOR: tuple[tuple[str, str], ...] = (
    ("need", r"需求|求购|采购|寻找|寻求|急需|希望(?:获得|得到|对接|引进|合作)|需要(?:哪|什么|的)|想(?:找|买)|looking for|\bneeds?\b|\bseek|\bsearching for\b|\bwant(?:ed)?\b|\brequire|gesucht|suchen|benötig|recherchez|busca"),
    ("listed", r"(?:愿意|同意|是否|可否|能否).{0,12}(?:公开|对接(?!会|活动)|推荐|共享|展示|列入)|\b(?:may|can|could) (?:we|the [a-z ]{2,30}|our [a-z ]{2,30}) (?:share|list|publish|show|recommend|pass on)|\b(?:agree|consent|permission|willing) (?:to|that).{0,40}(?:list|publish|shar|contact|recommend)|dürfen wir|acceptez-vous"),
    ("headcount", r"(?:员工|职工|从业人员|在职人员|人员)(?:总)?(?:人数|数|规模)|多少(?:名|位|个)?(?:员工|职工|人)|\bhow many (?:people|employees|staff|persons)|\bnumber of (?:\w+ )?(?:employees|staff|people)|\bheadcount\b|wie viele (?:mitarbeit|personen|beschäftigt)|combien de (?:salariés|personnes)"),
    ("rd_expenditure", r"研发(?:费用|投入|经费|支出)|\br&d (?:spend|expenditure|budget)"),
    ("revenue", r"营业(?:总)?收入|销售(?:总)?(?:额|收入)|营业额|\brevenue\b|\bturnover\b|\b(?:annual|yearly) sales\b|\bumsatz\b|chiffre d'affaires"),
    ("patents", r"专利.{0,4}(?:数|多少|几)|\bhow many patents|\bnumber of patents"),
    ("founded", r"(?:成立|创立|创办|注册|建立).{0,4}(?:时间|日期|年份|年月|哪一?年|于)|何时成立|\bwhen (?:was|were|did).{0,40}(?:founded|established|start)|\byear .{0,30}(?:founded|established|incorporated)|gegründet|gründungsjahr"),
    ("credit_code", r"信用代码|credit code"),
    ("website", r"网址|官网|网站|\bweb ?site\b|\bhomepage\b|\bwebseite\b"),
    ("contact", r"联系(?:人|方式|电话)|手机|电话|邮箱|微信|\be-?mail\b|\bphone\b|\btelephone\b|\bcontact (?:person|details|name)|\bwho (?:can|should) we contact|telefon|ansprechpartner"),
    ("name_en", r"英文(?:名|全称)|\benglish name\b|\bname in english\b"),
    ("name", r"(?:单位|企业|公司|机构|组织|学校|厂).{0,8}(?:名称|全称|名字|叫什么)|(?:名称|全称)(?:是|为)?什么|\bname of (?:your|the) (?:company|organi[sz]ation|institution|firm|business|university|employer)|\b(?:company|organi[sz]ation|institution|firm|business)(?:'s)? (?:full |legal |official )*name|\bwhat is your (?:company|organi[sz]ation|firm|institution)|name (?:ihres|ihrer|des|der) (?:unternehmen|firma|organisation|einrichtung)|nom de (?:votre|l'|la )"),
    ("industry", r"行业|产业(?:领域|类别)|\bindustry\b|\bsector\b|\bbranche\b"),
    ("kind", r"(?:单位|企业|机构|组织|公司)?(?:类型|性质|类别)|\b(?:type|kind) of (?:organi[sz]ation|company|institution|business|firm|entity)|art (?:ihres|der|ihrer)"),
    ("country", r"哪个国家|所在国|\b(?:which|what) country\b|\bcountry\b"),
    ("place", r"(?:所在|位于|坐落|注册).{0,6}(?:地|城市|省|市|区|县)|地址|(?:哪个|哪座)(?:城市|省|市|区|县)|\b(?:which|what) (?:city|town|region|province)\b|\bwhere (?:is|are|do).{0,40}(?:based|located|operate)|\baddress\b"),
    ("certificates", r"资质|认证|证书|\bcertificat|\baccredit"),
    ("description", r"产品|服务|业务|主营|经营范围|\bwhat (?:do|does|can) .{0,40}\b(?:offer|make|produce|do|manufacture|provide|sell)\b|\b(?:products?|services?|activities)\b|\bbieten sie\b|tätigkeit"),
)  # fmt: skip
_PATTERNS = tuple((column, regex(pattern)) for column, pattern in _ASKED_FOR)
_IS_QUESTION = regex(
    r"[?？]|^(?:q\d|\(?\d{1,3}[.、)．:：])|[您贵]|^请|什么|多少|哪|是否|^(?:what|which|how|where|when|who|do|does|is|are|may|can|please)\b"
    r"|^(?:wie|was|welche|wo|wann|quel|combien|où)\b"
)
# Columns of the survey and not of who answers it, as 问卷星, 腾讯问卷, Google, Microsoft and others
# name them; a column that only says where the answer came from beside them.
ABOUT_ANSWERS = (
    "提交答卷时间|提交时间|答题时间|开始答题时间|结束答题时间|所用时间|答题时长|填写时间|填表时间|来源详情|来自ip|ip|ip地址|答题ip|总分|答卷编号"
    "|答题序号|用户id|昵称|timestamp|time stamp|start time|completion time|submitted|submitted at|submission date|last modified time"
    "|response id|respondent id|respondent|collector id|ip address|date created|date modified|recipient data|zeitstempel|horodateur"
    "|marca temporal|duration in seconds|progress|finished|recorded date|user language|distribution channel"
)
WHERE_FROM = ("来源", "channel", "collector", "source")


_NUMBERED = regex(
    r"(?:q\d{1,3}[.:、 ]|\(?\d{1,3}(?:[.．:：](?!\d)|[、)）]))\s*[^\W\d]", re.IGNORECASE
)


def is_numbered(title: str) -> bool:
    """Tell whether a title is numbered as those of questionnaires are: 3、所在地区, Q3. City."""
    return _NUMBERED.match(title) is not None


def asked_for(title: str) -> str:
    """The column that a question of a questionnaire asks for, "" for what is none."""
    text = normal(title)
    if not _IS_QUESTION.search(text):
        return ""
    text = re.sub(r"[(\[【].*?[)\]】]", "", text)
    return next((column for column, pattern in _PATTERNS if pattern.search(text)), "")


def is_of_survey(title: str) -> bool:
    """True where only the export of a survey has a column of this title."""
    return word_key(title) in keys_of(ABOUT_ANSWERS)


# 问卷星 writes the letter of an option before it; firms are called A.O.史密斯, too.
_LETTER = regex(r"(?:^|(?<=；))\s*[A-L][.．、]\s?(?=[一-鿿\d<≤>≥])")


def without_letters(answer: str) -> str:
    """An answer without the letters of the options that were chosen: A.飞控；C.图传."""
    return _LETTER.sub("", answer)


def is_about_answer(title: str) -> bool:
    """True where a column of a survey is about an answer to it, and not about who answers."""
    return is_of_survey(title) or word_key(title) in map(word_key, WHERE_FROM)
