# ruff: noqa: E501 -- one column a line, as a table is read
"""The columns of our own tables: data, from which reading and templates follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matchmaker.domain import (
    Cluster,
    Engagement,
    EngagementKind,
    GoalName,
    Industry,
    Kind,
    Layer,
    Membership,
    Need,
    NeedState,
    Observation,
    Offer,
    OfferKind,
    Organization,
    Participant,
    Place,
    PlaceLevel,
    Role,
    Size,
    Stage,
    Terms,
    Tie,
    Tier,
)
from matchmaker.ingest import cells
from matchmaker.ingest.cells import Read, optional


@dataclass(frozen=True)
class Column:
    """One column: its name and Chinese name, how a cell is read, and what it means."""

    name: str
    zh: str
    explanation: str
    example: str = ""
    read: Read = cells.text
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One importable table. `model` is the domain class that a line becomes."""

    name: str
    model: type
    columns: tuple[Column, ...]
    explanation: str
    key: tuple[str, ...] = ("id",)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    @property
    def chinese(self) -> dict[str, str]:
        """Chinese header words to column names."""
        return {column.zh: column.name for column in self.columns}


STAGES = cells.several(cells.one_of(Stage, cells.STAGE_WORDS))
_ID = Column("id", "编号", "source:key, unique / 来源:键，唯一", "my:f-001", required=True)
_SOURCE = Column("source", "来源", "where the row comes from / 出处", "")
_ORGANIZATION = Column(
    "organization", "机构", "id of the organisation / 机构编号", "my:f-001", required=True
)
_LANGUAGE = Column("language", "语言", "zh or en; empty: recognised / 语言", "zh")
_STAGES = Column(
    "stages", "价值链环节", "idea … after_sales, parted by ; / 创意 … 售后", "making", STAGES
)
_SINCE = Column("since", "起始", "first day / 起始日期", "2021-03-01", optional(cells.day))
_UNTIL = Column("until", "终止", "last day, empty: still / 终止日期", "", optional(cells.day))
_DATE = Column(
    "date", "日期", "day it was posted or began / 日期", "2024-05-06", optional(cells.day)
)


def _text(required: bool = True) -> Column:
    return Column(
        "text", "内容", "in one's own words / 正文", "DN50 不锈钢球阀阀体铸件", required=required
    )


