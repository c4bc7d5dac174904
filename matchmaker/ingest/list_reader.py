"""Lists of orders, projects and relations, read under the columns that a person chose."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace

from matchmaker.domain import Certificate, FieldOrigin, GraphRows, Kind, Organization, SourceTier
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellProblem, is_nothing, read_cell
from matchmaker.ingest.certificate_lists import moved_certificate
from matchmaker.ingest.continued_lines import with_continued
from matchmaker.ingest.customs import (
    DIRECTION,
    SIDES_OF_CUSTOMS,
    asks_direction,
    direction_unsaid,
    implied_direction,
    sides,
)
from matchmaker.ingest.departments import PARTIES, OfficePlaces, home_of, titles_of_places
from matchmaker.ingest.links import with_links
from matchmaker.ingest.list_formats import (
    CERTIFICATIONS,
    EQUIPMENT,
    LISTS,
    NEEDED,
    ORDERS,
    PATENTS,
    PROGRAMMES,
    PROJECTS,
    RELATIONS,
    SAID_ONCE,
    TECHNOLOGIES,
)
from matchmaker.ingest.list_guess import implied_relation, named_above, named_by_file
from matchmaker.ingest.made_ids import with_source
from matchmaker.ingest.mapping import read_by
from matchmaker.ingest.mapping_file import (
    Certifications,
    Contracts,
    Equipment,
    MappingFile,
    PartyColumns,
    Patents,
    Programmes,
    Projects,
    Relation,
    Relations,
)
from matchmaker.ingest.names import name_key
from matchmaker.ingest.numbers import is_below_zero
from matchmaker.ingest.party_places import are_elsewhere
from matchmaker.ingest.places import PlaceIndex
from matchmaker.ingest.reference import index_with
from matchmaker.ingest.relation_words import RELATIONS as RELATION_VALUES
from matchmaker.ingest.relation_words import relation_of
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.ingest.table_file import Line, TableFile
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tie_status import is_called_off, never_began
from matchmaker.ingest.title_keys import year_of_title
from matchmaker.ingest.title_units import (
    counts_in_yuan,
    currency_of_unit,
    unit_note,
    unit_of_title,
    with_unit,
    with_yuan,
)
from matchmaker.ingest.title_years import with_year, year_note
from matchmaker.ingest.titles import unread_notes
from matchmaker.ingest.verdicts import is_of_bidders, why_no_order
from matchmaker.ingest.words import kind_of_name
from matchmaker.messages import in_context, message
from matchmaker.store.schema import TABLES as STORED


def read_list(
    table: TableFile,
    options: TableOptions,
    source: str,
    places: PlaceIndex | None = None,
    home: str = "",
) -> Parsed:
    """The rows of a list, whose organisations are known by their names.

    `options.mapping` leads from the file's titles to columns of `LISTS[options.table]`.
    `source` begins the ids; `places` are those that cells name, `home` is the id of that of the
    cluster whose list it is. Raises InvalidInput where a column is missing that the list needs.
    """
    index = places or index_with(GraphRows()).places
    is_from = home_of(index, (*table.above, table.name, table.sheet), home)
    listed = _ListTable.of(table, options, OfficePlaces(index, is_from))
    present = frozenset(listed.header)
    for group in NEEDED[options.table]:
        if present.isdisjoint(group):
            names = [in_context("field", name) for name in group]
            once = SAID_ONCE.get(options.table)
            raise InvalidInput(
                "no column holds %(names)s.",
                where=table.name,
                mend="Say which column it is, or who it is on all lines."
                if once in group
                else "Say which column it is.",
                names=names,
            )
    mapping = MappingFile(source=source, decimal=options.decimal, day_first=options.day_first)
    parsed = read_by(mapping, _section(options, present), listed, places)
    organizations = tuple(_with_kind(row) for row in parsed.rows.organizations)
    unread = [title for title in table.header if title and not options.mapping.get(title)]
    notes = (
        Problem(table.name, 0, title, reason, "note")
        for title, reason in unread_notes(options.table, unread)
    )
    rows = replace(parsed.rows, organizations=organizations)
    return replace(
        parsed,
        # As people call it, and not as ids begin.
        rows=with_source(rows, options.source) if options.source else rows,
        problems=(*parsed.problems, *notes, *_unit_notes(listed)),
    )


def _unit_notes(table: _ListTable) -> Iterator[Problem]:
    if table.options.table == RELATIONS and implied_relation(table.options.mapping):
        reason = message("The titles say that the first owns the second.")
        yield Problem(table.name, 0, "", reason, "note")
    once = SAID_ONCE.get(table.options.table, "")
    if once and once not in table.options.mapping.values() and (named := table.defaults.get(once)):
        if named == (above := named_above(table.above)):
            reason = message(
                "The lines above the titles name who it is on all lines: %(name)s.", name=named
            )
            yield Problem(table.name, 0, "", reason, "note")
        elif not above and named == named_by_file(table.path.stem):
            reason = message(
                "The name of the file says who it is on all lines: %(name)s. If it is another, say "
                "who.",
                name=named,
            )
            yield Problem(table.name, 0, "", reason, "warning")
        else:
            reason = message(
                "Chosen here, or for an earlier file with these titles: "
                "on all lines it is %(name)s.",
                name=named,
            )
            yield Problem(table.name, 0, "", reason, "note")
    if table.year:
        yield Problem(table.name, 0, "", year_note(table.year), "note")
    titles = [title for title, name in table.options.mapping.items() if name == "amount"]
    if table.amount_unit and titles:
        note = unit_note(table.amount_unit, is_above=not unit_of_title(titles[0]))
        yield Problem(table.name, 0, titles[0], note, "note")


def with_known(
    parsed: Parsed, members: Collection[Organization], places: PlaceIndex | None = None
) -> Parsed:
    """Organisations with the name of one member are that member, whose blanks are filled.

    Who is said to be elsewhere is not: that is told, and left to somebody to decide.
    """
    named = _by_name(members)
    ids: dict[str, str] = {}
    problems = list(parsed.problems)
    known: dict[str, Organization] = {}
    for row in parsed.rows.organizations:
        member = named.get(name_key(row.name))
        if member is None or member.id == row.id:
            continue
        if are_elsewhere(row, member, places):
            file, line = parsed.origins.get(("organizations", row.id), ("", 0))
            reason = message(
                "'%(name)s' is called as a member is, and said to be elsewhere: taken for another.",
                name=row.name,
            )
            problems.append(Problem(file, line, "", reason, "warning"))
            continue
        ids[row.id] = member.id
        if row.place or row.country or row.street_address:
            # Only blanks are filled: its name and its kind stay.
            known.setdefault(
                member.id, replace(row, id=member.id, name=member.name, kind=member.kind)
            )
    if not ids:
        return replace(parsed, problems=tuple(problems))
    rows = {
        name: tuple(
            kept for row in table if (kept := STORED[name].redirected(row, ids)) is not None
        )
        for name, table in parsed.rows.tables()
        if name in STORED
    }
    others = (row for row in parsed.rows.organizations if row.id not in ids)
    rows["organizations"] = (*known.values(), *others)
    moved = {row.id: _with_holder(row, ids) for row in parsed.rows.certificates}
    rows["certificates"] = tuple(moved.values())
    origins = {
        (table, moved[id].id if table == "certificates" and id in moved else id): line
        for (table, id), line in parsed.origins.items()
    }
    rows_of_known = replace(parsed.rows, **rows)
    return replace(parsed, rows=rows_of_known, problems=tuple(problems), origins=origins)


def _with_holder(row: Certificate, ids: Mapping[str, str]) -> Certificate:
    holder = ids.get(row.organization)
    return moved_certificate(row, holder) if holder else row


def _by_name(organizations: Collection[Organization]) -> dict[str, Organization]:
    """By the key of a name those that alone have it."""
    by_name: dict[str, dict[str, Organization]] = {}
    for row in organizations:
        for name in {row.name, row.name_en, *row.other_names} - {""}:
            by_name.setdefault(name_key(name), {})[row.id] = row
    return {key: next(iter(rows.values())) for key, rows in by_name.items() if len(rows) == 1}


@dataclass(frozen=True, slots=True)
class _ListTable(TableFile):
    """A table under our names of its columns, with what a person corrected and chose."""

    listed: TableFile = field(kw_only=True)
    options: TableOptions = field(kw_only=True)
    # Of the column of amounts, as its title or a line above gives it; cells have it already.
    amount_unit: str = field(kw_only=True)
    defaults: Mapping[str, str] = field(kw_only=True)
    # Whether ¥ stands for yuan, and not for yen.
    is_in_yuan: bool = field(kw_only=True)
    offices: OfficePlaces = field(kw_only=True, repr=False)
    # Titles that head where something is.
    placing: tuple[str, ...] = field(kw_only=True)

    @classmethod
    def of(cls, table: TableFile, options: TableOptions, offices: OfficePlaces) -> _ListTable:
        same = {each.name: getattr(table, each.name) for each in fields(table)}
        columns = [name for title in table.header if (name := options.mapping.get(title))]
        unread = [title for title in table.header if not options.mapping.get(title)]
        amounts = [title for title, name in options.mapping.items() if name == "amount"]
        unit = unit_of_title(amounts[0]) or table.unit if amounts else ""
        defaults = {name: word for name, word in options.defaults.items() if word}
        year = year_of_title(amounts[0]) if amounts and "date" not in columns else None
        if year is not None:  # 2024年销售额 is what was sold in 2024
            defaults.setdefault("date", str(year))
        if currency := currency_of_unit(unit):
            defaults.setdefault("currency", currency)
        if options.table == RELATIONS and (implied := implied_relation(options.mapping)):
            defaults.setdefault("layer", implied)
        if asks_direction(columns):
            of_customs = (*SIDES_OF_CUSTOMS, DIRECTION)
            columns = [*(name for name in columns if name not in of_customs), "supplier", "buyer"]
            said = implied_direction((*table.header, *table.above, table.sheet, table.name))
            if said and DIRECTION not in options.mapping.values():
                defaults.setdefault(DIRECTION, said)
        if not {"start", "date"}.isdisjoint(columns):
            columns.append("until")  # a period in one cell has both
        same["unit"] = ""
        same["header"] = tuple(dict.fromkeys((*columns, *defaults, *unread)))
        return cls(**same, listed=table, options=options, amount_unit=unit, defaults=defaults,
                   is_in_yuan=counts_in_yuan(table.header), offices=offices,
                   placing=tuple(titles_of_places(table.header)))  # fmt: skip

    @property
    def is_of_bidders(self) -> bool:
        """Tell whether those on the side of suppliers only offer, by their title."""
        return any(
            name == "supplier" and is_of_bidders(title)
            for title, name in self.options.mapping.items()
        )

    def lines(self) -> Iterator[Line]:
        lines = self.listed.lines()
        if self.options.table == ORDERS:
            lines = with_continued(lines, self.options.mapping)
        return map(self._renamed, lines)

    def _default_of(self, name: str, written: Mapping[str, str]) -> str:
        """What an empty cell is taken for: the year of a sum only where there is one."""
        mapping, given = self.options.mapping, self.options.defaults.get(name, "")
        if name == "date" and not given:
            sums = (written.get(title, "") for title, of in mapping.items() if of == "amount")
            if all(not cell or is_nothing(cell) for cell in sums):
                return ""
        return self.defaults.get(name, "")

    def _renamed(self, line: Line) -> Line:
        mapping, options = self.options.mapping, self.options
        line = with_links(line, mapping)
        written = {**line.cells, **options.edits.get(line.number, {})}
        cells = {title: cell for title, cell in written.items() if not mapping.get(title)}
        offices: list[CellProblem] = []
        for column in LISTS[options.table].columns:
            titles = [title for title, name in mapping.items() if name == column.name]
            parts = [cell for title in titles if (cell := written.get(title, ""))]
            cell = column.joined_by.join(parts) if column.joined_by else "".join(parts[:1])
            cell = options.values.get(column.name, {}).get(cell, cell)
            cell = cell or self._default_of(column.name, written)
            if column.name == "amount" and self.is_in_yuan:
                cell = with_yuan(cell)
            if column.name == "amount":
                cell = with_unit(cell, self.amount_unit)
            cell = with_year(cell, self.year, column.read)
            if column.name in PARTIES and cell:
                beside = ", ".join(filter(None, (written.get(each, "") for each in self.placing)))
                cell, told = self.offices.completed(cell, beside)
                is_lost = column.required and not cell
                offices += (
                    CellProblem(column.name, why, "error" if is_lost else "warning") for why in told
                )
            if column.name in ("layer", DIRECTION) and cell:
                cell = str(read_cell(column.name, column.read, cell).value or cell)
            if cell or column.name in self.header:
                cells[column.name] = cell
        problems = tuple(
            replace(each, column=mapping.get(each.column) or each.column)
            for each in line.problems
            if each.column not in options.edits.get(line.number, {})
        )
        if asks_direction(mapping.values()):
            told_sides = sides(cells)
            cells |= told_sides
            if not told_sides and line.passed_over is None and line.tells:
                problems += (CellProblem(DIRECTION, direction_unsaid(), "error"),)
        if not any(cells.get(name) for name in PARTIES):  # nobody is left: that is why
            offices = [replace(each, severity="error") for each in offices]
        passed_over = line.passed_over
        if options.table == ORDERS:
            words = (cells.pop("status", ""), cells.get("supplier", ""))
            if any(map(is_called_off, words)):
                passed_over = passed_over or message("was called off.")
            if is_below_zero(cells.get("amount", "")):
                passed_over = passed_over or message("is a return or a credit, and no order.")
            verdict = cells.pop("verdict", "")
            passed_over = passed_over or why_no_order(verdict, is_bidder=self.is_of_bidders)
        if options.table == PROJECTS and never_began(cells.pop("status", "")):
            passed_over = passed_over or message("is no project yet, or never became one.")
        return replace(line, cells=cells, problems=(*problems, *offices), passed_over=passed_over)


def _section(
    options: TableOptions, present: Collection[str]
) -> Contracts | Projects | Relations | Equipment | Programmes | Patents | Certifications:
    def column(name: str) -> str:
        return name if name in present else ""

    def party(name: str) -> PartyColumns:
        place, country = column(f"{name}_place"), column(f"{name}_country")
        return PartyColumns(name=column(name), place=place, country=country)

    if options.table == ORDERS:
        said = ("text", "date", "until", "since", "amount", "currency")
        return Contracts(
            supplier=party("supplier"),
            buyer=party("buyer"),
            id=column("order_number"),
            item=column("lot"),
            **{name: column(name) for name in said},
        )
    if options.table == PROJECTS:
        names = ("title", "text", "start", "until", "months", "amount", "currency", "programme")
        return Projects(
            lead=party("lead"),
            partners=party("partners"),
            id=column("project_number"),
            **{name: column(name) for name in names},
        )
    if options.table == EQUIPMENT:
        described = {name: column(name) for name in ("text", "specification", "date", "open")}
        return Equipment(owner=party("owner"), **described)
    if options.table == TECHNOLOGIES:
        return Equipment(
            owner=party("owner"),
            text=column("text"),
            specification=column("specification"),
            date=column("date"),
            offered="technology",
        )
    if options.table == PROGRAMMES:
        told = {
            name: column(name) for name in ("title", "conditions", "support", "opens", "closes")
        }
        return Programmes(body=party("body"), **told, address=column("address"))
    if options.table == PATENTS:
        held = (
            "title", "number", "application", "inventors", "filed", "granted", "status",
            "classification", "text",
        )  # fmt: skip
        return Patents(holder=party("holder"), **{name: column(name) for name in held})
    if options.table == CERTIFICATIONS:
        facts = (
            "kind", "number", "issuer", "since", "until", "status", "scope", "proof", "person",
        )  # fmt: skip
        return Certifications(holder=party("holder"), **{name: column(name) for name in facts})
    values = {
        value: Relation(as_="tie", layer=meant[0], reverse=meant[1], note=meant[0].value)
        for value in RELATION_VALUES
        if (meant := relation_of(value))
    }
    return Relations(
        head=party("head"),
        tail=party("tail"),
        relation="layer",
        values=values,
        is_list=True,
        **{"from": column("start")},
        until=column("until"),
        status=column("status"),
    )


def _with_kind(row: Organization) -> Organization:
    """What a name says that somebody is, where nothing else does; it is a guess, and marked so."""
    if row.kind is not Kind.FIRM:
        return row
    origin = FieldOrigin("kind", row.provenance.source, SourceTier.DERIVED, row.provenance.date)
    others = (each for each in row.origins if each.field != "kind")
    return replace(row, kind=kind_of_name(row.name), origins=(*others, origin))
