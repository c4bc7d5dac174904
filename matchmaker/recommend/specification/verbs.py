"""Work that English names by its verb: "a shop that plates valve stems", "able to cast bodies".

Most of these verbs are nouns too (plate, turn, cast), so they count only behind who does it.
"""

from __future__ import annotations

import re

from matchmaker.recommend.specification.model import RequirementKind
from matchmaker.recommend.specification.patterns import alternatives
from matchmaker.recommend.specification.vocabulary import Term, TermMatch, apart_from, verbs

# No nouns, so that they need nobody before them: "who takes them back and recycles them".
_THIRD_PERSON = [
    verb for verb in verbs() if verb.endswith(("ises", "izes", "cles", "ishes", "ates"))
]
_VERB = re.compile(
    r"\b(?:that|who|which|to|can|could|will|would|we|they|you|must|somebody|someone|anybody|anyone)\s"
    r"(?:(?:also|only|just|can|could|will|has to|have to|is able to|are able to)\s){0,2}"
    rf"(?P<verb>{alternatives(verbs())})(?![a-z-])"
    r"(?!\s(?:around|out|over|up|back|into|makers?|shops?|plants?|houses?|builders?)\b)"
    rf"|\band (?P<also>{alternatives(_THIRD_PERSON)})(?![a-z-])"
)
# At the head of a text, those that are no nouns: "hardface gate valve seats with Stellite 6".
_AT_HEAD = re.compile(
    r"\s*(?:please |pls )?(?P<verb>hard-?faces?|lap(?= and | our | the | these | metal | valve )|superfinish|hone|anneal|degrease|grind|polish(?! )|polish(?= (?:our|the|these|\d))|"
    r"braze|electroplate|galvani[sz]e|anodi[sz]e|passivate|nitride(?= (?:our|the|these|\d|steel|h13))|powder-coat|hard-chrome|heat-treat|heat treat(?= )|embroider|sew|weave|knit(?= (?:our|the|these|\d))|"
    r"assemble|engrave|calibrate|overhaul|refurbish|recondition|carburi[sz]e|sandblast|shot-blast|bead-blast|laser-cut|laser-weld|laser-mark|chrome-plate|nickel-plate|zinc-plate|gold-plate)(?![a-z-])(?= [a-z0-9])"
)
# Behind other work that is named as work: "to e-coat or zinc plate brackets".
_LISTED = re.compile(
    rf"(?:,|,? (?:or|and|and/or))\s(?P<verb>{alternatives(verbs())})(?![a-z-])(?=\s[a-z])"
)


def with_verbs(folded: str, terms: list[TermMatch]) -> list[TermMatch]:
    """The terms of a folded text with those that its verbs name, in place of nouns there."""
    named = [_work(match, "verb" if match["verb"] else "also") for match in _VERB.finditer(folded)]
    if (head := _AT_HEAD.match(folded)) and head["verb"] in verbs():
        named.append(_work(head, "verb"))
    named += _listed(folded, [*terms, *named])
    if not named:
        return terms
    return sorted([*apart_from(terms, named), *named], key=lambda match: match.start)


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
    process = verbs()[match[group]]
    term = Term(RequirementKind.PROCESS, process, process.rsplit(" ", 1)[-1])
    return TermMatch(*match.span(group), term)
