"""Days as they are written on the command line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import click

from matchmaker.cli.language import language
from matchmaker.messages import message


class DayParameter(click.ParamType[date]):
    """A day of the calendar: 2026-03-31."""

    name = "yyyy-mm-dd"  # the help shows it

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        if isinstance(value, date):
            return value
        try:
            day = datetime.strptime(str(value).strip(), "%Y-%m-%d").replace(tzinfo=UTC)
            return day.date()
        except ValueError:
            refusal = message("'%(value)s' is no day: write it as 2026-03-31.", value=value)
            self.fail(refusal.text(language()), param, ctx)
