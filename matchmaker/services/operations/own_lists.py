"""Lists of what an organisation itself offers, brought in by its own people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from matchmaker.access import Principal
from matchmaker.domain import GraphRows, Offer, OfferKind
from matchmaker.errors import InvalidInput
from matchmaker.ingest.inspection import has_many_lines
from matchmaker.ingest.known_offerings import (
    MatchedOfferings,
    OfferingOutcome,
    OfferingState,
    matched,
    withdrawn,
)
from matchmaker.ingest.offerings import (
    MAX_LINES,
    Offering,
    columns_missing,
    holds_certificates,
    plain,
    read_offerings,
    too_many_lines,
    usual_kind,
)
from matchmaker.ingest.report import Problem, consistent, file_counts
from matchmaker.ingest.sheet_names import named_sheet
from matchmaker.ingest.table_file import TableFile
from matchmaker.ingest.table_options import TableOptions
from matchmaker.messages import message
from matchmaker.provenance import LISTED
from matchmaker.services.operations.file_inspection import holds_lines
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.importer import (
    ImportOptions,
    overruled,
    require_importing,
    today,
    with_changes,
)
from matchmaker.store.ports import MAX_PAGE, GraphStore, MergeRules, Page, RowChanges, iterate

# Bytes of such a list: of those who may send one there are many, and each may keep several.
MAX_FILE = 10_000_000
# Ends of lines in one, also within cells: read to its end, ten MB of short lines take a minute.
MAX_FILE_LINES = 100_000
# Of one organisation so many may stand by its lists: each is looked through for every question.
MAX_OFFERINGS = 2_000
# And so many characters: each snapshot is made of what they specify, .4 s of work for 20,000.
MAX_CHARACTERS = 500_000
# With those that were withdrawn: nothing that somebody offered once is forgotten.
MAX_EVER = 20_000


def require_small(path: Path) -> None:
    """Raise InvalidInput for a file that is larger or longer than a list of one's own needs to
    be."""
    if path.stat().st_size > MAX_FILE:
        raise InvalidInput(
            "is larger than %(most)s MB.",
            where="file",
            mend="Leave pictures out, or part it into several files.",
            most=MAX_FILE // 1_000_000,
        )
    if holds_lines(path) and has_many_lines([path.read_bytes()], MAX_FILE_LINES):
        raise too_many_lines()


@dataclass(frozen=True, slots=True)
class OwnList:
    """What an organisation's list says that it offers, and what is told of its lines.

    `name` is the file's. `read` has the lines of each sheet that was read, by its name.
    """

    organization: str
    name: str
    offerings: tuple[Offering, ...]
    problems: tuple[Problem, ...]
    read: Mapping[str, int]

    def called(self, offering: Offering) -> str:
        """The name of what an offering stands in."""
        return named_sheet(self.name, offering.sheet)


Sheets = Sequence[tuple[TableFile, TableOptions]]


def read_own_list(store: GraphStore, sheets: Sheets, organization: str) -> OwnList:
    """Read the sheets of a list, each under columns of its own.

    Raises InvalidInput where one names nothing, or its lines are called as firms are.
    """
    owner = store.organization(organization)
    offerings, problems, read = list[Offering](), list[Problem](), dict[str, int]()
    first: dict[tuple[OfferKind, str], Offering] = {}
    for table, options in sheets:
        if missing := columns_missing(options):
            if holds_certificates(table.header):
                raise InvalidInput(
                    "is a list of certificates, and of nothing that you offer.",
                    where=table.name,
                    mend="Enter each on your organisation's page, under certificates, or send the "
                    "list to the coordinators of your cluster, who import it.",
                )
            raise InvalidInput(missing, where=table.name, mend="Say which column it is.")
        usual_kind(options)  # where no line needs it, too
        listed = read_offerings(table, options, owner)
        if listed.names_organizations:
            raise InvalidInput(
                "most lines are called as firms are: a list of your own is of what you offer.",
                where=table.name,
                mend="Say which column names that, or choose another file.",
            )
        problems += listed.problems
        for each in listed.offerings:
            known = first.setdefault((each.kind, plain(each.text)), each)
            if known.sheet != each.sheet:
                why = message(
                    "is the same as line %(line)s of the sheet '%(sheet)s'.",
                    line=known.line, sheet=known.sheet,
                )  # fmt: skip
                problems.append(Problem(table.name, each.line, "", why, "passed"))
            else:
                offerings.append(each)
        read[table.name] = listed.read
        if sum(read.values()) > MAX_LINES:  # of all sheets as of one
            raise too_many_lines()
    name = sheets[0][0].path.name
    return OwnList(owner.id, name, tuple(offerings), tuple(problems), read)


def import_offerings(
    store: GraphStore, principal: Principal, sheets: Sheets, organization: str,
    run: ImportOptions, *, withdraws: bool = False,
) -> ImportReport:  # fmt: skip
    """The result of a list of what an organisation offers, written or not, as `run` says.

    Raises NotAllowed, InvalidInput where nothing is named, or too much.
    """
    require_importing(principal, "", organization)
    return write_offerings(
        store, read_own_list(store, sheets, organization), run, withdraws=withdraws
    )


def write_offerings(
    store: GraphStore, listed: OwnList, run: ImportOptions, *, withdraws: bool = False
) -> ImportReport:
    """The result of what a list says, beside what is offered already, written or not.

    Nothing else is written, whatever the file names. What earlier lists brought and this one does
    not have stays, unless the list `withdraws` it.
    Raises InvalidInput where it is too much.
    """
    day = today()
    stored = list(iterate(partial(_offers, store, listed.organization)))
    # At most each stored one is said again; more need not be looked for among them.
    _refuse_many(len(listed.offerings) - len(stored))
    found = matched(listed.offerings, stored, listed.organization, day)
    _require_few(found, stored, withdraws=withdraws)
    gone = tuple(withdrawn(found.missing, day)) if withdraws else ()
    rows = GraphRows(offers=(*(row for row, _ in found.rows), *gone))
    lines = {row.id: (listed.called(each), each.line) for row, each in found.rows}
    told = (*listed.problems, *_posted(listed, found))
    report = _report(listed, found, told, rows, withdraws=withdraws)
    rules = MergeRules(
        written_defaults={("offers", id): frozenset({"active"}) for id in lines},
        dry_run=run.dry_run,
    )
    if not run.dry_run:
        run.progress(message("Writing to the store"), 0, 0)
        run.begin(is_in_parts=not store.is_written_at_once(rows))

    def report_of(changes: RowChanges) -> ImportReport:
        origins = {("offers", id): place for id, place in lines.items()}
        problems = (*report.problems, *overruled(changes, origins))
        whole = replace(
            report,
            written=not run.dry_run,
            problems=problems,
            files=file_counts(listed.read, problems),
        )
        return with_changes(whole, changes, run)

    return report_of(store.import_rows(rows, rules, run.completion(report_of), run.note))


def _offers(store: GraphStore, organization: str, after: str | None) -> Page[Offer]:
    return store.offers(organization, after, MAX_PAGE)


def _require_few(found: MatchedOfferings, stored: Sequence[Offer], *, withdraws: bool) -> None:
    standing = {
        row.id: row.text
        for row in stored
        if row.active and row.provenance.source == LISTED
    } | {row.id: row.text for row, _ in found.rows}  # fmt: skip
    if withdraws:
        gone = {row.id for row in found.missing}
        standing = {id: text for id, text in standing.items() if id not in gone}
    _refuse_many(len(standing))
    ever = {row.id for row in stored if row.provenance.source == LISTED} | standing.keys()
    if len(ever) > MAX_EVER:
        raise InvalidInput(
            "With those that were withdrawn these would be %(count)s offers by lists of yours; at "
            "most %(most)s are kept.",
            where="file",
            mend="Take lists back that you brought before.",
            count=len(ever), most=MAX_EVER,
        )  # fmt: skip
    if (characters := sum(map(len, standing.values()))) > MAX_CHARACTERS:
        raise InvalidInput(
            "These would be %(count)s characters of offers by lists of yours; at most %(most)s "
            "are kept.",
            where="file",
            mend="Leave out columns of long descriptions; who asks for more is told more.",
            count=characters, most=MAX_CHARACTERS,
        )  # fmt: skip


def _refuse_many(count: int) -> None:
    if count > MAX_OFFERINGS:
        raise InvalidInput(
            "These would be %(count)s offers by lists of yours; at most %(most)s are kept.",
            where="file",
            mend="Put sizes and variants of one thing into one line.",
            count=count, most=MAX_OFFERINGS,
        )  # fmt: skip


def _posted(listed: OwnList, found: MatchedOfferings) -> Iterator[Problem]:
    written = {each.place for _, each in found.rows}
    for each in listed.offerings:
        if each.place not in written:
            reason = message("is posted already: change it among your needs and offers.")
            yield Problem(listed.called(each), each.line, "", reason, "passed")


def _report(
    listed: OwnList, found: MatchedOfferings, told: Sequence[Problem], rows: GraphRows, *,
    withdraws: bool,
) -> ImportReport:  # fmt: skip
    problems = tuple(consistent(told))
    state = OfferingState.WITHDRAWN if withdraws else OfferingState.MISSING
    missing = (OfferingOutcome(0, row.kind.value, row.text, state) for row in found.missing)
    return ImportReport(
        written=False,
        dry_run=True,
        rows=rows.counts(),
        problems=tuple(each for each in problems if each.severity != "note"),
        notes=tuple(each for each in problems if each.severity == "note"),
        files=file_counts(listed.read, problems),
        offerings=(*found.outcomes, *missing),
    )
