"""Work that Chinese names by one character before the thing that it is done on: 找染棉袜的厂."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.recommend.specification.model import RequirementKind
from matchmaker.recommend.specification.vocabulary import Term, TermMatch
from matchmaker.regex import regex

_WORK = {
    "染": "dyeing",
    "镀": "plating",
    "喷": "painting",
    "焊": "welding",
    "磨": "grinding",
    "绣": "embroidery",
}
# Behind who does it or is to do it, and before a thing: 谁能焊阀体, 找家镀镜架的.
_VERB = regex(
    r"(?:[找寻求能会请帮]|帮我们?|专门|专业|专|可以|[找寻求谁请帮](?:一?[家个人]|几家|会|能|师傅))"
    rf"(?P<verb>[{''.join(_WORK)}])(?![涂漆砂条料机])"
)


def chinese_verbs(folded: str, terms: Sequence[TermMatch]) -> list[TermMatch]:
    """Verbs of work in a folded text, each directly before a product."""
    things = {match.start for match in terms if match.term.kind is RequirementKind.PRODUCT}
    return [
        TermMatch(*match.span("verb"), Term(RequirementKind.PROCESS, work, work))
        for match in _VERB.finditer(folded)
        if match.end() in things and (work := _WORK[match["verb"]])
    ]


def is_chinese_verb(folded: str, match: TermMatch) -> bool:
    """Whether a term is such a verb: what follows it is what the work is done on."""
    return folded[match.start : match.end] in _WORK
