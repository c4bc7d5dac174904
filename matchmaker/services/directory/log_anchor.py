"""The end of the log, kept outside of the database: what is cut off its end is missed."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matchmaker.errors import StoreMismatch, not_writable
from matchmaker.messages import Message, message
from matchmaker.nodes.mirror import Mirror
from matchmaker.store.documents import Records

FILE = "log.anchor"


@dataclass(frozen=True, slots=True)
class LogAnchor:
    """The last line that was seen, signed; each line's digest stands for all lines before it."""

    folder: Path
    records: Callable[[], Records]
    secret: Callable[[], str]
    shared: Mirror | None = None

    @property
    def _mirror(self) -> Mirror:
        return self.shared or Mirror(self.folder)

    def move(self) -> int:
        """Note where the log ends now; how many lines came since. Raises as `check`, StorageFull.

        A log that was cut off keeps its old anchor: it is not taken for the right one.
        """
        before = self._require_line()
        last = self.records().last_log(1)
        if not last or last[0].number <= before:
            return 0
        number, digest = last[0].number, last[0].digest
        content = {"number": number, "digest": digest, "signature": self._sign(number, digest)}
        path = self.folder / FILE
        beside = path.with_name(f".{FILE}.{os.getpid()}")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(content, file)
            beside.replace(path)
        except OSError as error:
            raise not_writable(path, error) from None
        self._mirror.put_file(FILE)
        return number - before

    def check(self) -> Message:
        """Up to which line the log is known to be whole. Raises StoreMismatch where it is not."""
        number = self._require_line()
        return message("line %(number)s is there, as it was noted", number=number)

    def forget(self) -> None:
        """Another log takes the place of this one: a restored backup."""
        (self.folder / FILE).unlink(missing_ok=True)
        self._mirror.remove_file(FILE)

    def _require_line(self) -> int:
        """Number of the line that was noted last, 0 where none was."""
        self._mirror.fetch_file(FILE, again=True)
        try:
            content = json.loads((self.folder / FILE).read_text())
            number, digest = int(content["number"]), str(content["digest"])
            is_ours = hmac.compare_digest(str(content["signature"]), self._sign(number, digest))
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            number, digest, is_ours = 0, "", False
        if not is_ours:
            raise StoreMismatch(
                "The note of where the log ended was changed.",
                mend="Compare the log with a backup; then remove %(path)s.",
                path=self.folder / FILE,
            )
        lines = self.records().log(after=number - 1, limit=1)
        if not lines or (lines[0].number, lines[0].digest) != (number, digest):
            raise StoreMismatch(
                "The log was cut off or changed: "
                "its line %(number)s is not the one that was noted.",
                mend="Compare the log with a backup; then remove %(path)s.",
                number=number,
                path=self.folder / FILE,
            )
        return number

    def _sign(self, number: int, digest: str) -> str:
        text = f"log {number} {digest}".encode()
        return hmac.new(self.secret().encode(), text, "sha256").hexdigest()
