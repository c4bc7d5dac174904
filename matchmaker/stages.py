"""Stages of the value chain, ten, that a text names by its words, in Chinese and English.

Precision first: a product alone names no stage ("silk socks" may be made or traded), nor do terms
of a sale ("next-day delivery", "two-year warranty", "price on request"), nor what is said not
to be done. Processes such as plating name making only where nobody researches into them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from matchmaker.regex import regex
from matchmaker.remembered import remembered
from matchmaker.stage_words import DENIED, LACKED, NO_STAGE, PROCESSES, SIDES, WORDS
from matchmaker.text import normal
from matchmaker.vocabulary import Stage


@dataclass(frozen=True)
class StageReading:
    """Stages that the speaker of a text holds, and those that it looks for."""

    held: frozenset[Stage] = frozenset()
    sought: frozenset[Stage] = frozenset()


class _Mention(NamedTuple):
    """A place in a text that names a stage, from `start` to before `end`; perhaps as lacked."""

    stage: Stage
    start: int
    end: int
    lacked: bool


def _patterns(stage: Stage) -> Mapping[bool, re.Pattern[str]]:
    """The words of a stage, Latin and Chinese apart: most texts hold only some of either."""
    return {
        is_latin: regex(
            "|".join(word for word in WORDS[stage] if word.isascii() == is_latin), re.ASCII
        )
        for is_latin in (False, True)
    }


_LATIN = regex("[a-z]{3}")
_PATTERNS = {stage: _patterns(stage) for stage in Stage}
_MAKING_PROCESS = regex(PROCESSES, re.ASCII)
# After a word of a stage: it is done by whoever speaks.
_ONESELF = regex(
    r"[^，。；,;.!?！？]{0,6}(?:自己|我们|我厂|在家)|[^,;.!?]{0,20}\b(?:ourselves|in-house)\b"
)


# Whoever asks is read each time with all that it says: an organisation may offer 2,000 things.
@remembered(10_000)
def read_stages(text: str, *, is_need: bool) -> StageReading:
    """Stages told apart by who has them: "we knit socks, looking for e-commerce operators".

    What is said before any word of having or looking for is sought in a need, held else.
    What is both held and looked for counts as looked for.
    """
    written = normal(text)
    sides = [(side.start(), side.lastgroup == "sought") for side in SIDES.finditer(written)]
    starts = [start for start, _ in sides]
    held, sought = set[Stage](), set[Stage]()
    for mention in _mentions(written):
        before = bisect_right(starts, mention.start)
        is_sought = sides[before - 1][1] if before else is_need
        if mention.lacked or (is_sought and not _ONESELF.match(written, mention.end)):
            sought.add(mention.stage)
        else:
            held.add(mention.stage)
    return StageReading(frozenset(held - sought), frozenset(sought))


def _mentions(written: str) -> Iterator[_Mention]:
    # What names no stage is blanked, so that positions stay.
    written = NO_STAGE.sub(lambda match: " " * len(match[0]), written)
    scripts = [] if written.isascii() else [False]
    scripts += [True] if _LATIN.search(written) else []
    is_researched = False
    for stage, patterns in _PATTERNS.items():
        for is_latin in scripts:
            for mention in _of(stage, written, patterns[is_latin]):
                is_researched |= stage is Stage.RESEARCH
                yield mention
    if not is_researched:
        yield from _of(Stage.MAKING, written, _MAKING_PROCESS)


def _of(stage: Stage, written: str, words: re.Pattern[str]) -> Iterator[_Mention]:
    """Where the words stand and are not denied."""
    for match in words.finditer(written):
        before = written[max(0, match.start() - 40) : match.start()]
        if LACKED.search(before):
            yield _Mention(stage, match.start(), match.end(), lacked=True)
        elif not DENIED.search(before):
            yield _Mention(stage, match.start(), match.end(), lacked=False)
