"""An object store or a folder that all nodes reach, through fsspec: whole files by name."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from urllib.parse import urlsplit

from matchmaker.errors import NotFound, ServiceUnavailable, SettingsError
from matchmaker.nodes.answer_deadline import AnswerDeadline
from matchmaker.settings import Settings
from matchmaker.system_errors import reason_of

# Where it is not Amazon's own.
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_VARIABLE = "MATCHMAKER_SNAPSHOTS"
_SECOND_TRY_SECONDS = 0.5
# How long an answer may take, and what arrives or is sent in a second at least.
_SECONDS, _BYTES_A_SECOND = 10.0, 200_000
# Of a file whose size nobody knows.
_LARGE = 20_000_000
# So long waits who only looks how the service is.
_LOOK_SECONDS = 3.0
_LOOKS: ContextVar[bool] = ContextVar("looks", default=False)
_Answered = TypeVar("_Answered")
# How pyarrow's client words it, which has no other way: an error answer that is longer than the
# file (it finds no room, so that nobody knows which error it was), and curl's codes for what
# ended too soon, said nothing or was reset. A refused connection (7) is none of them.
_BROKEN_OFF = ("Failed to flush response stream", "curlCode: 18,", "curlCode: 52,", "curlCode: 56,")


@contextmanager
def only_looking() -> Iterator[None]:
    """What is asked of object stores meanwhile is for a page of how the service is.

    Nobody waits long for it, and nobody else goes by whether an answer came in that time.
    """
    token = _LOOKS.set(True)
    try:
        yield
    finally:
        _LOOKS.reset(token)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One file there: its name below the root, its size in bytes and when it was written."""

    name: str
    size: int
    written: datetime | None


