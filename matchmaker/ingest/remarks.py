"""What a cell of remarks says of an organisation that no other column does: 已注销, 请勿公开."""

from __future__ import annotations

from typing import Any

from matchmaker.ingest.statuses import status_in_remark
from matchmaker.ingest.table_file import Line
from matchmaker.ingest.table_reader import TableReader
from matchmaker.ingest.unused_words import is_remark
from matchmaker.messages import message
from matchmaker.regex import regex

# Nothing else may stand there: 请勿公开电话 is of one thing.
_CONFIDENTIAL = regex(
    r"(?:请|麻烦|务必|暂)*(?:勿|不要|不得|别|不|不愿意?|不想|不同意)(?:对外|向外)?(?:公开|公布|展示|外传|推荐|被推荐|参与推荐)"
    r"(?:(?:企业|公司|本企业|本公司|我们的?)?(?:信息|资料))?|(?:请|务必)?保密|"
    r"(?:please )?(?:keep (?:it |this |us |them )?(?:confidential|private)|"
    r"do not (?:publish|list|show|recommend|share)(?: us| this| them)?)|confidential"
)


def read_remarks(reader: TableReader, line: Line, values: dict[str, Any]) -> None:
    """The status, and that it is not to be shown, where a cell that is not read otherwise says
    only that.
    """
    for title, cell in line.cells.items():
        if title in reader.columns or not is_remark(title):
            continue
        if "listed" not in values and is_confidential(cell):
            values["listed"] = False
            reason = message("'%(cell)s' is read as opted out.", cell=cell)
            reader.reading.warn(reader.file.name, line.number, title, reason)
        told = None if "status" in values else status_in_remark(cell)
        if told is not None:
            values["status"], ended = told
            if ended is not None:
                values.setdefault("ended", ended)
            reason = message("'%(cell)s' is taken for its status.", cell=cell)
            reader.reading.warn(reader.file.name, line.number, title, reason)


def is_confidential(cell: str) -> bool:
    """Tell whether a cell says only that who it is of is not to be shown."""
    return _CONFIDENTIAL.fullmatch(cell.strip(" 。.!！").lower()) is not None
