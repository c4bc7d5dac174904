"""Pages of imports, duplicates and long work, for administrators and coordinators."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from matchmaker.api.http.context import client_waits, services
from matchmaker.domain import GoalName, OfferKind
from matchmaker.errors import ChangedMeanwhile, InvalidInput
from matchmaker.exports.delimited import write_csv
from matchmaker.exports.files import MEDIA_TYPES
from matchmaker.exports.tables import ExportFormat
from matchmaker.exports.workbook import write_workbook
from matchmaker.ingest.columns import TABLES, Column, table_name
from matchmaker.ingest.list_formats import FORMATS
from matchmaker.ingest.relation_words import RELATIONS, relation_of
from matchmaker.ingest.sheet_names import sheet_of
from matchmaker.ingest.table_file import SUFFIXES
from matchmaker.ingest.templates import template as written_template
from matchmaker.ingest.undo import KeptField, TakenBack, WhyKept
from matchmaker.services.operations.import_proposal import OF_SEVERAL_SHEETS
from matchmaker.services.operations.import_report import stays_as_written
from matchmaker.services.operations.import_reversal import kept_message, undo_summary
from matchmaker.services.operations.import_undo import undo_jobs
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.services.operations.merge_prospect import MergeDecision
from matchmaker.web.field_words import in_words
from matchmaker.web.import_forms import chosen_options, chosen_sheets, default_fields, sent_list
from matchmaker.web.labels import gettext, language, word
from matchmaker.web.layout import (
    PageAnswer,
    acting_organization,
    beginning,
    is_htmx_request,
    localised,
    parse_choice,
    redirect_back,
    show_notice,
    signed_in,
    web,
)
from matchmaker.workflow.job import Job, JobKind
from matchmaker.workflow.posting import PostingAction

MAX_SHOWN = 50
PAIRS = 50
FIELDS = 200
# Of what an undo leaves as it is, so many are told by name.
_TOLD = 10
# What files are in, besides what their bytes tell; "" is as it is judged.
ENCODINGS = (
    "", "utf-8", "gb18030", "big5", "utf-16", "windows-1252", "windows-1250", "windows-1251",
)  # fmt: skip


@web.get("/admin/import")
@web.get("/clusters/<path:id>/import", endpoint="cluster_import")
@web.get("/postings/list", endpoint="own_list")
def import_page(id: str = "") -> PageAnswer:
    """A list to bring in, for all, for a cluster or of one's own; and those brought in before."""
    principal, workflow = signed_in(), _workflow()
    own = acting_organization() if request.endpoint == "web.own_list" else ""
    upload = request.args.get("upload", "")
    preview = workflow.preview(principal, upload) if upload else None
    table = preview.options.table if preview else ""
    imports = () if upload else workflow.imports(principal, id, own)
    return render_template(
        "import.html",
        preview=preview,
        allowed=workflow.formats(principal, id, own),
        formats=FORMATS,
        templates=[TABLES[name] for name in workflow.formats(principal, id, own) if name in TABLES],
        offered_kinds=[kind for kind in OfferKind if kind is not OfferKind.PROGRAMME],
        defaults=default_fields(table) if table else (),
        edited=sum(map(len, preview.options.edits.values())) if preview else 0,
        encodings=ENCODINGS,
        suffixes=SUFFIXES,
        of_several_sheets=OF_SEVERAL_SHEETS,
        table_name=table_name,
        stays_as_written=stays_as_written,
        shown=MAX_SHOWN,
        cluster=services().published.cluster(id) if id else None,
        id=id,
        own=own,
        kept=() if upload else workflow.unwritten_uploads(principal, id, own),
        submitted=services().submitted_lists.of(principal, own) if own and not upload else (),
        may_publish=bool(own) and services().submitted_lists.may_publish(principal, own),
        imports=imports,
        undos=undo_jobs(services().repositories, imports),
        address=partial(imports_address, id, own),
    )


