"""Files that a page gives to take away."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

from flask import Response, send_file

from matchmaker.api.http.context import services
from matchmaker.workflow.attachment import attachment_name


def dated_file(content: bytes, title: str, kind: str, what: str) -> Response:
    """A file that is called as what it holds, and of which day: there are more of its kind.

    For programs that know no letters but those of ASCII it is called by `what` it is.
    """
    day, name = services().clock().date(), attachment_name(title)
    full = f"{day} {name}"
    response = send_file(BytesIO(content), kind, as_attachment=True, download_name=full)
    if not full.isascii():
        plain, encoded = f"{day} {what}.{name.rpartition('.')[2]}", quote(full, safe="")
        response.headers.set(
            "Content-Disposition",
            "attachment",
            **{"filename": plain, "filename*": f"UTF-8''{encoded}"},
        )
    return response
