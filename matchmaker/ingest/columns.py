# ruff: noqa: E501 -- one column a line, as a table is read
"""The columns of our own tables: data, from which reading and templates follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from matchmaker import domain
from matchmaker.ingest import cells, title_words
from matchmaker.ingest.cells import conditions, names, several
from matchmaker.ingest.certificates import certificate_kind
from matchmaker.ingest.codes import code
from matchmaker.ingest.countries import country
from matchmaker.ingest.currencies import currency_code
from matchmaker.ingest.dates import last_date, partial_date, past_date, year
from matchmaker.ingest.formats import CellReader
from matchmaker.ingest.need_kinds import need_kinds
from matchmaker.ingest.need_sides import sides
from matchmaker.ingest.numbers import amount, budget, figure, latitude, longitude, whole
from matchmaker.ingest.statuses import STATUS_WORDS
from matchmaker.ingest.word_lists import WORDS
from matchmaker.ingest.words import consent, flag, kind, one_of, tier
from matchmaker.messages import FIELD, Message, in_context, languages

# Context of what columns mean.
MEANING = "column"


@dataclass(frozen=True)
class Column:
    """One column: its name, what it means, how a cell is read; `context` is that of its title.

    `also` is what people call it besides, `parts` what they call columns that are together what
    it is (province, city, county), where none is called as the whole; both parted by bars.
    With `joined_by` several columns of a file may be it: their cells are joined so. With `by_year`
    they may, too, where their titles name different years.
    """

    name: str
    explanation: str
    example: str = ""
    read: CellReader = cells.text
    required: bool = False
    context: str = FIELD
    also: str = ""
    parts: str = ""
    joined_by: str = ""
    by_year: bool = False

    @property
    def title(self) -> Message:
        """The title of the column; in English that is its name."""
        return in_context(self.context, self.name)

    @property
    def meaning(self) -> Message:
        """The explanation."""
        return in_context(MEANING, self.explanation)


@dataclass(frozen=True)
class TableFormat:
    """One importable table. `model` is the domain class that a line becomes."""

    name: str
    model: type
    explanation: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("id",)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    @property
    def told_by_rows(self) -> tuple[str, ...]:
        """Required columns that rows can do without: ids are made, kinds told by names."""
        if self.name == "organizations":
            return ("kind",)
        made = ("clusters", "certificates", "offers", "needs", "ties", "observations")
        return ("id",) if self.name in made else ()

    @property
    def title(self) -> Message:
        """The title of the table: what it holds."""
        return Message(self.explanation)

    @property
    def headers(self) -> dict[str, str]:
        """Titles that may head a column, in every language, to the column's name."""
        return {
            column.title.text(language): column.name
            for language in reversed(languages())
            for column in self.columns
        }


def table_name(name: str) -> Message:
    """Name for the rows of a table; also of those that no file holds."""
    return in_context("table", name)


_QUALIFICATIONS = "|".join(
    title
    for names in title_words.QUALIFICATIONS
    for word in names.split("|")
    for title in title_words.with_endings(word)
)
# Titles over a yes or no.
_TIERS = "|".join(
    word
    for words in WORDS[domain.Tier].values()
    for word in words.split("|")
    if " " in word or not word.isascii()
)
STAGES = several(one_of(domain.Stage))
_ID = Column("id", "source:key, unique", "my:f-001", required=True)
_SOURCE = Column("source", "where the row comes from")
_ORGANIZATION = Column(
    "organization",
    "id of the organisation",
    "my:f-001",
    required=True,
    also=title_words.ORGANIZATION,
)
_LANGUAGE = Column("language", "zh or en; empty: recognised", "zh")
_STAGES = Column("stages", "idea … after_sales, parted by ;", "making", STAGES)
_SINCE = Column("since", "first day", "2021-03-01", partial_date, also=title_words.SINCE)
_UNTIL = Column("until", "last day, empty: still", "", last_date, also=title_words.UNTIL)
_DATE = Column(
    "date", "day it was posted or began", "2024-05-06", partial_date, also=title_words.DATE
)


def _text(required: bool = True) -> Column:
    return Column(
        "text",
        "in one's own words",
        "DN50 不锈钢球阀阀体铸件",
        required=required,
        also=title_words.TEXT,
    )


