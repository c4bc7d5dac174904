"""How a kept file is read where nobody has said so: as one like it was, else as is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.like_sheets import holds_the_like
from matchmaker.ingest.list_formats import FORMATS, LISTS, OFFERINGS
from matchmaker.ingest.list_guess import (
    all_titles,
    are_no_members,
    certificate_named_once,
    column_samples,
    guessed_format,
    is_announcement,
    party_named_once,
)
from matchmaker.ingest.no_organizations import refuse_no_organizations
from matchmaker.ingest.offerings import guessed_kind
from matchmaker.ingest.scope import ALLOWED
from matchmaker.ingest.sheet_names import named
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import AS_JUDGED, FileOptions, TableFile, open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations.file_inspection import MAX_SHEETS, parse_together, parsed_file
from matchmaker.services.operations.import_records import list_id, source_prefix
from matchmaker.services.operations.upload_folder import Upload
from matchmaker.services.repositories import RememberedList, Repositories
from matchmaker.store.changes import Change

# Characters of titles: of a file with more it is not remembered how it was read.
_MAX_TITLES = 20_000
# Of which tables several sheets are read together.
OF_SEVERAL_SHEETS = frozenset({OFFERINGS, "organizations"})


def formats_of(cluster: str, organization: str = "") -> tuple[str, ...]:
    """Those of `FORMATS` that are imported for a cluster, "" for all; lists first.

    An organisation's own list is of what it offers.
    """
    if organization:
        return (OFFERINGS,)
    own = (name for name in TABLES if not cluster or name in ALLOWED)
    return tuple(dict.fromkeys(("organizations", *LISTS, *own)))


def open_upload(upload: Upload, options: FileOptions) -> TableFile:
    """The table of a kept file, of which another process has parsed the rows.

    Raises InvalidInput.
    """
    return open_table(parsed_upload(upload, options), options, all_titles())


def parsed_upload(upload: Upload, options: FileOptions) -> Path:
    """As `parsed_file`, for as long as the file is there and its reading awaited."""
    return parsed_file(upload.path, options, upload.watch())


def proposed(
    repositories: Repositories, principal: Principal, upload: Upload
) -> tuple[Upload, TableFile]:
    """The open file, with every choice made that was left open.

    A file with the titles of an earlier one is read as that was. A coordinator's has the source
    of its cluster, whatever was chosen: ids of others begin with theirs. Further sheets are read
    with it where they hold the like. Raises InvalidInput.
    """
    upload, table, options = _as_one_like_it(repositories, upload)
    options = _completed(principal, upload, table, options)
    sheets = tuple(_proposed_sheets(repositories, principal, upload, table, options))
    options = replace(options, names_sheet=bool(sheets))
    if sheets:  # by its name: what is judged first may be another one day
        options = replace(options, file=replace(options.file, sheet=table.sheet))
    if sheets and upload.state.sheets is None:
        options, *others = _as_they_lie(table, (options, *sheets))
        table, sheets = open_upload(upload, options.file), tuple(others)
    is_of_others = are_no_members(table.header) or is_announcement(table.above)
    usual = options.table not in LISTS and not is_of_others
    joins = usual if upload.state.joins is None else upload.state.joins
    state = replace(upload.state, options=options, sheets=sheets, joins=joins)
    return upload.save(state), named(table, options)


def _as_one_like_it(
    repositories: Repositories, upload: Upload
) -> tuple[Upload, TableFile, TableOptions]:
    """How it was said that a file is read, else how one with the same titles was.

    An upload says of itself that the latter was so.
    """
    state = upload.state
    table = open_upload(upload, state.options.file if state.options else AS_JUDGED)
    if state.options is not None:
        return upload, table, state.options
    remembered = repositories.remembered_lists.get_or_none(list_id(state, table.header))
    if remembered is None:
        return upload, table, TableOptions()
    state = replace(state, is_remembered=True, joins=remembered.value.joins)
    options = remembered.value.options
    return replace(upload, state=state), open_upload(upload, options.file), options


def _as_they_lie(table: TableFile, read: Iterable[TableOptions]) -> list[TableOptions]:
    """In the order of the sheets of a file; what is read by no name comes first."""
    places = {sheet.name: place for place, sheet in enumerate(table.sheets)}
    return sorted(read, key=lambda each: places.get(each.file.sheet, 0))


def _completed(
    principal: Principal, upload: Upload, table: TableFile, options: TableOptions
) -> TableOptions:
    """The options by which a table is read, with what was left open in them."""
    state, samples = upload.state, column_samples(table)
    allowed = formats_of(state.cluster, state.organization)
    if not options.table and not state.organization:
        refuse_no_organizations(table.header, table.name)
    kind = options.table or (
        OFFERINGS if state.organization else guessed_format(samples, allowed, table.above)
    )
    if kind not in allowed:
        raise InvalidInput("is no table that you may import.", where="table")
    known = FORMATS[kind].names | {""}
    mapping = suggested(kind, samples) | {
        title: name for title, name in options.mapping.items() if title in samples and name in known
    }
    is_chosen = options.source and (principal.admin or not state.cluster)
    source = options.source if is_chosen else source_prefix(upload.path, state.cluster)
    own = party_named_once(kind, mapping.values(), table.above, upload.path.stem)
    own |= certificate_named_once(kind, mapping.values(), table.above)
    if state.organization and "kind" not in options.defaults:
        own = {"kind": guessed_kind(table, mapping).value}
    defaults = {**own, **options.defaults} | (own if state.is_remembered else {})
    return replace(options, table=kind, mapping=mapping, source=source, defaults=defaults)


def _proposed_sheets(
    repositories: Repositories, principal: Principal, upload: Upload, table: TableFile,
    options: TableOptions,
) -> Iterator[TableOptions]:  # fmt: skip
    """How further sheets are read; where nobody said which, those that hold the like."""
    chosen = upload.state.sheets
    if options.table not in OF_SEVERAL_SHEETS:
        return
    names = [each.file.sheet for each in chosen or ()]
    if chosen is None:
        shown = [each.name for each in table.sheets if each.rows and not each.hidden]
        said = upload.state.options or TableOptions()
        # Whoever chose a sheet, a line of titles or columns chose those of that one.
        is_open = not (said.file.sheet or said.file.header_line or said.mapping)
        names = [each for each in shown if each != table.sheet][: MAX_SHEETS - 1] * is_open
    by_name = {each.file.sheet: each for each in chosen or ()}
    asked = {name: by_name.get(name, TableOptions(options.table)) for name in names}
    files = {name: replace(each.file, sheet=name) for name, each in asked.items()}
    parse_together(upload.path, files.values(), upload.watch())
    for name, each in asked.items():
        try:
            other = open_upload(upload, files[name])
        except InvalidInput:
            if chosen is None:
                continue
            raise
        read = each
        remembered = repositories.remembered_lists.get_or_none(list_id(upload.state, other.header))
        if not each.mapping and remembered is not None and chosen is None:
            read = remembered.value.options
        read = replace(read, table=options.table, file=files[name], names_sheet=True)
        read = _completed(principal, upload, other, replace(read, source=options.source))
        if chosen is not None or holds_the_like(other, read, table):
            yield read


def remembered_reading(
    repositories: Repositories, upload: Upload, options: TableOptions, at: datetime
) -> tuple[Change, ...]:
    """What keeps how a file was read, for the next one with the same titles."""
    several = upload.state.sheets or ()
    read = {AS_JUDGED if not several else options.file: options}
    read |= {each.file: each for each in several}
    changes: dict[str, Change] = {}
    for file, each in read.items():
        try:
            header = open_upload(upload, file).header
        except InvalidInput:
            continue
        if sum(map(len, header)) > _MAX_TITLES:
            continue
        id = list_id(upload.state, header)
        before = repositories.remembered_lists.get_or_none(id)
        # Which sheets there are is the next file's to say.
        kept = replace(each, edits={}, decisions=(), names_sheet=False)
        kept = replace(kept, file=replace(kept.file, sheet="")) if several else kept
        remembered = RememberedList(
            id, upload.state.cluster, upload.path.name, at, kept, upload.state.joins
        )
        changes[id] = repositories.remembered_lists.put(remembered, before.version if before else 0)
    return tuple(changes.values())
