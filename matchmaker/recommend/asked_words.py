"""What a text put as the question asks for, apart from who asks, what for and where."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from matchmaker.domain import StatementKind
from matchmaker.goals import Goal, GoalName
from matchmaker.recommend.asides import Aside, without_asides
from matchmaker.recommend.named_clusters import (
    clusters_called_so,
    clusters_of_speaker,
    mentions,
    without_clusters,
)
from matchmaker.recommend.specification import (
    Requirement,
    asks_for_customers,
    in_chinese,
    is_said_by_a_firm,
    lends_own,
    only_seeks,
    read,
    said_of_speaker,
    without_aim,
    without_named_speaker,
    without_own,
    without_partners,
    without_speaker,
    without_what_peers_buy,
)
from matchmaker.snapshot.model import Snapshot
from matchmaker.thesaurus import by_name_in

# More names are not put beside a text that is compared with statements in another language.
MOST_NAMES = 4


@dataclass(frozen=True)
class AskedWords:
    """The words asked with and what they state; the rest as `SeekerText` has it."""

    text: str
    kind: StatementKind
    is_need: bool
    said_of_speaker: tuple[Requirement, ...]
    clusters: frozenset[int]
    own_clusters: frozenset[int]
    like_clusters: frozenset[int]
    is_by_a_firm: bool

    def compared(self, asides: Sequence[Aside]) -> str:
        """The words whose meaning is compared: without `asides`, of a need what partners say."""
        text = without_asides(self.text, asides)
        return without_partners(read(text)) if self.is_need else text


def asked_words(snapshot: Snapshot, text: str, goal: Goal, kept: Set[str]) -> AskedWords:
    """The words of one text; requirements whose keys are `kept` are asked for all the same."""
    is_need, across = goal.words is StatementKind.NEED, goal.name is GoalName.CROSS_CLUSTER
    asked = without_speaker(text, kept) if is_need else text
    named = mentions(snapshot, text) if across else []
    if across:
        asked = without_clusters(without_aim(asked), named)
    kind = _kind_of(asked, goal)
    if goal.name is GoalName.INDUSTRY_PARTNER:
        told = without_aim(without_what_peers_buy(text))
        asked = without_own(without_named_speaker(told))
        is_only_sought = asked != text or only_seeks(told)
        kind = StatementKind.NEED if is_only_sought else kind
    own = {row for each in named if each.is_own for row in each.clusters}
    return AskedWords(
        asked,
        kind,
        is_need or kind is StatementKind.NEED,
        said_of_speaker(text) if is_need else (),
        frozenset(row for each in named if not each.is_own for row in each.clusters),
        clusters_of_speaker(snapshot, text) | own if across else frozenset(),
        clusters_called_so(snapshot, text) if across else frozenset(),
        is_said_by_a_firm(text),
    )


def _kind_of(text: str, goal: Goal) -> StatementKind:
    """What a text put as the question states: what one needs, or has."""
    if goal.answering_offers is not None and (asks_for_customers(text) or lends_own(text)):
        return StatementKind.OFFER
    return goal.words


def names_abroad(text: str, language: str) -> str:
    """What a text names, in the other language: in English that of a text that is in Chinese.

    Words of the trades that mean something else in everyday English, as bonnets do, are in the
    reader's lists alone; they are looked up where the thesaurus knows nothing of a text.
    """
    if language == "zh":
        return by_name_in("en", text, MOST_NAMES)
    return by_name_in("zh", text, MOST_NAMES) or in_chinese(read(text).requirements, MOST_NAMES)
