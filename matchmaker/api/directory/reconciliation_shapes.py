"""Shapes of the Reconciliation API: manifest, queries, candidates and values.

https://www.w3.org/community/reconciliation/ – version 0.2, and `match` of the 1.0 draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Literal

from pydantic import BaseModel, Field

from matchmaker.api.http.guards import API_PREFIX
from matchmaker.domain import Kind
from matchmaker.ingest.codes import CODE_KINDS
from matchmaker.messages import in_context, message, term
from matchmaker.services.directory.reconciliation import (
    ANY_TYPE,
    FETCHED,
    MATCHED,
    USUAL_CANDIDATES,
    DescribedOrganization,
    ReconciliationCandidate,
    ReconciliationQuery,
)
from matchmaker.text import language_of

LONGEST_TEXT = 1000
MOST_VALUES = 50
# Context of the names of what can be fetched and matched by.
PROPERTY = "reconciliation"


class EntityValue(BaseModel):
    """A value that was itself reconciled."""

    id: str = Field(max_length=LONGEST_TEXT)
    name: str = Field("", max_length=LONGEST_TEXT)


Value = str | float | bool | EntityValue | None


class PropertyCondition(BaseModel):
    """The value of a column of the table, for one property."""

    pid: str = Field(max_length=LONGEST_TEXT)
    v: Value | list[Value] = None


class QueryShape(BaseModel):
    """A query of version 0.2."""

    query: str = Field("", max_length=LONGEST_TEXT)
    type: str | list[str] | None = None
    limit: float = Field(USUAL_CANDIDATES, ge=0, le=10_000, allow_inf_nan=False)
    properties: list[PropertyCondition] = Field([], max_length=MOST_VALUES)
    type_strict: str | None = None

    def to_query(self) -> ReconciliationQuery:
        """As the service takes it."""
        types = [self.type] if isinstance(self.type, str) else self.type or []
        # "should": candidates of other types are welcome too.
        wanted = frozenset() if self.type_strict == "should" else frozenset(filter(None, types))
        return ReconciliationQuery(
            self.query.strip(), wanted, _values_of(self.properties), int(self.limit)
        )


class Condition(PropertyCondition):
    """A condition of version 1.0: on the name, or on a property."""

    matchType: Literal["name", "property"]  # noqa: N815 (the field's name in the standard)
    pid: str = Field("", max_length=LONGEST_TEXT)


class MatchQuery(BaseModel):
    """A query of version 1.0."""

    type: str = ""
    limit: float = Field(USUAL_CANDIDATES, ge=0, le=10_000, allow_inf_nan=False)
    conditions: list[Condition] = Field(min_length=1, max_length=MOST_VALUES)

    def to_query(self) -> ReconciliationQuery:
        """As the service takes it."""
        names = [_text(each.v) for each in self.conditions if each.matchType == "name"]
        properties = [each for each in self.conditions if each.matchType == "property"]
        types = frozenset({self.type}) if self.type else frozenset()
        name = next(iter(names), "").strip()[:LONGEST_TEXT]
        return ReconciliationQuery(name, types, _values_of(properties), int(self.limit))


class MatchBody(BaseModel):
    """Queries of version 1.0."""

    queries: list[MatchQuery]


class ExtensionProperty(BaseModel):
    """One property to fetch; there are no settings."""

    id: str = Field(max_length=LONGEST_TEXT)


class ExtensionQuery(BaseModel):
    """Values of which properties of which organisations."""

    ids: list[str] = Field(max_length=5_000)
    properties: list[ExtensionProperty] = Field(max_length=MOST_VALUES)


def _values_of(conditions: Sequence[PropertyCondition]) -> dict[str, str]:
    """The first value of each property that can be matched by."""
    values: dict[str, str] = {}
    for condition in conditions:
        text = _text(condition.v).strip()[:LONGEST_TEXT]
        if condition.pid in MATCHED and text:
            values.setdefault(condition.pid, text)
    return values


def _text(value: Value | list[Value]) -> str:
    if isinstance(value, list):
        return next((text for each in value if (text := _text(each)).strip()), "")
    if isinstance(value, EntityValue):
        return value.id if value.id else value.name
    return "" if value is None else str(value)


# -- answers


def manifest(base: str, language: str) -> dict[str, Any]:
    """The manifest: what the service is and can do; `base` is this installation's address."""
    service = f"{base}{API_PREFIX}/reconcile"

    def suggest(of: str) -> dict[str, str]:
        return {"service_url": service, "service_path": f"/suggest/{of}"}

    return {
        "versions": ["0.2", "1.0-draft"],
        "name": message("Matchmaker: organisations").text(language),
        "identifierSpace": f"{base}/organizations/",
        "schemaSpace": f"{service}/properties/",
        "documentation": f"{base}/api/docs",
        "serviceVersion": version("matchmaker"),
        "defaultTypes": types_of(language),
        "view": {"url": f"{base}/organizations/{{{{id}}}}"},
        "preview": {"url": f"{service}/preview?id={{{{id}}}}", "width": 420, "height": 220},
        "suggest": {of: suggest(of) for of in ("entity", "type", "property")},
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/extend/propose"},
            "property_settings": [],
        },
        "batchSize": 50,
        "standardizedScore": True,
    }


