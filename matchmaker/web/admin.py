"""Pages of administrators: how the service is, accounts, the log."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from matchmaker.api.context import services
from matchmaker.errors import InvalidInput
from matchmaker.exchange.account import Belonging, Post
from matchmaker.ingest.columns import TABLES
from matchmaker.services.importing import ImportOptions, ImportReport
from matchmaker.web.shell import signed_in, told, web, whole

MAX_PROBLEMS = 200
Page = str | Response | tuple[str, int]


@web.get("/admin")
def admin() -> Page:
    """Store, snapshot, model and rankers, and what to look at."""
    principal = signed_in()
    principal.require_admin()
    return render_template(
        "admin.html", status=services().health.status(), checks=services().health.checks()
    )


@web.get("/admin/accounts")
def accounts() -> Page:
    """Everybody with an account."""
    principal = signed_in()
    page = services().accounts.listed(principal, request.args.get("after", ""), 100)
    return render_template("accounts.html", page=page, posts=list(Post), link="")


@web.post("/admin/accounts")
def change_accounts() -> Page:
    """Invite somebody, close an account or open it again."""
    principal, form = signed_in(), request.form
    if form.get("what") == "invite":
        organization, cluster = (
            form.get("organization", "").strip(),
            form.get("cluster", "").strip(),
        )
        post = form.get("post", "")
        belonging = (
            Belonging(organization, Post(post) if post in list(Post) else Post.MEMBER)
            if organization
            else None
        )
        invited = services().accounts.invite(
            principal,
            form.get("email", ""),
            belonging=belonging,
            cluster=cluster,
            admin=bool(form.get("admin")),
        )
        if services().notices.send_invitation(invited):
            told(gettext("A letter is on its way."))
            return redirect(url_for("web.accounts"), 303)
        link = f"{services().settings.base_url}/invitation?token={invited.token}"
        page = services().accounts.listed(principal, "", 100)
        return render_template("accounts.html", page=page, posts=list(Post), link=link)
    active = form.get("what") == "open"
    services().accounts.set_active(principal, form.get("account", ""), active=active)
    told(gettext("Done."))
    return redirect(url_for("web.accounts"), 303)


@web.get("/admin/import")
def import_page() -> Page:
    """A table to bring in, and pairs of organisations that may be one."""
    signed_in().require_admin()
    return _import_page()


def _import_page(report: ImportReport | None = None, table: str = "") -> str:
    return render_template(
        "import.html",
        tables=list(TABLES),
        table=table,
        report=report,
        shown=MAX_PROBLEMS,
        duplicates=services().importing.duplicates()[:100] if report is None else (),
    )


@web.post("/admin/import")
def import_table() -> Page:
    """Looked at first, line by line; then written."""
    principal, form = signed_in(), request.form
    principal.require_admin()
    table = form.get("table", "")
    if table not in TABLES:
        raise InvalidInput("is no table.", where="table")
    kept = services().settings.data_dir / "uploads" / principal.subject.replace(":", "-")
    if form.get("do") != "write":
        _keep(kept, table)
    found = sorted(kept.glob(f"{table}.*"))
    if not found:
        raise InvalidInput("is missing.", where="file", mend="Choose it again.")
    dry = form.get("do") != "write"
    report = services().importing.tables(found, ImportOptions(dry_run=dry))
    if not dry:
        services().importing.note(principal, table, report)
        shutil.rmtree(kept, ignore_errors=True)
        told(gettext("Written. Recommendations will know it in a minute."))
    return _import_page(report, table)


def _keep(folder: Path, table: str) -> None:
    """The file as it was sent, until it is written or another takes its place."""
    sent = request.files.get("file")
    suffix = Path(sent.filename or "").suffix.lower() if sent else ""
    if sent is None or suffix not in (".csv", ".xlsx"):
        raise InvalidInput("must be a file .csv or .xlsx.", where="file")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sent.save(folder / f"{table}{suffix}")


@web.get("/admin/log")
def log() -> Page:
    """The log of all changes, newest first."""
    before = request.args.get("before", "")
    lines = services().accounts.log(signed_in(), whole(before, "before") if before else None, 100)
    return render_template("log.html", lines=lines)
