"""Needs and offers: drafted, matched before they are saved, reviewed, published, ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import structlog

from matchmaker.access import SYSTEM, Principal
from matchmaker.domain import GraphRows, NeedState
from matchmaker.errors import InvalidInput, MatchmakerError, NotAllowed, NotFound
from matchmaker.recommend.model import Recommendation
from matchmaker.services.matching.matching import Answer, Matching, Question
from matchmaker.services.people.notification_outbox import Telling
from matchmaker.services.repositories import Clock, Draft, Shelves, Stored, retried
from matchmaker.store.ports import GraphStore, Page
from matchmaker.text import language_of
from matchmaker.workflow import posting as machine
from matchmaker.workflow.account import Account
from matchmaker.workflow.interactions import ClusterRules
from matchmaker.workflow.notification import NoticeKind
from matchmaker.workflow.posting import Posting, PostingAction, PostingState

log = structlog.get_logger(__name__)
# Of the best-placed candidates, how many are alerted of a new need.
ALERTED = 20
WEEK = timedelta(days=7)
_EDITABLE = frozenset({
    "text", "goal", "offer_kind", "terms", "slots", "quantity", "budget", "currency",
    "deadline", "stages", "expires",
})  # fmt: skip
_REVIEWERS = frozenset({PostingAction.APPROVE, PostingAction.RETURN})


@dataclass(frozen=True, slots=True)
class Posted:
    """A posting with its version, and who it was matched with when it was saved."""

    posting: Posting
    version: int
    matches: tuple[Recommendation, ...] = ()


class Postings:
    """Use cases of needs and offers. What is not published only its owner may see."""

    def __init__(
        self,
        store: GraphStore,
        shelves: Shelves,
        telling: Telling,
        matching: Callable[[], Matching],
        clock: Clock,
    ) -> None:
        self._store = store
        self._shelves = shelves
        self._telling = telling
        self._matching = matching
        self._clock = clock

    # -- looking

    def show(self, principal: Principal, id: str) -> Posted:
        """Raises NotFound for anyone but members, the reviewing coordinators and admins."""
        stored = self._visible(principal, id)
        return Posted(stored.value, stored.version)

    def listed(
        self, principal: Principal, organization_id: str, after: str, limit: int
    ) -> Page[Posted]:
        """An organisation's postings, newest first. Raises NotAllowed."""
        organization = self._store.organization(organization_id).id
        principal.require_member(organization)
        page = self._shelves.postings.page(
            "organization", organization, after=after, limit=limit, newest_first=True
        )
        return Page(tuple(Posted(one.value, one.version) for one in page.rows), page.after)

    def to_review(self, principal: Principal, cluster_id: str) -> tuple[Posted, ...]:
        """What waits for the coordinators of a cluster. Raises NotAllowed."""
        principal.require_coordinator(cluster_id)
        waiting = self._shelves.postings.every("state", PostingState.IN_REVIEW)
        return tuple(
            Posted(one.value, one.version)
            for one in waiting
            if cluster_id in self._reviewing(one.value.organization)
        )

    def preview(self, principal: Principal, posting: Posting, limit: int = 10) -> Answer | None:
        """Who could meet a need, before it is saved; None for an offer."""
        principal.require_member(posting.organization)
        if posting.goal is None:
            return None
        question = Question(posting.goal, limit)
        return self._matching().for_text(posting.text, question, posting.organization)

    # -- writing

    def post(self, principal: Principal, posting: Posting, *, publish: bool) -> Posted:
        """Save a new posting, and publish it or hand it to the reviewers at once.

        Raises NotAllowed, InvalidInput, NotFound.
        """
        principal.require_writing()
        organization = self._store.organization(posting.organization)
        principal.require_member(organization.id)
        now = self._clock()
        made = replace(
            posting,
            organization=organization.id,
            author=principal.account,
            created=now,
            language=posting.language or language_of(posting.text),
        )
        _check_dates(made, now.date())
        draft = Draft.of(principal, now)
        draft.log("posting.made", f"posting/{made.id}", organization=organization.id)
        if publish:
            made = self._moved(draft, made, PostingAction.PUBLISH)
        draft.add(self._shelves.postings.put(made))
        draft.commit(self._shelves.records)
        return self._follow(Posted(made, 1), alert=made.state is PostingState.PUBLISHED)

    def edit(
        self, principal: Principal, id: str, changes: dict[str, Any], expected: int | None = None
    ) -> Posted:
        """Change a posting; a published one is published anew, through review where that is asked.

        Raises NotFound, InvalidInput, or WrongState when it is over.
        """
        principal.require_writing()
        unknown = sorted(set(changes) - _EDITABLE)
        if unknown:
            raise InvalidInput("cannot be changed.", where=unknown[0])

        def attempt() -> Posted:
            stored = self._own(principal, id)
            if expected is not None and stored.version != expected:
                raise InvalidInput("was changed meanwhile; read it again.", where="version")
            changed = replace(stored.value, **changes)
            changed = replace(changed, language=language_of(changed.text))
            now = self._clock()
            _check_dates(changed, now.date())
            draft = Draft.of(principal, now)
            draft.log("posting.edited", f"posting/{id}")
            if stored.value.state is PostingState.PUBLISHED and self._reviewing(
                changed.organization
            ):
                changed = replace(changed, state=PostingState.DRAFT)
                changed = self._moved(draft, changed, PostingAction.PUBLISH)
            draft.add(self._shelves.postings.put(changed, stored.version))
            draft.commit(self._shelves.records)
            return Posted(changed, stored.version + 1)

        return self._follow(retried(attempt))

    def act(self, principal: Principal, id: str, action: PostingAction, note: str = "") -> Posted:
        """Publish, withdraw, renew; or as a coordinator approve, or return with a note.

        Raises NotFound, NotAllowed, WrongState.
        """
        principal.require_writing()

        def attempt() -> tuple[Posted, bool]:
            stored = self._visible(principal, id)
            self._require(principal, stored.value, action)
            draft = Draft.of(principal, self._clock())
            changed = self._moved(draft, stored.value, action, note)
            draft.log(f"posting.{action}", f"posting/{id}", state=changed.state)
            draft.add(self._shelves.postings.put(changed, stored.version))
            draft.commit(self._shelves.records)
            fresh = changed.state is PostingState.PUBLISHED and not stored.value.is_in_graph
            return Posted(changed, stored.version + 1), fresh

        posted, fresh = retried(attempt)
        return self._follow(posted, alert=fresh)

    def reviews(self, principal: Principal, cluster_id: str) -> bool:
        """Whether coordinators see them first. Raises NotAllowed."""
        principal.require_coordinator(cluster_id)
        stored = self._shelves.rules.maybe(cluster_id)
        return stored is not None and stored.value.reviews

    def set_review(self, principal: Principal, cluster_id: str, *, reviews: bool) -> ClusterRules:
        """Whether coordinators see needs and offers of the members first. Raises NotAllowed."""
        principal.require_writing()
        principal.require_coordinator(cluster_id)
        identity = self._store.cluster(cluster_id).id

        def attempt() -> ClusterRules:
            stored = self._shelves.rules.maybe(identity)
            rules = ClusterRules(identity, reviews)
            draft = Draft.of(principal, self._clock())
            draft.add(self._shelves.rules.put(rules, stored.version if stored else 0))
            draft.log("cluster.review", f"cluster/{identity}", reviews=str(reviews).lower())
            draft.commit(self._shelves.records)
            return rules

        return retried(attempt)

    def expire_due(self) -> int:
        """End what is past its date, and tell its owners; how many."""
        today = self._clock().date()
        due = [
            one.id
            for one in self._shelves.postings.values("state", PostingState.PUBLISHED)
            if one.expires is not None and one.expires < today
        ]
        for id in due:
            try:
                self.act(SYSTEM, id, PostingAction.EXPIRE)
            except MatchmakerError as error:
                log.warning("posting not expired", posting=id, error=error.message)
        return len(due)

    def carry_over(self) -> int:
        """Bring the graph in step where a process ended between the two; how many postings were."""
        behind = 0
        for one in self._shelves.postings.values():
            if one.is_in_graph and self._graph_differs(one):
                self._write(one)
                behind += 1
        return behind

    # -- the parts

    def _moved(
        self, draft: Draft, posting: Posting, action: PostingAction, note: str = ""
    ) -> Posting:
        reviewing = self._reviewing(posting.organization)
        changed = machine.act(posting, action, draft.at.date(), reviewed=bool(reviewing), note=note)
        named = self._store.organization(posting.organization).name
        subject = f"posting/{posting.id}"
        if changed.state is PostingState.IN_REVIEW and posting.state is not changed.state:
            for cluster in reviewing:
                self._telling.cluster(draft, cluster, NoticeKind.REVIEW, subject, {"other": named})
        elif action in _REVIEWERS:
            facts = {"state": changed.state}
            self._telling.organization(
                draft, posting.organization, NoticeKind.REVIEWED, subject, facts
            )
        elif action is PostingAction.EXPIRE:
            self._telling.organization(
                draft, posting.organization, NoticeKind.POSTING_OVER, subject, {}
            )
        return changed

    def _follow(self, posted: Posted, *, alert: bool = False) -> Posted:
        """The graph, the matches and the alerts, after the posting was committed."""
        posting = posted.posting
        if posting.is_in_graph:
            self._write(posting)
        if posting.goal is None or posting.state is not PostingState.PUBLISHED:
            return posted
        try:
            question = Question(posting.goal, ALERTED)
            answer = self._matching().for_need(posting.need(), question)
        except MatchmakerError as error:
            # The posting is saved; matching waits for a snapshot or a model.
            log.warning("not matched yet", posting=posting.id, error=error.message)
            return posted
        if alert:
            self._alert(posting, answer.recommendations)
        return replace(posted, matches=answer.recommendations)

    def _write(self, posting: Posting) -> None:
        live = posting.state is PostingState.PUBLISHED
        if posting.goal is not None:
            state = NeedState.OPEN if live else _ENDS.get(posting.state, NeedState.CLOSED)
            self._store.upsert(GraphRows(needs=(posting.need(state),)))
        else:
            self._store.upsert(GraphRows(offers=(posting.offer(active=live),)))

    def _graph_differs(self, posting: Posting) -> bool:
        live = posting.state is PostingState.PUBLISHED
        try:
            if posting.goal is None:
                offer = self._store.offer(posting.graph_id)
                return offer.active is not live or offer.text != posting.text
            need = self._store.need(posting.graph_id)
        except NotFound:
            return True
        # A need that was matched meanwhile is as it should be.
        is_open = need.state in (NeedState.OPEN, NeedState.MATCHED)
        return is_open is not live or need.text != posting.text

    def _alert(self, posting: Posting, matches: tuple[Recommendation, ...]) -> None:
        """Tell the best-placed members who agreed to alerts, within the number they set."""
        draft = Draft.of(SYSTEM, self._clock())
        named = self._store.organization(posting.organization).name
        for one in matches:
            people = [
                account
                for account in self._shelves.accounts.values("organization", one.id)
                if self._may_be_alerted(account, draft)
            ]
            facts = {"other": named, "need": posting.graph_id}
            subject = f"need/{posting.graph_id}"
            self._telling.accounts(draft, people, NoticeKind.ALERT, subject, facts)
        if draft.changes:
            draft.commit(self._shelves.records)

    def _may_be_alerted(self, account: Account, draft: Draft) -> bool:
        limit = account.preferences.alerts_a_week
        if not account.active or not limit:
            return False
        page = self._shelves.notices.page("account", account.id, limit=200, newest_first=True)
        recent = [
            one
            for one in page.rows
            if one.value.kind is NoticeKind.ALERT and draft.at - one.value.at < WEEK
        ]
        return len(recent) < limit

    def _require(self, principal: Principal, posting: Posting, action: PostingAction) -> None:
        if action is PostingAction.EXPIRE and principal is not SYSTEM:
            raise NotAllowed("A posting expires by itself.")
        if action in _REVIEWERS:
            if not (principal.admin or principal.clusters & self._reviewing(posting.organization)):
                raise NotAllowed("Only the coordinators of its cluster review it.")
            return
        principal.require_member(posting.organization)

    def _reviewing(self, organization_id: str) -> frozenset[str]:
        """Clusters of the organisation that want to see its postings first."""
        ids = [one.id for one in self._store.clusters_of(organization_id)]
        rules = self._shelves.rules.many(ids)
        return frozenset(id for id, one in rules.items() if one.value.reviews)

    def _own(self, principal: Principal, id: str) -> Stored[Posting]:
        stored = self._visible(principal, id)
        principal.require_member(stored.value.organization)
        return stored

    def _visible(self, principal: Principal, id: str) -> Stored[Posting]:
        principal.require_known()
        stored = self._shelves.postings.maybe(id)
        if stored is not None:
            one = stored.value
            if principal.admin or principal.acts_for(one.organization):
                return stored
            in_review = one.state is PostingState.IN_REVIEW
            if in_review and principal.clusters & self._reviewing(one.organization):
                return stored
        raise NotFound(f"You have no posting {id!r}.")


_ENDS = {PostingState.EXPIRED: NeedState.EXPIRED}


def _check_dates(posting: Posting, today: date) -> None:
    for name in ("deadline", "expires"):
        given = getattr(posting, name)
        if given is not None and given < today:
            raise InvalidInput("is in the past.", where=name)
