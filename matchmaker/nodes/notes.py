"""Notes of nodes that do not answer from the newest snapshot, with the reason, for all others."""

from enum import StrEnum


class NodeNote(StrEnum):
    """Each is told in the reader's language where it is shown."""

    FOLLOWS = ""
    WAITS = "waits"  # nothing was published yet
    OTHER_PROGRAM = "other program"  # the newest is of a program whose snapshots this cannot read
    UNREACHABLE = "unreachable"  # the place of snapshots does not answer
    DAMAGED = "damaged"  # what was fetched is not what was published
    NO_ROOM = "no room"  # the data folder cannot be written
