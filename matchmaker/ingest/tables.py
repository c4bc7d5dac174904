"""Reading our own tables: rows of several files, joined where they belong together."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields, replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from matchmaker.domain import (
    Engagement,
    FieldOrigin,
    GraphRows,
    Kind,
    Organization,
    OrganizationStatus,
    Participant,
    SourceTier,
    certificate_id,
    is_id,
)
from matchmaker.errors import InvalidInput
from matchmaker.ingest.bilingual import in_two_languages
from matchmaker.ingest.codes import valid_code
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.consortia import is_only_form
from matchmaker.ingest.departments import OfficePlaces, is_bare_office
from matchmaker.ingest.made_ids import made_id
from matchmaker.ingest.names import normal_name, other_names, split_names
from matchmaker.ingest.organization_cells import (
    blocked_by,
    tier_among,
    with_second_line,
    without_rounded,
)
from matchmaker.ingest.organization_parts import (
    HEADCOUNT,
    PARTS,
    UNSTATED_DEFAULTS,
    WORKED_OUT,
    join_line,
    keep_parts,
)
from matchmaker.ingest.place_context import place_of_address
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.ingest.places import GBT_2260
from matchmaker.ingest.qualifications import CERTIFICATES, TIER, without_certificates
from matchmaker.ingest.reference import ReferenceIndex, index_with
from matchmaker.ingest.remarks import read_remarks
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.ingest.row_names import check_names, clean_names, take_former, take_notes
from matchmaker.ingest.sizes import people_between, size_between
from matchmaker.ingest.spool import Spool
from matchmaker.ingest.statuses import end_in_name, without_status
from matchmaker.ingest.table_fields import fields_of
from matchmaker.ingest.table_file import Line
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.table_reader import TableReader
from matchmaker.ingest.table_reading import RowValues, TableReading
from matchmaker.ingest.title_keys import says_opted_out
from matchmaker.ingest.unused_names import without_unused_mark
from matchmaker.ingest.words import implied_by_kind, kind_of_name
from matchmaker.messages import message
from matchmaker.store.merging import OTHER_NAMES, facts, is_blank
from matchmaker.text import language_of

# What makes an id where a file has none.
_TOLD_BY = {
    "clusters": ("name",),
    "certificates": ("organization", "kind", "number"),
    "offers": ("organization", "kind", "text"),
    "needs": ("organization", "goal", "text"),
    "ties": ("source", "target", "layer", "since"),
    "observations": ("subject", "indicator", "year"),
}


def read_files(
    files: Iterable[tuple[str, Path]],
    options: TableOptions | None = None,
    index: ReferenceIndex | None = None,
    today: datetime.date | None = None,
    cluster: str = "",
) -> Parsed:
    """Several files, of which participants are joined to the engagements of all.

    They are read for a `cluster`. Raises InvalidInput where one cannot be read as its table.
    """
    reading = TableReading(cluster=cluster)
    _read(files, options or TableOptions(), index, today, reading)
    return _joined(reading)


def read_sheets(
    sheets: Iterable[tuple[Path, TableOptions]], index: ReferenceIndex, cluster: str = ""
) -> Parsed:
    """Sheets of one file, each under its own columns, as one list. Raises as `read_files`."""
    reading = TableReading(cluster=cluster)
    for path, options in sheets:
        _read([(options.table, path)], options, index, None, reading)
    return _joined(reading)


def read_large_files(
    files: Iterable[tuple[str, Path]],
    options: TableOptions,
    index: ReferenceIndex | None = None,
    today: datetime.date | None = None,
) -> TableReading:
    """Files of organisations with more rows than memory should hold: what was read, in a file.

    Raises InvalidInput where a file cannot be read as its table at all.
    """
    reading = TableReading(spool=Spool())
    _read(files, options, index, today, reading)
    return reading


def _read(
    files: Iterable[tuple[str, Path]],
    options: TableOptions,
    index: ReferenceIndex | None,
    today: datetime.date | None,
    reading: TableReading,
) -> None:
    index = index or _known_index()
    day = today or datetime.datetime.now(datetime.UTC).date()
    order = list(TABLES)
    for name, path in sorted(files, key=lambda file: order.index(file[0])):
        reader = TableReader(TABLES[name], path, options, reading, index, day)
        for line, row in reader.lines():
            try:
                _keep(reader, line, row)
            except InvalidInput as error:
                reading.refuse(reader.file.name, line.number, error)


@cache
def _known_index() -> ReferenceIndex:
    """The index of the places and industries that come with Matchmaker."""
    return index_with(GraphRows())


def _keep(reader: TableReader, line: Line, row: RowValues) -> None:
    """Keep what a line says. Raises InvalidInput where it makes no row."""
    match reader.table.name:
        case "organizations":
            _keep_organization(reader, line, row)
        case "participants":
            _keep_participant(reader, row)
        case _:
            clean_names(reader, row)
            _keep_row(reader, row)


def _keep_participant(reader: TableReader, row: RowValues) -> None:
    engagement = str(row.values.pop("engagement"))
    part = Participant(**row.values)
    file = reader.file.name
    reader.reading.parts.setdefault(engagement, []).append((part, file, row.line))
    key = f"{engagement} {part.organization}"
    reader.reading.origins.setdefault(("participants", key), (file, row.line))


def _keep_row(reader: TableReader, row: RowValues) -> None:
    table, values, reading = reader.table, row.values, reader.reading
    if "language" in fields_of(table.model) and not values.get("language"):
        values["language"] = language_of(f"{values.get('title', '')} {values.get('text', '')}")
    if "provenance" in fields_of(table.model):
        values["provenance"] = row.provenance
    if "id" in fields_of(table.model) and "id" not in values:
        values["id"] = _made_id(reader, values)
    key = " ".join(str(values[part]) for part in table.key)
    before = reading.origins.get((table.name, key))
    if before is not None:
        raise InvalidInput(
            "%(names)s was already on %(before)s:%(before_2)s.",
            where=table.key[0], names=key, before=before[0], before_2=before[1],
        )  # fmt: skip
    file = reader.file.name
    if table.name == "engagements":
        reading.keep(table.name, key, values, file, row.line)
        return
    made = _made(reader, row, values)
    reading.keep(table.name, key, made, file, row.line)
    explicit = frozenset(name for name in values if is_blank(made, name) and values[name] != "")
    if explicit:
        parts = tuple(values[part] for part in table.key)
        reading.explicit[table.name, parts[0] if len(parts) == 1 else parts] = explicit


def _made_id(reader: TableReader, values: dict[str, Any]) -> str:
    """The id of a row whose line has none."""
    table = reader.table.name
    if table == "certificates":
        organization, kind, number = (values.get(name, "") for name in _TOLD_BY[table])
        id = certificate_id(organization, kind)
        before = reader.reading.rows[table].get(id)
        if before is not None and before.number != number:
            return certificate_id(organization, kind, number)
        return id
    return made_id(reader.source, (table, *(values.get(name, "") for name in _TOLD_BY[table])))


def _made(reader: TableReader, row: RowValues, values: dict[str, Any]) -> Any:
    """The domain's row of a line."""
    return _without_faults(reader.reading, reader.table.model, values, (reader.file.name, row.line))


