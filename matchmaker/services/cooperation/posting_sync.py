"""Postings in the graph: published, ended in the words they had, and carried over later.

A posting is committed first and written into the graph afterwards. Who writes reads it again
after that: of two who change it at once the graph keeps what the later one committed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from matchmaker.domain import GraphRows, NeedState
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services.repositories import Repositories
from matchmaker.store.merging import same_facts
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.posting import Posting, PostingState

log = structlog.get_logger(__name__)
# A need that was matched meanwhile is as it should be.
_LIVE = frozenset({NeedState.OPEN, NeedState.MATCHED})


@dataclass(frozen=True, slots=True)
class PostingSync:
    """Writes postings into the graph."""

    store: GraphStore
    repositories: Repositories

    def write(self, id: str) -> None:
        """Write a posting as it is now. Raises InvalidInput for one of nobody in the graph."""
        posting = self._posting(id)
        while posting is not None:
            try:
                self._write(posting)
            except InvalidInput:  # of who is merged meanwhile it is another's by now
                if self._posting(id) == posting:
                    raise
            before, posting = posting, self._posting(id)
            if posting == before:
                return

    def carry_over(self) -> int:
        """Bring the graph in step where a process ended between the two; how many postings were.

        One that cannot be written keeps no other one from it.
        """
        behind = [
            posting.id
            for posting in self.repositories.postings.values()
            if posting.is_in_graph and self._differs(posting)
        ]
        return sum(map(self._is_written, behind))

    def _is_written(self, id: str) -> bool:
        try:
            self.write(id)
        except InvalidInput as error:
            log.warning("posting not carried over", posting=id, error=str(error.message))
            return False
        return True

    def _posting(self, id: str) -> Posting | None:
        stored = self.repositories.postings.get_or_none(id)
        return stored.value if stored else None

    def _write(self, posting: Posting) -> None:
        if not posting.is_in_graph:
            return
        if posting.state is not PostingState.PUBLISHED:
            self._end_row(posting)
        elif posting.goal is None:
            self.store.upsert(GraphRows(offers=(posting.offer(),)))
        else:
            self.store.upsert(GraphRows(needs=(posting.need(),)))

    def _end_row(self, posting: Posting) -> None:
        """End the row in the words it was published with; what was typed since stays unseen."""
        source = posting.provenance
        is_expired = posting.state is PostingState.EXPIRED
        ended = NeedState.EXPIRED if is_expired else NeedState.CLOSED
        try:
            if posting.goal is None:
                offer = replace(self.store.offer(posting.graph_id), active=False, provenance=source)
                self.store.upsert(GraphRows(offers=(offer,)))
            else:
                need = self.store.need(posting.graph_id)
                need = replace(need, state=ended, provenance=source)
                self.store.upsert(GraphRows(needs=(need,)))
        except NotFound:
            return  # the import was taken back, or it never got there

    def _differs(self, posting: Posting) -> bool:
        """Tell whether the graph says otherwise: that it is live or not, or any word or figure."""
        is_live = posting.state is PostingState.PUBLISHED
        try:
            if posting.goal is None:
                offer = self.store.offer(posting.graph_id)
                if not is_live:
                    return offer.active
                return not same_facts(posting.offer(), offer)
            need = self.store.need(posting.graph_id)
        except NotFound:
            return is_live
        if not is_live:
            return need.state in _LIVE
        return need.state not in _LIVE or not same_facts(posting.need(need.state), need)
