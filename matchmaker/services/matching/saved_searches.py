"""Searches that people keep, and alerts when somebody new enters their first ten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from matchmaker.access import SYSTEM, Principal
from matchmaker.errors import InvalidInput, MatchmakerError, NotFound, StoreUnavailable
from matchmaker.services.authors import keep_author
from matchmaker.services.matching.long_questions import LongQuestions
from matchmaker.services.matching.matching import Matching
from matchmaker.services.matching.questions import FIELDS, question_of
from matchmaker.services.own_organizations import asked_id, keep_organization
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.documents import new_id
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.notification import Notification, NotificationKind
from matchmaker.workflow.saved_search import ALERTED_RANKS, SavedSearch

log = structlog.get_logger(__name__)
MOST_KEPT = 30
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class SavedSearches:
    """Use cases of kept searches; everyone sees only their own."""

    store: GraphStore
    repositories: Repositories
    accounts: Accounts
    long_questions: LongQuestions
    matching: Callable[[], Matching]
    clock: Clock

    def keep(
        self,
        principal: Principal,
        name: str,
        organization: str,
        fields: Mapping[str, Sequence[str]],
    ) -> SavedSearch:
        """Keep a question under a name; who is among its first ten now is nothing new later.

        Raises SignInNeeded, NotAllowed, InvalidInput for a question or name that cannot be kept,
        NotFound for an organisation that was merged into another one meanwhile.
        """
        principal.require_writing()
        account = self.accounts.own_account(principal)
        name = " ".join(name.split())
        if not 0 < len(name) <= LONGEST_NAME:
            raise InvalidInput(
                "must have 1 to %(most)s characters.", where="name", most=LONGEST_NAME
            )
        if self.repositories.saved_searches.count("account", account.id) >= MOST_KEPT:
            raise InvalidInput(
                "You keep %(most)s searches already.", mend="Delete one of them.", most=MOST_KEPT
            )
        query = tuple(
            (field, value) for field in FIELDS for value in fields.get(field, ()) if value.strip()
        )
        organization = asked_id(self.store, principal, organization) if organization else ""
        now = self.clock()
        search = SavedSearch(new_id(), account.id, organization, name, query, now, now)
        search = search.begun(self._ranking(principal, search), now)

        def put(unit: UnitOfWork) -> SavedSearch:
            if organization:
                keep_organization(unit, self.repositories, self.store, organization)
            keep_author(unit, self.repositories, principal)
            unit.add(self.repositories.saved_searches.put(search))
            return search

        return commit_changes(self.repositories.records, principal, self.clock, put)

    def listed(self, principal: Principal) -> tuple[SavedSearch, ...]:
        """One's own, the newest first; none for a key of no account."""
        principal.require_known()
        if not principal.account:
            return ()
        page = self.repositories.saved_searches.page(
            "account", principal.account, limit=MOST_KEPT, newest_first=True
        )
        return tuple(stored.value for stored in page.rows)

    def show(self, principal: Principal, id: str) -> SavedSearch:
        """Raises NotFound for what is not one's own."""
        return self._own(principal, id).value

    def set_alerts(self, principal: Principal, id: str, *, alerts: bool) -> None:
        """Begin or stop alerts. Raises NotFound for what is not one's own."""
        principal.require_writing()
        search = self._own(principal, id).value
        ranking = self._ranking(principal, search) if alerts else ()

        def change(unit: UnitOfWork) -> None:
            stored = self._own(principal, id)
            changed = stored.value.begun(ranking, unit.at) if alerts else stored.value.stopped()
            unit.add(self.repositories.saved_searches.put(changed, stored.version))

        commit_changes(self.repositories.records, principal, self.clock, change)

    def remove(self, principal: Principal, id: str) -> None:
        """Keep it no longer. Raises NotFound for what is not one's own."""
        principal.require_writing()

        def change(unit: UnitOfWork) -> None:
            unit.add(self.repositories.saved_searches.remove(self._own(principal, id)))

        commit_changes(self.repositories.records, principal, self.clock, change)

    # -- by itself

    def look_again(self) -> int:
        """Ask every search that is due again, and tell of newcomers; how many were told."""
        due = [
            stored.value.id
            for stored in self.repositories.saved_searches.iterate("alerts", "yes")
            if stored.value.is_due(self.clock())
        ]
        return sum(self._tell_newcomers(id) for id in due)

    def _tell_newcomers(self, id: str) -> bool:
        """Tell whether somebody was told of newcomers to a search."""
        stored = self.repositories.saved_searches.get_or_none(id)
        if stored is None or not stored.value.alerts:
            return False
        search, account = stored.value, self.repositories.accounts.get_or_none(stored.value.account)
        ranking: Sequence[str] = ()
        if account is not None and account.value.active:
            try:
                ranking = self._ranking(account.value.principal(), search)
            except StoreUnavailable:
                raise
            except MatchmakerError as error:
                # Of an organisation that is gone, or a place that has another name now.
                log.info("saved search not asked", search=id, error=str(error.message))

        def change(unit: UnitOfWork) -> bool:
            now = self.repositories.saved_searches.get_or_none(id)
            if now is None or not now.value.alerts:
                return False
            newcomers = now.value.newcomers(ranking)
            looked_at = now.value.after_looking(ranking, unit.at)
            unit.add(self.repositories.saved_searches.put(looked_at, now.version))
            if newcomers:
                facts = {"other": search.name, "count": str(len(newcomers))}
                notification = Notification(
                    new_id(),
                    search.account,
                    NotificationKind.SEARCH_NEW_RESULTS,
                    f"search/{id}",
                    unit.at,
                    facts,
                )
                unit.add(self.repositories.notifications.put(notification))
            return bool(newcomers)

        return commit_changes(self.repositories.records, SYSTEM, self.clock, change)

    # -- the parts

    def _own(self, principal: Principal, id: str) -> Versioned[SavedSearch]:
        principal.require_known()
        stored = self.repositories.saved_searches.get_or_none(id)
        if stored is None or stored.value.account != principal.account:
            raise NotFound("You keep no search '%(id)s'.", id=id)
        return stored

    def _ranking(self, principal: Principal, search: SavedSearch) -> list[str]:
        """Ids of the best, best first; nothing is recorded."""
        fields, matching = search.fields, self.matching()
        request = question_of(fields, ALERTED_RANKS, is_measured=bool(search.organization))
        text = next(iter(fields.get("text", ())), "")
        if question := next(iter(fields.get("question", ())), ""):
            text = self.long_questions.text(principal, question)
        if text:
            answer = matching.for_text(
                principal, text, request, search.organization, recorded=False
            )
        else:
            answer = matching.for_organization(
                principal, search.organization, request, recorded=False
            )
        return [recommendation.id for recommendation in answer.recommendations]