def _without_faults(
    reading: TableReading, model: Any, values: dict[str, Any], origin: tuple[str, int]
) -> Any:
    """The domain's row; an optional value that it does not take costs the value."""
    while True:
        try:
            return model(**values)
        except InvalidInput as error:
            column = error.where.rsplit(".", 1)[-1]
            if column not in values or column == "participants" or column not in _optional(model):
                raise
            reading.warn(*origin, column, error.message, is_lost=True)
            values = {name: value for name, value in values.items() if name != column}


@cache
def _optional(model: Any) -> frozenset[str]:
    """Fields that a row may be without."""
    return frozenset(
        column.name
        for column in fields(model)
        if column.default is not MISSING or column.default_factory is not MISSING
    )


# -- organisations


def _keep_organization(reader: TableReader, line: Line, row: RowValues) -> None:
    """An organisation, what it does, and how many people it employs."""
    reading, file = reader.reading, reader.file.name
    if cell := blocked_by(line.cells, reader.columns):
        reason = message(
            "'%(name)s' is marked as gone or no longer to be used (%(cell)s). Empty that cell to "
            "have the line read.",
            name=row.values["name"],
            cell=cell,
        )
        reading.pass_line(file, row.line, reason)
        return
    if mark := without_unused_mark(str(row.values["name"]))[1]:
        reason = message(
            "'%(cell)s' is marked as no longer to be used (%(mark)s). Take the mark out of the "
            "name to have the line read.",
            cell=row.values["name"],
            mark=mark,
        )
        reading.pass_line(file, row.line, reason)
        return
    parts = {name: value for name in PARTS if (value := row.values.pop(name, None)) is not None}
    if TIER not in row.values and (tier := tier_among(parts.get(CERTIFICATES, ""))):
        row.values[TIER] = tier
    organization = _organization(reader, line, row, parts.get(HEADCOUNT))
    before = reading.rows["organizations"].get(organization.id)
    if before is None:
        reading.keep("organizations", organization.id, organization, file, row.line)
    else:
        join_line(reader, before, organization, has_own_id="id" in row.values, line=row.line)
    honours = (without_certificates(cell)[1] for _, cell in reader.cells_of(line, TIER))
    certificates = (parts.get(CERTIFICATES, ""), *chain.from_iterable(honours))
    parts[CERTIFICATES] = "; ".join(dict.fromkeys(filter(None, certificates)))
    keep_parts(reader, line, row, organization.id, parts)


