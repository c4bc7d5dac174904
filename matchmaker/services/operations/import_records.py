"""Records of imports, and the sentences that tell of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from matchmaker.access import Principal
from matchmaker.domain import GraphRows
from matchmaker.ingest.made_ids import source_of_cluster
from matchmaker.messages import Message, message, sentences
from matchmaker.services.operations.import_report import MAX_UNDONE, ImportReport
from matchmaker.services.operations.import_status import line_problems
from matchmaker.services.operations.upload_folder import Upload, UploadState
from matchmaker.services.repositories import OWN_LISTS, Repositories
from matchmaker.store.changes import Change
from matchmaker.workflow.job import ImportRecord, LineCounts

_MAX_SOURCE = 32  # as the page's form takes it
# Of so many imports, the newest, is kept what takes them back: all that a page lists of those of a
# cluster, or of those for all, of which one may be 60 MB; and of an organisation's own lists.
_REVERSIBLE, _OWN_REVERSIBLE = 20, 5


def record_of(
    report: ImportReport, id: str, table: str, cluster: str, importer: Principal, at: datetime,
    upload: Upload,
) -> ImportRecord:  # fmt: skip
    """The record to keep of an import; of a large one without what would take it back."""
    is_small = len(report.put) <= MAX_UNDONE
    return ImportRecord(
        id, table, cluster, importer.subject, at,
        report.rows, report.put if is_small else GraphRows(),
        report.before if is_small else GraphRows(), file=upload.path.name,
        lines=line_counts(report), problems=line_problems(report.problems),
        too_large=not is_small, by_administrator=importer.admin,
        organization=upload.state.organization,
    )  # fmt: skip


def most_reversible(whose: str) -> int:
    """How many imports can be taken back of those under this value of the key "reversible"."""
    return _OWN_REVERSIBLE if whose.startswith(OWN_LISTS) else _REVERSIBLE


def forgetting(repositories: Repositories, record: ImportRecord) -> tuple[Change, ...]:
    """What forgets how the oldest imports of a cluster, or lists of an organisation, are taken
    back, as another is written."""
    imports = repositories.imports
    forgotten: list[Change] = []
    for whose in imports.values_under("reversible", record):
        surplus = imports.count("reversible", whose) + 1 - most_reversible(whose)
        if surplus > 0:
            oldest = imports.page("reversible", whose, limit=surplus).rows
            forgotten += [imports.put(each.value.forgotten(), each.version) for each in oldest]
    return tuple(forgotten)


def list_id(state: UploadState, titles: Iterable[str]) -> str:
    """By what a list of a cluster or an organisation is known again: the titles of its columns."""
    whose = (state.cluster, state.organization) if state.organization else (state.cluster,)
    text = "\x1f".join((*whose, *titles))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def source_prefix(path: Path, cluster: str) -> str:
    """The name of a source, with which ids begin: the same for all lists of a cluster."""
    return source_of_cluster(cluster) if cluster else path.name.split(".", 1)[0][:_MAX_SOURCE]


def line_counts(report: ImportReport) -> LineCounts:
    return LineCounts(report.read, report.loaded, report.refused, report.passed, report.warned)


# Results of jobs before, which are stored.
_FORMER = (
    message(
        "Of %(read)s lines %(loaded)s were loaded, %(refused)s left out for errors, %(passed)s "
        "passed over."
    ),
    message(
        "Organisations: %(new)s new, %(known)s known, %(merged)s joined to others, "
        "%(alike)s pairs that may be one."
    ),
)


def line_outcomes(counts: LineCounts) -> Message:
    """Counts of lines loaded, refused and passed over, in words; none that are zero."""
    told = [
        message(
            "Of %(read)s lines %(loaded)s were loaded.", read=counts.read, loaded=counts.loaded
        ),
        *_if_any(counts.refused, message("Left out for errors: %(count)s.", count=counts.refused)),
        *_if_any(counts.passed, message("Passed over: %(count)s.", count=counts.passed)),
    ]
    return sentences(*told)


def handed_in(lines: int) -> Message:
    """What is told of an own list that waits."""
    return message(
        "Handed in: the coordinators of your cluster see it before others do. Lines: %(count)s.",
        count=lines,
    )


def import_summary(report: ImportReport, recognised: int) -> Message:
    known = report.known + recognised
    if report.waits:
        return handed_in(report.loaded)
    return sentences(
        line_outcomes(line_counts(report)),
        *_if_any(report.new, message("New organisations: %(count)s.", count=report.new)),
        *_if_any(known, message("Organisations known before: %(count)s.", count=known)),
        *_if_any(report.merged, message("Joined to others: %(count)s.", count=report.merged)),
        *_if_any(
            report.to_review, message("Pairs that may be one: %(count)s.", count=report.to_review)
        ),
        *_if_any(
            len(report.decided),
            message("Pairs that you decided: %(count)s.", count=len(report.decided)),
        ),
    )


def _if_any(count: int, told: Message) -> list[Message]:
    return [told] if count else []
