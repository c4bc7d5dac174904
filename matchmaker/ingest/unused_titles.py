# ruff: noqa: E501 -- words, as a list is read
"""Columns that people's lists have and ours do not, and why: they are told, never passed over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from matchmaker.ingest.column_values import are_ranks_of_members
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.question_titles import is_about_answer
from matchmaker.ingest.suggestions import is_no_stage, only_counts, recognised
from matchmaker.ingest.title_keys import title_keys
from matchmaker.ingest.unused_words import unused_reason
from matchmaker.ingest.words import word_key
from matchmaker.messages import Message, message

_BELONGS_TO = "依托单位|主管部门|主管单位|上级单位|上级主管部门|母公司|控股股东|所属集团|集团|举办单位|建设单位|运营单位|hosted by|host institution|parent|parent company|parent organisation|group|belongs to|muttergesellschaft|konzern|träger|maison mère"
NO_PLACE = message("No column here corresponds to it.")


def why_unused(table: str, title: str, values: Sequence[str]) -> Message | None:
    """The reason why a title heads no column of a table; None for no known reason."""
    if only_counts(title):
        return message("It only counts the lines.")
    if is_about_answer(title):
        return message("It is about the answer to a survey, not about who answers.")
    if reason := unused_reason(title):
        return reason
    if table not in TABLES and "contact" in recognised("organizations", {title: ()}).values():
        return message(
            "People to turn to are kept with the organisation: say them in a list of members."
        )
    if table == "organizations" and not _belonging().isdisjoint(title_keys(title)):
        return message("Whom it belongs to is a relation: import it in a list of relations.")
    if table == "organizations" and are_ranks_of_members(values):
        return message("Fees, ranks and terms of a membership are not kept.")
    if is_no_stage(table, title, values):
        return message("Its words are no stages of the value chain that are known here.")
    return None


@cache
def _belonging() -> frozenset[str]:
    return frozenset(map(word_key, _BELONGS_TO.split("|")))
