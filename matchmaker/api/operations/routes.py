"""The routes of the service's own state, and of imports."""
# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of what is sent from the signature, used or not.

from __future__ import annotations

from flask import Response
from flask_openapi3 import Tag

from matchmaker.api.http.context import client_waits, current_language, current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import IdempotencyHeaders, IdPath
from matchmaker.api.http.files import ExportQuery, as_file, sends_file
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.repetitions import Arguments, answers_again
from matchmaker.api.http.routing import as_json, created, no_content, reads, writes
from matchmaker.api.operations.requests import (
    ImportChangesQuery,
    ImportQuery,
    ImportUndo,
    NewImport,
)
from matchmaker.api.operations.responses import (
    ImportList,
    ImportOut,
    StatusOut,
    TakenBackOut,
    WrittenFieldList,
    WrittenFieldOut,
    WrittenRowOut,
)
from matchmaker.api.people.requests import Nothing
from matchmaker.ingest.undo import TakenBack
from matchmaker.services.operations.import_status import ImportState, ImportStatus
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.workflow.job import Job
from matchmaker.workflow.receipt import Receipt

SERVICE = Tag(name="service", description="Whether and on what the service runs.")
IMPORTS = Tag(name="imports", description="Lists and tables: looked at, written, taken back.")

operations = Area("operations", __name__, url_prefix=API_PREFIX)


@operations.get("/status", **reads(SERVICE, StatusOut, public=True))
def status() -> Response:
    """Show what the service runs on, and how fresh it is."""
    return as_json(StatusOut.model_validate(services().health.status()))


# -- lists and tables brought in


def _workflow() -> ImportWorkflow:
    return services().import_workflow.awaited_by(client_waits())


def _import_out(status: ImportStatus) -> ImportOut:
    return ImportOut.of(status, current_language())


@operations.get("/imports", **reads(IMPORTS, ImportList))
def list_imports(query: ImportQuery) -> Response:
    """List what was imported for a cluster, or by an organisation of what it offers itself,
    newest first, without the problems.
    """
    workflow, principal = services().import_workflow, current_principal()
    statuses = workflow.statuses(principal, query.cluster, query.organization)
    return as_json(ImportList(items=[_import_out(status) for status in statuses]))


@operations.post("/imports", **writes(IMPORTS, ImportOut, 201))
def new_import(header: IdempotencyHeaders, form: NewImport) -> Response:
    """Send a file: what would come of it, or, with `write`, work that writes it.

    A coordinator sends it for a `cluster`, an organisation's own people a list of what it offers
    for their `organization`.

    A large file is `checking` until a worker has read all of it.
    """
    principal, workflow = current_principal(), _workflow()
    name, stream = form.file.filename or "", form.file.stream
    id = workflow.keep(principal, name, stream, form.cluster, form.organization)
    if (chosen := form.options) is not None:
        options, withdraws = chosen.to_options(), chosen.withdraws
        sheets = chosen.to_sheets()
        workflow.choose(principal, id, options, chosen.joins, withdraws=withdraws, sheets=sheets)
    if form.write:
        workflow.write(principal, id)
    status = workflow.status(principal, id)
    if status.state is ImportState.CHECKING:
        workflow.check(principal, id)
    return created(_import_out(status), f"imports/{id}")


@answers_again("operations.new_import")
def told_of_import(receipt: Receipt, arguments: Arguments) -> Response:
    """Where the import stands that was sent."""
    principal = current_principal()
    job = services().job_queue.show(principal, receipt.made["job"])
    id = job.arguments["upload"]
    return created(_import_out(_workflow().status(principal, id)), f"imports/{id}")


@operations.get("/imports/<id>", **reads(IMPORTS, ImportOut))
def show_import(path: IdPath) -> Response:
    """Show where an import stands."""
    return as_json(_import_out(_workflow().status(current_principal(), path.id)))


@operations.get("/imports/<id>/problems", **sends_file(IMPORTS))
def import_problems(path: IdPath, query: ExportQuery) -> Response:
    """Before it is written, the lines with problems as the file has them, with a column of
    reasons; after that, what was told of them.
    """
    return as_file(_workflow().problems_export(current_principal(), path.id), query)


@operations.get("/imports/<id>/changes", **reads(IMPORTS, WrittenFieldList))
def import_changes(path: IdPath, query: ImportChangesQuery) -> Response:
    """Fields of known organisations that an import changed and rows that it wrote, with what of
    them can be taken back.
    """
    shown = services().import_fields.show(current_principal(), path.id)
    page = slice(query.offset, query.offset + query.limit)
    return as_json(
        WrittenFieldList(
            new=shown.new, total=len(shown.fields), total_rows=len(shown.rows),
            can_be_undone=shown.can_be_undone,
            items=[WrittenFieldOut.model_validate(each) for each in shown.fields[page]],
            rows=[WrittenRowOut.model_validate(each) for each in shown.rows[page]],
        )
    )  # fmt: skip


@operations.post("/imports/<id>/write", **writes(IMPORTS, ImportOut))
def write_import(path: IdPath, header: IdempotencyHeaders, body: Nothing) -> Response:
    """Have a file that was looked at written; `GET` says how far it is."""
    principal, workflow = current_principal(), _workflow()
    workflow.write(principal, path.id)
    return as_json(_import_out(workflow.status(principal, path.id)))


@operations.delete("/imports/<id>", **writes(IMPORTS))
def cancel_import(path: IdPath) -> Response:
    """Cancel a file of one's own that is not written yet: what parses, checks or waits for it ends,
    and the file goes.

    Once it is being written it is too late (409); `undo` takes it back then.
    """
    services().import_workflow.cancel(current_principal(), path.id)
    return no_content()


@operations.post("/imports/<id>/undo", **writes(IMPORTS, ImportOut))
def undo_import(path: IdPath, header: IdempotencyHeaders, body: ImportUndo) -> Response:
    """Take an import back, or some fields and rows of it; what others changed since stays.

    `taken_back` says how much went back, and what stays and why. An import of which all stays
    is as `written` as it was. A whole one of more than 1,000 rows is `taking_back`, and
    `taken_back` null, until a worker has done it: `GET` says how far it is.
    """
    principal, workflow = current_principal(), services().import_workflow
    taken: TakenBack | Job
    if body.fields is None and body.rows is None:
        taken = services().import_undo.take_back(principal, path.id)
    else:
        chosen = [(each.organization, each.field) for each in body.fields or ()]
        rows = [(each.table, each.key) for each in body.rows or ()]
        taken = services().import_fields.take_back(principal, path.id, chosen, rows)
    shown = _import_out(workflow.status(principal, path.id))
    if isinstance(taken, Job):
        return as_json(shown)
    back = TakenBackOut.model_validate(taken)
    return as_json(shown.model_copy(update={"taken_back": back}))
