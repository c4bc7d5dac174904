"""Notices that somebody has not read when they lose their place: they are told them no more."""

from __future__ import annotations

from collections.abc import Iterator

from matchmaker.services.repositories import Repositories
from matchmaker.store.changes import Change


def untold_notices(repositories: Repositories, account_id: str, told_for: str) -> Iterator[Change]:
    """Removals of what an account was told by a part, as `Notification` has it, unread.

    Letters carry what is unread; so do its own channels, from which the same goes.
    """
    untold = {
        stored.value.id: stored
        for stored in repositories.notifications.iterate("unread", account_id)
        if stored.value.told_for == told_for
    }
    yield from map(repositories.notifications.remove, untold.values())
    for channel in repositories.channels.values("owner", f"account:{account_id}"):
        for waiting in repositories.channel_notices.iterate("channel", channel.id):
            if waiting.value.notice in untold:
                yield repositories.channel_notices.remove(waiting)
