"""Which further sheets of a file are read with the one that was found first."""

from __future__ import annotations

from matchmaker.ingest.list_formats import OFFERINGS
from matchmaker.ingest.table_file import TableFile
from matchmaker.ingest.table_options import TableOptions
from matchmaker.regex import regex
from matchmaker.text import normal

# Sheets that people keep beside their lists: what is in stock, who buys, how it was before.
_BESIDE = regex(
    r"库存|盘点|出入库|进销存|封面|目录|索引|说明|须知|填写|模板|样表|示例表|字典|选项|客户|供应商|采购|订单|合同|成本|核价|利润|考勤|工资|人员"
    r"|通讯录|联系|备份|旧|作废|停产|草稿|历史"
    r"|\b(?:stock|inventory|cover|index|contents?|instructions?|readme|template|options|lookup"
    r"|customers?|clients?|suppliers?|orders?|costs?|contacts?|backup|old|obsolete|draft|history)\b"
)
# So much of the titles is the same in sheets of one list: members by towns.
_SAME = 0.6


def holds_the_like(other: TableFile, options: TableOptions, table: TableFile) -> bool:
    """Tell whether another sheet holds what the first does: things that are offered, or members.

    Sheets of what somebody offers have columns of their own, those of members by towns the same.
    """
    names = {*options.mapping.values()}
    if options.table == OFFERINGS:
        return not {"name", "model"}.isdisjoint(names) and not _BESIDE.search(normal(other.sheet))
    own, others = ({normal(title) for title in each.header} for each in (table, other))
    return "name" in names and len(own & others) >= _SAME * max(len(own), len(others))
