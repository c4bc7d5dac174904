"""Work that English names by its verb: "a shop that plates valve stems", "able to cast bodies".

Most of these verbs are nouns too (plate, turn, cast), so they count only behind who does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from matchmaker.recommend.specification.model import RequirementKind
from matchmaker.recommend.specification.patterns import alternatives
from matchmaker.recommend.specification.verbs_in_chinese import chinese_verbs
from matchmaker.recommend.specification.vocabulary import Term, TermMatch, apart_from, verbs, words
from matchmaker.regex import regex

# No nouns, so that they need nobody before them: "who takes them back and recycles them".
_THIRD_PERSON = [
    verb for verb in verbs() if verb.endswith(("ises", "izes", "cles", "ishes", "ates"))
]
_VERB = regex(
    r"\b(?:that|who|which|to|can|could|will|would|we|they|you|must|somebody|someone|anybody|anyone)\s"
    r"(?:(?:also|only|just|can|could|will|has to|have to|is able to|are able to)\s){0,2}"
    rf"(?P<verb>{alternatives(verbs())})(?![a-z-])"
    r"(?!\s(?:around|out|over|up|back|into|makers?|shops?|plants?|houses?|builders?)\b)"
    rf"|\band (?P<also>{alternatives(_THIRD_PERSON)})(?![a-z-])"
)
# At the head of a text, those that are no nouns: "hardface gate valve seats with Stellite 6".
_AT_HEAD = regex(
    r"\s*(?:please |pls )?(?P<verb>hard-?faces?|lap(?= and | our | the | these | metal | valve )|superfinish|hone|anneal|degrease|grind|polish(?! )|polish(?= (?:our|the|these|\d))|"
    r"braze|electroplate|galvani[sz]e|(?:hard[- ])?anodi[sz]e|weld(?= (?:our|the|these|\d|stainless|steel|alumin|copper|titanium|brass))|"
    r"passivate|nitride(?= (?:our|the|these|\d|steel|h13))|powder-coat|hard-chrome|heat-treat|heat treat(?= )|embroider|sew|weave|knit(?= (?:our|the|these|\d))|"
    r"assemble|engrave|calibrate|overhaul|refurbish|recondition|carburi[sz]e|sandblast|shot-blast|bead-blast|laser-cut|laser-weld|laser-mark|chrome-plate|nickel-plate|zinc-plate|gold-plate)(?![a-z-])(?= [a-z0-9])"
)
# Behind other work that is named as work: "to e-coat or zinc plate brackets".
_LISTED = regex(
    rf"(?:,|,? (?:or|and|and/or))\s(?P<verb>{alternatives(verbs())})(?![a-z-])(?=\s[a-z])"
)
# Whose participle is not formed by -ed, and those of which it names no work.
_IRREGULAR = {"grind": "ground", "sew": "sewn", "weave": "woven", "lap": "lapped", "pot": "potted"}
_NO_PARTICIPLE = frozenset({"cast", "forge", "mould", "mold", "turn", "spin", "knit"})
# "We'd like to get boxes printed": behind the thing that work is wanted on, and before no other.
_DONE = regex(
    r"\b(?:get|gets|getting|have|having|need|needs|want|wants|like|given)\s[^,.;:!?]{2,60}?"
    r"(?<=\s)(?P<verb>[a-z-]+(?: [a-z-]+)?)"
    r"(?=\s*(?:$|[,.;:!?])|\s(?:by|in|on|to|with|for|from|at|against|and|or|into|within|before|after|"
    r"again|quickly|fast|here|locally|nearby|soon|inside|outside)\b)"
)
_BEFORE = 8  # characters, more than what stands there has
_BEFORE_A_THING = regex(r"(?:\b(?:an?|the|our|your|some|any|of|and|or|more)|\d|ly)\s$")


def with_verbs(folded: str, terms: list[TermMatch]) -> list[TermMatch]:
    """The terms of a folded text with those that its verbs name, in place of nouns there."""
    named = [_work(match, "verb" if match["verb"] else "also") for match in _VERB.finditer(folded)]
    if (head := _AT_HEAD.match(folded)) and head["verb"] in verbs():
        named.append(_work(head, "verb"))
    named += _done(folded)
    named += _listed(folded, [*terms, *named])
    named += chinese_verbs(folded, terms)
    if not named:
        return terms
    return sorted([*apart_from(terms, named), *named], key=lambda match: match.start)


def _done(folded: str) -> Iterator[TermMatch]:
    for match in _DONE.finditer(folded):
        start, end = match.span("verb")
        said = folded[start:end]
        verb = said if said in _participles() else said.rpartition(" ")[2]
        start = end - len(verb)
        if verb not in _participles():
            continue
        if not _BEFORE_A_THING.search(folded, max(0, start - _BEFORE), start):
            yield _term(start, end, _participles()[verb])


@cache
def _participles() -> dict[str, str]:
    """The process of each participle that is no name of work by itself (plated is one)."""
    formed = {_participle(verb): process for verb, process in verbs().items()}
    return {each: process for each, process in formed.items() if each and not words(each).terms}


def _participle(verb: str) -> str:
    before, space, last = verb.rpartition(" ")
    if last in _NO_PARTICIPLE or last.endswith("s"):
        return ""
    stem = re.sub("(?<![aeo])y$", "i", last)
    form = _IRREGULAR.get(last, stem.removesuffix("e") + "ed")
    return before + space + form


def _listed(folded: str, known: list[TermMatch]) -> list[TermMatch]:
    """Verbs that go on a list of work, one by one from what is known."""
    ends = {match.end for match in known if match.term.kind is RequirementKind.PROCESS}
    listed: list[TermMatch] = []
    for match in _LISTED.finditer(folded):
        if match.start() in ends and not folded.endswith(("ing", "ed"), 0, match.start()):
            listed.append(_work(match, "verb"))
            ends.add(match.end())
    return listed


def _work(match: re.Match[str], group: str) -> TermMatch:
    return _term(*match.span(group), verbs()[match[group]])


def _term(start: int, end: int, process: str) -> TermMatch:
    term = Term(RequirementKind.PROCESS, process, process.rsplit(" ", 1)[-1])
    return TermMatch(start, end, term)
