"""A list of what an organisation itself offers: each line a product, service, technology, machine.

The list is of one organisation, whoever else has a name for it; a line of somebody else is
refused. What a line says of a thing becomes its text, which others read and are matched by.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matchmaker.domain import MAX_TEXT, Kind, Offer, OfferKind, Organization, Provenance, SourceTier
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import is_nothing, read_cell
from matchmaker.ingest.consortia import is_organization_name
from matchmaker.ingest.facts import digest
from matchmaker.ingest.legal_forms import split_form
from matchmaker.ingest.list_formats import (
    CERTIFICATIONS,
    NAMES_EQUIPMENT,
    OFFERINGS,
    OWN_LISTS,
    TOLD_BARE,
)
from matchmaker.ingest.list_guess import named_above, named_by_file
from matchmaker.ingest.names import name_key
from matchmaker.ingest.patent_status import has_lapsed_by
from matchmaker.ingest.report import Problem
from matchmaker.ingest.sheet_names import sheet_of
from matchmaker.ingest.suggestions import expected_titles, recognised
from matchmaker.ingest.table_file import Line, TableFile
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.title_keys import title_keys
from matchmaker.ingest.titles import unread_notes
from matchmaker.messages import Message, in_context, message
from matchmaker.provenance import LISTED
from matchmaker.regex import regex
from matchmaker.text import language_of, normal

# A figure, or a range of figures, which takes the unit that its title gives: 流量(m³/h) 12.5.
_FIGURE = regex(r"[-+±≤≥<>~～φΦø∅]?\s*\d[\d.,]*(?:\s*[-–—~～至x×*/]\s*[-+φΦø∅]?\d[\d.,]*)*")
_TITLE_WITH_UNIT = regex(r"(.+?)\s*[(（\[【]\s*([^()（）\[\]【】]{1,12})\s*[)）\]】]\s*")
# What in a title says what kind of thing the list holds.
_KINDS: tuple[tuple[OfferKind, tuple[str, ...]], ...] = (
    (OfferKind.EQUIPMENT, (*NAMES_EQUIPMENT, "设备", "仪器", "equipment", "instrument", "machine")),
    (OfferKind.TECHNOLOGY, ("成果", "技术名称", "推广技术", "专利", "发明", "技术清单", "technolog",
                            "research result", "innovation", "patent", "invention")),
    (OfferKind.SERVICE, ("服务", "检测项目", "试验项目", "加工项目", "service", "leistung",
                         "servicio")),
    (OfferKind.PRODUCT, ("产品", "商品", "货品", "product", "produ", "item", "article", "goods")),
)  # fmt: skip
# A part of an organisation, or who works in it: no other organisation is called so.
_PART = regex(
    r".*(?:系|部|处|科|室|车间|班组|课题组|团队|分厂|事业部|产线|项目组)"
    r"|(?:the )?(?:[\w&, -]+ )?(?:department|dept\.?|team|group|workshop|division|unit)(?: of .*)?"
)
_PART_OF_UNIVERSITY = regex(
    r"(?!.*(?:职业|师范|技术学院)).{1,12}(?:学院|书院|学部)"
    r"|(?:the )?(?:faculty|school|laboratory|lab|chair)\b.*"
    r"|.*\b(?:lab|laboratory|chair|faculty|school)"
)
# What stands behind the whole name of who has parts of any kind.
_BEHIND = regex(
    r".*(?:学院|中心|平台|系|部|处|室|所|院|车间|团队|课题组|厂|lab|laboratory|department)"
)
# A works named before a part is another one, but for one's own: 某阀门厂质检科, not 铸造分厂质检科.
_OF_OTHERS = regex(
    r"公司|集团|大学|研究院|研究所|协会|商会|医院|\b(?:ltd|gmbh|inc|co|llc|universit\w*)\b"
    r"|[^分本我总各一二三四五六七八九十东西南北新老]厂(?!房|区|务|长|办|内)."
)
# Whose it is within a university, in whatever letters: Faculty, 学院.
_DEPARTMENT = regex(r"学院|院系|系别|部门|\b(?:faculty|department|dept|school|division|unit)\b")
# Of rights: how they stand, and that somebody has them for himself alone.
_OF_RIGHT = regex(
    r"知识产权|成熟度|状态|阶段|许可|转让|\b(?:ip|ipr|patent) (?:status|position)|\blicen[cs]",
    re.IGNORECASE,
)
_GIVEN_AWAY = regex(
    r"\b(?:licen[cs]ed exclusively|exclusively licen[cs]ed|assigned) to\b"
    r"|\bexclusive.{0,3}\(?taken\b"
    r"|已(?:独占|排他|独家)许可|已(?:转让|出让|售出)",
    re.IGNORECASE,
)
_BETWEEN_OWNERS = regex(r"\s*[;；、|\n]\s*")
_SCHOOL = "学院"
_UNIVERSITIES = frozenset({Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE})
_WORD = regex(r"\w+")
_SHORTEST_NAME = 3
# Of one's own things nobody has a list with more lines: who is behind it waits for each of them.
MAX_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Offering:
    """A line of such a list: what is offered, in which words, and on which line.

    `name` is what it is called, with its type or article number; `number` is that of its model,
    article or patent, by which it is known again whatever it is called. `sheet` is that of its
    line where several are read together.
    """

    line: int
    kind: OfferKind
    name: str
    text: str
    number: str = ""
    sheet: str = ""

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands: of several sheets in which, and on which line."""
        return self.sheet, self.line

    @property
    def head(self) -> str:
        """What tells it from others of its kind, whatever else is said of it."""
        return digest(self.kind.value, plain(self.name))

    def to_offer(self, organization: str, day: datetime.date) -> Offer:
        """As the graph keeps it; what the file is called may tell of somebody, and is not kept."""
        return Offer(
            f"{LISTED}:{self.head}-{digest(organization, plain(self.text))}",
            organization, self.kind, self.text, language_of(self.text), date=day,
            provenance=Provenance(LISTED, "", SourceTier.SELF, day),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfferingList:
    """The offerings of a file; of `read` lines each other one is told of in `problems`."""

    offerings: tuple[Offering, ...]
    problems: tuple[Problem, ...]
    read: int

    @property
    def names_organizations(self) -> bool:
        """Tell whether most of it is called as firms are: then nothing of it is offered."""
        firms = sum(_has_form(each.name) for each in self.offerings)
        return firms > 1 and 2 * firms > len(self.offerings)


def too_many_lines() -> InvalidInput:
    """The refusal of a list that is longer than anybody's own can be."""
    return InvalidInput(
        "has more than %(most)s lines.",
        where="file",
        mend="Leave out what is not offered.",
        most=MAX_LINES,
    )


def plain(text: str) -> str:
    """A text as it is compared: letters and figures alone."""
    return "".join(sign for sign in normal(text) if sign.isalnum())


def read_offerings(table: TableFile, options: TableOptions, owner: Organization) -> OfferingList:
    """The offerings of an open table under the columns that a person chose, all of `owner`."""
    reading = _Reading(table, options, owner)
    reading.read()
    return OfferingList(tuple(reading.offerings), tuple(reading.problems), reading.lines)


def guessed_kind(table: TableFile, mapping: Mapping[str, str]) -> OfferKind:
    """What a list holds by the title of its names, else by what stands above and its own name."""
    if "number" in mapping.values():  # of patents
        return OfferKind.TECHNOLOGY
    naming = [title for title, name in mapping.items() if name == "name"]
    for texts in (naming, (*table.above, table.sheet, table.path.stem), table.header):
        for kind, words in _KINDS:
            if any(word in normal(text) for text in texts for word in words):
                return kind
    return OfferKind.PRODUCT


def titled(text: str) -> str:
    """Lines that are nothing but names, one below the other, with the title that a table has."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if "\t" in text or not lines or any(sign in lines[0] for sign in ",;|，；"):
        return text
    if normal(lines[0]) in expected_titles(OFFERINGS):
        return text
    quoted = (f'"{line.replace(chr(34), chr(34) * 2)}"' for line in ("name", *lines))
    return "\n".join(quoted)


def is_of(owner: Organization, name: str) -> bool:
    """Tell whether a name is one of the organisation's: in full, without its form, or a part's."""
    known = [each for each in (owner.name, owner.name_en, *owner.other_names) if each]
    if name == owner.id:
        return True
    if name_key(name) in map(name_key, known):
        return True
    short = _without_form(name)
    longs = [_without_form(each) for each in known]
    longs += [each.removesuffix("集团") for each in longs if short == plain(name)]
    if len(short) >= _SHORTEST_NAME and any(each.endswith(short) for each in longs):
        return True
    whole = plain(name)
    if any(whole.startswith(plain(each)) and _BEHIND.fullmatch(whole) for each in known):
        return True
    is_university = owner.kind in _UNIVERSITIES
    if _OF_OTHERS.search(normal(name)) or (_SCHOOL in name and not is_university):
        return False
    return bool(
        _PART.fullmatch(normal(name))
        or (is_university and _PART_OF_UNIVERSITY.fullmatch(normal(name)))
    )


def _has_form(name: str) -> bool:
    return bool(split_form(_WORD.findall(normal(name)))[1])


def _without_form(name: str) -> str:
    return "".join(split_form(_WORD.findall(normal(name)))[0])


@dataclass
class _Reading:
    table: TableFile
    options: TableOptions
    owner: Organization
    offerings: list[Offering] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lines: int = 0
    # The last line with a name, and that.
    last: tuple[int, list[str]] = (0, [])
    seen: dict[tuple[OfferKind, str, str], int] = field(default_factory=dict)
    # How far each column that is not read has counted the lines, as long as it does.
    counted: dict[str, int] = field(default_factory=dict)

    def read(self) -> None:
        self.problems += self.table.notes
        self._note_whose()
        unread = [t for t in self.table.header if t and not self.options.mapping.get(t)]
        self.counted = dict.fromkeys(unread, 0)
        self._notes(unread_notes(OFFERINGS, unread))
        for line in self.table.lines():
            self.lines += 1
            if self.lines > MAX_LINES:
                raise too_many_lines()
            before = len(self.problems)
            offering = self._offering(line)
            told = self.problems[before:]
            if offering is None or any(each.severity == "error" for each in told):
                continue
            key = offering.kind, plain(offering.name), plain(offering.text)
            if (same := self.seen.setdefault(key, line.number)) != line.number:
                del self.problems[before:]
                self._tell(line, "", message("is the same as line %(line)s.", line=same), "passed")
                continue
            self.offerings.append(offering)

    def _notes(self, notes: Iterator[tuple[str, Message]]) -> None:
        self.problems += (Problem(self.table.name, 0, title, why, "note") for title, why in notes)

    def _note_whose(self) -> None:
        """Above the titles or in the file's name somebody else may be named."""
        named = named_above(self.table.above) or named_by_file(self.table.path.stem)
        if named and not is_of(self.owner, named):
            reason = message(
                "It is called a list of %(name)s, which is another organisation than yours: make "
                "sure that it is your own.",
                name=named,
            )
            self.problems.append(Problem(self.table.name, 0, "", reason, "note"))

    def _tell(self, line: Line, column: str, reason: Message, severity: str = "error") -> None:
        is_lost = severity == "warning"
        self.problems.append(
            Problem(self.table.name, line.number, column, reason, severity, is_lost)  # type: ignore[arg-type]
        )

    def _offering(self, line: Line) -> Offering | None:
        if line.passed_over is not None:
            self._tell(line, "", line.passed_over, "passed")
            return None
        if self._is_apart(line):
            reason = message("has no number as those above it, and one cell alone: it is a note.")
            self._tell(line, "", reason, "passed")
            return None
        edits = self.options.edits.get(line.number, {})
        mapping = self.options.mapping
        for problem in line.problems:
            if problem.column not in edits and (problem.severity == "error" or
                                                mapping.get(problem.column)):  # fmt: skip
                self._tell(line, problem.column, problem.reason, problem.severity)
        if line.is_unreadable:
            return None
        cells = {**line.cells, **edits}
        written = {
            column: [
                (title, cell)
                for title, name in mapping.items()
                if name == column and (cell := cells.get(title, "")) and not is_nothing(cell)
            ]
            for column in OWN_LISTS[OFFERINGS].names
        }
        if not any(written[each] for each in ("name", "model", "number", "specification")):
            if any(cell and not is_nothing(cell) for cell in line.cells.values()):
                self._tell(line, "name", message("is empty."))
            else:
                self._tell(line, "", message("is empty."), "passed")
            return None
        return self._read(line, written)

    def _is_apart(self, line: Line) -> bool:
        """Tell whether a line is no thing below numbered ones: "Prices exclude packing."."""
        counts = any(count > 1 and not line.cells.get(t) for t, count in self.counted.items())
        for title, count in list(self.counted.items()):
            if (cell := line.cells.get(title, "").removesuffix(".0")) == str(count + 1):
                self.counted[title] += 1
            elif cell:
                del self.counted[title]
        return counts and sum(map(bool, line.cells.values())) == 1

    def _read(
        self, line: Line, written: Mapping[str, Sequence[tuple[str, str]]]
    ) -> Offering | None:
        for title, cell in written["owner"]:
            if _DEPARTMENT.search(normal(title)) and not is_organization_name(cell):
                continue  # Faculty: EEE
            # A patent may be held together.
            if not any(is_of(self.owner, each) for each in (cell, *_BETWEEN_OWNERS.split(cell))):
                reason = message(
                    "names %(name)s, not your own organisation: a list of your own is of what you "
                    "have yourselves.",
                    name=cell[:100],
                )
                self._tell(line, "owner", reason)
                return None
        if self._flag(line, "open", written) is False:
            self._tell(line, "open", message("is not open to others."), "passed")
            return None
        if self._flag(line, "discontinued", written):
            self._tell(line, "discontinued", message("is not offered any more."), "passed")
            return None
        rights = [cell for title, cell in written["specification"] if _OF_RIGHT.search(title)]
        standing = [cell for _, cell in written["status"]] + rights
        if any(map(_GIVEN_AWAY.search, standing)):
            self._tell(line, "discontinued", message("is not offered any more."), "passed")
            return None
        if any(map(has_lapsed_by, standing)):
            self._tell(
                line, "status", message("has lapsed: whoever wants it may use it."), "passed"
            )
            return None
        names = [cell for _, cell in written["name"]] or self._name_above(line)
        models = [cell for _, cell in written["model"]]
        name = " ".join(dict.fromkeys((*names, *models)))
        if not name:
            self._tell(line, "name", message("is empty."))
            return None
        self.last = (line.number, names)
        said = [_said(*each) for each in (*written["number"], *written["specification"])]
        text = ", ".join(dict.fromkeys((name, *said)))
        if len(text) > MAX_TEXT:
            cut = message(
                "has %(length)s characters: the first %(limit)s are kept.",
                length=len(text), limit=MAX_TEXT,
            )  # fmt: skip
            self.problems.append(
                Problem(self.table.name, line.number, "specification", cut, "warning")
            )
        number = next((cell for _, cell in written["number"]), "") or " ".join(models)
        kind = self._kind(line, written["kind"])
        sheet = sheet_of(self.table.name)
        return Offering(line.number, kind, name, text[:MAX_TEXT], number, sheet)

    def _name_above(self, line: Line) -> list[str]:
        """The name that a line shares with the one above it, as people leave the second empty."""
        number, names = self.last
        if number != line.number - 1 or not names or "name" not in self.options.mapping.values():
            return []
        reason = message("is empty: that of the line above is taken, %(name)s.", name=names[0])
        self.problems.append(Problem(self.table.name, line.number, "name", reason, "warning"))
        return names

    def _flag(
        self, line: Line, column: str, written: Mapping[str, Sequence[tuple[str, str]]]
    ) -> object:
        """What a column of yes and no says, None for nothing."""
        return self._value(line, column, *written[column][0]) if written[column] else None

    def _kind(self, line: Line, written: Sequence[tuple[str, str]]) -> OfferKind:
        usual = usual_kind(self.options)
        if not written:
            return usual
        title, cell = written[0]
        kind = self._value(line, "kind", title, cell)
        if kind is OfferKind.PROGRAMME:
            self._tell(line, "kind", message("A programme is posted by itself, with its terms."))
        return OfferKind(kind) if kind is not None else usual

    def _value(self, line: Line, column: str, title: str, cell: str) -> Any:
        cell = self.options.values.get(column, {}).get(cell, cell)
        read = next(each.read for each in OWN_LISTS[OFFERINGS].columns if each.name == column)
        reading = read_cell(title, read, cell)
        if reading.problem is not None:
            self._tell(line, title, reading.problem.reason, "warning")
        return reading.value


def _said(title: str, cell: str) -> str:
    """A cell with what its title says of it: 304 below 材质 is 材质 304, 12.5 below 流量(m³/h) has
    its unit."""
    if not TOLD_BARE.isdisjoint(title_keys(title)):
        return cell
    with_unit = _TITLE_WITH_UNIT.fullmatch(title)
    if with_unit and _FIGURE.fullmatch(cell.strip()):
        return f"{with_unit[1]} {cell.strip()} {with_unit[2]}"
    shown = with_unit[1] if with_unit else title
    return f"{shown} {cell}" if not normal(cell).startswith(normal(shown)) else cell


def usual_kind(options: TableOptions) -> OfferKind:
    """The kind of lines that do not name theirs. Raises InvalidInput."""
    given = options.defaults.get("kind") or OfferKind.PRODUCT.value
    read = next(each.read for each in OWN_LISTS[OFFERINGS].columns if each.name == "kind")
    reading = read_cell("kind", read, given)
    if reading.problem is not None:
        raise InvalidInput(reading.problem.reason, where="kind")
    if reading.value is OfferKind.PROGRAMME:
        raise InvalidInput("A programme is posted by itself, with its terms.", where="kind")
    return OfferKind(reading.value)


def holds_certificates(titles: Iterable[str]) -> bool:
    """Tell whether titles are those of certificates: 证书名称, 证书编号, 有效期至."""
    columns = recognised(CERTIFICATIONS, dict.fromkeys(titles, ())).values()
    return {"kind", "number"} <= set(columns) or {"kind", "until"} <= set(columns)


def columns_missing(options: TableOptions) -> Message | None:
    """Why a file cannot be read with these columns: none says what anything is called."""
    if {"name", "model"}.isdisjoint(options.mapping.values()):
        return message("no column holds %(names)s.", names=[in_context("field", "name")])
    return None
