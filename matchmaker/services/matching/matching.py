"""Matching: partners for an organisation, a need or a free text, one by one or in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from math import isnan

import numpy as np

from matchmaker.access import Principal
from matchmaker.domain import GoalName, Need, Organization
from matchmaker.embedding import Encoder, VectorCache, VectorCaches
from matchmaker.errors import InvalidInput, StoreUnavailable
from matchmaker.goals import GOALS
from matchmaker.messages import message
from matchmaker.recommend.conditions import number_open
from matchmaker.recommend.exposure import MIN_CROWD
from matchmaker.recommend.model import Recommendation, Request, Seeker, SeekerText
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.profile_reach import ProfileReach, profile_reach, similarity_thresholds
from matchmaker.recommend.reranking import Reranker
from matchmaker.services.directory.directory import Directory
from matchmaker.services.matching.answer import Answer, Candidate, Freshness, read_question
from matchmaker.services.matching.answered_needs import AnsweredNeed, answered_needs, past_needs
from matchmaker.services.matching.asker_reader import ANYBODY, AskerReader, unknown_bounds
from matchmaker.services.matching.bulk import (
    CHUNK,
    Asker,
    BulkAnswer,
    TextQuestion,
    asker_or_error,
    bulk_answers,
    chunks,
)
from matchmaker.services.matching.elsewhere import AskedText, with_goal_that_answers
from matchmaker.services.matching.found_candidates import (
    found,
    hidden_now,
    those_found,
    without_hidden,
)
from matchmaker.services.matching.interaction_log import InteractionLog
from matchmaker.services.matching.named_in_question import named_in_question
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.services.matching.seekers import SeekerFactory, check_text, is_usable
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.services.own_organizations import asking_profile, need_of
from matchmaker.snapshot.load import SnapshotReader, check_graph
from matchmaker.snapshot.model import BoolArray, Snapshot
from matchmaker.store.ports import GraphStore, SeekerProfile
from matchmaker.workflow.meeting_bounds import MeetingBounds
from matchmaker.workflow.responsiveness import ResponseFigures


@dataclass(frozen=True, slots=True)
class Matching:
    """Use cases of recommending.

    Members ask for their organisation, coordinators for those of their clusters, admins for
    any. Answers are recorded as seen and leave out whom the organisation dismissed, unless
    `recorded` is False: those are for the program's own use. `full` names those who have no
    free slot, given the capacities that some said; `bounds` tells whom organisations may meet,
    read once for a run (of who asks `askers` reads it); `responses` says how often they answer.
    """

    store: GraphStore
    reader: SnapshotReader
    embedder: Callable[[], Encoder]
    cache: Callable[[], VectorCache | VectorCaches]
    directory: Directory
    rankers: RankerFiles
    interaction_log: InteractionLog
    askers: AskerReader
    full: Callable[[dict[str, int]], frozenset[str]] = lambda _: frozenset()
    reranker: Callable[[], Reranker | None] = lambda: None
    bounds: Callable[[], Callable[[str], MeetingBounds]] = lambda: lambda _: ANYBODY
    responses: Callable[[Iterable[str]], Mapping[str, ResponseFigures]] = lambda _: {}
    with_own_changes: Callable[[Snapshot, str], Snapshot] = lambda snapshot, _: snapshot

    # -- recommendations

    def for_organization(
        self,
        principal: Principal,
        organization_id: str,
        request: Request[str],
        *,
        recorded: bool = True,
    ) -> Answer:
        """Partners for a known organisation. Raises NotAllowed, NotFound."""
        self._require_filter(principal, request)
        profile, bounds = self.askers.read(principal, organization_id, recorded)
        rows = self._current_rows()
        seeker = self._seekers(rows).organization(profile, request)
        return self._answer(principal, rows, profile, bounds, seeker, request, recorded=recorded)

    def for_need(
        self, principal: Principal, need: Need, request: Request[str], *, recorded: bool = True
    ) -> Answer:
        """Partners for a posted need, asked by the organisation that posted it.

        Raises NotAllowed, NotFound.
        """
        self._require_filter(principal, request)
        profile, bounds = self.askers.read(principal, need.organization, recorded)
        rows = self._current_rows()
        seeker = self._seekers(rows).need(need, profile, request)
        return self._answer(principal, rows, profile, bounds, seeker, request, recorded=recorded)

    def for_text(
        self,
        principal: Principal,
        text: str,
        request: Request[str],
        organization_id: str = "",
        *,
        recorded: bool = True,
    ) -> Answer:
        """Partners for a free text, for whoever has signed in, or asked by an organisation.

        Raises InvalidInput for an empty or too long text, NotAllowed, NotFound for who asks.
        """
        self._require_filter(principal, request)
        profile, bounds = (
            self.askers.read(principal, organization_id, recorded)
            if organization_id
            else (None, ANYBODY)
        )
        rows = self._current_rows()
        check_text(text)
        seekers = self._seekers(rows)
        asker = seekers.without_texts(profile, request)
        seeker = replace(asker, texts=(*seekers.free_texts([text], request.goal, request.choices),))
        answer = self._answer(principal, rows, profile, bounds, seeker, request, recorded=recorded)
        asked = AskedText(principal, text, request, organization_id, seeker.kind)
        return with_goal_that_answers(answer, asked, self.for_text) if recorded else answer

    def fit(
        self,
        principal: Principal,
        asker: str,
        candidate: str,
        goal: GoalName,
        need_id: str = "",
        text: str = "",
    ) -> Recommendation | None:
        """One candidate for an organisation, its need or its question, with reasons.

        Nothing is recorded. For members of either, the coordinators of the asker's clusters, and
        admins. None where it cannot be one, or is not in the snapshot. Raises NotAllowed, NotFound.
        """
        self.directory.organization_id(principal, asker)
        is_candidate = principal.acts_for(self.directory.organization_id(principal, candidate))
        profile = self.store.seeker_profile(asker) if is_candidate else None
        profile = profile or asking_profile(self.store, principal, asker)
        rows, request = self._current_rows(), Request[str](goal, 1, only_new=False, capped=False)
        row, own = rows.organization(candidate), profile.organization
        # A need of another would tell that it is there, and what it asks for.
        need = need_of(self.store, need_id, [own.id]) if need_id else None
        if row is None or (need_id and need is None) or own.kind not in GOALS[goal].askers:
            return None
        seekers = self._seekers(rows)
        if need is not None:
            seeker = seekers.need(need, profile, request)
        elif text:
            texts = seekers.free_texts([text], goal)
            seeker = replace(seekers.without_texts(profile, request), texts=tuple(texts))
        else:
            seeker = seekers.organization(profile, request)
        only, ranker = np.arange(len(rows.snapshot)) == row, self.rankers.current()
        hidden = hidden_now(principal, self.directory.opted_out, rows.snapshot)
        seeker = replace(seeker, hidden=rows.organizations(hidden))
        fits = recommend(rows.snapshot, seeker, rows.request(request), ranker, among=only)
        return next(iter(without_hidden((*fits.matches, *fits.nearby), hidden)), None)

    def goals(self, principal: Principal, organization_id: str) -> list[GoalName]:
        """Goals that an organisation of its kind may look for. Raises SignInNeeded, NotFound."""
        principal.require_known()
        kind = self.directory.opted_out.organization(principal, organization_id).kind
        return [goal.name for goal in GOALS.values() if kind in goal.askers]

    def candidates(self, principal: Principal, ids: Sequence[str]) -> dict[str, Candidate]:
        """Organisations as lists show them, by id, for whoever has signed in.

        Whose ids were kept for long go through `still_found`: they may have opted out since.
        One look-up for all of them: what their codes stand for is in the snapshot, and only
        what is newer is looked up too.
        """
        principal.require_known()
        rows = self._current_rows()
        organizations = self.store.organizations_by_id(ids)
        place_ids = {row.place for row in organizations.values() if row.place}
        industry_ids = {row.industry for row in organizations.values() if row.industry}
        places, industries = rows.known_places(place_ids), rows.known_industries(industry_ids)
        if newer := sorted(place_ids - set(places)):
            places |= self.store.places(newer)
        if newer := sorted(industry_ids - set(industries)):
            industries |= self.store.industries(newer)
        responses = self.responses(organizations)
        return {
            organization_id: Candidate(
                replace(organization, contact=""),
                places.get(organization.place or ""),
                industries.get(organization.industry or ""),
                rows.outcomes.get(organization.id, 0),
                responses.get(organization.id),
                rows.certificates(organization.id),
            )
            for organization_id, organization in organizations.items()
        }

    def still_found(self, principal: Principal, ids: Sequence[str]) -> dict[str, Candidate]:
        """Of ids that were kept those whom the principal finds now, as `candidates` gives them."""
        candidates, snapshot = self.candidates(principal, ids), self._current_rows().snapshot
        return those_found(principal, self.directory.opted_out, snapshot, candidates)

    # -- what a profile brings

    def reach(self, principal: Principal, organization: Organization, about: str) -> ProfileReach:
        """The reach of this profile, saved or not, for its members and admins.

        Raises NotAllowed, NotFound, SnapshotUnavailable.
        """
        principal.require_member(organization.id)
        rows = self._current_rows()
        stored = self.store.seeker_profile(organization.id)
        seekers = self._seekers(rows)
        texts = seekers.free_texts([about], GoalName.SUPPLIER) if about.strip() else []
        profile = seekers.profile(replace(stored, organization=organization))
        snapshot, key = rows.snapshot, "similarity thresholds"
        past = past_needs(self.store, snapshot)
        limits = snapshot.cached(key, lambda: similarity_thresholds(snapshot, past))
        hidden = rows.organizations(hidden_now(principal, self.directory.opted_out, snapshot))
        return profile_reach(snapshot, limits, replace(profile, texts=tuple(texts), hidden=hidden))

    def answered_needs(
        self, principal: Principal, organization_id: str
    ) -> tuple[AnsweredNeed, ...]:
        """Open needs of others that something the organisation says answers, best first.

        For its members and admins; worked out once for each snapshot, with what it changed since.
        Raises NotAllowed, SnapshotUnavailable, ModelUnavailable.
        """
        principal.require_member(organization_id)
        rows = SnapshotRows(self.own_snapshot(organization_id))
        if (row := rows.organization(organization_id)) is None:
            return ()
        hidden = rows.organizations(hidden_now(principal, self.directory.opted_out, rows.snapshot))
        key, seekers = ("answered needs", row, hidden), self._seekers(rows)
        past = past_needs(self.store, rows.snapshot)
        return rows.snapshot.cached(key, lambda: answered_needs(seekers, row, hidden, past))

    def own_snapshot(self, organization_id: str) -> Snapshot:
        """The newest snapshot with what the organisation changed since.

        Raises SnapshotUnavailable.
        """
        return self.with_own_changes(self._current_rows().snapshot, organization_id)

    # -- bulk runs of the operator

    def for_organizations(
        self,
        principal: Principal,
        ids: Iterable[str],
        request: Request[str],
        progress: Progress = no_progress,
    ) -> Iterator[BulkAnswer]:
        """One answer for each id, in order; an unknown id gives its error, not an exception.

        Of many who ask together, where a ranker was learned, all are ranked for before the
        first is answered (`progress` tells how far that is): attention is shared out among
        just them. Raises NotAllowed for anyone but an admin.
        """
        principal.require_admin()
        rows, ranker = self._current_rows(), self.rankers.current()
        asking = list(ids)
        seekers, bounds = self._seekers(rows), self.bounds()

        def asker(organization_id: str) -> Asker:
            def made() -> Seeker:
                profile = self.store.seeker_profile(organization_id)
                seeker = seekers.organization(profile, request)
                return rows.held(seeker, bounds(profile.organization.id))

            return asker_or_error(organization_id, made)

        usual = ranker.prices(GOALS[request.goal])
        together = usual is not None and request.capped and len(asking) >= MIN_CROWD

        def askers() -> Iterator[Iterable[Asker]]:
            for number, chunk in enumerate(chunks(asking)):
                if together:
                    progress(message("Ranking for all"), number * CHUNK, len(asking))
                yield map(asker, chunk)

        yield from bulk_answers(
            rows.snapshot,
            rows.request(request),
            ranker,
            self._among(rows),
            askers(),
            usual if together else None,
        )
        if together:
            progress(message("Ranking for all"), len(asking), len(asking))

    def for_texts(
        self, principal: Principal, questions: Iterable[TextQuestion], request: Request[str]
    ) -> Iterator[BulkAnswer]:
        """One answer for each text, in order, in chunks. Raises NotAllowed for all but admins."""
        principal.require_admin()
        rows = self._current_rows()
        seekers, bounds = self._seekers(rows), self.bounds()

        def seeker(question: TextQuestion, text: SeekerText) -> Seeker:
            check_text(question.text)
            asker_id = question.organization
            profile = self.store.seeker_profile(asker_id) if asker_id else None
            asker = replace(seekers.without_texts(profile, request), texts=(text,))
            return rows.held(asker, bounds(profile.organization.id)) if profile else asker

        def askers(chunk: list[TextQuestion]) -> Iterator[Asker]:
            # Bad texts are answered above; a placeholder keeps the chunk aligned.
            usable = [item.text if is_usable(item.text) else "-" for item in chunk]
            texts = seekers.free_texts(usable, request.goal)
            for item, text in zip(chunk, texts, strict=True):
                yield asker_or_error(item.id, partial(seeker, item, text))

        yield from bulk_answers(
            rows.snapshot,
            rows.request(request),
            self.rankers.current(),
            self._among(rows),
            map(askers, chunks(questions)),
            reranker=self.reranker(),
        )

    # -- the parts

    def _answer(
        self,
        principal: Principal,
        rows: SnapshotRows,
        profile: SeekerProfile | None,
        bounds: MeetingBounds | None,
        seeker: Seeker,
        request: Request[str],
        *,
        recorded: bool,
    ) -> Answer:
        seeker_id = profile.organization.id if profile else ""
        filters = request.filters
        if filters.radius_km is not None and filters.centre is None and isnan(seeker.latitude):
            raise InvalidInput(
                "needs a place to measure from, and it is not known where you are.",
                where="radius_km",
                mend="Name a place instead, or add yours to the profile.",
            )
        snapshot, meta = rows.snapshot, rows.snapshot.meta
        store_version = profile.version if profile else self._store_version()
        hidden = hidden_now(principal, self.directory.opted_out, snapshot)
        seeker = rows.held(seeker, bounds or ANYBODY, hidden)
        recommended = recommend(
            snapshot,
            seeker,
            rows.request(request),
            self.rankers.current(),
            among=self._among(rows),
            reranker=self.reranker() if seeker.asks_in_words else None,
        )
        requirements, ignored, notices = read_question(seeker)
        answer = Answer(
            goal=request.goal,
            seeker=seeker_id,
            recommendations=recommended.matches,
            freshness=Freshness(meta.version, meta.as_of, store_version),
            nearby=recommended.nearby,
            closest=recommended.closest,
            known=recommended.known,
            further_known=recommended.further_known,
            in_words=seeker.asks_in_words,
            says_what=seeker.says_what,
            requirements=requirements,
            ignored=ignored,
            notices=(
                *unknown_bounds(bounds),
                *notices,
                *(each.notice for each in rows.coarser_industries(filters)),
            ),
            programmes=recommended.programmes,
            named=named_in_question(rows.snapshot, seeker),
            open_programmes=(
                number_open(snapshot, seeker.hidden) if GOALS[request.goal].by_conditions else None
            ),
        )
        answer = found(answer, hidden)
        if not (recorded and principal.writes):
            return answer
        impression_id = self.interaction_log.impression(
            principal,
            answer.goal,
            answer.seeker,
            [
                (candidate.id, candidate.score)
                for candidate in (*answer.recommendations, *answer.nearby)
            ],
            self.rankers.label(answer.goal),
            meta.version,
        )
        return replace(answer, impression_id=impression_id)

    def _require_filter(self, principal: Principal, request: Request[str]) -> None:
        """A filter by cluster tells who is in it. Raises SignInNeeded, NotAllowed."""
        principal.require_known()
        named = request.filters.clusters
        for cluster_id in self._current_rows().cluster_ids(named) if named else ():
            self.directory.require_inside(principal, cluster_id)

    def _among(self, rows: SnapshotRows) -> BoolArray | None:
        """Everybody who has a free slot; None for everybody."""
        left_out = rows.organizations(self.full(rows.capacities))
        if not left_out:
            return None
        among = np.ones(len(rows.snapshot), dtype=np.bool_)
        among[list(left_out)] = False
        return among

    def _store_version(self) -> int | None:
        with suppress(StoreUnavailable):
            return self.store.version()
        return None

    def _seekers(self, rows: SnapshotRows) -> SeekerFactory:
        opted_out = self.directory.opted_out.ids
        return SeekerFactory(self.store, rows, self.embedder, self.cache, opted_out)

    def _current_rows(self) -> SnapshotRows:
        """Row numbers of the newest snapshot, made once for each. Raises SnapshotUnavailable."""
        snapshot = self.reader.current()

        def make() -> SnapshotRows:
            check_graph(snapshot, self.store.graph_id())
            return SnapshotRows(snapshot)

        return snapshot.cached("rows", make)