def _choice(name: str, zh: str, members: type[Any], example: str, required: bool = True) -> Column:
    read = cells.one_of(members)
    allowed = " | ".join(member.value for member in members)
    return Column(name, zh, allowed, example, read if required else optional(read), required)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "places",
            Place,
            (
                _ID,
                Column("name", "名称", "name / 地名", "温州市", required=True),
                Column("name_en", "英文名称", "name in English / 英文名", "Wenzhou"),
                _choice("level", "级别", PlaceLevel, "city"),
                Column("parent", "上级", "id of the place it lies in / 上级地", "", optional(cells.text)),
                Column("country", "国家", "ISO 3166-1 alpha-2 / 国家代码", "CN"),
                Column("latitude", "纬度", "degrees / 度", "27.99", optional(cells.number)),
                Column("longitude", "经度", "degrees / 度", "120.70", optional(cells.number)),
            ),
            "Places in their hierarchy / 地点",
        ),
        Table(
            "industries",
            Industry,
            (
                _ID,
                Column("name", "名称", "name / 行业名", "泵、阀门制造", required=True),
                Column("name_en", "英文名称", "name in English / 英文名", ""),
                Column("parent", "上级", "id of the wider industry / 上级行业", "", optional(cells.text)),
            ),
            "Industries in their hierarchy / 行业",
        ),
        Table(
            "organizations",
            Organization,
            (
                _ID,
                Column("name", "企业名称", "full name / 全称", "示例阀门有限公司", required=True),
                Column("name_en", "英文名称", "name in English / 英文名", "Sample Valve Co., Ltd."),
                _choice("kind", "类型", Kind, "firm"),
                _choice("size", "规模", Size, "small", required=False),
                _choice("tier", "梯度", Tier, "specialised", required=False),
                Column("place", "所在地", "id of a place / 地点编号", "gbt2260:330300", optional(cells.text)),
                Column("industry", "行业", "id of an industry / 行业编号", "gbt4754:344", optional(cells.text)),
                Column("country", "国家", "ISO 3166-1 alpha-2 / 国家代码", "CN"),
                _STAGES,
                Column("credit_code", "统一社会信用代码", "18 characters / 18位", ""),
                Column("vat", "增值税号", "with its country / 含国别", ""),
                Column("website", "网址", "address / 网址", "https://example.com"),
                Column("contact", "联系方式", "shown only after both agreed / 双方同意后才公开", "a@example.com"),
                Column("capacity", "可接洽数", "introductions it can take on / 可承接引荐数", "3", optional(cells.whole)),
                Column("listed", "可被推荐", "false: opted out / 否：不参与推荐", "true", cells.flag),
                Column("founded", "成立日期", "day / 日期", "2012-06-01", optional(cells.day)),
                Column("description", "简介", "what it does, in Chinese / 中文简介", "专业生产不锈钢球阀。"),
                Column("description_en", "英文简介", "what it does, in English / 英文简介", ""),
                _SOURCE,
            ),
            "Firms, universities, institutes, platforms / 机构",
        ),
        Table(
            "clusters",
            Cluster,
            (
                _ID,
                Column("name", "名称", "name / 集群名称", "示例阀门产业集群", required=True),
                Column("name_en", "英文名称", "name in English / 英文名", ""),
                Column("place", "所在地", "id of a place / 地点编号", "gbt2260:330300", optional(cells.text)),
                Column("industry", "主导产业", "id of an industry / 行业编号", "gbt4754:344", optional(cells.text)),
                Column("level", "级别", "who recognised it / 认定级别", "national"),
                Column("batch", "批次年份", "year it was recognised / 认定年份", "2023", optional(cells.whole)),
                _SOURCE,
            ),
            "Recognised clusters / 产业集群",
        ),
        Table(
            "memberships",
            Membership,
            (
                Column("cluster", "集群", "id of the cluster / 集群编号", "my:c-1", required=True),
                _ORGANIZATION,
                _SINCE,
                _UNTIL,
            ),
            "Who belongs to which cluster, and when / 集群成员",
            ("cluster", "organization"),
        ),
        Table(
            "offers",
            Offer,
            (
                _ID,
                _ORGANIZATION,
                _choice("kind", "类型", OfferKind, "product"),
                _text(),
                _LANGUAGE,
                Column("terms", "条件", "free | discounted | market", "market", cells.one_of(Terms)),
                Column("slots", "名额", "how many can take it up / 名额", "", optional(cells.whole)),
                _STAGES,
                _DATE,
                Column("active", "有效", "false: withdrawn / 否：已撤回", "true", cells.flag),
            ),
            "What an organisation can give / 供给",
        ),
        Table(
            "needs",
            Need,
            (
                _ID,
                _ORGANIZATION,
                _choice("goal", "目标", GoalName, "supplier"),
                _text(),
                _LANGUAGE,
                Column("quantity", "数量", "in words / 数量", "500 件/月"),
                Column("budget", "预算", "amount / 金额", "", optional(cells.number)),
                Column("currency", "币种", "ISO 4217 / 币种", "CNY"),
                Column("deadline", "截止", "day / 截止日期", "2027-01-31", optional(cells.day)),
                _STAGES,
                _DATE,
                Column("state", "状态", "open | matched | closed | expired", "open", cells.one_of(NeedState)),
            ),
            "What an organisation looks for / 需求",
        ),
        Table(
            "engagements",
            Engagement,
            (
                _ID,
                _choice("kind", "类型", EngagementKind, "contract"),
                Column("title", "标题", "title / 标题", "球阀年度供货"),
                _text(required=False),
                _LANGUAGE,
                Column("date", "日期", "first day / 开始日期", "2023-02-01", optional(cells.day)),
                _UNTIL,
                Column("programme", "计划", "funding programme / 资助计划", ""),
                Column("topic", "主题", "topic / 主题", ""),
                Column("amount", "金额", "amount / 金额", "", optional(cells.number)),
                Column("currency", "币种", "ISO 4217 / 币种", "CNY"),
            ),
            "Joint undertakings; their participants are a table of their own / 合作事项",
        ),
        Table(
            "participants",
            Participant,
            (
                Column("engagement", "合作事项", "id of the engagement / 合作事项编号", "my:e-1", required=True),
                _ORGANIZATION,
                _choice("role", "角色", Role, "supplier"),
                Column("amount", "金额", "its part / 其份额", "", optional(cells.number)),
            ),
            "Who took part in an engagement, in which role / 参与方",
            ("engagement", "organization", "role"),
        ),
        Table(
            "ties",
            Tie,
            (
                _ID,
                Column("source", "起点", "id of an organisation / 机构编号", "my:f-001", required=True),
                Column("target", "终点", "id of an organisation / 机构编号", "my:f-002", required=True),
                _choice("layer", "关系", Layer, "SUPPLIES"),
                _SINCE,
                _UNTIL,
                Column("note", "备注", "in words / 备注", ""),
            ),
            "Dated relations between two organisations / 关系",
        ),
        Table(
            "observations",
            Observation,
            (
                _ID,
                Column("subject", "对象", "id of an organisation or cluster / 机构或集群编号", "my:f-001", required=True),
                Column("indicator", "指标", "name of the figure / 指标名", "rd_intensity", required=True),
                Column("year", "年份", "year / 年份", "2025", cells.whole, required=True),
                Column("value", "数值", "number / 数值", "3.2", cells.number, required=True),
                Column("unit", "单位", "unit / 单位", "%"),
                _SOURCE,
            ),
            "Dated figures reported by an organisation or cluster / 观测值",
        ),
    )
}  # fmt: skip
