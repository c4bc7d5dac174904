"""English names on pages of fields whose own names are for files and programs. Data."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.messages import message

FIELD_WORDS: Mapping[str, str] = {
    "about": "what it does",
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
    "about", "alerts", "alerts_a_week", "answer", "before", "candidate", "code", "credential",
    "cut", "day", "do", "edit_line", "email", "field", "file", "follows", "format", "gathering",
    "header_line", "inventory_days", "jobs", "keep", "kept", "lead_time_days", "limit", "list",
    "local_supply_share", "members", "message", "met", "min_size", "minimum_quantity",
    "minutes", "needs", "new_product_sales_share", "note", "organizations", "outcome", "pair",
    "pairs", "parties", "password", "present", "price", "q", "queries", "questions",
    "quiet_from", "quiet_until", "radius", "radius_km", "rd_intensity", "reason", "rhythm",
    "row", "sales_outside_province_share", "satisfaction", "seeker", "summary", "table",
    "team", "terms_first", "thanks", "ties", "time", "times", "token", "topic",
    "unit_cost_index", "valid_until", "version", "winner", "winners", "wording", "zone",
)  # fmt: skip


def in_words(name: str) -> str:
    """The name of a field in English words."""
    return FIELD_WORDS.get(name, name.replace("_", " "))