def _organization(
    reader: TableReader, line: Line, row: RowValues, people: float | None
) -> Organization:
    values = dict(row.values)
    unstated = {*values.pop(WORKED_OUT, ())}
    for name in unstated & UNSTATED_DEFAULTS.keys():
        if values.get(name) == UNSTATED_DEFAULTS[name]:
            del values[name]
    derived = {*row.by_default, *unstated} & values.keys()
    address = str(values.get("street_address", ""))
    if "place" not in values and (place := place_of_address(reader.index.places, address)):
        values["place"] = place
        derived.add("place")
    if is_placeholder(str(values["name"])):
        raise InvalidInput("'%(cell)s' names nobody.", where="name", cell=values["name"])
    if is_only_form(str(values["name"])):
        raise InvalidInput(
            "'%(cell)s' is a legal form and names nobody.", where="name", cell=values["name"]
        )
    if "listed" in values and any(says_opted_out(t) for t, _ in reader.cells_of(line, "listed")):
        values["listed"] = not values["listed"]
    values |= _contact(reader, row, str(values.get("contact", "")))
    take_notes(reader, row, values)
    values["name"] = _office_of_place(reader, line, str(values["name"]))
    values["name"], latin = in_two_languages(str(values["name"]))
    if latin:
        values.setdefault("name_en", " ".join(latin.split()))
    written = " ".join(str(values["name"]).split())
    values["name"], status = without_status(written)
    if status is not None:
        values.setdefault("status", status)
        if values["status"] is OrganizationStatus.DISSOLVED and (ended := end_in_name(written)):
            values.setdefault("ended", ended)
    read_remarks(reader, line, values)
    take_former(reader, row, values)
    if OTHER_NAMES in values:
        others = split_names(values.pop(OTHER_NAMES))
        values["name"], names = with_second_line(values["name"], others)
        values[OTHER_NAMES] = other_names(names, values["name"], values.get("name_en", ""))
    form = next((cell for _, cell in reader.cells_of(line, "kind") if is_only_form(cell)), "")
    values["name"] = with_second_line(values["name"], [form] if form else [])[0]
    if "kind" not in values:
        values["kind"] = kind_of_name(values["name"])
        derived.add("kind")
    word = next((cell for _, cell in reader.cells_of(line, "kind")), "")
    band = next((cell for _, cell in reader.cells_of(line, HEADCOUNT)), "")
    for name, implied in _implied(word, values, people_between(band) if people is None else people):
        values[name] = implied
        derived.add(name)
        if name == "size" and people is None and people_between(band):
            reason = message("'%(cell)s' is no figure: the size class is taken from it.", cell=band)
            reader.reading.warn(reader.file.name, row.line, "size", reason)
    check_names(reader, row, values)
    values["provenance"] = row.provenance
    if "id" not in values:
        values["id"] = _id(reader.source, values)
    if not is_id(values["id"]):
        raise InvalidInput(
            "%(value)s is not an id of the form source:key.", where="id", value=repr(values["id"])
        )
    made: Organization = _made(reader, row, values)
    origins = tuple(_origins(made, row, values, derived))
    return replace(made, origins=origins) if origins else made


