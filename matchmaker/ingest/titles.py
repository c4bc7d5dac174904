# ruff: noqa: E501 -- words, as a list is read
"""Which of our columns the titles of a file's columns are, whatever people call them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from matchmaker.errors import InvalidInput
from matchmaker.ingest.columns import TABLES, TableFormat
from matchmaker.ingest.header import plain_title
from matchmaker.ingest.table_file import TableFile
from matchmaker.text import normal

# What people call the columns besides their names here.
ALSO = {
    "id": ("代码", "企业编号", "单位编号", "供应商编号", "供应商代码", "code", "identifier",
           "supplier id", "company id"),
    "name": ("名称", "公司名称", "单位名称", "企业名称", "企业全称", "单位全称", "机构名称", "会员名称",
             "会员单位", "企业（单位）名称", "供应商", "供应商名称", "厂名", "company", "company name",
             "firm", "organisation", "organization", "organisation name", "legal name", "member"),
    "name_en": ("英文名", "企业英文名称", "english name"),
    "kind": ("类别", "性质", "机构类型", "单位性质", "单位类型", "单位类别", "企业类型", "企业性质",
             "组织类型", "type", "category", "type of organisation", "organisation type"),
    "size": ("企业规模", "规模类型", "company size"),
    "tier": ("培育层级", "企业称号", "资质称号", "荣誉", "荣誉称号"),
    "place": ("地区", "城市", "行政区", "所在城市", "所在地", "所在地区", "所在区县", "所在县市", "所属地区",
              "属地", "注册地", "注册地址", "企业地址", "单位地址", "地址", "住所", "所在镇街",
              "所在镇街/地区", "所在街道", "city", "location", "region", "address", "town"),
    "industry": ("产业", "所属行业", "行业代码", "行业类别", "行业分类", "国民经济行业", "sector", "nace",
                 "nace code", "isic", "industry code"),
    "country": ("国别", "国家地区", "国家/地区", "country code"),
    "description": ("说明", "简介", "企业简介", "单位简介", "主营业务", "经营范围", "主要产品", "主营产品",
                    "主营产品（服务）", "主要产品或服务", "业务范围", "about", "profile", "products",
                    "main products", "activities", "business"),
    "credit_code": ("信用代码", "社会信用代码", "统一信用代码", "税号", "纳税人识别号",
                    "registration number", "uscc"),
    "vat": ("vat number", "vat no", "vat id", "ust-id", "ustid"),
    "website": ("网址", "官网", "网站", "url", "homepage", "web site", "web"),
    "contact": ("联系人", "电话", "联系电话", "手机", "手机号", "联系手机", "邮箱", "电子邮箱", "电子邮件",
                "phone", "telephone", "email", "e-mail", "contact person"),
    "founded": ("成立时间", "注册日期", "注册时间", "设立日期", "成立年份", "founded on", "established",
                "year founded", "foundation date", "date of foundation"),
    "headcount": ("职工人数", "员工人数", "员工数", "从业人数", "从业人员", "人数", "在职人数", "用工人数",
                  "员工总数", "employees", "number of employees", "staff", "no. of employees"),
    "status": ("经营状态", "登记状态", "企业状态", "存续状态"),
    "text": ("正文", "描述", "需求", "供给", "需求描述", "供给描述", "description", "details"),
    "organization": ("企业", "公司", "单位", "企业编号", "单位编号", "company", "firm"),
    "date": ("时间", "日期", "发布日期", "签订日期", "year"),
    "amount": ("合同金额", "金额（元）", "value"),
}  # fmt: skip
# Several columns of a file may be one of ours: their texts are joined.
JOINED = {"description": "；", "description_en": "; ", "contact": "；"}
_RUNNING = frozenset(
    {
        "序号",
        "序",
        "no",
        "no.",
        "nr",
        "nr.",
        "#",
        "№",
        "行号",
        "row",
        "s/n",
        "sn",
        "lfd. nr.",
        "编号序",
    }
)
_BRACKETED = re.compile(r"[(（\[【].*?[)）\]】]")


def expected_titles(table: str) -> frozenset[str]:
    """What may head the columns of a table, as `text.normal` writes it."""
    columns = TABLES[table].columns
    others = (also for column in columns for also in ALSO.get(column.name, ()))
    return frozenset(map(normal, (*TABLES[table].headers, *others))) | _RUNNING


def suggested(table: str, header: Sequence[str]) -> dict[str, str]:
    """Which column each of a file's titles may be, "" where none comes near.

    As `known`, then the most alike: for a person to look at.
    """
    taken = known(TABLES[table], header)
    names = {_letters(title): column for title, column in _names(TABLES[table]).items()}
    for title in header:
        if taken[title] or plain_title(title) in _RUNNING:
            continue
        near = difflib.get_close_matches(_letters(title), names, 1, 0.7)
        column = names[near[0]] if near else ""
        if column not in taken.values():
            taken[title] = column
    return taken


def known(table: TableFormat, header: Iterable[str]) -> dict[str, str]:
    """Which column each title is by a name that is known for it, "" where none is.

    Our own names come first. Several titles may be one column only of JOINED ones. A running
    number is no column.
    """
    titles = list(header)
    own = {plain_title(title): column for title, column in table.headers.items()}
    loose = {_letters(title): column for title, column in _names(table).items()}
    taken = dict.fromkeys(titles, "")
    spellings = [
        {title: names.get(key(title), "") for title in titles}
        for names, key in (
            (own, plain_title),
            (loose, _letters),
            (loose, lambda title: _letters(_BRACKETED.sub("", title))),
        )
    ]
    for columns in spellings:
        for title, column in columns.items():
            if taken[title] or plain_title(title) in _RUNNING:
                continue
            if column and (column in JOINED or column not in taken.values()):
                taken[title] = column
    return taken


def columns_of(table: TableFormat, file: TableFile, mapping: Mapping[str, str]) -> dict[str, str]:
    """Which column each title of a file is, by a person's mapping and else by its name.

    Raises InvalidInput where two titles are one column.
    """
    positions = {f"{title}#{p}": title for title, all in file.duplicates for p in all}
    mapped = {title: mapping[title] for title in file.header if title in mapping}
    # Titles that stand twice are looked up by what they say: both are that column.
    others = {title: positions.get(title, title) for title in file.header if title not in mapped}
    by_name = known(table, [name for name in others.values() if name not in mapped])
    columns = {
        title: column
        for title, name in others.items()
        if (column := by_name.get(name, "")) and column not in mapped.values()
    } | {title: column for title, column in mapped.items() if column}
    heading: dict[str, list[str]] = {}
    for title in file.header:
        if column := columns.get(title, ""):
            heading.setdefault(column, []).append(title)
    for column, titles in heading.items():
        if len(titles) > 1 and (column not in JOINED or any(t in positions for t in titles)):
            numbers = [file.header.index(title) + 1 for title in titles]
            raise InvalidInput(
                "the columns %(numbers)s (%(titles)s) are all '%(column)s'.",
                where=f"{file.name}:{file.header_line}",
                mend="Rename or delete all but one.",
                numbers=numbers,
                titles=titles,
                column=column,
            )
    return columns


def _names(table: TableFormat) -> dict[str, str]:
    """Everything that is known to head a column; our own names last, so that they count."""
    others = {also: column.name for column in table.columns for also in ALSO.get(column.name, ())}
    return others | table.headers


def _letters(text: str) -> str:
    return "".join(letter for letter in normal(text) if letter.isalnum())
