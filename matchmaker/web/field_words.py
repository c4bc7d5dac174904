"""What English pages call fields whose names are for files and programs. Data."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.messages import message

FIELD_WORDS: Mapping[str, str] = {
    "batch": "year of recognition",
    "capacity": "introductions at a time",
    "credit_code": "credit code (China)",
    "description": "what it does",
    "description_en": "what it does, in English",
    "ended": "dissolved on",
    "founded": "founded",
    "inventory_days": "stock lasts",
    "new_product_sales_share": "sales of new products",
    "rd_intensity": "R&D intensity",
    "sales_outside_province_share": "sales outside the province",
    "unit_cost_index": "cost of a unit",
    "local_supply_share": "local supply",
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

# Units of figures that are words.
UNITS = (message("days"),)

# Fields that no table of ours has; catalogues name them under the same context.
FORM_FIELDS = (
    "answer", "gathering", "inventory_days", "local_supply_share", "new_product_sales_share",
    "rd_intensity", "sales_outside_province_share", "unit_cost_index", "lead_time_days", "met",
    "minimum_quantity", "needs", "organizations",
    "price", "reason", "team", "valid_until", "winner", "winners",
)  # fmt: skip


def in_words(name: str) -> str:
    """The name of a field in English words."""
    return FIELD_WORDS.get(name, name.replace("_", " "))
