"""Organisations of the Open Contracting Data Standard: who is who, by scheme or by publisher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from matchmaker.domain import MAX_NAME, Kind, Organization, Size
from matchmaker.errors import InvalidInput
from matchmaker.ingest.activity_kinds import kind_of
from matchmaker.ingest.clean_names import with_clean_names
from matchmaker.ingest.codes import valid_code
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.facts import digest
from matchmaker.ingest.json_records import dict_at, dicts_at, text_at
from matchmaker.ingest.names import name_key
from matchmaker.ingest.ocds_release import words_at
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.ingest.register import RegisterReading
from matchmaker.ingest.report import column_of
from matchmaker.messages import message
from matchmaker.regex import regex

# Lists of organisations by country, as org-id.guide names them: GB-COH, XI-LEI.
_ORG_ID = regex(r"[A-Z]{2,3}-[A-Z0-9_]{2,20}-\S.*")
_PUBLISHER = regex(r"ocds-[a-z0-9]{6}(?=-)")
_BUYING = frozenset({"buyer", "procuringEntity", "payer", "funder"})
_SCALES: Mapping[str, Size] = {
    "micro": Size.MICRO, "small": Size.SMALL, "medium": Size.MEDIUM, "large": Size.LARGE,
    "sme": Size.SME, "selfemployed": Size.MICRO,
}  # fmt: skip
MAX_KEY = 200


@dataclass
class OcdsParties:
    """Organisations of a file, each as far as its releases describe it."""

    reading: RegisterReading
    _ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def learn(self, ocid: str, release: Mapping[str, Any], number: int) -> None:
        """The parties of a release, by the ids by which the rest of it refers to them."""
        for party in dicts_at(release, "parties"):
            self.id_of(ocid, party, number)

    def ids_of(
        self, ocid: str, parties: list[dict[str, Any]], number: int, *, buying: bool = False
    ) -> tuple[str, ...]:
        """Ids of those that a release refers to, each once, without placeholders."""
        ids = (self.id_of(ocid, party, number, buying=buying) for party in parties)
        return tuple(dict.fromkeys(filter(None, ids)))

    def id_of(
        self, ocid: str, party: Mapping[str, Any], number: int, *, buying: bool = False
    ) -> str:
        """The id of a party, "" for nobody; what is new of it is kept."""
        name = text_at(party, "name") or text_at(party, "identifier", "legalName")
        local = text_at(party, "id")
        key = (ocid, local)
        if (not name and local in ("",)) or (name and is_placeholder(name)):
            reason = (
                message("'%(cell)s' names nobody.", cell=name) if name else message("is empty.")
            )
            self.reading.warn(self.reading.file, number, "name", reason)
            return ""
        identifier = dict_at(party, "identifier")
        if key in self._ids and local and not identifier:
            id = self._ids[key]
        else:
            id = _id(ocid, identifier, local, name)
            if local:
                self._ids[key] = id
        if name:
            self._keep(id, name, party, number, buying=buying)
        return id

    def _keep(
        self, id: str, name: str, party: Mapping[str, Any], number: int, *, buying: bool
    ) -> None:
        roles = set(words_at(party, "roles"))
        address = dict_at(party, "address")
        said = text_at(address, "country") or text_at(address, "countryName")
        country = iso_code(said)
        codes = _codes(party)
        kind = kind_of("OTH", name)
        if kind is Kind.FIRM and (buying or roles & _BUYING) and "supplier" not in roles:
            kind = Kind.PUBLIC_BODY
        try:
            organization = Organization(
                id=id,
                name=name[:MAX_NAME],
                kind=kind,
                size=_SCALES.get(text_at(party, "details", "scale").lower()),
                place=self.reading.places.place(
                    country, text_at(address, "locality"), text_at(address, "region")
                ),
                country=country,
                credit_code=codes["credit_code"],
                vat=codes["vat"],
                lei=codes["lei"],
                website=text_at(party, "details", "url"),
                provenance=self.reading.provenance(number),
                origins=self.reading.derived("kind"),
            )
            organization, told = with_clean_names(organization)
        except InvalidInput as error:
            self.reading.warn(self.reading.file, number, column_of(error), error.message)
            return
        for reason in told:
            self.reading.warn(self.reading.file, number, "name", reason)
        rows = self.reading.rows["organizations"]
        if id in rows:
            rows[id] = _filled(rows[id], organization)
        else:
            self.reading.keep("organizations", id, organization, self.reading.file, number)


def _id(ocid: str, identifier: Mapping[str, Any], local: str, name: str) -> str:
    scheme, code = text_at(identifier, "scheme"), text_at(identifier, "id")
    full = f"{scheme}-{code}" if scheme and code else local
    if _ORG_ID.fullmatch(full):
        return f"org-id:{_key(full)}"
    return f"{publisher_of(ocid)}:{_key(local) if local else name_key(name)}"


def publisher_of(ocid: str) -> str:
    """The prefix by which a publisher is registered, `ocds` where there is none."""
    match = _PUBLISHER.match(ocid.lower())
    return match.group() if match else "ocds"


def _key(text: str) -> str:
    key = "_".join(text.split())
    return key if len(key) <= MAX_KEY else digest(key)


def _codes(party: Mapping[str, Any]) -> dict[str, str]:
    """Codes of known kinds among a party's identifiers, where they are valid."""
    codes = {"credit_code": "", "vat": "", "lei": ""}
    identifiers = [dict_at(party, "identifier"), *dicts_at(party, "additionalIdentifiers")]
    for identifier in identifiers:
        scheme, code = text_at(identifier, "scheme").upper(), text_at(identifier, "id")
        if scheme.endswith("LEI"):
            codes["lei"] = codes["lei"] or valid_code("lei", code)
        elif scheme.startswith("CN-"):
            codes["credit_code"] = codes["credit_code"] or valid_code("credit_code", code)
        elif "VAT" in scheme:
            country = scheme[:2] if scheme[2:3] == "-" else ""
            valid = valid_code("vat", code) or valid_code("vat", f"{country}{code}")
            codes["vat"] = codes["vat"] or valid
    return codes


def _filled(kept: Organization, other: Organization) -> Organization:
    """With what a later release says of what was blank."""
    blank = {
        each.name: getattr(other, each.name)
        for each in fields(Organization)
        if getattr(kept, each.name) in (None, "") and getattr(other, each.name)
    }
    return replace(kept, **blank) if blank else kept
