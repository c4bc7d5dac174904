"""The routes of certificates: what organisations hold, who stands for it, what shows it."""

# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of what is sent from the signature, used or not.

from __future__ import annotations

from flask import Response

from matchmaker.access import Principal
from matchmaker.api.cooperation.conversations import as_download, sends
from matchmaker.api.directory.requests import (
    CertificateConfirmation,
    CertificateFields,
    CertificateFile,
)
from matchmaker.api.directory.responses import CertificateList, CertificateOut
from matchmaker.api.directory.routes import ORGANIZATIONS
from matchmaker.api.http.context import current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import IdempotencyHeaders, IdPath, SeenHeaders
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.repetitions import Arguments, answers_again
from matchmaker.api.http.routing import (
    as_json,
    as_tagged,
    compared,
    created,
    no_content,
    reads,
    writes,
)
from matchmaker.workflow.receipt import Receipt

certificates = Area("certificates", __name__, url_prefix=API_PREFIX)


@certificates.get(
    "/organizations/<path:id>/certificates", **reads(ORGANIZATIONS, CertificateList, public=True)
)
def list_certificates(path: IdPath) -> Response:
    """Certificates and qualifications of an organisation, past ones too."""
    id = services().directory.organization_id(current_principal(), path.id)
    held = services().certificates.listed(current_principal(), id)
    return as_json(CertificateList(items=[CertificateOut.of(view) for view in held]))


@certificates.post(
    "/organizations/<path:id>/certificates", **writes(ORGANIZATIONS, CertificateOut, 201)
)
def enter_certificate(
    path: IdPath, header: IdempotencyHeaders, body: CertificateFields
) -> Response:
    """Enter a certificate of one's own organisation."""
    view = services().certificates.enter(current_principal(), path.id, body.to_content())
    return created(CertificateOut.of(view), f"organizations/{path.id}/certificates")


@answers_again("certificates.enter_certificate")
def told_of_certificate(receipt: Receipt, arguments: Arguments) -> Response:
    """The certificate that was entered."""
    view = services().certificates.show(current_principal(), receipt.made["certificate"])
    return created(
        CertificateOut.of(view), f"organizations/{view.certificate.organization}/certificates"
    )


@certificates.put("/certificates/<path:id>/file", **writes(ORGANIZATIONS, CertificateOut))
def attach_file(path: IdPath, header: IdempotencyHeaders, form: CertificateFile) -> Response:
    """The file that shows it, instead of the one before: at most 20 MB, of a kind
    that conversations take (PDF, pictures, drawings, documents of Office, text).
    """
    file = (form.file.filename or "", form.file.stream)
    view = services().certificates.change(current_principal(), path.id, proof=file)
    return as_json(CertificateOut.of(view))


@certificates.get(
    "/certificates/<path:id>/file",
    **sends("application/octet-stream", "The file, to be kept.", ORGANIZATIONS),
)
def read_file(path: IdPath) -> Response:
    """The file that shows it, for its organisation and for who can confirm it."""
    return certificate_file(current_principal(), path.id)


@certificates.post("/certificates/<path:id>/confirmation", **writes(ORGANIZATIONS, CertificateOut))
def confirm_certificate(
    path: IdPath, header: IdempotencyHeaders, body: CertificateConfirmation
) -> Response:
    """Stand for it: as a coordinator, or as somebody who completed an introduction with it.

    `seen` is the `digest` that came with what you saw; where the certificate, its file, or that
    its confirmation was taken back changed since, nothing is confirmed (409).
    """
    view = services().certificates.confirm(current_principal(), path.id, body.seen)
    return as_json(CertificateOut.of(view))


@answers_again("certificates.confirm_certificate")
def told_of_confirmation(receipt: Receipt, arguments: Arguments) -> Response:
    """The certificate that was confirmed, as it is now."""
    del receipt
    view = services().certificates.show(current_principal(), arguments["id"])
    return as_json(CertificateOut.of(view))


@certificates.delete(
    "/certificates/<path:id>/confirmation", **writes(ORGANIZATIONS, CertificateOut)
)
def take_back_confirmation(path: IdPath, header: IdempotencyHeaders) -> Response:
    """Stand for it no longer: then it is only stated, and `taken_back_on` remembers the day.

    No import and no change restores the confirmation; a coordinator can confirm it anew.
    """
    view = services().certificates.take_back(current_principal(), path.id)
    return as_json(CertificateOut.of(view))


@certificates.put("/certificates/<path:id>", **writes(ORGANIZATIONS, CertificateOut, also=(412,)))
def change_certificate(path: IdPath, header: SeenHeaders, body: CertificateFields) -> Response:
    """Change one's own certificate; what was confirmed has to be confirmed again.

    With the `digest` that was read in If-Match, only what still is so.
    """
    content = body.to_content()
    with compared():
        view = services().certificates.change(
            current_principal(), path.id, content, seen=header.seen
        )
    return as_tagged(CertificateOut.of(view), view.digest)


@certificates.delete("/certificates/<path:id>", **writes(ORGANIZATIONS, also=(412,)))
def remove_certificate(path: IdPath, header: SeenHeaders) -> Response:
    """Take one's own certificate out, with its file; with If-Match only what was read."""
    with compared():
        services().certificates.remove(current_principal(), path.id, header.seen)
    return no_content()


def certificate_file(principal: Principal, id: str) -> Response:
    """A file to be kept, never one to be shown in the browser."""
    attachment, content = services().certificates.file(principal, id)
    response = as_download(attachment, content)
    response.mimetype = "application/octet-stream"
    return response
