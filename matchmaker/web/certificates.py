"""Certificates on an organisation's page: entering them, and standing for them."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from matchmaker.api.directory.certificates import certificate_file
from matchmaker.api.http.context import services
from matchmaker.domain import DatePrecision, date_of_text, last_day_of_text
from matchmaker.errors import InvalidInput
from matchmaker.messages import message
from matchmaker.services.directory.certificate_records import ProofFile
from matchmaker.services.directory.certificates import CertificateContent
from matchmaker.web.layout import PageAnswer, redirect_back, show_notice, signed_in, web


@web.post("/organizations/<path:id>/certificates")
def change_certificates(id: str) -> PageAnswer:
    """Enter, change or take out a certificate, or stand for it."""
    principal, form, use_cases = signed_in(), request.form, services().certificates
    certificate = form.get("certificate", "")
    match form.get("do", ""):
        case "confirm":
            use_cases.confirm(principal, certificate, form.get("seen", ""))
            show_notice(message("Confirmed; they are told."))
        case "take_back":
            use_cases.take_back(principal, certificate)
            show_notice(message("It is only stated now, and that it was taken back is remembered."))
        case "remove":
            use_cases.remove(principal, certificate, form.get("seen"))
            show_notice(message("It is taken out."))
        case "change":
            use_cases.change(principal, certificate, _content(), _proof(), form.get("seen"))
            show_notice(message("Saved."))
        case _:
            use_cases.enter(principal, id, _content(), _proof())
            show_notice(message("Saved."))
    return redirect_back(url_for("web.organization", id=id, _anchor="certificates"))


@web.get("/certificates/<path:id>/file")
def certificate_proof(id: str) -> PageAnswer:
    """The file that shows a certificate, to be kept."""
    answer: Response = certificate_file(signed_in(), id)
    return answer


def _content() -> CertificateContent:
    form = request.form
    since, until = form.get("since", "").strip(), form.get("until", "").strip()
    day, precision = date_of_text(since) if since else (None, DatePrecision.DAY)
    if not form.get("kind", "").strip():
        raise InvalidInput("is empty.", where="kind")
    return CertificateContent(
        form["kind"], form.get("number", ""), form.get("issuer", ""), day,
        last_day_of_text(until) if until else None, form.get("proof", ""), precision,
    )  # fmt: skip


def _proof() -> ProofFile | None:
    file = request.files.get("file")
    return (file.filename, file.stream) if file is not None and file.filename else None