def types_of(language: str) -> list[dict[str, str]]:
    """Any organisation, and each kind."""
    anything = {"id": ANY_TYPE, "name": message("Organisation").text(language)}
    return [anything, *({"id": kind.value, "name": term(kind, language)} for kind in Kind)]


def property_out(name: str, language: str) -> dict[str, str]:
    """A property that can be fetched, with its name."""
    return {"id": name, "name": in_context(PROPERTY, name).text(language)}


def properties_of(language: str) -> list[dict[str, str]]:
    """All that can be fetched; some of it can be matched by."""
    return [property_out(name, language) for name in FETCHED]


def candidate_of(candidate: ReconciliationCandidate, language: str) -> dict[str, Any]:
    """A candidate: `score` from 0 to 100, `match` where it is certain, `features` by what."""
    described = candidate.described
    organization = described.organization
    return {
        "id": organization.id,
        "name": organization.name,
        "description": _description(described, language),
        "type": _types(described, language),
        "score": round(100 * candidate.chance, 1),
        "match": candidate.is_certain,
        "features": [{"id": name, "value": value} for name, value in candidate.features],
    }


def suggested_of(described: DescribedOrganization, language: str) -> dict[str, Any]:
    """An organisation to choose."""
    return {
        "id": described.organization.id,
        "name": described.organization.name,
        "description": _description(described, language),
        "notable": _types(described, language),
    }


def values_of(described: DescribedOrganization, language: str) -> dict[str, str]:
    """Every value that can be fetched, "" where there is none."""
    organization, place, industry = (
        described.organization, described.place, described.industry
    )  # fmt: skip
    founded = organization.founded
    return {
        "name": organization.name,
        "name_en": organization.name_en,
        "kind": term(organization.kind, language),
        "size": term(organization.size, language) if organization.size else "",
        "tier": term(organization.tier, language) if organization.tier else "",
        "country": organization.country,
        "place": _named(place, language),
        "place_id": organization.place or "",
        "industry": _named(industry, language),
        "industry_id": organization.industry or "",
        "website": organization.website,
        **{kind: getattr(organization, kind) for kind in CODE_KINDS},
        "founded": founded.isoformat() if founded else "",
        "status": term(organization.status, language),
    }


def _named(coded: Any, language: str) -> str:
    if coded is None:
        return ""
    return str(coded.name_en if language != "zh" and coded.name_en else coded.name)


def _types(described: DescribedOrganization, language: str) -> list[dict[str, str]]:
    kind = described.organization.kind
    return [{"id": kind.value, "name": term(kind, language)}]


def _description(described: DescribedOrganization, language: str) -> str:
    """A text that tells namesakes apart."""
    organization = described.organization
    other = organization.name_en if language_of(organization.name) == "zh" else ""
    parts = (other, _named(described.place, language), _named(described.industry, language))
    return " · ".join(part for part in parts if part)