@web.post("/admin/import")
@web.post("/clusters/<path:id>/import")
@web.post("/postings/list", endpoint="send_own_list")
def import_list(id: str = "") -> PageAnswer:
    """A file is kept and looked at first; then read otherwise; then written."""
    principal, workflow, form = signed_in(), _workflow(), request.form
    own = acting_organization() if request.endpoint == "web.send_own_list" else ""
    upload = form.get("upload", "")
    if not upload:
        name, content = sent_list(request.files.get("file"), form.get("pasted", ""), is_own=own)
        upload = workflow.keep(principal, name, content, id, own)
        return redirect(imports_address(id, own, upload), 303)
    before, *further = workflow.read_as(principal, upload)
    options, sheets = chosen_sheets(form, chosen_options(form, before), further)
    joins = "joins" in form if id else None
    withdraws = "withdraws" in form
    workflow.choose(principal, upload, options, joins, withdraws=withdraws, sheets=sheets)
    if form.get("do") == "write":
        job = workflow.write(principal, upload)
        return redirect(url_for("web.job", id=job.id), 303)
    if form.get("do") == "check_all":
        return redirect(url_for("web.job", id=workflow.check(principal, upload).id), 303)
    return redirect(imports_address(id, own, upload), 303)


def _workflow() -> ImportWorkflow:
    return services().import_workflow.awaited_by(client_waits())


def imports_address(cluster: str, own: object = "", upload: str = "") -> str:
    """The address of the page of imports for all, for a cluster or of one's `own` lists, with a
    file that was kept, "" for none."""
    kept: dict[str, Any] = {"upload": upload} if upload else {}
    if own:
        return url_for("web.own_list", **kept)
    if cluster:
        return url_for("web.cluster_import", id=cluster, **kept)
    return url_for("web.import_page", **kept)


@web.get("/imports/<id>/problems")
def import_problems(id: str) -> PageAnswer:
    """The rows with problems as the file has them, with a column of reasons."""
    format = request.args.get("format", ExportFormat.CSV.value)
    kind = parse_choice(ExportFormat, format, "format")
    table = _workflow().problems(signed_in(), id)
    if kind is ExportFormat.XLSX:
        content = write_workbook((table,), language())
    elif kind is ExportFormat.CSV:
        content = write_csv(table, language())
    else:
        raise InvalidInput("'%(text)s' is not possible.", where="format", text=format)
    response = Response(content, mimetype=MEDIA_TYPES[kind])
    response.headers["Content-Disposition"] = f"attachment; filename=problems.{kind}"
    return response


_OF_ORGANIZATIONS = frozenset({"organizations", "descriptions"})


def _told(kept: Sequence[KeptField]) -> list[str]:
    """Names of rows whose fields stay, with the fields; the whole row where no field is named."""
    organizations = services().directory.by_ids(
        sorted({each.key for each in kept if each.table in _OF_ORGANIZATIONS})
    )
    told = []
    for each in kept:
        is_known = each.table in _OF_ORGANIZATIONS and each.key in organizations
        subject = localised(organizations[each.key]) if is_known else each.key
        columns = TABLES[each.table].columns if each.table in TABLES else ()
        titles = (column_title(column) for column in columns if column.name == each.field)
        field = next(titles, in_words(each.field)) if each.field else ""
        told.append(f"{subject} ({field})" if field else subject)
    return told


@web.get("/import/template/<table>")
def template(table: str) -> PageAnswer:
    """An empty table with what each column means."""
    signed_in()
    if table not in TABLES:
        raise InvalidInput("is no table.", where="table")
    content = written_template(table, language(), xlsx=True)
    response = Response(content, mimetype=MEDIA_TYPES[ExportFormat.XLSX])
    response.headers["Content-Disposition"] = f"attachment; filename={table}.xlsx"
    return response


@web.post("/imports/<id>/undo")
def undo_import(id: str) -> PageAnswer:
    """Put back what was before; of a large import, the page of the work that does."""
    taken = services().import_undo.take_back(signed_in(), id)
    if isinstance(taken, Job):
        return redirect(url_for("web.job", id=taken.id), 303)
    _tell(taken)
    form = request.form
    return redirect(imports_address(form.get("cluster", ""), form.get("own", "")), 303)


