"""Pages of imports, duplicates and long work, for administrators and coordinators."""

from __future__ import annotations

from functools import partial

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from matchmaker.api.http.context import services
from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput
from matchmaker.ingest.columns import TABLES, Column, table_name
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.templates import template as written_template
from matchmaker.services.operations.import_workflow import ImportPreview
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import Page, is_part, parse_choice, show_notice, signed_in, web
from matchmaker.workflow.job import JobKind

MAX_PROBLEMS = 200
PAIRS = 50


@web.get("/admin/import")
@web.get("/clusters/<path:id>/import", endpoint="cluster_import")
def import_page(id: str = "", preview: ImportPreview | None = None) -> Page:
    """A table to bring in, for all or for a cluster's members, and those brought in before."""
    principal, workflow = signed_in(), services().import_workflow
    return render_template(
        "import.html",
        tables=[TABLES[name] for name in workflow.tables(principal, id)],
        preview=preview,
        table_name=table_name,
        columns=TABLES[preview.table].columns if preview else (),
        shown=MAX_PROBLEMS,
        cluster=services().published.cluster(id) if id else None,
        id=id,
        imports=workflow.imports(principal, id),
    )


@web.post("/admin/import")
@web.post("/clusters/<path:id>/import")
def import_table(id: str = "") -> Page:
    """The table is looked at first, line by line; then written."""
    principal = signed_in()
    form, workflow = request.form, services().import_workflow
    upload = form.get("upload", "")
    options = TableOptions(
        table=form.get("table", ""),
        mapping=dict(zip(form.getlist("cell"), form.getlist("column"), strict=False)),
    )
    if not upload:
        sent = request.files.get("file")
        if sent is None:
            raise InvalidInput("is missing.", where="file")
        name = sent.filename or ""
        upload = workflow.keep(principal, name, sent.stream, id)
    if form.get("do") == "write":
        job = workflow.write(principal, upload, options, id)
        return redirect(url_for("web.job", id=job.id), 303)
    return import_page(id, workflow.look(principal, upload, options, id))


@web.get("/import/template/<table>")
def template(table: str) -> Page:
    """An empty table with what each column means."""
    signed_in()
    if table not in TABLES:
        raise InvalidInput("is no table.", where="table")
    content = written_template(table, language(), xlsx=True)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f"attachment; filename={table}.xlsx"
    return response


@web.post("/imports/<id>/undo")
def undo_import(id: str) -> Page:
    """Put back what was before."""
    left = len(services().import_workflow.undo(signed_in(), id))
    show_notice(
        gettext("Taken back; %(left)s fields changed since then and stay.", left=left)
        if left
        else gettext("Taken back.")
    )
    cluster = request.form.get("cluster", "")
    target = url_for("web.cluster_import", id=cluster) if cluster else url_for("web.import_page")
    return redirect(target, 303)


# -- long work


@web.get("/jobs/<id>")
def job(id: str) -> Page:
    """The progress of a job; one may leave the page and come back."""
    requested = services().job_queue.show(signed_in(), id)
    return render_template("job_part.html" if is_part() else "job.html", job=requested)


@web.get("/admin/jobs")
def jobs() -> Page:
    """Long work: what was requested, and what can be."""
    return render_template(
        "jobs.html", jobs=services().job_queue.page(signed_in()), goals=list(GoalName)
    )


@web.post("/admin/jobs")
def request_job() -> Page:
    """Ask for a snapshot, a ranker, or clusters by place."""
    principal, form = signed_in(), request.form
    principal.require_admin()
    kind = parse_choice(JobKind, form.get("kind", ""), "kind")
    if kind is JobKind.IMPORT:
        raise InvalidInput("needs a file.", where="kind", mend="Use the import page.")
    goal = form.get("goal", "")
    arguments = {"goal": goal} if kind is JobKind.TRAIN and goal in list(GoalName) else {}
    requested = services().job_queue.request(principal, kind, **arguments)
    return redirect(url_for("web.job", id=requested.id), 303)


# -- duplicates


@web.get("/admin/duplicates")
def duplicates() -> Page:
    """Pairs that may be one, side by side."""
    principal = signed_in()
    pairs = services().duplicates.pairs(principal)
    profile = partial(services().directory.profile, principal)
    sides = [(pair, profile(pair.first), profile(pair.second)) for pair in pairs[:PAIRS]]
    return render_template("duplicates.html", count=len(pairs), pairs=sides)


@web.post("/admin/duplicates")
def decide() -> Page:
    """One of them stays, or both."""
    principal, form = signed_in(), request.form
    first, second, keep = (form.get(name, "") for name in ("first", "second", "keep"))
    if keep == "both":
        services().duplicates.keep_apart(principal, first, second)
        show_notice(gettext("They stay two."))
    elif keep in (first, second):
        services().duplicates.merge(principal, second if keep == first else first, keep)
        show_notice(gettext("They are one now. Recommendations will know it in a minute."))
    else:
        raise InvalidInput("is none of the two.", where="keep")
    return redirect(url_for("web.duplicates"), 303)


def column_title(column: Column) -> str:
    """Title of a column in the reader's language, and its name where that is another."""
    title = column.title.text(language())
    return title if title == column.name else f"{title} ({column.name})"


web.add_app_template_filter(column_title, "column_title")
