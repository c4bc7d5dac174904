"""What an organisation did today is put on days before: it sends only so many requests a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from matchmaker.services.repositories import Repositories


def sent_before_today(repositories: Repositories, organization: str) -> None:
    """Have its requests for introductions of today sent the day before yesterday."""
    introductions = repositories.introductions
    page = introductions.page("organization", organization, limit=200, newest_first=True)
    for each in page.rows:
        if datetime.now(UTC) - each.value.created < timedelta(days=1):
            before = replace(each.value, created=each.value.created - timedelta(days=2))
            repositories.records.commit([introductions.put(before, each.version)])
