"""The operator's program that looks files through before anybody else gets them."""

from __future__ import annotations

import shlex
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from matchmaker.errors import InvalidInput, ServiceUnavailable

log = structlog.get_logger(__name__)
_SCAN_SECONDS = 120
_PATIENCE_SECONDS = 1.0


class ScanPlaces:
    """Places of a process in which files are looked through, of each sender one at a time.

    The people of a firm are one: two of them would keep out all others for as long as they send.
    Where the scanner hangs most threads are left to who sends nothing, and a place to who sends
    one file while somebody sends many.
    """

    _MOST = 2

    def __init__(self, threads: int = 1 + _MOST) -> None:
        self._most = max(1, min(self._MOST, threads - 1))
        self._held: set[str] = set()
        self._changed = threading.Condition()

    @contextmanager
    def of(self, sender: str) -> Iterator[None]:
        """A place, once there is one. Raises ServiceUnavailable after a second without."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_free(sender), _PATIENCE_SECONDS):
                raise not_looked_through()
            self._held.add(sender)
        try:
            yield
        finally:
            with self._changed:
                self._held.remove(sender)
                self._changed.notify_all()

    def _is_free(self, sender: str) -> bool:
        return len(self._held) < self._most and sender not in self._held


@dataclass(frozen=True, slots=True)
class Scanner:
    """A command that looks a file through, given its path last; without one nothing is looked at.

    It refuses the file by any status but 0, as `clamdscan --fdpass` does.
    """

    command: str
    places: ScanPlaces = field(default_factory=ScanPlaces)

    def check(self, sender: str, path: Path, name: str) -> None:
        """Raises InvalidInput where the file is refused, ServiceUnavailable where nobody looked."""
        if not self.command.strip():
            return
        try:
            with self.places.of(sender):
                done = subprocess.run(  # noqa: S603 - the operator's own command, and no shell
                    [*shlex.split(self.command), str(path)],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=_SCAN_SECONDS,
                    check=False,
                )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            log.error("scanner failed", error=str(error))
            raise not_looked_through() from None
        if done.returncode:
            output = done.stdout.decode("utf-8", "replace")[-500:]
            log.warning("file refused by the scanner", status=done.returncode, said=output)
            raise InvalidInput(
                "'%(name)s' was refused by the scanner.",
                where="file",
                mend="Look the file through for harmful software before you send it.",
                name=name,
            )


def not_looked_through() -> ServiceUnavailable:
    """The error where nobody could look, by now."""
    return ServiceUnavailable(
        "Files cannot be looked through just now.",
        mend="Try again in a moment, or tell the administrator.",
    )