def _choice(
    name: str,
    members: type[Any],
    example: str,
    required: bool = True,
    read: CellReader | None = None,
    also: str = "",
    joined_by: str = "",
) -> Column:
    allowed = " | ".join(member.value for member in members)
    read = read or one_of(members)
    return Column(name, allowed, example, read, required, also=also, joined_by=joined_by)


TABLES: dict[str, TableFormat] = {
    table.name: table
    for table in (
        TableFormat("places", domain.Place, "Places in their hierarchy", (
            _ID,
            Column("name", "name", "温州市", required=True),
            Column("name_en", "name in English", "Wenzhou"),
            _choice("level", domain.PlaceLevel, "city"),
            Column("parent", "id of the place it lies in", "", cells.text),
            Column("country", "ISO 3166-1 alpha-2", "CN", country),
            Column("latitude", "degrees", "27.99", latitude),
            Column("longitude", "degrees", "120.70", longitude),
        )),
        TableFormat("industries", domain.Industry, "Industries in their hierarchy", (
            _ID,
            Column("name", "name", "泵、阀门制造", required=True),
            Column("name_en", "name in English"),
            Column("parent", "id of the wider industry", "", cells.text),
        )),
        TableFormat("organizations", domain.Organization, "Firms, universities, institutes, platforms", (
            Column("id", "source:key, unique; empty: made from source, code and name", "my:f-001", also=title_words.ID),
            Column("name", "full name", "示例阀门有限公司", required=True, context="organizations", also=title_words.NAME),
            Column("name_en", "name in English", "Sample Valve Co., Ltd.", also=title_words.NAME_EN),
            Column("other_names", "short names, acronyms and former names, parted by ;", "示例阀门", also=title_words.OTHER_NAMES, joined_by="; "),
            _choice("kind", domain.Kind, "firm", read=kind, also=title_words.KIND),
            _choice("size", domain.Size, "small", required=False, also=title_words.SIZE),
            _choice("tier", domain.Tier, "specialised", required=False, read=tier, also=f"{title_words.TIER}|{_TIERS}", joined_by="、"),
            Column("place", "id of a place", "gbt2260:330300", also=title_words.PLACE, parts=title_words.PLACE_PARTS, joined_by=", "),
            Column("industry", "id of an industry", "gbt4754:344", also=title_words.INDUSTRY),
            Column("country", "ISO 3166-1 alpha-2", "CN", country, also=title_words.COUNTRY),
            replace(_STAGES, also=title_words.STAGES),
            Column("credit_code", "18 characters", "", code("credit_code"), also=title_words.CREDIT_CODE),
            Column("vat", "with its country", "", code("vat"), also=title_words.VAT),
            Column("lei", "legal entity identifier, 20 characters", "", code("lei"), also="lei code|lei编码|法人识别编码|legal entity identifier"),
            Column("ror", "identifier in the Research Organization Registry", "", code("ror"), also="ror id|ror_id|ror标识"),
            Column("website", "address", "https://example.com", cells.web_address, also=title_words.WEBSITE),
            Column("street_address", "where it is, finer than the place", "电器城大道 88 号", parts=title_words.ADDRESS),
            Column("contact", "shown only after both agreed", "a@example.com", also=title_words.CONTACT, joined_by=", "),
            Column("capacity", "introductions it can take on", "3", whole, context="organizations", also="可接洽数|可同时对接数"),
            Column("listed", "false: opted out", "true", consent, also=title_words.LISTED),
            Column("founded", "day", "2012-06-01", past_date, also=title_words.FOUNDED),
            Column("headcount", "people it employs now", "120", whole, also=title_words.HEADCOUNT, by_year=True),
            Column("revenue", "revenue of a year, with its currency", "1200万元", amount, also=title_words.REVENUE, by_year=True),
            Column("output", "value of what it made in a year, with its currency", "1500万元", amount, also=title_words.OUTPUT, by_year=True),
            Column("registered_capital", "with its currency", "500万元", amount, also=title_words.REGISTERED_CAPITAL, by_year=True),
            Column("rd_expenditure", "spent on research and development in a year, with its currency", "80万元", amount, also=title_words.RD_EXPENDITURE, by_year=True),
            Column("patents", "how many it holds", "12", whole, also=title_words.PATENTS, by_year=True),
            Column("status", "active | in_liquidation | dissolved", "active", one_of(domain.OrganizationStatus, STATUS_WORDS), also=title_words.STATUS),
            Column("ended", "day it was dissolved", "", past_date, also="注销日期|吊销日期|注销时间|解散日期|dissolved on|end date|closed on"),
            Column("successor", "id of the organisation that took its place"),
            Column("description", "what it does, in Chinese", "专业生产不锈钢球阀。", also=title_words.DESCRIPTION, joined_by="; "),
            Column("description_en", "what it does, in English", also=title_words.DESCRIPTION_EN, joined_by="; "),
            Column("certificates", "certificates, accreditations and recognitions, parted by ;", "ISO 9001; CNAS", also=f"{title_words.CERTIFICATES}|{_QUALIFICATIONS}", joined_by="; "),
            Column("member_since", "day it joined the cluster that the list is imported for", "2019-05", partial_date, also=title_words.MEMBER_SINCE),
            Column("member_until", "last day of its membership, empty: still", "", last_date, also=title_words.MEMBER_UNTIL),
            Column("worked_out", "fields that nobody stated: worked out or by default, parted by ;", "", names),
            Column("need", "what it looks for of suppliers: becomes a need", also=title_words.NEED, joined_by="; "),
            Column("seeks_or_offers", "of a table of both, whether the line seeks or offers", "需", sides, also=title_words.SEEKS_OR_OFFERS),
            Column("need_kind", "what kind of need it is", "采购", need_kinds, also=title_words.NEED_KIND),
            Column("need_quantity", "how much of it, in words", also=title_words.NEED_QUANTITY),
            Column("need_budget", "what it may cost", "", budget, also=title_words.NEED_BUDGET),
            Column("need_deadline", "until when it is needed", "", last_date, also=title_words.NEED_DEADLINE),
            Column("need_state", "open | matched | closed | expired", "open", one_of(domain.NeedState), also=title_words.NEED_STATE),
            Column("offer", "what others may use or have done by it: becomes offers", also=title_words.LENT, joined_by="; "),
            Column("suppliers", "who supplies it, by name, parted by ;: relations with those who are known", also=title_words.SUPPLIERS, joined_by="; "),
            Column("customers", "whom it supplies, likewise", also=title_words.CUSTOMERS, joined_by="; "),
            Column("partners", "whom it works together with, likewise", context="organizations", also=title_words.PARTNERS, joined_by="; "),
            Column("competitors", "whom it competes with, likewise", also=title_words.COMPETITORS, joined_by="; "),
            _SOURCE,
        )),
        TableFormat("clusters", domain.Cluster, "Recognised clusters", (
            _ID,
            Column("name", "name", "示例阀门产业集群", required=True),
            Column("name_en", "name in English"),
            Column("place", "id of a place", "gbt2260:330300", cells.text),
            Column("industry", "id of an industry", "gbt4754:344", cells.text, context="clusters"),
            Column("level", "who recognised it", "national"),
            Column("batch", "year it was recognised", "2023", year),
            _SOURCE,
        )),
        TableFormat("memberships", domain.Membership, "Who belongs to which cluster, and when", (
            Column("cluster", "id of the cluster", "my:c-1", required=True),
            _ORGANIZATION,
            _SINCE,
            _UNTIL,
        ), ("cluster", "organization")),
        TableFormat("certificates", domain.Certificate, "Certificates and qualifications that organisations hold", (
            _ID,
            _ORGANIZATION,
            Column("kind", "what it is known as", "IATF 16949", certificate_kind, required=True, context="certificates", also=title_words.CERTIFICATE_KIND),
            Column("number", "its number", "IATF 0123456", context="certificates", also=title_words.CERTIFICATE_NUMBER),
            Column("issuer", "who issued it", "TÜV SÜD", also=title_words.ISSUER),
            Column("since", "first day", "2024-03-01", partial_date, also=title_words.ISSUED),
            Column("until", "last day, empty: no end", "2027-03-31", last_date, also=title_words.VALID_UNTIL),
            Column("proof", "name or address of the file that shows it", "https://example.com/iatf.pdf", also="证明材料|证明文件|证书附件|附件|扫描件|evidence|file|attachment|link"),
            _choice("claim", domain.ClaimTier, "stated", required=False, also="核实情况|可信度|核验|核验情况|confirmation|confirmed by"),
            Column("confirmed_on", "day it was confirmed", "", past_date, also="核实日期|核验日期|confirmed on"),
            Column("taken_back_on", "day its confirmation was taken back", "", past_date, also="撤回日期|核实撤回日期|确认撤回日期|confirmation taken back on"),
            _SOURCE,
        )),
        TableFormat("offers", domain.Offer, "What an organisation can give", (
            _ID,
            _ORGANIZATION,
            _choice("kind", domain.OfferKind, "product"),
            _text(),
            _LANGUAGE,
            Column("terms", "free | discounted | market", "market", one_of(domain.Terms)),
            Column("slots", "how many can take it up", "", whole),
            _STAGES,
            _DATE,
            Column("active", "false: withdrawn", "true", flag),
            Column("for_tiers", "of a programme: recognised as one of these, parted by ;", "specialised", several(one_of(domain.Tier)), also="资质要求|认定要求"),
            Column("for_certificates", "of a programme: or holding one of these, parted by ;", "高新技术企业", names),
            Column("for_sizes", "of a programme: of one of these sizes, parted by ;", "small", several(one_of(domain.Size)), also="企业规模要求"),
            Column("for_places", "of a programme: ids of places that it is for, parted by ;", "gbt2260:330300", names),
            Column("for_industries", "of a programme: ids of industries that it is for, parted by ;", "gbt4754:344", names),
            Column("min_years", "of a programme: founded at least so many years ago", "1", whole),
            Column("max_years", "of a programme: founded at most so many years ago", "", whole),
            Column("further_conditions", "of a programme: conditions in words that the reader checks, parted by ;", "有研发机构", conditions),
            Column("opens", "of a programme: first day", "", last_date),
            Column("deadline", "of a programme: last day", "2027-01-31", last_date),
            Column("amount", "of a programme: what is given, in words", "最高 50 万元", context="programmes"),
            Column("url", "of a programme: where it is announced", "https://example.com"),
        )),
        TableFormat("needs", domain.Need, "What an organisation looks for", (
            _ID,
            _ORGANIZATION,
            _choice("goal", domain.GoalName, "supplier", also="目标"),
            _text(),
            _LANGUAGE,
            Column("quantity", "how many, in words", "500 件/月"),
            Column("budget", "amount", "", amount, also=title_words.AMOUNT),
            Column("currency", "ISO 4217", "CNY", currency_code, also=title_words.CURRENCY),
            Column("deadline", "last day", "2027-01-31", last_date),
            _STAGES,
            _DATE,
            Column("state", "open | matched | closed | expired", "open", one_of(domain.NeedState)),
        )),
        TableFormat("engagements", domain.Engagement, "Joint undertakings; their participants are a table of their own", (
            _ID,
            _choice("kind", domain.EngagementKind, "contract"),
            Column("title", "title", "球阀年度供货"),
            _text(required=False),
            _LANGUAGE,
            Column("date", "first day", "2023-02-01", partial_date),
            _UNTIL,
            Column("programme", "funding programme", also="计划"),
            Column("topic", "topic"),
            Column("amount", "amount", "", amount, also=title_words.AMOUNT),
            Column("currency", "ISO 4217", "CNY", currency_code, also=title_words.CURRENCY),
            Column("number", "number of the order, contract or project", context="engagements"),
            Column("ended", "true: it holds no more, and speaks for nobody", read=flag, context="engagements"),
        )),
        TableFormat("participants", domain.Participant, "Who took part in an engagement, in which role", (
            Column("engagement", "id of the engagement", "my:e-1", required=True),
            _ORGANIZATION,
            _choice("role", domain.Role, "supplier"),
            Column("amount", "its part", "", amount, also=title_words.AMOUNT),
        ), ("engagement", "organization", "role")),
        TableFormat("ties", domain.Tie, "Dated relations between two organisations", (
            _ID,
            Column("source", "id of an organisation", "my:f-001", required=True, context="ties"),
            Column("target", "id of an organisation", "my:f-002", required=True),
            _choice("layer", domain.Layer, "SUPPLIES", also="关系|层"),
            _SINCE,
            _UNTIL,
            Column("note", "in words"),
        )),
        TableFormat("observations", domain.Observation, "Dated figures reported by an organisation or cluster", (
            _ID,
            Column("subject", "id of an organisation or cluster", "my:f-001", required=True),
            Column("indicator", "name of the figure", "rd_intensity", required=True),
            Column("year", "year", "2025", year, required=True),
            Column("value", "number", "3.2", figure, required=True),
            Column("unit", "unit", "%"),
            _SOURCE,
        )),
    )
}  # fmt: skip
