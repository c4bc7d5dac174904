"""What a question of an organisation starts from, by one question to the database."""

from __future__ import annotations

from collections.abc import Callable

from matchmaker.domain import Cluster, Organization
from matchmaker.store.answers import SeekerProfile
from matchmaker.store.neo4j import cypher, search
from matchmaker.store.neo4j.codec import Properties, decode
from matchmaker.store.transaction import today


def seeker_profile_by(
    ask: Callable[..., list[Properties]], organization_id: str
) -> SeekerProfile | None:
    """The profile of an organisation by its own id, by one question; None where nobody has it."""
    records = ask(cypher.SEEKER_PROFILE, organization=organization_id, today=today())
    if not records:
        return None
    [record] = records
    return SeekerProfile(
        organization=decode(Organization, record["row"]),
        clusters=tuple(decode(Cluster, row) for row in record["clusters"]),
        statements=tuple(search.to_statement(row) for row in record["statements"]),
        version=int(record["version"]),
    )
