"""Calling a channel: what apprise makes of its address, and the process that sends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchmaker.errors import InvalidInput
from matchmaker.services.people import channel_sender
from matchmaker.workflow.channel import Delivered
from matchmaker.workflow.webhook import is_listed, is_public_name

DEADLINE_SECONDS = 30.0
# What a message must hold: a title, the shortest foot, and some words between them.
MIN_BODY = 140
# Where somebody waits for the verdict.
TRY_SECONDS = 10.0
_CODE = Path(__file__).parents[3]
# Nobody's own: they speak to this machine, or need its files.
_LOCAL = frozenset({
    "syslog", "rsyslog", "dbus", "qt", "kde", "glib", "gnome", "macosx", "windows", "vapid",
    "file", "aprs",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChannelDescription:
    """The part of a channel that may be shown: the service's name, its address without secrets."""

    service: str
    label: str


@dataclass(frozen=True, slots=True)
class ChannelMessage:
    """A title, lines of which as many are sent as fit, and a foot that always is.

    `brief` is the foot where messages are short, as by SMS; `more`, with the place `{count}`,
    tells of the lines that did not fit and of `beyond` others.
    """

    title: str
    lines: Sequence[str]
    footer: Sequence[str]
    brief: Sequence[str]
    more: str
    beyond: int = 0


def describe(address: str, *, private_allowed: bool, hosts: Sequence[str]) -> ChannelDescription:
    """Read a channel's address. Raises InvalidInput for what cannot or may not be called."""
    import apprise  # takes a while to load: where a channel is entered

    channel: Any = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    scheme = address.partition("://")[0].lower()
    if channel is None or scheme in _LOCAL:
        raise InvalidInput(
            "is no channel that can be called.",
            where="address",
            mend="Paste the robot's webhook address, or one as Apprise writes it.",
        )
    names_host = any("{host}" in template for template in channel.templates)
    host = str(getattr(channel, "host", "") or "").strip("[]") if names_host else ""
    if host and not private_allowed and not is_public_name(host):
        raise InvalidInput("must be on a public address.", where="address")
    if host and not is_listed(f"https://{host}", hosts):
        raise InvalidInput(
            "is of a host that this installation does not call.",
            where="address",
            mend="Ask its administrator to list the host.",
        )
    if int(channel.body_maxlen) < MIN_BODY:
        raise InvalidInput(
            "is of a service whose messages are too short to say how to stop them.",
            where="address",
            mend="Choose another service.",
        )
    # Nothing beyond the host: what else an address holds is a secret with one service or other.
    scheme = str(channel.url()).partition("://")[0]
    return ChannelDescription(str(channel.service_name), f"{scheme}://{host and host + '/'}…")


def call(
    address: str,
    message: ChannelMessage,
    *,
    private_allowed: bool,
    hosts: Sequence[str],
    seconds: float = DEADLINE_SECONDS,
) -> Delivered:
    """Send a message in a process of its own, which ends after `seconds` whatever it does."""
    sent = {
        "address": address,
        "title": message.title,
        "lines": list(message.lines),
        "footer": list(message.footer),
        "brief": list(message.brief),
        "more": message.more,
        "beyond": message.beyond,
        "private_allowed": private_allowed,
        "hosts": list(hosts),
    }
    # No secret of ours, and no proxy: what is connected to is what was checked.
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    folders = [name for name in os.environ.get("PYTHONPATH", "").split(os.pathsep) if name]
    code = os.pathsep.join([str(_CODE), *map(os.path.abspath, folders)])
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and no shell
            # -P: no folder in which it happens to start is one of code.
            [sys.executable, "-P", "-m", channel_sender.__name__],
            input=json.dumps(sent).encode(),
            env={
                **kept,
                "PYTHONPATH": code,
                "PYTHONUTF8": "1",
                "PYTHONDONTWRITEBYTECODE": "1",
                "NO_PROXY": "*",
            },
            cwd=os.sep,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Delivered.TOO_LATE
    except OSError:
        return Delivered.NOT_SENT
    if done.returncode == channel_sender.SENT:
        return Delivered.SENT
    return Delivered.REFUSED if done.returncode == channel_sender.REFUSED else Delivered.NOT_SENT