class ObjectStore:
    """Files by names with slashes. Each is there whole or not at all, whoever looks meanwhile.

    Nothing is connected before the first use, so after a fork. An answer that breaks off is asked
    for once more, one that takes too long is given up: the client itself waits without end for
    one that drips. Every method raises ServiceUnavailable where the store does not answer.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._deadline, self._looks = AnswerDeadline(), AnswerDeadline()

    def put(self, name: str, source: Path | bytes) -> None:
        """Write a file, in the place of one of that name.

        A store that says that it took it and has something else is not believed: what stands
        between may answer in its place.
        """
        filesystem, root = self._opened
        path = f"{root}/{name}"
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        # An object appears when it is closed; a file of a folder would be seen half written.
        target = f"{path}.{secrets.token_hex(6)}.part" if self._is_folder else path

        def write() -> None:
            if isinstance(source, bytes):
                filesystem.pipe_file(target, source)
            else:
                filesystem.put_file(str(source), target)
            if target != path:
                os.replace(target, path)  # noqa: PTH105

        self._answer(name, write, size)
        if not self._is_folder:
            self._require_kept(name, source, size)

    def _require_kept(self, name: str, source: Path | bytes, size: int) -> None:
        """Raise ServiceUnavailable where the store has another file than was sent.

        Of long ones the length alone tells: who fetches them compares their digests.
        """
        filesystem, root = self._opened
        try:
            kept = self._answer(name, lambda: filesystem.info(f"{root}/{name}"))["size"] == size
            if kept and isinstance(source, bytes):
                kept = self.get(name, size) == source
        except NotFound:
            kept = False
        if not kept:
            raise ServiceUnavailable(
                "The place of snapshots and files said that it took %(name)s, and does not have "
                "it.",
                where=_VARIABLE,
                mend="Look at that place, and at what stands between, as a proxy.",
                name=name,
            )

    def get(self, name: str, size: int = 0) -> bytes:
        """The content of a file, of about this `size`. Raises NotFound."""
        filesystem, root = self._opened
        content: bytes = self._answer(name, lambda: filesystem.cat_file(f"{root}/{name}"), size)
        return content

    def fetch(self, name: str, target: Path, size: int = _LARGE) -> None:
        """Copy a file of at most this `size` to a path. Raises NotFound."""
        filesystem, root = self._opened
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Of its own: a call that was given up writes on where it began.
        beside = target.with_name(f"{target.name}.{secrets.token_hex(6)}.part")
        try:
            self._answer(name, lambda: filesystem.get_file(f"{root}/{name}", str(beside)), size)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """A file goes, if it is there."""
        filesystem, root = self._opened
        with suppress(NotFound):
            self._answer(name, lambda: filesystem.rm_file(f"{root}/{name}"))

    def listed(self, folder: str) -> list[StoredObject]:
        """The files in a folder, by name; none where there is no such folder."""
        return [
            StoredObject(entry["name"], entry["size"] or 0, _written(entry))
            for entry in self._entries(folder)
            if entry["type"] == "file" and not entry["name"].endswith(".part")
        ]

    def folders(self, folder: str) -> list[str]:
        """The names of the folders in a folder."""
        return [
            PurePosixPath(entry["name"]).name
            for entry in self._entries(folder)
            if entry["type"] == "directory"
        ]

    def _entries(self, folder: str) -> list[dict[str, Any]]:
        filesystem, root = self._opened
        path = f"{root}/{folder}".rstrip("/")
        filesystem.invalidate_cache()
        try:
            entries = self._answer(folder, lambda: filesystem.ls(path, detail=True))
        except NotFound:
            return []
        beginning = root.lstrip("/") + "/"
        below = [
            {**entry, "name": str(entry["name"]).lstrip("/").removeprefix(beginning)}
            for entry in entries
        ]
        return sorted(
            (entry for entry in below if entry["name"].rstrip("/") != folder),
            key=lambda entry: entry["name"],
        )

    @property
    def _is_folder(self) -> bool:
        return urlsplit(self._settings.snapshots).scheme in ("", "file")

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """The file system, and the path of our root there. Raises SettingsError."""
        import fsspec

        address = self._settings.snapshots
        parts = urlsplit(address)
        try:
            if parts.scheme == "s3":
                return self._s3(), f"{parts.netloc}{parts.path}".rstrip("/")
            options = {"auto_mkdir": True} if self._is_folder else {}
            filesystem, root = fsspec.url_to_fs(address, **options)
        except (ImportError, ValueError) as error:
            raise SettingsError(
                "names a place that cannot be opened: %(error)s.",
                where=_VARIABLE,
                mend="Use s3://bucket/folder or a folder; other stores need their package of "
                "fsspec installed.",
                error=error,
            ) from None
        return filesystem, str(root).rstrip("/")

    def _s3(self) -> Any:
        """By pyarrow's own client; keys and region are found as Amazon's tools find them."""
        from fsspec.implementations.arrow import ArrowFSWrapper
        from pyarrow.fs import S3FileSystem

        options: dict[str, Any] = {}
        endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
        if endpoint:
            parts = urlsplit(endpoint if "//" in endpoint else f"https://{endpoint}")
            self._settings.require_encryption(
                "AWS_ENDPOINT_URL", parts.hostname or "", encrypted=parts.scheme == "https"
            )
            options = {"endpoint_override": parts.netloc, "scheme": parts.scheme}
        return ArrowFSWrapper(S3FileSystem(**options), use_listings_cache=False)

    def _answer(self, name: str, ask: Callable[[], _Answered], size: int = 0) -> _Answered:
        """What the store answers about a file; where that breaks off, what it answers then."""
        deadline, seconds = self._deadline, _SECONDS + size / _BYTES_A_SECOND
        if _LOOKS.get():
            deadline, seconds = self._looks, _LOOK_SECONDS
        with self._answering(name):
            try:
                return deadline.within(seconds, ask)
            except Exception as error:  # each client has errors of its own
                if not _is_broken_off(error):
                    raise
            time.sleep(_SECOND_TRY_SECONDS)
            return deadline.within(seconds, ask)

    @contextmanager
    def _answering(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise NotFound("%(name)s is not there.", name=name) from None
        except Exception as error:  # each client has errors of its own
            raise ServiceUnavailable(
                "The place of snapshots and files cannot be used: %(error)s.",
                where=_VARIABLE,
                mend="Look at that place and at its keys; the last snapshot goes on serving.",
                error=reason_of(error) if isinstance(error, OSError) and error.errno else error,
            ) from None


def _is_broken_off(error: Exception) -> bool:
    """Tell whether an answer began, or a connection was there, and then it ended."""
    if isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
        return True
    return any(words in str(error) for words in _BROKEN_OFF)


def _written(entry: dict[str, Any]) -> datetime | None:
    value = entry.get("mtime", entry.get("LastModified"))
    if isinstance(value, datetime):
        return value
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else None
