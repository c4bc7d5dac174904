"""One message to one channel, in a process of its own: `python -m` this, the message on its input.

What a channel's address names is not ours, so the process can do no more than send: it connects
to public addresses only (as webhooks do: the address that is connected to is the one checked),
to the ports of HTTPS and mail, and opens no file but those of Python and of certificates. Python's
audit events tell of every attempt, whatever library makes it. What a service answers may be as long
as it likes: the process ends where it takes too much memory.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from matchmaker.workflow.channel import body_of, without_marks
from matchmaker.workflow.webhook import OPEN_PORTS, is_listed, is_public

# Beside those of webhooks: mail over TLS.
PORTS = frozenset({*OPEN_PORTS, 465, 587})
SENT, NOT_SENT, REFUSED = 0, 3, 4
# Libraries read an answer whole.
_MAX_MEMORY = 256 * 1024**2
_SYSTEM = ("/etc/ssl", "/etc/pki", "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
           "/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/mime.types", "/etc/localtime",
           "/usr/share/zoneinfo", "/usr/lib/ssl", "/dev/null", "/dev/urandom")  # fmt: skip


class RefusedError(OSError):
    """The channel leads somewhere that this installation does not call."""


def forbid_unneeded_access(*, private_allowed: bool, hosts: tuple[str, ...]) -> list[str]:
    """Refuse what a sender has no business with, from now on; what was refused is listed."""
    refused: list[str] = []
    readable = tuple(os.path.realpath(folder) for folder in (*_libraries(), *_SYSTEM))

    def refuse(what: str) -> None:
        refused.append(what)
        raise RefusedError(what)

    def check(event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            host = args[0].decode() if isinstance(args[0], bytes) else str(args[0] or "")
            if not is_listed(f"https://{host}", hosts):
                refuse(host)
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = args[1]
            if not private_allowed and not _is_open(address):
                refuse(str(address))
        elif event == "open":
            path, mode = args[0], args[1]
            if isinstance(path, int):
                return
            name = os.path.realpath(os.fsdecode(path))
            is_written = isinstance(mode, str) and set(mode) & set("wax+")
            if is_written or not any(_is_within(name, place) for place in readable):
                refuse(name)
        elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork",
                       "os.remove", "os.rename", "os.mkdir", "shutil.copyfile"):  # fmt: skip
            refuse(event)

    sys.addaudithook(check)
    return refused


def _is_within(name: str, place: str) -> bool:
    return name == place or name.startswith(place.rstrip(os.sep) + os.sep)


def _libraries() -> list[str]:
    """Folders of Python's and our own code, and nothing beside them."""
    own = [str(Path(os.__file__).parent), str(Path(__file__).parents[2])]
    installed = ("site-packages", "dist-packages", "lib-dynload")
    return [*own, *(folder for folder in sys.path if folder.endswith(installed))]


def _is_open(address: Any) -> bool:
    """Tell whether a socket's address is public, at a port that may be called."""
    if not isinstance(address, tuple) or len(address) < 2:
        return False  # of this machine alone
    try:
        return is_public(str(address[0]).partition("%")[0]) and address[1] in PORTS
    except ValueError:
        return False


def send(message: dict[str, Any]) -> int:
    """Send it; SENT, NOT_SENT or REFUSED."""
    import apprise

    asset = apprise.AppriseAsset(
        app_id="Matchmaker", app_desc="Matchmaker", app_url="", image_url_mask="",
        image_path_mask="", secure_logging=True, plugin_paths=[], storage_mode="memory",
    )  # fmt: skip
    # Before the address is looked at: what reads it is no more ours than what sends.
    refused = forbid_unneeded_access(
        private_allowed=message["private_allowed"], hosts=tuple(message["hosts"])
    )
    channel = apprise.Apprise.instantiate(message["address"], asset=asset)
    if channel is None:
        return REFUSED if refused else NOT_SENT
    most = int(channel.body_maxlen) - len(message["title"].encode()) - 2
    footer = message["footer"]
    if 2 * len("\n".join(footer).encode()) > most:
        footer = message["brief"]
    body = body_of(message["lines"], footer, message["more"], most, message["beyond"])
    try:
        title = without_marks(message["title"])
        taken = channel.notify(body, title=title, body_format=apprise.NotifyFormat.TEXT)
    except RefusedError:
        return REFUSED
    except MemoryError:
        return NOT_SENT
    return SENT if taken else REFUSED if refused else NOT_SENT


def _limit_memory() -> None:
    """No more than there is by now, and _MAX_MEMORY."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + _MAX_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def main() -> None:
    """The message is JSON on standard input, the verdict the exit status."""
    import apprise  # noqa: F401  (before the limit, which is for the call)

    message = json.load(sys.stdin)
    _limit_memory()
    sys.exit(send(message))


if __name__ == "__main__":
    main()
