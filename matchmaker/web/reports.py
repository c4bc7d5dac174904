"""The whole audit of a cluster: as a page, and as files to take away."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import render_template

from matchmaker.access import Principal
from matchmaker.api.http.context import context, services
from matchmaker.audit.ties import Channel
from matchmaker.exports.files import MEDIA_TYPES
from matchmaker.exports.tables import ExportFormat
from matchmaker.reports.audit_report import audit_report
from matchmaker.reports.document import Document, DocumentTable, Picture
from matchmaker.reports.files import data_url, write_workbook
from matchmaker.web.coordinator import LIMIT, asked_year
from matchmaker.web.downloads import dated_file
from matchmaker.web.labels import language
from matchmaker.web.layout import PageAnswer, signed_in, web

_PDF = "application/pdf"
_XLSX = MEDIA_TYPES[ExportFormat.XLSX]


@web.get("/clusters/<path:id>/report")
def report(id: str) -> PageAnswer:
    """The whole audit as a page."""
    return render_template(
        "report.html", document=_document(signed_in(), id), kind=_kind, data_url=data_url, id=id
    )


@web.get("/clusters/<path:id>/report.pdf")
def report_pdf(id: str) -> PageAnswer:
    """The whole audit to take away."""
    document = _document(signed_in(), id)
    return dated_file(context().kept_reports.pdf(document), f"{document.title}.pdf", _PDF, "audit")


@web.get("/clusters/<path:id>/report.xlsx")
def report_workbook(id: str) -> PageAnswer:
    """The whole audit as a workbook."""
    document = _document(signed_in(), id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.xlsx"
        write_workbook(document, path)
        return dated_file(path.read_bytes(), f"{document.title}.xlsx", _XLSX, "audit")


def _document(principal: Principal, id: str) -> Document:
    auditing, year = services().auditing, asked_year()
    audit = auditing.audit(principal, id, year)
    worklist = auditing.worklist(principal, id, LIMIT, year)
    view = auditing.view(principal, id, Channel.COOPERATION, year)
    return audit_report(audit, worklist, view, language())


def _kind(block: object) -> str:
    if isinstance(block, Picture):
        return "picture"
    return "table" if isinstance(block, DocumentTable) else "text"
