"""One search over everything: organisations, needs, offers, clusters, places and industries.

By name, pinyin, initials and short name, by code, by words, and by meaning. What is said comes
from the current snapshot and is held against the store, so that nothing is shown that was
withdrawn or closed meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from matchmaker.access import Principal
from matchmaker.domain import (
    MAX_TEXT,
    GoalName,
    GraphRows,
    Need,
    Offer,
    OfferKind,
    OrganizationFilter,
    StatementKind,
)
from matchmaker.errors import InvalidInput
from matchmaker.recommend.model import SeekerText
from matchmaker.regex import regex
from matchmaker.services.directory.cluster_sources import ClusterSources
from matchmaker.services.directory.codes import CodeTable, rows_named
from matchmaker.services.directory.name_search import MatchedBy, MatchReason
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.directory.search_results import (
    ResultKind,
    SearchGroup,
    SearchResult,
    quoted,
)
from matchmaker.services.directory.searched_names import codes_searched, names_searched
from matchmaker.services.unit_of_work import Clock
from matchmaker.snapshot.lexical import lexical_scores, term_shares
from matchmaker.snapshot.load import SnapshotReader, check_graph
from matchmaker.snapshot.model import (
    GOALS,
    OFFER_KINDS,
    STATEMENT_KINDS,
    BoolArray,
    FloatArray,
    Snapshot,
)
from matchmaker.snapshot.nearest import best, nearest
from matchmaker.store.ports import GraphStore
from matchmaker.text import normal

MOST_IN_GROUP = 20
LONGEST = 500
# Statements that are looked at for words and for meaning.
_LOOKED_AT = 60
# A statement says what was typed when it has half of the words; it means something like it from
# this cosine on, if everyday sentences come less near (benchmarks/floor.py says of those).
_WORDS_SHARED, _ALIKE = 0.5, 0.28
_CODE = regex(r"(?=.*\d)[0-9A-Z]{4,}")
_LEAST_CODE = 6
_OF_STATEMENTS = frozenset({MatchedBy.WORDS, MatchedBy.MEANING})


_TABLES: Mapping[ResultKind, CodeTable] = {
    ResultKind.CLUSTER: "clusters",
    ResultKind.PLACE: "places",
    ResultKind.INDUSTRY: "industries",
}
_RESULT_KINDS: Mapping[StatementKind, ResultKind] = {
    StatementKind.NEED: ResultKind.NEED,
    StatementKind.OFFER: ResultKind.OFFER,
    StatementKind.DESCRIPTION: ResultKind.ORGANIZATION,
    StatementKind.ENGAGEMENT: ResultKind.ORGANIZATION,
}


@dataclass(frozen=True, slots=True)
class _AnsweringStatement:
    """A statement that answers: its row, its owner's row, and why."""

    row: int
    owner: int
    match: MatchReason


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for what was typed in everything that the reader may see.

    Organisations, open needs, active offers and the names of clusters are published; who is in
    a cluster is never told, and who opted out is found by whom `OptedOut` says. `question`
    embeds what was typed.
    """

    store: GraphStore
    reader: SnapshotReader
    question: Callable[[Snapshot, str], SeekerText]
    clock: Clock
    opted_out: OptedOut
    sources: ClusterSources

    def everything(
        self,
        principal: Principal,
        text: str,
        limit: int,
        kinds: frozenset[ResultKind] = frozenset(),
        *,
        by_meaning: bool = True,
    ) -> tuple[SearchGroup, ...]:
        """Groups with the strongest result first, each of at most `limit`, for anybody.

        `kinds` narrows the groups; none given means all. Who is still typing needs no results
        by meaning, which take longest. Raises InvalidInput for a text that is
        blank or longer than `LONGEST`, SnapshotUnavailable, ModelUnavailable.
        """
        text = text.strip()
        if not text:
            raise InvalidInput("must not be empty.", where="q")
        if len(text) > LONGEST:
            raise InvalidInput(
                "has %(count)s characters; at most %(max_text)s.",
                where="q", count=len(text), max_text=LONGEST,
            )  # fmt: skip
        limit, snapshot = max(1, min(limit, MOST_IN_GROUP)), self.reader.current()
        check_graph(snapshot, self.store.graph_id())
        wanted = kinds or frozenset(ResultKind)
        hidden = self.opted_out.hidden_from(principal)
        groups = [
            *self._answering_groups(snapshot, text, limit, wanted, hidden, by_meaning=by_meaning),
            *(_table_group(snapshot, kind, text, limit) for kind in _TABLES if kind in wanted),
        ]
        nonempty = [self._shown(principal, text, group) for group in groups if group.results]
        order = list(ResultKind)
        nonempty.sort(key=lambda each: (-each.results[0].match.strength, order.index(each.kind)))
        return tuple(nonempty)

    def organizations(self, principal: Principal, text: str) -> tuple[str, ...]:
        """Ids of all organisations that are called so or say so, best first, for anybody.

        Raises SnapshotUnavailable.
        """
        snapshot = self.reader.current()
        check_graph(snapshot, self.store.graph_id())
        wanted = frozenset({ResultKind.ORGANIZATION})
        hidden = self.opted_out.hidden_from(principal)
        answering = self._statements(snapshot, text[:LONGEST], wanted, hidden, by_meaning=False)
        matches = self._named(snapshot, text[:LONGEST])
        for statement in answering.get(ResultKind.ORGANIZATION, []):
            matches.setdefault(snapshot.id_of(statement.owner), statement.match)
        found = matches.keys() - hidden
        return tuple(sorted(found, key=lambda id: (-matches[id].strength, id)))

    def _shown(self, principal: Principal, text: str, group: SearchGroup) -> SearchGroup:
        """With sources of organisations as the principal reads them, and statements quoted.

        Only of what is shown: of sixty long texts that takes a second.
        """
        found = (each.organization for each in group.results if each.organization is not None)
        rows = [self.opted_out.told(principal, row) for row in found]
        by_id = {row.id: row for row in self.sources.shown(principal, rows)}
        results = (
            replace(each, organization=by_id[each.organization.id]) if each.organization else each
            for each in group.results
        )
        told = (
            replace(each, match=quoted(each.match, text))
            if each.match.by in _OF_STATEMENTS and not each.match.marks
            else each
            for each in results
        )
        return replace(group, results=tuple(told))

    # -- organisations, needs and offers

    def _answering_groups(
        self,
        snapshot: Snapshot,
        text: str,
        limit: int,
        wanted: frozenset[ResultKind],
        hidden: frozenset[str],
        *,
        by_meaning: bool,
    ) -> Iterator[SearchGroup]:
        answering = self._statements(snapshot, text, wanted, hidden, by_meaning=by_meaning)
        if ResultKind.ORGANIZATION in wanted:
            named = self._named(snapshot, text)
            yield self._organizations(
                snapshot, text, limit, named, answering.get(ResultKind.ORGANIZATION, []), hidden
            )
        if ResultKind.NEED in wanted and ResultKind.NEED in answering:
            yield self._needs(snapshot, limit, answering[ResultKind.NEED])
        if ResultKind.OFFER in wanted and ResultKind.OFFER in answering:
            yield self._offers(snapshot, limit, answering[ResultKind.OFFER])

    def _named(self, snapshot: Snapshot, text: str) -> dict[str, MatchReason]:
        """Organisations by name or code, by id."""
        by_name = names_searched(snapshot, "organizations").matches(text)
        ids = snapshot.organizations.table.column("id")
        named = {str(ids[row].as_py()): match for row, match in by_name.items()}
        typed = re.sub(r"[\s\-]", "", text).upper()
        if len(typed) >= _LEAST_CODE and _CODE.fullmatch(typed):
            for code, id in codes_searched(snapshot, self.store):
                if code.startswith(typed):
                    strength = 1.0 if code == typed else 0.85
                    named[id] = MatchReason(MatchedBy.CODE, code, strength, ((0, len(typed)),))
        return named

    def _organizations(
        self,
        snapshot: Snapshot,
        text: str,
        limit: int,
        named: dict[str, MatchReason],
        answering: Sequence[_AnsweringStatement],
        hidden: frozenset[str],
    ) -> SearchGroup:
        matches = dict(named)
        for statement in answering:
            matches.setdefault(snapshot.id_of(statement.owner), statement.match)
        newest = self._newest(snapshot, text, matches)
        matches = {id: match for id, match in newest.items() if id not in hidden}
        ranked = sorted(matches, key=lambda id: (-matches[id].strength, id))
        rows = self.store.organizations_by_id(ranked[: 2 * limit])
        results = tuple(
            SearchResult(
                ResultKind.ORGANIZATION, row.id, row.name, row.name_en, matches[id],
                replace(row, contact=""),
            )
            for id in ranked[: 2 * limit]
            if (row := rows.get(id)) is not None and row.id not in hidden
        )  # fmt: skip
        return SearchGroup(ResultKind.ORGANIZATION, len(matches), results[:limit])

    def _newest(
        self, snapshot: Snapshot, text: str, matches: dict[str, MatchReason]
    ) -> dict[str, MatchReason]:
        """With those that came after the snapshot, as the store's full text finds them."""
        if self.store.version() == snapshot.meta.version:
            return matches
        hits = self.store.search(text, OrganizationFilter(), MOST_IN_GROUP)
        newer = dict(matches)
        for hit in hits:
            words = hit.statement.text if hit.statement else hit.organization.name
            by = MatchedBy.WORDS if hit.statement else MatchedBy.NAME
            match = quoted(MatchReason(by, words, 0.4 if hit.statement else 0.7), text)
            if match.marks:
                newer.setdefault(hit.organization.id, match)
        return newer

    def _needs(
        self, snapshot: Snapshot, limit: int, answering: Sequence[_AnsweringStatement]
    ) -> SearchGroup:
        """Needs that are open now and whose deadline has not passed."""
        statements, looked_at = snapshot.statements, answering[: 2 * limit]
        keys = tuple(
            Need(id, owner, GoalName(GOALS[statements.goal[each.row]]), text)
            for each, id, owner, text in _columns(snapshot, looked_at)
        )
        today = self.clock().date()
        stored = {need.id: need for need in self.store.stored(GraphRows(needs=keys)).needs}
        owners = self.store.organizations_by_id(sorted({n.organization for n in stored.values()}))
        results = tuple(
            SearchResult(
                ResultKind.NEED, key.id, "", "", each.match,
                replace(owner, contact=""), deadline=need.deadline,
            )
            for each, key in zip(looked_at, keys, strict=True)
            if (need := stored.get(key.id)) is not None
            and need.is_answerable_on(today)
            and (owner := owners.get(need.organization)) is not None
        )  # fmt: skip
        gone = len(looked_at) - len(results)
        return SearchGroup(ResultKind.NEED, len(answering) - gone, results[:limit])

    def _offers(
        self, snapshot: Snapshot, limit: int, answering: Sequence[_AnsweringStatement]
    ) -> SearchGroup:
        """Offers that stand now."""
        statements, looked_at = snapshot.statements, answering[: 2 * limit]
        keys = tuple(
            Offer(id, owner, OfferKind(OFFER_KINDS[statements.offer_kind[each.row]]), text)
            for each, id, owner, text in _columns(snapshot, looked_at)
        )
        stored = {offer.id: offer for offer in self.store.stored(GraphRows(offers=keys)).offers}
        owners = self.store.organizations_by_id(sorted({o.organization for o in stored.values()}))
        results = tuple(
            SearchResult(
                ResultKind.OFFER, key.id, "", "", each.match, replace(owner, contact="")
            )
            for each, key in zip(looked_at, keys, strict=True)
            if (offer := stored.get(key.id)) is not None
            and offer.active
            and (owner := owners.get(offer.organization)) is not None
        )  # fmt: skip
        gone = len(looked_at) - len(results)
        return SearchGroup(ResultKind.OFFER, len(answering) - gone, results[:limit])

    def _statements(
        self,
        snapshot: Snapshot,
        text: str,
        wanted: frozenset[ResultKind],
        hidden: frozenset[str],
        *,
        by_meaning: bool,
    ) -> dict[ResultKind, list[_AnsweringStatement]]:
        """Statements that say what was typed, then those that mean something like it.

        Nobody speaks who is `hidden`.
        """
        if not wanted & frozenset(_RESULT_KINDS.values()) or len(normal(text)) < 2:
            return {}
        groups: dict[ResultKind, list[_AnsweringStatement]] = {}
        owners_told = set[int]()
        is_hidden = snapshot.mask_of(hidden)
        shown = _said_by_others(snapshot, is_hidden)
        standing = self._standing(snapshot, text, shown, by_meaning=by_meaning)
        kinds, texts = snapshot.statements.kind, snapshot.statements.table.column("text")
        for row, by, strength in standing:
            kind = _RESULT_KINDS[STATEMENT_KINDS[kinds[row]]]
            owners = snapshot.statement_organizations.row(row)
            match = MatchReason(by, str(texts[row].as_py()), strength)
            for owner in owners[~is_hidden[owners]].tolist():
                if kind is ResultKind.ORGANIZATION:
                    if owner in owners_told:
                        continue
                    owners_told.add(owner)
                groups.setdefault(kind, []).append(_AnsweringStatement(row, owner, match))
        return groups

    def _standing(
        self, snapshot: Snapshot, text: str, shown: BoolArray, *, by_meaning: bool
    ) -> list[tuple[int, MatchedBy, float]]:
        """Rows of statements that are `shown` with how they answer, best first."""
        active = np.asarray(snapshot.statements.active) & shown
        shares = term_shares(snapshot.lexical, text)
        scores = np.where(
            active & (shares >= _WORDS_SHARED), lexical_scores(snapshot.lexical, text), -np.inf
        ).astype(np.float32)
        rows, _ = best(scores, _LOOKED_AT)
        standing = [(int(row), MatchedBy.WORDS, 0.3 + 0.25 * float(shares[row])) for row in rows]
        answering_rows = {row for row, _, _ in standing}
        alike = self._alike(snapshot, text, active) if by_meaning else ()
        standing += [
            (row, MatchedBy.MEANING, 0.3 * likeness)
            for row, likeness in alike
            if row not in answering_rows
        ]
        return standing

    def _alike(self, snapshot: Snapshot, text: str, active: Any) -> Iterable[tuple[int, float]]:
        """Rows of statements near in meaning, with their cosine."""
        question = self.question(snapshot, text[:MAX_TEXT])
        vector: FloatArray | None = question.vector
        if vector is None:
            return []
        rows, likeness = nearest(snapshot, vector, _LOOKED_AT, active)
        bar = max(_ALIKE, question.usual.everyday)
        pairs = zip(rows.tolist(), likeness.tolist(), strict=True)
        return [(row, cosine) for row, cosine in pairs if cosine >= bar]


