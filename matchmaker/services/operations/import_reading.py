"""What comes of a kept file: of a list, of one of our own tables, of an organisation's own list."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.access import Principal
from matchmaker.ingest.list_formats import LISTS
from matchmaker.ingest.list_reader import read_list, with_known
from matchmaker.ingest.made_ids import slug
from matchmaker.ingest.sheet_names import named
from matchmaker.ingest.table_file import TableFile
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations.import_proposal import open_upload, parsed_upload
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.importer import Importer, ImportOptions
from matchmaker.services.operations.own_lists import import_offerings
from matchmaker.services.operations.reference_data import members_of, reference_index
from matchmaker.services.operations.upload_folder import Upload
from matchmaker.store.documents import Store


def open_sheets(upload: Upload) -> list[tuple[TableFile, TableOptions]]:
    """The sheets of a kept file that are read, each with how. Raises InvalidInput."""
    state = upload.state
    read_as = (state.options or TableOptions(), *(state.sheets or ()))
    return [(named(open_upload(upload, each.file), each), each) for each in read_as]


def import_upload(
    store: Store, importer: Importer, principal: Principal, upload: Upload, run: ImportOptions
) -> tuple[ImportReport, int]:
    """What comes of a file, and how many of its organisations are known by their names."""
    state = upload.state
    options = state.options or TableOptions()
    run = replace(run, tables=options, joins=state.joins is not False)
    read_as = (options, *(state.sheets or ()))
    if state.organization:
        sheets = open_sheets(upload)
        report = import_offerings(
            store, principal, sheets, state.organization, run, withdraws=state.withdraws
        )
        return report, 0
    if len(read_as) > 1:
        paths = [(parsed_upload(upload, each.file), each) for each in read_as]
        return importer.sheets(principal, paths, run), 0
    if options.table not in LISTS:
        return importer.tables(principal, [parsed_upload(upload, options.file)], run), 0
    table = open_upload(upload, options.file)
    places = reference_index(store).places
    home = run.cluster and store.cluster(run.cluster).place
    parsed = read_list(table, options, slug(options.source), places, home or "")
    named = with_known(parsed, members_of(store, run.cluster), places)
    recognised = parsed.organization_ids - named.organization_ids
    return importer.read(principal, lambda _: named, run), len(recognised)
