"""The answers to a call side by side, as tables to take away."""

from __future__ import annotations

from typing import NoReturn

from matchmaker.errors import InvalidInput
from matchmaker.exports.tables import DataExport, ExportCell, ExportTable, columns
from matchmaker.messages import message
from matchmaker.services.cooperation.call_shapes import CallParty, CallView
from matchmaker.workflow.call_comparison import ComparedBid

ANSWERS = columns(
    "id name name_en state shortlisted price currency unit lead_time_days minimum_quantity"
    " monthly_capacity valid_until requirements_met requirements_partly requirements_unmet best"
    " text submitted",
    "state",
    "best",
)
MET_REQUIREMENTS = columns("requirement kind id name name_en met", "kind", "met")


def comparison_export(view: CallView) -> DataExport:
    """One row an answer, and one a requirement and answer; notes of the team are not in it."""
    compared = [(party, party.compared) for party in view.compared if party.compared]
    requirements: list[tuple[ExportCell, ...]] = [
        (
            requirement.words,
            requirement.kind,
            *_named(party),
            beside.bid.verdict(requirement.key) or "",
        )
        for requirement in view.brief.requirements
        for party, beside in compared
    ]
    return DataExport(
        "call.answers",
        (
            ExportTable(
                "answers",
                message("Answers side by side"),
                ANSWERS,
                [_row(party, beside) for party, beside in compared],
            ),
            ExportTable("requirements", message("Requirements"), MET_REQUIREMENTS, requirements),
        ),
        _no_graph,
        (("call", view.brief.id), ("title", view.brief.title), ("deadline", view.brief.deadline)),
    )


def _row(party: CallParty, beside: ComparedBid) -> tuple[ExportCell, ...]:
    bid = beside.bid
    return (
        *_named(party),
        party.state,
        party.shortlisted,
        bid.price,
        bid.currency,
        bid.unit,
        bid.lead_time_days,
        bid.minimum_quantity,
        bid.capacity,
        bid.valid_until,
        beside.met,
        beside.partly,
        beside.unmet,
        beside.best,
        bid.text,
        party.submitted.date() if party.submitted else None,
    )


def _named(party: CallParty) -> tuple[ExportCell, ...]:
    organization = party.organization
    return organization.id, organization.name, organization.name_en


def _no_graph() -> NoReturn:
    raise InvalidInput("answers are no graph.", where="format", mend="Choose csv, xlsx or json.")