@web.get("/own_lists/<id>")
def submitted_list(id: str) -> PageAnswer:
    """An own list that waits for coordinators, or what became of it."""
    principal = signed_in()
    listed = services().submitted_lists.show(principal, id)
    services().notifications.mark_read_of(principal, f"own_list/{id}")
    owner = services().directory.profile(principal, listed.organization).organization
    may_publish = services().submitted_lists.may_publish(principal, listed.organization)
    return render_template(
        "submitted_list.html", listed=listed, owner=owner, may_publish=may_publish
    )


@web.post("/own_lists/<id>")
def act_on_list(id: str) -> PageAnswer:
    """Approve it or send it back, as a coordinator; take it back, as one of its own people, who
    publish it where nobody reviews any more."""
    form = request.form
    action = parse_choice(PostingAction, form.get("action", ""), "action")
    services().submitted_lists.act(signed_in(), id, action, form.get("note", ""))
    show_notice(gettext("Saved."))
    return redirect_back(url_for("web.own_list"))


@web.post("/imports/<id>/cancel")
def cancel_import(id: str) -> PageAnswer:
    """Stop all work on a file that is not written yet, and remove it."""
    services().import_workflow.cancel(signed_in(), id)
    show_notice(gettext("Cancelled. Nothing was written, and the file is gone."))
    form = request.form
    return redirect(imports_address(form.get("cluster", ""), form.get("own", "")), 303)


@web.get("/imports/<id>/fields")
def import_fields(id: str) -> PageAnswer:
    """Show what an import changed and wrote, to take some of it back."""
    shown, first = services().import_fields.show(signed_in(), id), beginning()
    rows = shown.rows[first : first + FIELDS]
    concerned = {each for row in rows for each in row.organizations}
    return render_template(
        "import_fields.html", shown=shown, rows=rows, first=first, per_page=FIELDS,
        organizations=services().directory.by_ids(sorted(concerned)),
        table_name=table_name,
    )  # fmt: skip


@web.post("/imports/<id>/fields")
def take_fields_back(id: str) -> PageAnswer:
    """Put the ticked fields and rows back as they were."""
    ticked = (each.rpartition(" ") for each in request.form.getlist("field"))
    chosen = [(organization, field) for organization, _, field in ticked]
    of_rows = (each.partition(" ") for each in request.form.getlist("row"))
    rows = [(table, key) for table, _, key in of_rows]
    _tell(services().import_fields.take_back(signed_in(), id, chosen, rows))
    return redirect(url_for("web.import_fields", id=id), 303)


def _tell(taken: TakenBack) -> None:
    """Tell how much is taken back, and what is not and why."""
    show_notice(undo_summary(taken).text(language()))
    for why in WhyKept:
        kept = [each for each in taken.kept if each.why is why]
        told = _told(kept[:_TOLD])
        if len(kept) > _TOLD:
            told.append(gettext("and %(count)s more", count=len(kept) - _TOLD))
        if told:
            show_notice(kept_message(why, gettext("; ").join(told)).text(language()))


# -- long work


@web.get("/jobs/<id>")
def job(id: str) -> PageAnswer:
    """The progress of a job; one may leave the page and come back."""
    principal = signed_in()
    requested = services().job_queue.show(principal, id)
    page = "job_part.html" if is_htmx_request() else "job.html"
    waits = requested.is_over and services().submitted_lists.waits(principal, id)
    return render_template(page, job=requested, waits=waits)


@web.get("/admin/jobs")
def jobs() -> PageAnswer:
    """Long work: what was requested, and what can be."""
    return render_template(
        "jobs.html", jobs=services().job_queue.page(signed_in()), goals=list(GoalName)
    )


