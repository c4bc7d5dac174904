"""What a question of an organisation starts from, by one question to the database."""

from __future__ import annotations

from collections.abc import Callable

from matchmaker.domain import Cluster, Organization
from matchmaker.store.answers import SeekerProfile
from matchmaker.store.changes import Record, RecordQuery
from matchmaker.store.neo4j import cypher, search
from matchmaker.store.neo4j.codec import Properties, decode
from matchmaker.store.neo4j.documents import QUESTION_START, parameters
from matchmaker.store.transaction import today


def seeker_profile_by(
    ask: Callable[..., list[Properties]], organization_id: str
) -> SeekerProfile | None:
    """The profile of an organisation by its own id, by one question; None where nobody has it."""
    rows = ask(cypher.SEEKER_PROFILE, organization=organization_id, today=today())
    return _profile(rows[0]) if rows else None


def question_start_by(
    ask: Callable[..., list[Properties]], organization_id: str, query: RecordQuery
) -> tuple[SeekerProfile, list[Record]] | None:
    """The same with documents beside it, by one question."""
    rows = ask(QUESTION_START, organization=organization_id, today=today(), **parameters(query))
    return (_profile(rows[0]), [Record(**row) for row in rows[0]["records"]]) if rows else None


def _profile(record: Properties) -> SeekerProfile:
    return SeekerProfile(
        organization=decode(Organization, record["row"]),
        clusters=tuple(decode(Cluster, row) for row in record["clusters"]),
        statements=tuple(search.to_statement(row) for row in record["statements"]),
        version=int(record["version"]),
    )
