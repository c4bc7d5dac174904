"""What is tested, named behind the word for testing or listed before it.

测一下硬度和气密性, "test them for hardness", "pilling and colour fastness tests".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from matchmaker.recommend.specification.model import RequirementKind
from matchmaker.recommend.specification.patterns import alternatives
from matchmaker.recommend.specification.unlisted import HAN
from matchmaker.recommend.specification.vocabulary import (
    CHINESE_TESTS,
    ENGLISH_TESTS,
    Term,
    TermMatch,
    apart_from,
    chambers,
    tests,
)
from matchmaker.regex import regex

_CERTIFICATE = RequirementKind.CERTIFICATE
_SUBJECT = alternatives(tests())
_CHAMBER = alternatives(chambers())
_TESTED = regex(
    r"(?:(?<![排审调核抽检])查(?![询找看阅收验])|可测|能测|会测|测试|检测|检验|送检|抽检|测定|测量|化验|测|检)(?:一下|一测|下|个)?[^，,;；。!?\n]{0,10}?"
    rf"(?=(?:{_SUBJECT}))"
    r"|\b(?:test(?:s|ed|ing)?|measur(?:e|es|ed|ing)|check(?:s|ed|ing)?) (?:[a-z]+ ){0,4}?(?:for )?"
    rf"(?=(?:{_SUBJECT}))"
)
# Between Chinese words a space does for 、: 检测 甲醛 偶氮 色牢度.
_AND = regex(
    rf"\s?(?:、|和|及|与|以及|,(?: and | or )?|，|and |or |&|/|(?<=[{HAN}])\s(?=[{HAN}]))\s?"
)
# The other way round: 透光率和阿贝数在哪能测, 镍释放要检; what must only come out well is no test wanted.
_ASKED = regex(
    rf"(?:(?:{_SUBJECT})(?:{_AND.pattern})?){{1,9}}"
    r"(?=[^，,;；。!?\n]{0,3}(?:在哪|去哪|到哪|哪里|哪儿|哪家|谁|怎么|能不能|可以|能|找人)[^，,;；。!?\n]{0,4}(?:测|检|化验)|(?:要|得|需要?|想)(?:做|去|送)?(?:检测|检验|测试|检|测|化验)(?=$|[，,;；。!?\n的])"
    # What a test has shown: 甲醛超标, "formaldehyde in our dyed socks is over the limit".
    r"|[^，,;；。!?\n]{0,3}(?:超标|超限|不合格|不达标|过不了(?:关|检)?|没过|偏高)(?!的|率|[就可]?(?:包|退|换|赔|免)|[，,]?[^，,;；。!?\n]{0,4}(?:换|另找|重新找))|[^,.;!?\n]{0,32}\b(?:over|above|exceed(?:s|ing)?|beyond) (?:the |its |our )?(?:legal |permitted |allowed )?(?:limits?|thresholds?)\b)"
)
# 镍释放 EN1811 检测: with the standard between.
_BY_STANDARD = regex(
    r"\s?(?:en|iso|gb(?:/t)?|astm|qb/t|din|aatcc|jis)[\s/]?\d[\d.\-]{1,11}\s?的?(?:检测|检验|测试|试验)"
)
_BEFORE_STANDARD = regex(rf"(?P<subject>{_SUBJECT})$")
_LONGEST_SUBJECT = max(map(len, tests()))
# What is bought or sold is the chamber itself.
_TRADED = regex(
    r"采购|求购|购买|想买|要买|买一?台|订购|收购|出售|转让|二手|销售|生产|制造|厂家|报价|\b(?:buy|buying|purchase|purchasing|quot\w+|second-?hand|sells?|sale|makes?|manufactur\w+|suppl\w+)\b"
)
# Without any of these nothing is tested: most texts are not looked through further.
_TESTS_AT_ALL = regex(
    rf"[测检查]|化验|超[标限]|合格|达标|过不了|没过|偏高|limit|threshold|measur|check|{'|'.join((*CHINESE_TESTS, *ENGLISH_TESTS))}"
)
# One by one from there: a list of what is tested.
_LISTED = regex(rf"(?P<subject>{_SUBJECT})(?:{_AND.pattern})?")
_CHAMBERS = regex(_CHAMBER)
_LISTED_BEFORE = regex(rf"(?:(?:{_SUBJECT}){_AND.pattern}){{1,9}}$")
_LIST_REACH = 60
# Behind others that are named as tests: 型式试验、防火试验、微泄漏.
_GOES_ON = regex(
    rf"(?:{'|'.join(CHINESE_TESTS)})(?:、|和|及|与|以及)(?=(?:(?:{_SUBJECT})(?:、|和|及|与|以及)?){{1,9}}(?:$|[^{HAN}]|等))"
)
# What else may stand in such a list: 盐雾、耐汗、附着力检测.
_UNKNOWN = rf"(?!and |or )(?:(?:(?![和及与或])[{HAN}]){{1,6}}|[a-z]{{2,16}}(?: (?!and |or )[a-z]{{2,16}})?)"
# Between one test and the next of a list.
NEXT_TEST = regex(
    rf"{_AND.pattern}|(?:、|和|及|与|, )(?:(?>{_UNKNOWN})(?:、|和|及|与|以及|,? and |, )){{1,3}}"
)
# 型式试验、防火试验、微泄漏，CNAS认可: what a platform does, by itself.
_BEGINS = frozenset(("", *"，,;；。:："))
_TESTS_ALONE = regex(
    rf"[{HAN}]{{1,6}}(?:{'|'.join(CHINESE_TESTS)})(?:(?:、|和|及|与|以及)(?:[{HAN}]{{1,6}}(?:{'|'.join(CHINESE_TESTS)})|(?:{_SUBJECT}))){{1,9}}(?=$|[，,;；。\n])"
)
# The last of a list is named with the word for testing, those before it without.
# What is known is read as nothing else, so that a list is read in one way.
_KNOWN = rf"(?>(?:{_SUBJECT}){_AND.pattern})"


@cache
def _before() -> re.Pattern[str]:
    """Compiled for the first text of tests: of all patterns it takes longest."""
    return re.compile(
        rf"{_KNOWN}{{1,21}}(?:(?!{_KNOWN})(?>{_UNKNOWN}){_AND.pattern}{_KNOWN}{{0,9}}){{0,3}}"
        rf"(?=(?:{_SUBJECT}|{_UNKNOWN}?)(?:\s?(?:{'|'.join(CHINESE_TESTS)})| (?:{alternatives(ENGLISH_TESTS)})(?![a-z])))"
    )


def with_tests(folded: str, terms: list[TermMatch]) -> list[TermMatch]:
    """The terms of a folded text with what it says is tested, which no term has."""
    if (found := [*_chambers(folded)]) and not _TRADED.search(folded):
        terms = sorted([*apart_from(terms, found), *found], key=lambda match: match.start)
    if _TESTS_AT_ALL.search(folded) is None:
        return terms
    subjects = list(dict.fromkeys(_subjects(folded)))
    # RoHS among what is tested is a test.
    shown = {(match.start, match.end) for match in subjects}
    terms = [
        match for match in terms if match.term.kind is not _CERTIFICATE or match[:2] not in shown
    ]
    named = apart_from(subjects, terms)
    return sorted([*terms, *named], key=lambda match: match.start) if named else terms


def is_list_of_tests(folded: str, start: int) -> bool:
    """Whether a clause begins with a test and says no more than this and others."""
    return folded[start - 1 : start] in _BEGINS and _TESTS_ALONE.match(folded, start) is not None


_RESULT = regex(r"(?:试验|测试|检测)?(?:≥|>=?|过|达到?|至少)?\s?\d|[^，,;；。]{0,4}(?:合格|通过)")


def is_tested_coating(folded: str, match: TermMatch, following: TermMatch | None) -> bool:
    """Whether a coating is what a test is done on, by the name of both: 镀膜附着力测试.

    Not of 镀锌盐雾测试96小时合格的螺栓: it is to be there, and how long it lasts is told.
    """
    return (
        following is not None
        and following.start == match.end
        and _RESULT.match(folded, following.end) is None
        and following.term.family == "testing" not in (following.term.value, match.term.family)
        and match.term.value.endswith(("coating", "plating", "painting"))
    )


def _chambers(folded: str) -> Iterator[TermMatch]:
    """Kinds of testing named by what they are done in, the last of a list: 振动、淋雨、高低温舱."""
    for chamber in _CHAMBERS.finditer(folded):
        first = max(0, chamber.start() - _LIST_REACH)
        if before := _LISTED_BEFORE.search(folded, first, chamber.start()):
            yield from map(_testing, _LISTED.finditer(folded, *before.span()))
        term = Term(RequirementKind.PROCESS, chambers()[chamber[0]], "testing")
        yield TermMatch(*chamber.span(), term)


def _subjects(folded: str) -> Iterator[TermMatch]:
    for before in chain(_before().finditer(folded), _ASKED.finditer(folded)):
        yield from map(_testing, _LISTED.finditer(folded, *before.span()))
    for standard in _BY_STANDARD.finditer(folded):
        first = max(0, standard.start() - _LONGEST_SUBJECT)
        if subject := _BEFORE_STANDARD.search(folded, first, standard.start()):
            yield _testing(subject)
    reached = 0
    for test in chain(_TESTED.finditer(folded), _GOES_ON.finditer(folded)):
        position = max(test.end(), reached) if test.re is _TESTED else test.end()
        while (listed := _LISTED.match(folded, position)) is not None:
            yield _testing(listed)
            position = reached = listed.end()


def _testing(listed: re.Match[str]) -> TermMatch:
    kind = tests()[listed["subject"]]
    return TermMatch(*listed.span("subject"), Term(RequirementKind.PROCESS, kind, "testing"))
