"""Recent changes in a cluster: members, ties, introductions and needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from matchmaker.access import Principal
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock
from matchmaker.snapshot.model import from_days, to_days
from matchmaker.store.log import Entry
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import OutcomeKind, State
from matchmaker.workflow.posting import Posting, PostingState

if TYPE_CHECKING:
    from matchmaker.services.auditing.auditing import Auditing

DAYS = 30
# Lines of the log that are read for it, the newest.
_LINES = 5_000
_CLOSED = (PostingState.WITHDRAWN, PostingState.EXPIRED)


@dataclass(frozen=True, slots=True)
class RecentTie:
    """Two members, by id, who have a tie since a day that is not long ago."""

    first: str
    second: str
    since: date


@dataclass(frozen=True, slots=True)
class ClusterChanges:
    """Since the day `since`: ids of members who came and left, ties among members, the newest
    first, how many introductions of members reached each state, and how many of their needs
    were published and closed."""

    since: date
    joined: tuple[str, ...]
    left: tuple[str, ...]
    ties: tuple[RecentTie, ...]
    introductions: tuple[tuple[State, int], ...]
    needs_published: int
    needs_closed: int

    @property
    def organizations(self) -> tuple[str, ...]:
        """Ids of all that are named."""
        tied = (id for tie in self.ties for id in (tie.first, tie.second))
        return (*self.joined, *self.left, *tied)

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing changed."""
        needs = self.needs_published + self.needs_closed
        return not (self.joined or self.left or self.ties or self.introductions or needs)


@dataclass(frozen=True, slots=True)
class ClusterHistory:
    """Use cases of what happened in a cluster, for its coordinators."""

    repositories: Repositories
    auditing: Callable[[], Auditing]
    clock: Clock

    def changes(self, principal: Principal, cluster_id: str) -> ClusterChanges:
        """The last `DAYS` days. A tie that an introduction led to counts before a snapshot has
        it. Raises NotAllowed, NotFound as `Auditing.view` does."""
        view = self.auditing().view(principal, cluster_id, Channel.COOPERATION)
        begin = self.clock() - timedelta(days=DAYS)
        members = set(view.landscape.snapshot.ids_of(view.network.members))
        joined, left = _movements(view, begin.date())
        first = first_ties(view)
        start = to_days(begin.date())
        new = {pair: from_days(since) for pair, since in first.items() if since >= start}
        ties = {pair: since for pair, since in new.items() if since is not None}
        lines = list(self._lines(begin))
        states = list(self._introductions(lines, members))
        for introduction, pair, at in states:
            if pair not in first and led_to_tie(introduction):
                ties.setdefault(pair, at.date())
        counts = Counter(introduction.state for introduction, _, _ in states)
        ordered = sorted(ties.items(), key=lambda tie: (-tie[1].toordinal(), sorted(tie[0])))
        needs = list(self._needs(lines, members))
        return ClusterChanges(
            since=begin.date(),
            joined=joined,
            left=left,
            ties=tuple(RecentTie(min(pair), max(pair), since) for pair, since in ordered),
            introductions=tuple((state, counts[state]) for state in State if counts[state]),
            # One that was published and closed since counts as both.
            needs_published=sum(
                need.published is not None and need.published >= begin.date() for need in needs
            ),
            needs_closed=sum(need.state in _CLOSED for need in needs),
        )

    def _lines(self, begin: datetime) -> Iterator[Entry]:
        for line in self.repositories.records.last_log(_LINES):
            if datetime.fromisoformat(line.entry.at) < begin:
                return
            yield line.entry

    def _introductions(
        self, lines: list[Entry], members: set[str]
    ) -> Iterator[tuple[Introduction, frozenset[str], datetime]]:
        """Each between two members, and when it reached its state."""
        ids = _subjects(lines, "introduction")
        for stored in self.repositories.introductions.many(ids).values():
            introduction = stored.value
            pair = frozenset({introduction.seeker, introduction.candidate})
            if pair <= members:
                at = introduction.steps[-1].at if introduction.steps else introduction.created
                yield introduction, pair, at

    def _needs(self, lines: list[Entry], members: set[str]) -> Iterator[Posting]:
        """Members' needs that changed."""
        for stored in self.repositories.postings.many(_subjects(lines, "posting")).values():
            posting = stored.value
            if posting.goal is not None and posting.organization in members:
                yield posting


def first_ties(view: View) -> dict[frozenset[str], int]:
    """Pairs of members, as the view's snapshot has them, with the day on which their first tie
    began."""
    snapshot, ties = view.landscape.snapshot, view.landscape.ties(view.cluster)
    members = set(view.network.members.tolist())
    first: dict[tuple[int, int], int] = {}
    for source, target, since in zip(
        ties.source.tolist(), ties.target.tolist(), ties.since.tolist(), strict=True
    ):
        if source in members and target in members and source != target:
            pair = (min(source, target), max(source, target))
            first[pair] = min(first.get(pair, since), since)
    return {
        frozenset((snapshot.id_of(source), snapshot.id_of(target))): since
        for (source, target), since in first.items()
    }


def led_to_tie(introduction: Introduction) -> bool:
    """Tell whether something came of it that is a tie: a mere exchange of knowledge is none."""
    if introduction.state is not State.COMPLETED:
        return False
    return introduction.outcome is None or introduction.outcome.kind is not OutcomeKind.EXCHANGE


def _movements(view: View, begin: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of members who came and who left since the day.

    Who was written into an older list without a day came when that was written.
    """
    snapshot, ties = view.landscape.snapshot, view.landscape.ties(view.cluster)
    start, today = to_days(begin), to_days(snapshot.meta.as_of)
    came = ties.members[(ties.came >= start) & (ties.came <= today)]
    gone = ties.members[(ties.left >= start) & (ties.left <= today)]
    return tuple(snapshot.ids_of(came)), tuple(snapshot.ids_of(gone))


def _subjects(lines: list[Entry], kind: str) -> list[str]:
    """Ids of what the lines are about, of one kind."""
    return [
        entry.subject.removeprefix(f"{kind}/")
        for entry in lines
        if entry.subject.startswith(f"{kind}/")
    ]
