"""Reasons for refusals of the operating system, SQLite or a packed file, in translatable words."""

from __future__ import annotations

import errno
import socket
import sqlite3

from matchmaker.messages import Message, message
from matchmaker.regex import regex

_NO_SUCH = message("there is no such file or folder")
_NOT_ALLOWED = message("this account may not do that")
_READ_ONLY = message("the disk is mounted for reading only")
_FULL = message("the disk is full")
_DAMAGED = message("the file is damaged or was cut off")
_FAULTY = message("the disk does not read or write")
_IN_USE = message("something else has it in use")
_NO_ANSWER = message("no answer came in time")

_BY_NUMBER = {
    errno.ENOENT: _NO_SUCH,
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: _READ_ONLY,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: message("this account's share of the disk is full"),
    errno.EFBIG: message("the file would be too large"),
    errno.EISDIR: message("it is a folder"),
    errno.ENOTDIR: message("a part of the path is no folder"),
    errno.EEXIST: message("there is one already"),
    errno.ENOTEMPTY: message("the folder is not empty"),
    errno.ENAMETOOLONG: message("the name is too long"),
    errno.ELOOP: message("the links lead in a circle"),
    errno.EIO: _FAULTY,
    errno.EMFILE: message("too many files are open"),
    errno.ENFILE: message("too many files are open"),
    errno.ENOMEM: message("there is not enough memory"),
    errno.EBUSY: _IN_USE,
    errno.ETXTBSY: _IN_USE,
    errno.EADDRINUSE: message("the port is taken"),
    errno.EADDRNOTAVAIL: message("this machine has no such address"),
    errno.ECONNREFUSED: message("nothing listens there"),
    errno.ECONNRESET: message("the connection was broken off"),
    errno.EPIPE: message("the connection was broken off"),
    errno.EHOSTUNREACH: message("there is no way to that machine"),
    errno.ENETUNREACH: message("there is no way to that machine"),
    errno.ETIMEDOUT: _NO_ANSWER,
}
_BY_RESULT = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: message("it cannot be written"),
    sqlite3.SQLITE_CANTOPEN: message("it cannot be opened"),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_IOERR: _FAULTY,
    sqlite3.SQLITE_BUSY: _IN_USE,
    sqlite3.SQLITE_LOCKED: _IN_USE,
}


_POSITION = regex(r"line (\d+), column (\d+)")


def position_of(error: Exception) -> Message:
    """The position where a parser stumbled, as its own words say at their end."""
    if match := _POSITION.search(str(error)):
        return message("see line %(line)s, column %(column)s", line=match[1], column=match[2])
    if isinstance(error, UnicodeDecodeError):
        return message("it is in another encoding than UTF-8")
    return _DAMAGED


def reason_of(error: Exception) -> Message:
    """The reason; one that nobody here has words for is given by its name, as manuals list it."""
    if isinstance(error, sqlite3.Error):
        result = getattr(error, "sqlite_errorcode", 0)  # the low byte is the kind
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        return _BY_RESULT.get(result & 0xFF) or message("SQLite answers %(name)s", name=name)
    if isinstance(error, TimeoutError) and not error.errno:
        return _NO_ANSWER
    number = error.errno if isinstance(error, OSError) else None
    if number is None:  # of what unpacks: zlib, gzip, tar
        return _DAMAGED
    if isinstance(error, socket.gaierror):  # its numbers are another list's
        return message("no machine of that name is known")
    name = errno.errorcode.get(number, str(number))
    return _BY_NUMBER.get(number) or message("the system answers %(name)s", name=name)
