"""A file beside a message: what is known of it, its name, and how many there may be."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from matchmaker.errors import InvalidInput

# Bytes of a file, and of all files of one introduction.
MAX_FILE = 20_000_000
MAX_FILES_TOGETHER = 200_000_000

# Files of one message.
MAX_FILES = 5

_MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside a message; `digest` is the SHA-256 of what is in it, `size` its bytes."""

    id: str
    name: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class FilesTaken:
    """The bytes that the files of an organisation, `id`, take together, or more."""

    id: str
    size: int


def attachment_name(name: str) -> str:
    """The name that a file is kept and handed out under.

    Without folders, control marks, and marks that turn the direction of writing, with which
    `gnp.exe` can be made to read `exe.png`; composed (NFC), and at most 120 characters long.
    Raises InvalidInput where nothing is left, or no extension.
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(mark for mark in plain if mark.isprintable() and mark not in '<>:"|?*')
    stem, dot, extension = plain.strip(" .").rpartition(".")
    stem = stem.strip(" .")
    if not stem or not dot or not extension.isascii() or not extension.isalnum():
        raise InvalidInput(
            "'%(name)s' is no name of a file with an extension.",
            where="file",
            mend="Rename the file, for example 'drawing.pdf'.",
            name=name[:100],
        )
    return f"{stem[: _MAX_NAME - len(extension) - 1]}.{extension.lower()}"


def require_room(size: int, others: int) -> None:
    """Raise InvalidInput where the files of one introduction would be too large together."""
    if size + others > MAX_FILES_TOGETHER:
        raise InvalidInput(
            "All files of one introduction may have %(most)s MB together.",
            where="file",
            mend="Send a link to the file instead.",
            most=MAX_FILES_TOGETHER // 1_000_000,
        )
