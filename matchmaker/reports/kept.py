"""PDFs of documents, kept in memory: who fetches the same once more does not wait for it.

Each is found by the whole page that it was made of. So it is of the same snapshot, language,
options and reader's view, or it is not found; whoever may not read the document never gets here.
A workbook is made anew each time: that takes a quarter of what making its page takes, to find it by.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path

from matchmaker.reports.document import Document
from matchmaker.reports.files import html, write_pdf

MAX_FILES = 16
MAX_BYTES = 32 << 20


class KeptReports:
    """The PDFs that were asked for last, at most so many and so large together; for threads."""

    def __init__(self, max_files: int = MAX_FILES, max_bytes: int = MAX_BYTES) -> None:
        self._max_files, self._max_bytes = max_files, max_bytes
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._making: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def pdf(self, document: Document) -> bytes:
        """A document as a PDF, made once for all who ask meanwhile. Raises as `write_pdf` does."""
        key = hashlib.sha256(html(document).encode("utf-8", "surrogatepass")).hexdigest()
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        try:
            with making:
                return self._kept(key) or self._keep(key, _made(document))
        finally:
            with self._lock:
                self._making.pop(key, None)

    def _kept(self, key: str) -> bytes | None:
        with self._lock:
            content = self._files.get(key)
            if content is not None:
                self._files.move_to_end(key)
            return content

    def _keep(self, key: str, content: bytes) -> bytes:
        with self._lock:
            self._files[key] = content
            while (
                len(self._files) > self._max_files
                or sum(map(len, self._files.values())) > self._max_bytes
            ):
                self._files.popitem(last=False)
        return content


def _made(document: Document) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        write_pdf(document, path)
        return path.read_bytes()
