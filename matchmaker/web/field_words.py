"""What English pages call fields whose names are for files and programs. Data."""

from __future__ import annotations

from collections.abc import Mapping

FIELD_WORDS: Mapping[str, str] = {
    "batch": "year of recognition",
    "capacity": "introductions at a time",
    "credit_code": "credit code (China)",
    "description": "what it does",
    "description_en": "what it does, in English",
    "ended": "dissolved on",
    "founded": "founded",
    "head": "first organisation",
    "headcount": "employees",
    "layer": "relation",
    "lead": "who leads",
    "lei": "LEI",
    "listed": "may be recommended",
    "lot": "lot or item",
    "member_since": "member since",
    "member_until": "member until",
    "name_en": "name in English",
    "output": "output of a year",
    "patents": "patents held",
    "order_number": "number of the order",
    "organization": "organisation",
    "other_names": "other names",
    "partners": "who takes part",
    "project_number": "number of the project",
    "rd_expenditure": "R&D expenditure",
    "ror": "ROR identifier",
    "since": "first day",
    "start": "first day",
    "tail": "second organisation",
    "tier": "recognised as",
    "until": "last day",
    "vat": "VAT number",
}

# Fields that no table of ours has; catalogues name them under the same context.
FORM_FIELDS = (
    "answer", "gathering", "lead_time_days", "met", "minimum_quantity", "needs", "organizations",
    "price", "reason", "team", "valid_until", "winner", "winners",
)  # fmt: skip


def in_words(name: str) -> str:
    """The name of a field in English words."""
    return FIELD_WORDS.get(name, name.replace("_", " "))
