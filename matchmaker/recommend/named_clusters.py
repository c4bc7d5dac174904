"""Clusters that a question names: 想对接新材料集群, "foundries of the valve cluster".

Such a name says where partners are sought, or of which cluster who asks is: it is no thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from matchmaker.recommend.answers import Answers
from matchmaker.recommend.model import Seeker, SeekerText
from matchmaker.recommend.specification import (
    CORE,
    RequirementKind,
    names_of_kinds,
    read,
    trades_of_speaker,
    without_speaker,
)
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.whereabouts import KINDS_OF_PARTNERS
from matchmaker.regex import regex
from matchmaker.snapshot.model import KINDS, BoolArray, IntArray, Snapshot
from matchmaker.snapshot.other_words import statements_naming
from matchmaker.text import blanked

# The fit of a member where nothing but its cluster is asked for, at least.
MEMBER_FIT = 0.6
# What is left of the fit of who is in none of the clusters that are named, or is of one that is
# called by the trade of who asks.
OUTSIDE = 0.4
# Of those who name a trade how many are of one cluster, and of how many at least, where it is its.
NEARLY_ALL, FEWEST_OF_A_TRADE = 0.8, 4
# Fewer will do where most of a cluster name it: valves are named by their foundries elsewhere, too.
MANY, MOST_OF_A_CLUSTER = 0.6, 0.5

_MANY = r"(?:特色)?(?:产业)?(?:集群|产业带|集聚区|产业园区?|产业基地|产业区|产区)"
_HAN = rf"(?:(?!{_MANY})[\u4e00-\u9fff])"
# A name is parted at each 和 and has none: of 和和和… every way to part them would be tried.
_NAME = rf"(?:(?![和与及]){_HAN})"
_IN_CHINESE = regex(rf"((?:{_NAME}{{1,10}}[、和与及]){{0,12}}{_NAME}{{1,12}})(?=({_MANY}))")
_MANY_EN = r"(?:industr(?:y|ial) )?(?:clusters?|towns?|districts?|hubs?|people|folks)\b"
_IN_ENGLISH = regex(rf"\b((?:[a-z][a-z'-]* ){{1,3}})({_MANY_EN})")
_ENDS = regex(rf"(?:{_MANY}|{_MANY_EN}|^.*·)")
_EACH = regex(r"[、和与及]| and ")
# Words before a name: 去模具集群 is sought, 我们模具集群 asks.
_LEADS = regex(
    r"(?:.*[想去跟到在看找对接认识从给为是的有让请家]|.*(?:组织|参观|走访|联系))(?=[\u4e00-\u9fff]{2})"
)
_DETERMINERS = regex(
    r"(?:(?:the|an?|our|my|your|their|this|from|of|in|with|at|to|by|near|for|and|anyone|anybody) )+"
)
_OURS = regex(
    r"(?:^|[,，;；。.!?！？\s])(?:(?:我们?|咱们?|俺们?|本|作为)(?:这边|这里)?(?:就?是|在|代表)?"
    r"[^,，;；。想找去跟和到对接认识看]{0,6}|"
    r"(?:we|i) (?:are|run|manage|represent|coordinate|look after|speak for|"
    r"belong to|come from)\b[^,.;!?]*|as an? (?:[a-z-]+ )?)$|\bour (?:[a-z-]+ )?$"
)
# Where partners are not sought: outside the hosiery towns, 模具集群以外.
_NOT_THERE = regex(
    r"\b(?:outside(?: of)?|beyond|other than|apart from|except(?: for| in| from)?|away from|"
    r"not (?:in|from|of|at))(?: (?:the|our|this|any|those))* "
    rf"(?:[a-z'-]+ ){{1,3}}{_MANY_EN}$|"
    rf"(?:除了?|除去|不要|不找|不在)[^，,;；。]{{2,14}}{_MANY}$"
)
_NOT_THERE_AFTER = regex(r"(?:以外|之外|外面|除外|的就?不要|的?不考虑)")
# Shorter and wider names tell no trade.
_FEWEST = 2
_BEFORE = 40
# Characters before a name among which it is said that who asks is of it.
_SENTENCE = 400
_TOO_WIDE = frozenset({"制造", "产业", "工业", "设备", "装备", "加工", "making", "industry"})


class ClusterNames(NamedTuple):
    """A cluster by the words of its names: of its trade, and what a list knows by them."""

    row: int
    names: tuple[str, ...]
    values: frozenset[str]


class Mention(NamedTuple):
    """Where a text names clusters, their rows, and whether who asks is of them."""

    start: int
    end: int
    clusters: frozenset[int]
    is_own: bool


def mentions(snapshot: Snapshot, text: str) -> list[Mention]:
    """The clusters with members that a text names, in order."""
    folded = fold(text)
    if len(folded) != len(text) or not (known := _clusters(snapshot)):
        return []
    wanted = fold(without_speaker(text))
    found = []
    things = [item for item in read(text).items if item.kind is RequirementKind.PRODUCT]
    for start, end, named in _named(folded, known):
        if any(item.start < start < item.end <= end for item in things):
            continue  # 注塑模具产业集群: of those who make it, wherever
        is_stripped = not wanted[start:end].strip()
        is_own = is_stripped or _OURS.search(folded, max(0, start - _SENTENCE), start) is not None
        is_own = is_own or _NOT_THERE.search(folded, max(0, start - _BEFORE), end) is not None
        is_own = is_own or _NOT_THERE_AFTER.match(folded, end) is not None
        found.append(Mention(start, end, named, is_own))
    return sorted(found)


def _named(folded: str, known: Sequence[ClusterNames]) -> Iterator[tuple[int, int, frozenset[int]]]:
    """Begin and end of each name with the rows of the clusters that bear it."""
    for pattern in (_IN_CHINESE, _IN_ENGLISH):
        for match in pattern.finditer(folded):
            rows: set[int] = set()
            start, at = match.end(1), match.start(1)
            for piece in _EACH.split(match[1]):
                begin, of_piece = _resolved(piece, known)
                if of_piece:
                    start = min(start, at + begin)
                    rows |= of_piece
                at += len(piece) + 1
            if rows:
                yield start, match.end(2), frozenset(rows)


def _resolved(piece: str, known: Sequence[ClusterNames]) -> tuple[int, set[int]]:
    """Where in a piece of a name the trade begins, and rows of the clusters of that trade."""
    piece = piece.rstrip()
    words = [m.start() for m in re.finditer(r"(?<![a-z'-])[a-z]|[\u4e00-\u9fff]", piece)]
    for start in words:
        name = piece[start:]
        if len(name) < _FEWEST or name in _TOO_WIDE:
            continue
        if rows := {each.row for each in known if any(_ends(own, name) for own in each.names)}:
            return start, rows
    lead = _LEADS.match(piece) or _DETERMINERS.match(piece)
    start = lead.end() if lead else 0
    values = _trades(piece[start:])
    return start, {each.row for each in known if each.values & values}


def _ends(own: str, name: str) -> bool:
    return own.endswith(name) and (_begins_a_word(own, name) or "\u4e00" <= name[0] <= "\u9fff")


def _begins_a_word(own: str, name: str) -> bool:
    """Whether a name begins with a word of its own: "materials" of "new materials"."""
    before = own[: len(own) - len(name)]
    return not before or not before[-1].isalnum()


def _trades(name: str) -> frozenset[str]:
    """What a list knows of the things that a trade is named by."""
    return frozenset(item.value for item in read(name).of(RequirementKind.PRODUCT))


def _clusters(snapshot: Snapshot) -> list[ClusterNames]:
    """Clusters with members, by the words of their names, made once."""

    def made() -> list[ClusterNames]:
        found = []
        for row in np.unique(snapshot.memberships.cluster).tolist():
            names = (snapshot.clusters.column(name)[row].as_py() for name in ("name", "name_en"))
            bare = tuple(filter(None, (_ENDS.sub("", fold(name or "")).strip() for name in names)))
            found.append(ClusterNames(row, bare, frozenset().union(*map(_trades, bare))))
        return found

    return snapshot.cached("clusters by name", made)


def clusters_of_speaker(snapshot: Snapshot, text: str) -> frozenset[int]:
    """Rows of the clusters that nearly all are of who name the trade of who asks: 我们镜架厂想找….

    What is asked for, too, tells nothing.
    """
    return frozenset().union(
        *(_clusters_naming(snapshot, each) for each in trades_of_speaker(text))
    )


def clusters_called_so(snapshot: Snapshot, text: str) -> frozenset[int]:
    """Rows of the clusters whose names bear the trade of who asks, which may be of another place.

    Those of a mould cluster are not who a mould maker looks for elsewhere.
    """
    trades = trades_of_speaker(text)
    return frozenset(each.row for each in _clusters(snapshot) if each.values & trades)


def _clusters_naming(snapshot: Snapshot, product: str) -> frozenset[int]:
    """The cluster that nearly all who name a product are of; none where no cluster is, or few."""
    speakers, belong = snapshot.statement_organizations, snapshot.memberships
    naming = statements_naming(snapshot, ("product", product), names_of_kinds(product))
    owners = {owner for statement in naming.tolist() for owner in speakers.row(statement).tolist()}
    if len(owners) < FEWEST_OF_A_TRADE:
        return frozenset()
    clusters = belong.cluster[np.isin(belong.organization, sorted(owners))]
    counts = np.bincount(clusters) if len(clusters) else np.zeros(1)
    cluster, share = int(counts.argmax()), counts.max() / len(owners)
    is_of_most = counts.max() >= MOST_OF_A_CLUSTER * np.count_nonzero(belong.cluster == cluster)
    is_its = share >= NEARLY_ALL or (is_of_most and share >= MANY)
    return frozenset([cluster]) if is_its else frozenset()


def without_clusters(text: str, named: Sequence[Mention]) -> str:
    """A text without the names of clusters, with blanks there; whole where nothing is left."""
    rest = blanked(text, ((mention.start, mention.end) for mention in named))
    return rest if any(map(str.isalnum, rest)) else text


def own_clusters(seeker: Seeker) -> frozenset[int]:
    """Rows of the clusters that who asks says to be of."""
    return frozenset().union(*(text.own_clusters for text in seeker.texts))


def asked_by_cluster(snapshot: Snapshot, texts: Sequence[SeekerText]) -> BoolArray | None:
    """Whoever is asked for where a question names a cluster or a kind, and no thing, (N,).

    None where it names a thing, or neither.
    """
    if len(texts) != 1 or not texts[0].looks_across:
        return None
    items = [item for item in texts[0].specification.items if not item.denied]
    if any(item.kind in CORE or item.kind is RequirementKind.MATERIAL for item in items):
        return None
    kinds = {
        KINDS.index(kind)
        for item in items
        if item.kind is RequirementKind.PARTNER
        for kind in KINDS_OF_PARTNERS.get(item.value, ())
    }
    if not kinds and not texts[0].clusters:
        return None
    asked = np.ones(len(snapshot), dtype=np.bool_)
    if kinds:
        asked &= np.isin(snapshot.organizations.kind, sorted(kinds))
    if texts[0].clusters:
        asked &= cluster_members(snapshot, texts[0].clusters)
    return asked


def cluster_members(snapshot: Snapshot, clusters: frozenset[int]) -> BoolArray:
    """A mask of the members of any of some clusters, (N,)."""
    inside = np.zeros(len(snapshot), dtype=np.bool_)
    belong = snapshot.memberships
    inside[belong.organization[np.isin(belong.cluster, sorted(clusters))]] = True
    return inside


def with_clusters(
    snapshot: Snapshot, answers: Answers, texts: Sequence[SeekerText], rows: IntArray
) -> Answers:
    """Answers of the candidates at `rows` (n,) with what clusters that the question names say."""
    asked = asked_by_cluster(snapshot, texts)
    if asked is not None:
        is_asked = asked[rows]
        fit = np.where(is_asked, MEMBER_FIT + (1 - MEMBER_FIT) * answers.fit, answers.fit)
        passed = is_asked & ~answers.denied
        return replace(answers, fit=fit.astype(np.float32), passed=passed)
    if len(texts) != 1 or not (texts[0].clusters or texts[0].like_clusters):
        return answers
    if texts[0].clusters:
        outside = ~cluster_members(snapshot, texts[0].clusters)[rows]
    else:
        outside = cluster_members(snapshot, texts[0].like_clusters)[rows]
    lost = np.where(outside, (1 - OUTSIDE) * answers.adjusted, 0)
    return replace(answers, adjustment=(answers.adjustment - lost).astype(np.float32))
