"""What is made of packaged files, kept beside them as Python keeps its own modules compiled."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def compiled(folder: Path, name: str, source: bytes, make: Callable[[], bytes]) -> bytes:
    """What `make` makes of the `source`, once for all processes that may write into the `folder`.

    It is made anew where the source is another, or where what was kept is not whole.
    """
    kept = folder / "__pycache__" / name
    with suppress(OSError):
        of_source, of_content, content = _parts(kept.read_bytes())
        if of_source == _digest(source) and of_content == _digest(content):
            return content
    content = make()
    if not sys.dont_write_bytecode:
        with suppress(OSError):  # then each process makes it, as before
            kept.parent.mkdir(exist_ok=True)
            _replace(kept, _digest(source) + _digest(content) + content)
    return content


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _parts(kept: bytes) -> tuple[bytes, bytes, bytes]:
    size = hashlib.sha256().digest_size
    return kept[:size], kept[size : 2 * size], kept[2 * size :]


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
