"""The port for everything beside the graph: accounts, introductions, notices, events.

Each is a document of some kind with a version. A use case reads documents, works
out the new ones with pure functions, and commits them together: all of them, if
nobody changed any of them meanwhile, or none. Capacity, consent and the log can
therefore never disagree, whenever a process is killed.
"""

from __future__ import annotations

import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from matchmaker.errors import StoreUnavailable
from matchmaker.store.answers import Page, SeekerProfile
from matchmaker.store.changes import Change, Record, RecordQuery
from matchmaker.store.content import StoreContent
from matchmaker.store.graph_store import GraphStore
from matchmaker.store.log import ALL_OF_LOG, Entry, LogFilter, LoggedEntry


class Records(ABC):
    """Documents with compare-and-set, and the log. Every method raises StoreUnavailable."""

    def record(self, kind: str, id: str) -> Record | None:
        """None where there is none."""
        return self.records(kind, [id]).get(id)

    @abstractmethod
    def records(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        """Those that exist, by id."""

    @abstractmethod
    def records_at_once(self, query: RecordQuery) -> list[Record]:
        """Those that are asked for, each once; in one reading, of one moment, in no order."""

    def find(
        self,
        kind: str,
        key: str = "",
        value: str = "",
        *,
        after: str = "",
        limit: int = 100,
        newest_first: bool = False,
    ) -> Page[Record]:
        """Documents of a kind, or those with the value under the key, in order of id after `after`.

        Ids made by `new_id` are in order of time.
        """
        records = self._read_records(kind, key, value, after, limit + 1, newest_first)
        kept = tuple(records[:limit])
        return Page(kept, kept[-1].id if len(records) > limit else None)

    @abstractmethod
    def _read_records(
        self, kind: str, key: str, value: str, after: str, limit: int, newest_first: bool
    ) -> list[Record]: ...

    @abstractmethod
    def count(self, kind: str, key: str, value: str) -> int:
        """Count the documents that have the value under the key."""

    @abstractmethod
    def tally(self, kind: str, key: str) -> dict[str, int]:
        """Count documents by their value under the key."""

    @abstractmethod
    def commit(self, changes: Sequence[Change], entries: Sequence[Entry] = ()) -> None:
        """Write everything or nothing. Raises VersionConflict when a version is another one."""

    @abstractmethod
    def log(
        self, *, after: int = 0, limit: int = 100, subject: str = ""
    ) -> tuple[LoggedEntry, ...]:
        """Lines after a number, of one subject or of all, in order."""

    @abstractmethod
    def last_log(self, limit: int, only: LogFilter = ALL_OF_LOG) -> tuple[LoggedEntry, ...]:
        """The newest lines of those that are meant, newest first."""


class Store(GraphStore):
    """One database: the graph, and the documents beside it."""

    documents: Records

    def question_start(
        self, organization_id: str, query: RecordQuery
    ) -> tuple[SeekerProfile, list[Record] | None]:
        """The profile of who asks, and documents that bound its question: at once, where that is
        faster. None of documents that cannot be read. Raises NotFound.
        """
        profile = self.seeker_profile(organization_id)
        try:
            return profile, self.documents.records_at_once(query)
        except StoreUnavailable:
            return profile, None

    @abstractmethod
    def content(self) -> StoreContent:
        """All that it holds, at one moment, consistent while others write."""

    def unfinished_restore(self) -> str | None:
        """The backup of which the database holds a part, as whoever restored it was ended.

        None where there is none, as ever where it is written in one transaction. Every other
        question about the graph as a whole, and every write, raises StoreMismatch meanwhile.
        """
        return None

    @abstractmethod
    def restored_as(self) -> str:
        """The name of the restore that the database holds, or a part of it; "": of none."""

    @abstractmethod
    def replace_content(
        self,
        content: StoreContent,
        backup: str = "",
        first: Callable[[], object] = lambda: None,
        name: str = "",
    ) -> None:
        """Hold this, which a backup of that name holds, instead of what is there, its versions
        and its log too. Vectors are missing afterwards, and made by the next refresh.

        `name` is what `restored_as` says from then on, until something else is put.

        `first` is called before anything is changed, where one transaction does it all while
        nobody else can write any more; what it raises leaves everything as it is.
        """

    def bound_waiting(self) -> None:
        """Let few threads of this process wait for whoever writes for long; refuse others at once.

        For who has threads that others want to read with.
        """

    def is_empty(self) -> bool:
        """Tell whether nothing was ever written."""
        return not (self.status().counts or self.count_documents() or self.documents.last_log(1))

    @abstractmethod
    def count_documents(self) -> int:
        """Count the documents of all kinds."""


def new_id() -> str:
    """An id that cannot be guessed, in order of time among others.

    Milliseconds, their 65,536th part, then 64 random bits.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    return f"{milliseconds:012x}{rest * 65_536 // 1_000_000:04x}{secrets.token_hex(8)}"
