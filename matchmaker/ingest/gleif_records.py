"""Records of GLEIF's files by the column names of its CSV, whatever their format."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from matchmaker.errors import InvalidInput
from matchmaker.ingest.archives import GZIP, open_gzip
from matchmaker.ingest.gleif_xml import xml_records
from matchmaker.ingest.json_records import is_json, json_records
from matchmaker.ingest.published_csv import published_lines, sound_archive
from matchmaker.messages import Message
from matchmaker.system_errors import reason_of
from matchmaker.text import clean

# The columns of both levels that are read; groups are numbered.
PERIODS = range(1, 6)
OTHER_NAMES = (
    "Entity.OtherEntityNames.OtherEntityName",
    "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName",
)
COLUMNS = frozenset({
    "LEI", "Entity.LegalName", "Entity.LegalName.xmllang", "Entity.LegalAddress.City",
    "Entity.LegalAddress.Region", "Entity.LegalAddress.Country", "Entity.EntityCategory",
    "Entity.EntityStatus", "Entity.EntityCreationDate", "Entity.EntityExpirationDate",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
    "Entity.SuccessorEntity.1.SuccessorLEI", "Entity.SuccessorEntity.SuccessorLEI",
    "Registration.RegistrationStatus", "DeletedAt",
    "Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID",
    "Relationship.RelationshipType", "Relationship.RelationshipStatus",
    *(f"{name}.{n}{part}" for name in OTHER_NAMES for n in PERIODS
      for part in ("", ".xmllang", ".type")),
    *(f"Relationship.Period.{n}.{part}" for n in PERIODS
      for part in ("startDate", "endDate", "periodType")),
})  # fmt: skip
# Arrays of the JSON files, and what they write otherwise than the CSV.
_ENDS = (".csv", ".xml")
ARRAYS = ("records", "relations")
_WRAPPERS = ("RelationshipRecord.", "LEIRecord.")
_RENAMED = {
    "Relationship.RelationshipPeriods.RelationshipPeriod": "Relationship.Period",
    ".StartDate": ".startDate",
    ".EndDate": ".endDate",
    ".PeriodType": ".periodType",
}
# Groups that the CSV numbers, also where there is one member.
_NUMBERED = (
    "Relationship.Period",
    "Entity.OtherEntityNames.OtherEntityName",
    "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName",
    "Entity.SuccessorEntity",
)


@dataclass(frozen=True, slots=True)
class GleifRecord:
    """A record: its number from 1 (of CSV its line), its cells, why it cannot be read if so."""

    number: int
    cells: Mapping[str, str]
    fault: Message | None = None

    def cell(self, column: str) -> str:
        return self.cells.get(column, "")


def gleif_records(path: Path) -> Iterator[GleifRecord]:
    """Every record of a CSV, XML or JSON file of level 1 or 2, alone or packed.

    Raises InvalidInput when it is not sound, or of neither level.
    """
    if not path.is_file():
        raise InvalidInput("there is no such file.", where=str(path))
    if is_json(path):
        for record in json_records(path, ARRAYS):
            yield GleifRecord(record.number, _flat(record.value), record.fault)
        return
    with _unpacked(path) as (stream, name):
        if stream.peek(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            yield from _of_xml(stream, name)
            return
        for position, line in enumerate(published_lines(stream, name, ",", (), COLUMNS)):
            if not position and line.fault is None and not line.cells:
                raise _no_level(name)
            yield GleifRecord(line.number, line.cells, line.fault)


def _of_xml(stream: IO[bytes], name: str) -> Iterator[GleifRecord]:
    number = 0
    for number, value in enumerate(xml_records(stream, name), start=1):
        yield GleifRecord(number, _flat(value))
    if not number:
        raise _no_level(name)


def _no_level(name: str) -> InvalidInput:
    return InvalidInput(
        "is no file of GLEIF's level 1 or 2.",
        where=name,
        mend="Take the CSV, XML or JSON of the golden copy.",
    )


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[io.BufferedReader, str]]:
    """The only CSV or XML file of a zip, or the file itself, and its name."""
    if zipfile.is_zipfile(path):
        with sound_archive(path) as archive:
            names = [each for each in archive.namelist() if each.lower().endswith(_ENDS)]
            if len(names) != 1:
                raise InvalidInput(
                    "the zip holds %(count)s files of CSV or XML.",
                    where=path.name,
                    mend="Unpack it and import the one that is meant.",
                    count=len(names),
                )
            with archive.open(names[0]) as stream:
                yield io.BufferedReader(stream), path.name  # type: ignore[arg-type]
        return
    with path.open("rb") as raw:
        is_packed = raw.peek(2).startswith(GZIP)
        try:
            yield (open_gzip(raw, path.name) if is_packed else raw), path.name
        except (EOFError, zlib.error, OSError) as error:
            raise InvalidInput(
                "cannot be read: %(error)s.", where=path.name, error=reason_of(error)
            ) from None


def _flat(value: Any) -> dict[str, str]:
    """A record of JSON by the columns of the CSV: `$` is a text, `@xml:lang` its language."""
    cells: dict[str, str] = {}
    _collect("", value, cells)
    return cells


def _collect(path: str, value: Any, cells: dict[str, str]) -> None:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "$":
                _collect(path, part, cells)
            elif key.startswith("@"):
                name = key.rpartition(":")[2].lstrip("@")
                _collect(f"{path}.{'xmllang' if name == 'lang' else name}", part, cells)
            else:
                _collect(_renamed(f"{path}.{key}".lstrip(".")), part, cells)
    elif isinstance(value, list):
        for position, part in enumerate(value, start=1):
            _collect(f"{path}.{position}", part, cells)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        cells.setdefault(_numbered(path), clean(str(value))[0])


def _renamed(path: str) -> str:
    for wrapper in _WRAPPERS:
        path = path.removeprefix(wrapper)
    for name, other in _RENAMED.items():
        if path.startswith(name):
            path = other + path[len(name) :]
        elif (
            name.startswith(".") and path.endswith(name) and path.startswith("Relationship.Period")
        ):
            path = path[: -len(name)] + other
    return path


def _numbered(path: str) -> str:
    """With a 1 where a group has one member: `Relationship.Period.startDate`."""
    for group in _NUMBERED:
        rest = path.removeprefix(group)
        if rest != path and not rest[1:2].isdigit():
            return f"{group}.1{rest}"
    return path
