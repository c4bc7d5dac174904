"""Files that a page gives to take away."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

from matchmaker.api.http.context import services
from matchmaker.workflow.attachment import attachment_name


def dated_file(content: bytes, title: str, kind: str) -> Response:
    """A file that is called as what it holds, and of which day: there are more of its kind."""
    day, name = services().clock().date(), attachment_name(title)
    return send_file(BytesIO(content), kind, as_attachment=True, download_name=f"{day} {name}")
