"""What statements specify, read once as a snapshot is made and kept beside their texts.

Reading a text takes up to a millisecond, and a question is compared with what hundreds of
statements say. How texts are read is told from above (`matchmaker.recommend`); here what was read
is a column of strings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matchmaker.domain import Statement
from matchmaker.snapshot.unchanged import EarlierTexts


@dataclass(frozen=True, slots=True)
class TextReader:
    """A way to read texts: `read` gives what a text specifies as it is kept.

    `mark` is another for each version of it, "" of none.
    """

    mark: str
    read: Callable[[str], str]


UNREAD = TextReader("", lambda _: "")


def specifications(
    spoken: Sequence[Statement], reader: TextReader, earlier: EarlierTexts | None = None
) -> list[str]:
    """What each statement specifies; what an `earlier` snapshot has by the same way is not read."""
    if earlier is None or not reader.mark or earlier.snapshot.meta.specified_by != reader.mark:
        return [reader.read(statement.text) for statement in spoken]
    known = earlier.snapshot
    return [
        known.string("statements", "specification", row)
        if row >= 0
        else reader.read(statement.text)
        for statement, row in zip(spoken, earlier.rows.tolist(), strict=True)
    ]
