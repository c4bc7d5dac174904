"""Connections whose client has sent all that it will, and waits for what is light all the same.

Who has left looks the same as who only sends no more (`shutdown(SHUT_WR)`, as `nc -N` does): both
end the stream, and a server tells them apart by writing alone. nginx takes both for a client that
left where an answer has to be made elsewhere, and answers both with files. So it is here: light
requests are answered, which costs little where nobody reads it; others end with their client.
"""

from __future__ import annotations

import socket
from typing import Any

from waitress.channel import HTTPChannel

from matchmaker.serving.lanes import LaneName, lane_of

ANSWERED = frozenset({LaneName.PROBE, LaneName.LIGHT})


class HalfClosedChannel(HTTPChannel):  # type: ignore[misc]
    """One connection; closed once its client sends no more and has been answered."""

    socket: Any
    sends_no_more = False

    def handle_read(self) -> None:
        """Read what was sent; its end ends nothing that is light and under way."""
        if self._is_answered_still() and self._has_ended():
            self.sends_no_more = True
        else:
            super().handle_read()

    def readable(self) -> bool:
        """Tell whether more is to be read: an end is read once."""
        if not self.sends_no_more:
            return bool(super().readable())
        if not self.requests and not self.total_outbufs_len:
            self.will_close = True
        return False

    def _is_answered_still(self) -> bool:
        return bool(self.requests) and all(
            not request.error and lane_of(request.command, request.path, request.query) in ANSWERED
            for request in list(self.requests)
        )

    def _has_ended(self) -> bool:
        try:
            return not self.socket.recv(1, socket.MSG_PEEK)
        except OSError:
            return False  # there is nothing yet, or it broke: as the reader finds it