def _said_by_others(snapshot: Snapshot, hidden: BoolArray) -> BoolArray:
    """A mask (m,) of statements that not only those in `hidden` (n,) made.

    Else theirs would be looked at before others, and how many are left would tell of them.
    """
    shown = np.ones(len(snapshot.statements.kind), dtype=np.bool_)
    for row in np.flatnonzero(hidden).tolist():
        for statement in snapshot.organization_statements.row(row).tolist():
            shown[statement] = not hidden[snapshot.statement_organizations.row(statement)].all()
    return shown


def _table_group(snapshot: Snapshot, kind: ResultKind, text: str, limit: int) -> SearchGroup:
    """Clusters, places or industries by name, or by what else stands for them."""
    table: pa.Table = getattr(snapshot, _TABLES[kind])
    matches = names_searched(snapshot, _TABLES[kind]).matches(text)
    for row in _rows_named(snapshot, _TABLES[kind], text):
        id = str(table.column("id")[row].as_py())
        is_code = any(character.isdigit() for character in text)
        matches.setdefault(
            row,
            MatchReason(MatchedBy.CODE, id.partition(":")[2], 1.0)
            if is_code
            else MatchReason(MatchedBy.OTHER_NAME, text, 0.85, ((0, len(text)),)),
        )
    ids = table.column("id")
    ranked = sorted(matches, key=lambda row: (-matches[row].strength, ids[row].as_py()))
    results = tuple(_row_result(table, kind, row, matches[row]) for row in ranked[:limit])
    return SearchGroup(kind, len(matches), results)


def _rows_named(snapshot: Snapshot, table: CodeTable, text: str) -> tuple[int, ...]:
    """Rows that a code, a short name or the name of a region means; () for what means none."""
    try:
        return rows_named(snapshot, table, text)
    except InvalidInput:
        return ()


def _row_result(table: pa.Table, kind: ResultKind, row: int, match: MatchReason) -> SearchResult:
    names = table.column("name")
    parent = table.column("parent")[row].as_py() if "parent" in table.column_names else -1
    return SearchResult(
        kind,
        str(table.column("id")[row].as_py()),
        str(names[row].as_py()),
        str(table.column("name_en")[row].as_py()),
        match,
        within=str(names[parent].as_py()) if parent >= 0 else "",
    )


def _columns(
    snapshot: Snapshot, answering: Sequence[_AnsweringStatement]
) -> Iterator[tuple[_AnsweringStatement, str, str, str]]:
    """Each statement with its id, its owner's id and its text."""
    ids, texts = (snapshot.statements.table.column(name) for name in ("id", "text"))
    for each in answering:
        id, text = str(ids[each.row].as_py()), str(texts[each.row].as_py())
        yield each, id, snapshot.id_of(each.owner), text
