"""Files that a command reads: there to their end, which a device or a pipe is not."""

from __future__ import annotations

import os
from pathlib import Path

import click

from matchmaker.cli.language import language
from matchmaker.messages import message


class FileToRead(click.Path):
    """The path of a file: what is read twice, or to its end, is no device and not endless.

    With `takes_pipes` what another command writes does as well, where it is read once.
    """

    def __init__(
        self, *, exists: bool = True, max_mb: int | None = None, takes_pipes: bool = False
    ) -> None:
        super().__init__(exists=exists, dir_okay=False, path_type=Path)
        self.max_mb, self.takes_pipes = max_mb, takes_pipes

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        path = super().convert(value, param, ctx)
        place = Path(os.fsdecode(path))
        is_piped = self.takes_pipes and place.is_fifo()
        if place.exists() and not place.is_file() and not is_piped:
            problem = message(
                "'%(name)s' is no file but a device or a pipe; save what it holds, and name that.",
                name=place,
            )
            self.fail(problem.text(language()), param, ctx)
        if self.max_mb and place.exists() and place.stat().st_size > self.max_mb * 1024**2:
            problem = message(
                "'%(name)s' is larger than %(most)s MB.", name=place, most=self.max_mb
            )
            self.fail(problem.text(language()), param, ctx)
        return path
