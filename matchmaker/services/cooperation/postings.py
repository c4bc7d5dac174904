"""Needs and offers: drafted, matched before they are saved, reviewed, published, ended."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import structlog

from matchmaker.access import SYSTEM, Principal
from matchmaker.domain import Need, NeedState, Offer
from matchmaker.errors import (
    ChangedMeanwhile,
    InvalidInput,
    MatchmakerError,
    NotAllowed,
    NotFound,
    require_seen,
)
from matchmaker.recommend.model import Recommendation, Request
from matchmaker.services.cooperation.posting_sync import PostingSync
from matchmaker.services.matching.answer import Answer
from matchmaker.services.matching.matching import Matching
from matchmaker.services.own_organizations import keep_organization, member_id
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.reviewing import reviewing_clusters, tell_reviewers, tell_submitter
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.ports import GraphStore, Page
from matchmaker.text import language_of
from matchmaker.workflow import posting as posting_workflow
from matchmaker.workflow.account import Account
from matchmaker.workflow.checks import check_length
from matchmaker.workflow.introduction import MAX_MESSAGE
from matchmaker.workflow.notification import NotificationKind, name_parameters
from matchmaker.workflow.posting import Posting, PostingAction, PostingState

log = structlog.get_logger(__name__)
# Of the best-placed candidates, how many are alerted of a new need.
ALERTED = 20
# Imported needs, and offers, of one organisation that are shown.
MOST_IMPORTED = 200
WEEK = timedelta(days=7)
_REVIEWERS = frozenset({PostingAction.APPROVE, PostingAction.RETURN})


@dataclass(frozen=True, slots=True)
class SavedPosting:
    """A posting with its version, and who it was matched with when it was saved."""

    posting: Posting
    version: int
    matches: tuple[Recommendation, ...] = ()


@dataclass(frozen=True, slots=True)
class Postings:
    """Use cases of needs and offers. What is not published only its owner may see."""

    store: GraphStore
    repositories: Repositories
    outbox: NotificationOutbox
    matching: Callable[[], Matching]
    clock: Clock

    @property
    def _sync(self) -> PostingSync:
        return PostingSync(self.store, self.repositories)

    # -- looking

    def show(self, principal: Principal, id: str) -> SavedPosting:
        """A posting, for its members, reviewing coordinators and admins. Raises NotFound."""
        stored = self._visible(principal, id)
        return SavedPosting(stored.value, stored.version)

    def listed(
        self, principal: Principal, organization_id: str, after: str, limit: int
    ) -> Page[SavedPosting]:
        """An organisation's postings, newest first. Raises NotAllowed."""
        organization = member_id(self.store, principal, organization_id)
        page = self.repositories.postings.page(
            "organization", organization, after=after, limit=limit, newest_first=True
        )
        return Page(
            tuple(SavedPosting(stored.value, stored.version) for stored in page.rows), page.after
        )

    def to_review(self, principal: Principal, cluster_id: str) -> tuple[SavedPosting, ...]:
        """List the postings that wait for the coordinators of a cluster. Raises NotAllowed."""
        principal.require_coordinator(cluster_id)
        in_review = self.repositories.postings.iterate("state", PostingState.IN_REVIEW)
        return tuple(
            SavedPosting(stored.value, stored.version)
            for stored in in_review
            if cluster_id in self._reviewing(stored.value.organization)
        )

    def imported(self, principal: Principal, organization_id: str) -> tuple[Need | Offer, ...]:
        """Its open needs and offers in the graph that are no posting: those of imports.

        Raises NotAllowed, NotFound.
        """
        organization = member_id(self.store, principal, organization_id)
        needs = self.store.needs(organization, NeedState.OPEN, None, MOST_IMPORTED).rows
        offers = self.store.offers(organization, None, MOST_IMPORTED, standing=True).rows
        rows: list[Need | Offer] = [*needs, *offers]
        posted = self._posted(organization)
        return tuple(row for row in rows if row.id not in posted)

    def imported_row(self, principal: Principal, organization_id: str, id: str) -> Need | Offer:
        """One of these, also of those that are more than are shown. Raises NotAllowed, NotFound."""
        organization = member_id(self.store, principal, organization_id)
        for read in (self.store.need, self.store.offer):
            row = _row_or_none(read, id)
            if row is None or row.organization != organization:
                continue
            if _is_open(row) and id not in self._posted(organization):
                return row
        raise NotFound("You have no posting '%(id)s'.", id=id)

    def _posted(self, organization: str) -> set[str]:
        """Ids in the graph of an organisation's postings."""
        postings = self.repositories.postings.values("organization", organization)
        return {posting.graph_id for posting in postings}

    def preview(self, principal: Principal, posting: Posting, limit: int = 10) -> Answer | None:
        """Candidates who could meet a need, before it is saved; None for an offer."""
        principal.require_member(posting.organization)
        if posting.goal is None:
            return None
        question = Request[str](posting.goal, limit)
        return self.matching().for_text(
            principal, posting.text, question, posting.organization, recorded=False
        )

    # -- writing

    def adopt(
        self, principal: Principal, organization_id: str, id: str, changes: dict[str, Any]
    ) -> SavedPosting:
        """Change what an import says: from now on it is a posting, under the id it has.

        Where coordinators review, what was imported stays as it is until they approve. Raises
        NotFound, NotAllowed, InvalidInput.
        """
        row = self.imported_row(principal, organization_id, id)
        # The same for whoever adopts it, so that two who do at once make one posting.
        digest = hashlib.blake2b(row.id.encode(), digest_size=16).hexdigest()
        draft = posting_workflow.adopted(row, digest, self.clock())
        return self.post(principal, replace(draft, **changes), publish=True, alert=False)

    def post(
        self, principal: Principal, posting: Posting, *, publish: bool, alert: bool = True
    ) -> SavedPosting:
        """Save a new posting, and publish it or hand it to the reviewers at once.

        `alert`: tell those whom a need that is published would suit.

        Raises NotAllowed, InvalidInput, NotFound; WrongState where it was saved meanwhile.
        """
        principal.require_writing()
        own = member_id(self.store, principal, posting.organization)
        language = posting.language or language_of(posting.text)

        def change(unit: UnitOfWork) -> Posting:
            made = replace(
                posting,
                organization=own,
                author=principal.account,
                created=unit.at,
                language=language,
            )
            _check_dates(made, unit.at.date())
            if self.repositories.postings.get_or_none(made.id) is not None:  # adopted in two tabs
                raise ChangedMeanwhile(
                    "Somebody else saved it meanwhile.", mend="Look at it again."
                )
            keep_organization(unit, self.repositories, self.store, own)
            unit.log("posting.made", f"posting/{made.id}", organization=own)
            if publish:
                made = self._transition(unit, made, PostingAction.PUBLISH)
            unit.add(self.repositories.postings.put(made))
            return made

        saved = commit_changes(self.repositories.records, principal, self.clock, change)
        is_new = alert and saved.state is PostingState.PUBLISHED
        return self._follow_up(principal, SavedPosting(saved, 1), alert=is_new)

    def edit(
        self, principal: Principal, id: str, changes: dict[str, Any], version: int | None = None
    ) -> SavedPosting:
        """Change a posting; a published one is published anew, through review where that is asked.

        `version` is the one that was seen, None for whatever is there. Raises NotFound, NotAllowed,
        InvalidInput; WrongState where it was changed since.
        """
        principal.require_writing()

        def change(unit: UnitOfWork) -> SavedPosting:
            stored = self._visible(principal, id)
            principal.require_member(stored.value.organization)
            require_seen(version, stored.version)
            changed = replace(stored.value, **changes)
            changed = replace(changed, language=language_of(changed.text))
            _check_dates(changed, unit.at.date())
            unit.log("posting.edited", f"posting/{id}")
            if stored.value.state is PostingState.PUBLISHED and self._reviewing(
                changed.organization
            ):
                changed = replace(changed, state=PostingState.DRAFT)
                changed = self._transition(unit, changed, PostingAction.PUBLISH)
            unit.add(self.repositories.postings.put(changed, stored.version))
            return SavedPosting(changed, stored.version + 1)

        edited = commit_changes(self.repositories.records, principal, self.clock, change)
        return self._follow_up(principal, edited)

    def act(
        self,
        principal: Principal,
        id: str,
        action: PostingAction,
        note: str = "",
        version: int | None = None,
    ) -> SavedPosting:
        """Publish, withdraw, renew; or as a coordinator approve, or return with a note.

        `version` is the one that was read; who approves names it, as its owner may have changed
        the words since. Raises NotFound, NotAllowed, InvalidInput where it is missing, WrongState,
        also where it is no longer what was read.
        """
        principal.require_writing()
        check_length("note", note, MAX_MESSAGE)

        def change(unit: UnitOfWork) -> tuple[SavedPosting, bool]:
            stored = self._visible(principal, id)
            self._require(principal, stored.value, action)
            _check_version(stored, action, version)
            changed = self._transition(unit, stored.value, action, note)
            unit.log(f"posting.{action}", f"posting/{id}", state=changed.state)
            unit.add(self.repositories.postings.put(changed, stored.version))
            # What was adopted others could see before.
            was_seen = stored.value.published is not None or bool(stored.value.imported)
            fresh = changed.state is PostingState.PUBLISHED and not was_seen
            return SavedPosting(changed, stored.version + 1), fresh

        posted, fresh = commit_changes(self.repositories.records, principal, self.clock, change)
        return self._follow_up(principal, posted, alert=fresh)

    def expire_due(self) -> int:
        """End what is past its date, and tell its owners; how many."""
        today = self.clock().date()
        due = [
            posting.id
            for posting in self.repositories.postings.values("state", PostingState.PUBLISHED)
            if posting.expires is not None and posting.expires < today
        ]
        for id in due:
            try:
                self.act(SYSTEM, id, PostingAction.EXPIRE)
            except MatchmakerError as error:
                log.warning("posting not expired", posting=id, error=str(error.message))
        return len(due)

    def sync_graph(self) -> int:
        """Bring the graph in step where a process ended between the two; how many postings were."""
        return self._sync.carry_over()

    # -- the parts

    def _transition(
        self, unit: UnitOfWork, posting: Posting, action: PostingAction, note: str = ""
    ) -> Posting:
        reviewers = self._reviewing(posting.organization)
        changed = posting_workflow.act(
            posting, action, unit.at.date(), reviewed=bool(reviewers), note=note
        )
        owner, subject = posting.organization, f"posting/{posting.id}"
        if changed.state is PostingState.IN_REVIEW and posting.state is not changed.state:
            tell_reviewers(unit, self.outbox, reviewers, self.store.organization(owner))
        elif action in _REVIEWERS:
            tell_submitter(unit, self.outbox, owner, subject, changed.state)
        elif action is PostingAction.EXPIRE:
            self.outbox.notify(
                unit, "organization", owner, NotificationKind.POSTING_EXPIRED, subject, {}
            )
        return changed

    def _follow_up(
        self, principal: Principal, posted: SavedPosting, *, alert: bool = False
    ) -> SavedPosting:
        """Write the graph, find matches and alert them, once the posting is committed."""
        posting = posted.posting
        self._sync.write(posting.id)
        if posting.goal is None or posting.state is not PostingState.PUBLISHED:
            return posted
        try:
            question = Request[str](posting.goal, ALERTED)
            answer = self.matching().for_need(principal, posting.need(), question, recorded=False)
        except MatchmakerError as error:
            # The posting is saved; matching waits for a snapshot or a model.
            log.warning("not matched yet", posting=posting.id, error=str(error.message))
            return posted
        if alert:
            self._alert(posting, answer.recommendations)
        return replace(posted, matches=answer.recommendations)

    def _alert(self, posting: Posting, matches: tuple[Recommendation, ...]) -> None:
        """Tell the best-placed members who agreed to alerts, within the number they set.

        Nobody, where who posted it opted out: none of them would find it.
        """
        owner = self.store.organization(posting.organization)
        if not owner.listed:
            return
        unit = UnitOfWork.of(SYSTEM, self.clock())
        names = name_parameters(owner)
        subject, facts = f"need/{posting.graph_id}", {**names, "need": posting.graph_id}

        def may_be_alerted(account: Account) -> bool:
            return self._may_be_alerted(account, unit)

        for match in matches:
            self.outbox.notify(
                unit, "organization", match.id, NotificationKind.NEED_POSTED, subject, facts,
                wanted=may_be_alerted,
            )  # fmt: skip
        if unit.changes:
            unit.commit(self.repositories.records)

    def _may_be_alerted(self, account: Account, unit: UnitOfWork) -> bool:
        limit = account.preferences.alerts_a_week
        if not limit:
            return False
        page = self.repositories.notifications.page(
            "account", account.id, limit=200, newest_first=True
        )
        recent = [
            stored
            for stored in page.rows
            if stored.value.kind is NotificationKind.NEED_POSTED
            and unit.at - stored.value.at < WEEK
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
        return reviewing_clusters(self.store, self.repositories, organization_id)

    def _visible(self, principal: Principal, id: str) -> Versioned[Posting]:
        principal.require_known()
        stored = self.repositories.postings.get_or_none(id)
        if stored is not None:
            posting = stored.value
            if principal.admin or principal.acts_for(posting.organization):
                return stored
            in_review = posting.state is PostingState.IN_REVIEW
            if in_review and principal.clusters & self._reviewing(posting.organization):
                return stored
        raise NotFound("You have no posting '%(id)s'.", id=id)


def _check_version(stored: Versioned[Posting], action: PostingAction, version: int | None) -> None:
    if version is None and action is PostingAction.APPROVE:
        raise InvalidInput(
            "is missing.", where="version", mend="Send the version of the text that you read."
        )
    if version is not None and version != stored.version:
        raise ChangedMeanwhile(
            "It was changed since you read it. It says now: %(text)s",
            mend="Look at it again.",
            text=stored.value.text,
        )


def _check_dates(posting: Posting, today: date) -> None:
    for name in ("deadline", "expires"):
        day = getattr(posting, name)
        if day is not None and day < today:
            raise InvalidInput("is in the past.", where=name)


def _row_or_none(read: Callable[[str], Need | Offer], id: str) -> Need | Offer | None:
    try:
        return read(id)
    except NotFound:
        return None


def _is_open(row: Need | Offer) -> bool:
    """Tell whether a need is looked for, or an offer stands."""
    return row.active if isinstance(row, Offer) else row.state is NeedState.OPEN
