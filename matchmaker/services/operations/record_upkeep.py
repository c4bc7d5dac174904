"""Records of earlier versions, brought to be found as this one finds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from matchmaker.services.operations.import_records import most_reversible
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.workflow.job import ImportRecord


def bring_up_to_date(repositories: Repositories) -> int:
    """Give records the keys that came later, and keep no more of imports than of later ones.

    How many were written anew. Again it finds nothing to do. Raises StoreUnavailable.
    """
    return _notices(repositories) + _imports(repositories)


def _notices(repositories: Repositories) -> int:
    """Unread ones, each found by whom it told what: who was told once is not told again."""
    notices, written = repositories.notifications, 0
    for stored in notices.iterate():
        keys = notices.values_under("told", stored.value)
        if any(not notices.count("told", key) for key in keys):
            repositories.records.commit([notices.put(stored.value, stored.version)])
            written += 1
    return written


def _imports(repositories: Repositories) -> int:
    """Those that can be taken back, of each cluster and organisation the newest alone."""
    imports = repositories.imports
    kept: dict[str, list[str]] = defaultdict(list)
    for stored in _one_by_one(repositories):
        for whose in imports.values_under("reversible", stored.value):
            kept[whose].append(stored.value.id)
    written = 0
    for whose, ids in kept.items():
        if imports.count("reversible", whose) == len(ids) <= most_reversible(whose):
            continue
        for number, id in enumerate(ids):
            stored = imports.get(id)
            record = stored.value if number < most_reversible(whose) else stored.value.forgotten()
            repositories.records.commit([imports.put(record, stored.version)])
            written += 1
    return written


def _one_by_one(repositories: Repositories) -> Iterator[Versioned[ImportRecord]]:
    """All imports, the newest first: a record may have 60 MB."""
    after: str | None = ""
    while after is not None:
        page = repositories.imports.page(after=after, limit=1, newest_first=True)
        yield from page.rows
        after = page.after
