"""How a kept file is read where nobody has said so: as one like it was, else as is judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.list_formats import FORMATS, LISTS, OFFERINGS
from matchmaker.ingest.list_guess import (
    all_titles,
    are_no_members,
    column_samples,
    guessed_format,
    party_named_once,
)
from matchmaker.ingest.offerings import guessed_kind
from matchmaker.ingest.scope import ALLOWED
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import AS_JUDGED, FileOptions, TableFile, open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations.file_inspection import parsed_file
from matchmaker.services.operations.import_records import list_id, source_prefix
from matchmaker.services.operations.upload_folder import Upload
from matchmaker.services.repositories import RememberedList, Repositories
from matchmaker.store.changes import Change

# Characters of titles: of a file with more it is not remembered how it was read.
_MAX_TITLES = 20_000


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
    of its cluster, whatever was chosen: ids of others begin with theirs. Raises InvalidInput.
    """
    state = upload.state
    options = state.options
    table = open_upload(upload, options.file if options else AS_JUDGED)
    if options is None:
        remembered = repositories.remembered_lists.get_or_none(list_id(state, table.header))
        options = TableOptions()
        if remembered is not None:
            state = replace(state, is_remembered=True, joins=remembered.value.joins)
            options = remembered.value.options
            table = open_upload(upload, options.file)
    samples = column_samples(table)
    allowed = formats_of(state.cluster, state.organization)
    kind = options.table or (OFFERINGS if state.organization else guessed_format(samples, allowed))
    if kind not in allowed:
        raise InvalidInput("is no table that you may import.", where="table")
    known = FORMATS[kind].names | {""}
    mapping = suggested(kind, samples) | {
        title: name for title, name in options.mapping.items() if title in samples and name in known
    }
    is_chosen = options.source and (principal.admin or not state.cluster)
    source = options.source if is_chosen else source_prefix(upload.path, state.cluster)
    own = party_named_once(kind, mapping.values(), table.above, upload.path.stem)
    if state.organization and "kind" not in options.defaults:
        own = {"kind": guessed_kind(table, mapping).value}
    defaults = {**own, **options.defaults} | (own if state.is_remembered else {})
    options = replace(options, table=kind, mapping=mapping, source=source, defaults=defaults)
    usual = kind not in LISTS and not are_no_members(table.header)
    joins = usual if state.joins is None else state.joins
    return upload.save(replace(state, options=options, joins=joins)), table


def remembered_reading(
    repositories: Repositories, upload: Upload, options: TableOptions, at: datetime
) -> tuple[Change, ...]:
    """What keeps how a file was read, for the next one with the same titles."""
    try:
        header = open_upload(upload, AS_JUDGED).header
    except InvalidInput:
        return ()
    if sum(map(len, header)) > _MAX_TITLES:
        return ()
    id = list_id(upload.state, header)
    before = repositories.remembered_lists.get_or_none(id)
    remembered = RememberedList(
        id, upload.state.cluster, upload.path.name, at,
        replace(options, edits={}, decisions=()), upload.state.joins,
    )  # fmt: skip
    return (repositories.remembered_lists.put(remembered, before.version if before else 0),)