@web.post("/admin/jobs")
def request_job() -> PageAnswer:
    """Ask for a snapshot, a ranker, or clusters by place."""
    principal, form = signed_in(), request.form
    principal.require_admin()
    kind = parse_choice(JobKind, form.get("kind", ""), "kind")
    if kind in (JobKind.IMPORT, JobKind.CHECK, JobKind.UNDO):
        raise InvalidInput("needs a file.", where="kind", mend="Use the import page.")
    goal = form.get("goal", "")
    arguments = {"goal": goal} if kind is JobKind.TRAIN and goal in list(GoalName) else {}
    requested = services().job_queue.request(principal, kind, **arguments)
    return redirect(url_for("web.job", id=requested.id), 303)


# -- duplicates


@web.get("/admin/duplicates")
def duplicates() -> PageAnswer:
    """Pairs of organisations that may be one, side by side."""
    principal = signed_in()
    pairs = services().duplicates.pairs(principal)
    profile = partial(services().directory.profile, principal)
    sides = [(pair, profile(pair.first), profile(pair.second)) for pair in pairs[:PAIRS]]
    ids = {id for pair, _, _ in sides for id in (pair.first, pair.second)}
    people = {id: services().duplicates.people(principal, id) for id in ids}
    return render_template("duplicates.html", count=len(pairs), pairs=sides, people=people)


@web.post("/admin/duplicates")
def keep_pair_apart() -> PageAnswer:
    """Decide that a pair of organisations are two."""
    principal, form = signed_in(), request.form
    if form.get("keep", "") != "both":
        raise InvalidInput("is decided on its own page.", where="keep")
    services().duplicates.keep_apart(principal, form.get("first", ""), form.get("second", ""))
    show_notice(gettext("They stay two."))
    return redirect(url_for("web.duplicates"), 303)


@web.get("/admin/duplicates/merge")
def merge_prospect() -> PageAnswer:
    """Who acts for each of two organisations, and what would come along if they were made one."""
    gone, kept = (request.args.get(name, "") for name in ("gone", "kept"))
    prospect = services().duplicates.prospect(signed_in(), gone, kept)
    return render_template("merge.html", prospect=prospect)


@web.post("/admin/duplicates/merge")
def merge_pair() -> PageAnswer:
    """Make two organisations one, as decided on what was read."""
    principal, form = signed_in(), request.form
    gone, kept = form.get("gone", ""), form.get("kept", "")
    agreed = {name for name, answer in form.items() if answer == "yes"}
    clusters = (name.removeprefix("cluster:") for name in agreed if name.startswith("cluster:"))
    decision = MergeDecision("people" in agreed, frozenset(clusters), form.get("read", ""))
    try:
        services().duplicates.merge(principal, gone, kept, decision)
    except ChangedMeanwhile:
        show_notice(gettext("It was changed since you read it. Here it is as it is now."), "")
        return redirect(url_for("web.merge_prospect", gone=gone, kept=kept), 303)
    show_notice(gettext("The two are merged. Recommendations will know it in a minute."))
    return redirect(url_for("web.duplicates"), 303)


def column_title(column: Column) -> str:
    """Title of a column in the reader's language."""
    title = column.title.text(language())
    return in_words(title) if title == column.name else title


def choice_label(value: str) -> str:
    """The label of a member of a closed list, yes and no of a flag too."""
    match value:
        case "true":
            return gettext("yes")
        case "false":
            return gettext("no")
        case "exports":
            return gettext("exports: goods leave")
        case "imports":
            return gettext("imports: goods come in")
        case _ if value in RELATIONS and (meant := relation_of(value)) is not None and meant[1]:
            return gettext("%(relation)s, the second the first", relation=word(meant[0].value))
        case _:
            return word(value)


def format_title(name: str) -> str:
    """The title of a format: what its files hold."""
    if name == "organizations":
        return gettext("Members and other organisations")
    return FORMATS[name].title.text(language()) if name in FORMATS else name


web.add_app_template_filter(format_title, "format_title")
web.add_app_template_filter(sheet_of, "sheet_of")
web.add_app_template_filter(column_title, "column_title")
web.add_app_template_filter(choice_label, "choice_label")
web.add_app_template_global(imports_address, "imports_address")