def _contact(reader: TableReader, row: RowValues, written: str) -> dict[str, str]:
    """The contact without what is none, 见备注 or a number that was rounded; told."""
    kept, rounded = without_rounded(written)
    parts = kept.split(", ") if kept else []
    empty = [part for part in parts if is_placeholder(part)]
    reasons = [
        message("'%(cell)s' is a number that was rounded: it is lost.", cell=each)
        for each in rounded[:1]
    ] + [message("'%(cell)s' stands for nothing: left empty.", cell=each) for each in empty[:1]]
    for reason in reasons:
        reader.reading.warn(reader.file.name, row.line, "contact", reason, is_lost=True)
    return {"contact": ", ".join(each for each in parts if each not in empty)} if reasons else {}


def _office_of_place(reader: TableReader, line: Line, name: str) -> str:
    """An office with its place, that of its line or of most lines: 市科技局 is 温州市科技局.

    Raises InvalidInput where neither says the place: each has an office of this name.
    """
    stated = any(reader.cells_of(line, "id"))
    if stated or not is_bare_office(name):  # whose id stands there is told apart by that
        return name
    beside = ", ".join(cell for _, cell in reader.cells_of(line, "place"))
    home = next(filter(None, reader.places_of_column), "")
    full, told = OfficePlaces(reader.index.places, home).completed(name, beside)
    if told and not full:
        raise InvalidInput(
            "'%(cell)s' does not say of which place, and neither does the list: write its full "
            "name, or its place beside it.",
            where="name",
            cell=name,
        )
    for reason in told:
        reader.reading.warn(reader.file.name, line.number, "name", reason)
    return full


def _implied(
    word: str, values: dict[str, Any], people: float | tuple[int, int | None] | None
) -> Iterator[tuple[str, Any]]:
    """Size and tier that the word for the kind or the number of people tells."""
    implied = implied_by_kind(word) if word else None
    name = "" if implied is None else type(implied).__name__.lower()
    if name and name not in values:
        yield name, implied
    elif people is not None and "size" not in values and values["kind"] is Kind.FIRM:
        is_chinese = str(values.get("place", "")).startswith(GBT_2260)
        country = values.get("country") or ("CN" if is_chinese else "")
        least, most = people if isinstance(people, tuple) else (int(people), int(people))
        if country and (size := size_between(least, most, country)):
            yield "size", size


def _id(source: str, values: dict[str, Any]) -> str:
    """By a code that is valid, else by name and place."""
    for kind in ("credit_code", "vat", "lei", "ror"):
        if code := valid_code(kind, values.get(kind, "")):
            return f"{source}:{code}"
    return made_id(source, (normal_name(values["name"]), values.get("place", "")))


def _origins(
    made: Organization, row: RowValues, values: dict[str, Any], derived: set[str]
) -> Iterator[FieldOrigin]:
    """Of values that were derived, and of those that are as by default and were written."""
    source = row.provenance
    for name in facts(Organization):
        if name not in values:
            continue
        if name in derived:
            yield FieldOrigin(name, source.source, SourceTier.DERIVED, source.date)
        elif is_blank(made, name) and values[name] not in ("", None, ()):
            yield FieldOrigin(name, source.source, source.tier, source.date)


# -- engagements


def _joined(reading: TableReading) -> Parsed:
    """Engagements with their participants; a participant without an engagement is a problem."""
    engagements = reading.rows["engagements"]
    for engagement in [id for id in reading.parts if id not in engagements]:
        reason = message(
            "'%(engagement)s' is not among the engagements of this import.", engagement=engagement
        )
        for _, file, line in reading.parts[engagement]:
            reading.problems.append(Problem(file, line, "engagement", reason))
    for id, values in list(engagements.items()):
        participants = tuple(part for part, _, _ in reading.parts.get(id, ()))
        origin = reading.origins["engagements", id]
        try:
            engagements[id] = _without_faults(
                reading, Engagement, {**values, "participants": participants}, origin
            )
        except InvalidInput as error:
            reading.refuse(*origin, error)
            del engagements[id]
    return reading.parsed()
