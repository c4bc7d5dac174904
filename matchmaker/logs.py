"""Log lines: for people on a console, or JSON for machines. Never secrets, never texts."""

from __future__ import annotations

import atexit
import logging
import sys
from typing import Any

import structlog

from matchmaker.log_forwarding import LogForwarder, receiver_of
from matchmaker.settings import Settings

_MOST_OF_LIBRARY = 200


def configure_logs(settings: Settings) -> None:
    """Set structlog up for this process; lines go to standard error, and on where that is set.

    Raises SettingsError.
    """
    form = settings.log_format
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default formatter shows local variables: keys and texts.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # JSON escapes what a terminal would obey.
    processors.append(structlog.processors.format_exc_info if form == "json" else _harmless)
    processors.append(renderer)
    receiver = receiver_of(settings)
    if receiver is not None:
        processors.append(_forwarding(LogForwarder(receiver)))
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Made at every line: whoever replaces standard error may close the one before.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


class LibraryLines(logging.Handler):
    """Lines of libraries as ours: each one line, with the kind of an error and no more of it.

    What an error says, and where it was raised, may hold what somebody sent, and paths.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one of them."""
        error = record.exc_info[0] if record.exc_info else None
        fields = {"error": error.__name__} if error else {}
        said = " ".join(record.getMessage().split())[:_MOST_OF_LIBRARY]
        structlog.get_logger().log(record.levelno, said, library=record.name, **fields)


def take_library_lines() -> None:
    """Let what libraries warn of in this process stand among our lines."""
    logging.basicConfig(level=logging.WARNING, handlers=[LibraryLines()])


def _harmless(_: Any, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Values whose control characters and line ends are told instead of sent to a terminal."""
    return {
        name: "".join(char if char.isprintable() else ascii(char)[1:-1] for char in value)
        if isinstance(value, str)
        else value
        for name, value in line.items()
    }


def _forwarding(forwarder: LogForwarder) -> structlog.typing.Processor:
    atexit.register(forwarder.drain)

    def forward(_: Any, method: str, line: Any) -> Any:
        forwarder.send(method, str(line))
        return line

    return forward
