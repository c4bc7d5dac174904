"""The scope of a coordinator's imports: rows about the own cluster's members, and new members."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from matchmaker.domain import (
    Certificate,
    ClaimTier,
    GraphRows,
    Membership,
    Organization,
    Provenance,
    SourceTier,
    key_of,
)
from matchmaker.ingest.hidden_parties import SOMEBODY
from matchmaker.ingest.references import origin_of
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.messages import Message, message
from matchmaker.store.merging import is_blank, is_same_certificate, origin_of_field
from matchmaker.store.schema import ALIASES, DUPLICATES, MEMBERSHIPS, ORGANIZATIONS, TABLES, Table

# Places, industries and clusters are everybody's.
ALLOWED = (
    "organizations", "certificates", "memberships", "offers", "needs", "engagements",
    "participants", "ties", "observations",
)  # fmt: skip


# Whether there is an organisation any more.
_ENDING = frozenset({"status", "ended", "successor"})
_NO_TIER = message(
    "is left out: only this cluster's lists know the firm; an administrator sets it."
)
_KEPT = message("stays as it is on record: an administrator changes it, since others rely on it.")
# What an organisation says itself once somebody acts for it; a website where it has none yet.
_OWN = frozenset({"listed", "capacity", "contact", "website"})
_THEIRS = message("stays as it is on record: somebody acts for it and says that.")
# What is found out beside what a file says.
_DERIVED = (ALIASES, DUPLICATES)


# Registers and public sources, whose readers make ids of their codes.
REGISTERS = frozenset({"cordis", "gleif", "ocds", "openalex", "ror"})


def without_ids_of_others(
    parsed: Parsed, before: GraphRows, own_source: str, others: Collection[str],
    other_ids: Collection[str],
) -> Parsed:  # fmt: skip
    """Without new rows whose ids begin as those of `others` do, names of sources; each a problem.

    Those `before` are not new, nor organisations under `other_ids` of theirs. Or what another list
    makes an id of next would be taken already, by somebody else.
    """
    stored = {name: {key_of(row) for row in rows} for name, rows in before.tables()}
    stored["organizations"].update(other_ids)
    taken = (frozenset(others) | REGISTERS) - {own_source}
    refused: dict[str, dict[str, None]] = {}  # in the order of the file
    for name, rows in parsed.rows.tables():
        for row in rows:
            id = getattr(row, "id", None)
            if TABLES[name] in _DERIVED or id is None or key_of(row) in stored[name]:
                continue
            # An offer's id begins with that of who offers it.
            is_of = id.startswith(getattr(row, "organization", id + "#"))
            if id.partition(":")[0] in taken and not is_of:
                refused.setdefault(name, {})[id] = None
    if not refused:
        return parsed
    problems, kept = list(parsed.problems), {}
    for name, rows in parsed.rows.tables():
        gone = refused.get(name, {})
        kept[name] = tuple(row for row in rows if getattr(row, "id", None) not in gone)
        for id in gone:
            file, line = parsed.origins.get((name, id), ("", 0))
            reason = message(
                "%(id)s begins as ids of another source do: leave the id out, or begin it with"
                " %(own)s.",
                id=id, own=f"{own_source}:",
            )  # fmt: skip
            problems.append(Problem(file, line, "id", reason))
    return replace(parsed, rows=GraphRows(**kept), problems=tuple(problems))


def within(
    parsed: Parsed, before: GraphRows, cluster: str, members: Collection[str], *,
    joins: bool = True, hidden: Collection[str] = (),
) -> Parsed:  # fmt: skip
    """Without the rows that are not the cluster's; each a problem.

    `before` is what is stored under the same keys, `members` the ids of those in the cluster.
    An organisation that is not stored yet becomes a member where it `joins`, else it is only
    named by what is about members. One that is stored and no member stays as it is, and joins
    only by an administrator: a member's coordinator may ask in its name.
    """
    stored = {name: {key_of(row): row for row in rows} for name, rows in before.tables()}
    new = {row.id for row in parsed.rows.organizations} - set(stored["organizations"])
    own = set(members) | new if joins else set(members)
    own_or_new = own | new

    def is_theirs(table: Table[Any], row: Any) -> bool:
        if table is ORGANIZATIONS:
            return row.id in own or row.id in new
        if table is MEMBERSHIPS:
            return row.cluster == cluster and row.organization in own
        ids = _organizations_of(table, row)
        return cluster in ids or not ids.isdisjoint(own_or_new if table is DUPLICATES else own)

    names = {row.id: row.name for row in before.organizations if row.id not in hidden}
    names |= {row.id: row.name for row in parsed.rows.organizations}
    problems = list(parsed.problems)
    told: set[tuple[str, int, str, str]] = set()  # of one line its need and its text
    kept: dict[str, tuple[Any, ...]] = {}
    for name, rows in parsed.rows.tables():
        table = TABLES[name]
        good = []
        for row in rows:
            before_row = stored[name].get(key_of(row))
            if is_theirs(table, row) and (before_row is None or is_theirs(table, before_row)):
                good.append(row)
            elif table is MEMBERSHIPS and not joins and row.organization in new:
                continue  # they are not to join
            elif table in _DERIVED or (table is ORGANIZATIONS and parsed.only_blanks):
                continue  # no line of the file says it
            else:
                _, file, line = origin_of(parsed, name, row)
                why = _why_not(table, row, names, hidden, joins=joins)
                if (key := (file, line, *why[:1], why[1].id)) not in told:
                    problems.append(Problem(file, line, *why))
                told.add(key)
        kept[name] = tuple(good)
    if not joins:
        named_only, unnamed = _without_unnamed(kept, new)
        if parsed.only_blanks:
            kept = named_only
        else:
            problems += _not_joining(parsed, unnamed, problems)
    joined = {row.organization for row in kept["memberships"]}
    read_on = {row.id: row.provenance.date for row in parsed.rows.organizations}
    kept["memberships"] += tuple(
        Membership(cluster, id, None, None, Provenance("import", cluster, date=read_on[id]))
        for id in sorted(new - joined if joins else ())
    )
    return replace(parsed, rows=GraphRows(**kept), problems=tuple(problems))


def _without_unnamed(
    kept: Mapping[str, tuple[Any, ...]], new: Collection[str]
) -> tuple[dict[str, tuple[Any, ...]], set[str]]:
    """Without the new organisations that only lines named which are left out, and these."""
    named = {
        id
        for name, rows in kept.items()
        if TABLES[name] not in (ORGANIZATIONS, *_DERIVED)
        for row in rows
        for id in _organizations_of(TABLES[name], row)
    }
    unnamed = set(new) - named
    named_only = {
        name: tuple(
            row
            for row in rows
            if TABLES[name] not in (ORGANIZATIONS, *_DERIVED)
            or unnamed.isdisjoint({key_of(row), *_organizations_of(TABLES[name], row)})
        )
        for name, rows in kept.items()
    }
    return named_only, unnamed


def _organizations_of(table: Table[Any], row: Any) -> set[str]:
    """The ids of the organisations that a row refers to."""
    return {
        id
        for reference in table.references
        if ORGANIZATIONS.name in reference.tables
        for id in table.referred_ids(row, reference)
    }


def with_claims_of_importer(
    parsed: Parsed, before: GraphRows, acting_for: Collection[str]
) -> Parsed:
    """With nobody standing for a certificate as more than who imports it could on its page.

    That is a coordinator, who stands for nothing of the organisations `acting_for` which they
    act, and speaks for no partner. What is on record already stays. Each that is lowered is told
    of.
    """
    stored = {row.id: row for row in before.certificates}
    problems, rows = list(parsed.problems), []
    for row in parsed.rows.certificates:
        is_own = row.organization in acting_for
        is_only_stated = is_own or row.claim is ClaimTier.PARTNER
        highest = ClaimTier.STATED if is_only_stated else ClaimTier.COORDINATOR
        known = stored.get(row.id)
        is_on_record = (
            known is not None and known.claim is row.claim and is_same_certificate(known, row)
        )
        if is_on_record or row.claim.rank <= highest.rank:
            rows.append(row)
        else:
            day = None if is_only_stated else row.confirmed_on
            rows.append(replace(row, claim=highest, confirmed_on=day))
            _, file, line = origin_of(parsed, "certificates", row)
            problems.append(Problem(file, line, "claim", _why_lowered(row, is_own), "warning"))
    certificates = replace(parsed.rows, certificates=tuple(rows))
    return replace(parsed, rows=certificates, problems=tuple(problems))


def with_identities_on_record(
    parsed: Parsed, before: GraphRows, fields: AbstractSet[str], source: str,
    acting_for: Collection[str], with_people: Collection[str],
) -> Parsed:  # fmt: skip
    """With what stands for the identity of stored organisations left as it is on record.

    A coordinator fills what nobody stated of others than those `acting_for` which they act, and
    corrects what the cluster's own lists, of this `source`, said before; never whether there is
    an organisation any more. Whom only those lists know has no tier by them. Of those
    `with_people`, for which others act, also what these say themselves is left: whether to be
    found, how to be reached. Each that is left as it was is told of.
    """
    stored = {row.id: row for row in before.organizations}
    problems, rows = list(parsed.problems), []
    for said_row in parsed.rows.organizations:
        row, known = said_row, stored.get(said_row.id)
        _, file, line = origin_of(parsed, "organizations", row)
        tier = None if known is None else known.tier
        if row.tier not in (None, tier) and _is_only_of(known, source):
            row = replace(row, tier=tier)
            problems.append(Problem(file, line, "tier", _NO_TIER, "warning", is_lost=True))
        if known is None:
            rows.append(row)
            continue
        said = parsed.explicit.get(("organizations", row.id), frozenset())
        own = row.id in acting_for
        their_own = _OWN if row.id in with_people and not own else frozenset()
        kept = {
            name: getattr(known, name)
            for name in sorted(fields | their_own)
            if (name in said or not is_blank(row, name))
            and getattr(row, name) != getattr(known, name)
            and (
                name != "website" or not is_blank(known, name)
                if name in their_own
                else own or name in _ENDING or not _is_open(known, name, source)
            )
        }
        rows.append(replace(row, **kept))
        problems += (
            Problem(file, line, name, _THEIRS if name in _OWN else _KEPT, "warning", is_lost=True)
            for name in kept
            if origin_of_field(row, name).tier is not SourceTier.DERIVED
        )
    organizations = replace(parsed.rows, organizations=tuple(rows))
    return replace(parsed, rows=organizations, problems=tuple(problems))


def _is_only_of(known: Organization | None, source: str) -> bool:
    """Tell whether nobody but lists of this source knows an organisation."""
    return known is None or (
        known.provenance.source == source and known.provenance.tier is SourceTier.IMPORT
    )


def _is_open(known: Organization, name: str, source: str) -> bool:
    """Tell whether nobody stated a field yet but lists of this source."""
    origin = origin_of_field(known, name)
    is_theirs = origin.source == source and origin.tier is SourceTier.IMPORT
    return is_blank(known, name) or origin.tier is SourceTier.DERIVED or is_theirs


def without_restored_claims(
    parsed: Parsed, before: GraphRows, taken_back: Mapping[str, datetime.date]
) -> Parsed:
    """With nobody standing for a certificate whose confirmation a coordinator took back.

    Whoever imports: it is confirmed anew on its page, by somebody who sees that it was taken
    back. `taken_back` are days, by ids of rows that are only stated then. Each is told of.
    """
    stored = {row.id: row for row in before.certificates}
    problems, rows = list(parsed.problems), []
    for row in parsed.rows.certificates:
        day, known = taken_back.get(row.id), stored.get(row.id)
        is_confirmed = known is not None and known.claim is not ClaimTier.STATED
        if row.claim is ClaimTier.STATED or day is None or is_confirmed:
            rows.append(row)
            continue
        rows.append(replace(row, claim=ClaimTier.STATED, confirmed_on=None))
        fault = message(
            "%(kind)s is kept as only stated: a coordinator took its confirmation back on %(day)s,"
            " and confirms it anew on the organisation's page.",
            kind=row.kind, day=day,
        )  # fmt: skip
        _, file, line = origin_of(parsed, "certificates", row)
        problems.append(Problem(file, line, "claim", fault, "warning"))
    certificates = replace(parsed.rows, certificates=tuple(rows))
    return replace(parsed, rows=certificates, problems=tuple(problems))


def _why_lowered(row: Certificate, is_own: bool) -> Message:
    if is_own:
        return message(
            "%(kind)s is kept as only stated: nobody confirms what their own organisation holds.",
            kind=row.kind,
        )
    if row.claim is ClaimTier.PARTNER:
        return message(
            "%(kind)s is kept as only stated: a partner confirms it on the organisation's page.",
            kind=row.kind,
        )
    return message(
        "%(kind)s is kept as confirmed by a coordinator: only an administrator imports what a "
        "register says.",
        kind=row.kind,
    )


def _why_not(
    table: Table[Any], row: Any, names: Mapping[str, str], hidden: Collection[str], *, joins: bool
) -> tuple[str, Message]:
    """The field and the reason for which a row is not the cluster's."""
    if table is ORGANIZATIONS and row.id in hidden:
        return "name", SOMEBODY
    if table is MEMBERSHIPS and row.organization in hidden:
        return "organization", SOMEBODY
    if table is ORGANIZATIONS:
        return "name", message(
            "%(name)s is on record and no member of this cluster; an administrator can change it.",
            name=row.name,
        )
    if table is MEMBERSHIPS:
        return "organization", message(
            "%(name)s is on record and no member of this cluster; an administrator can add it.",
            name=names.get(row.organization, row.organization),
        )
    named = sorted(names[id] for id in _organizations_of(table, row) if id in names)
    if named and not joins:
        return "organization", _nobody_joins(named)
    if named:
        return "organization", message(
            "%(names)s: no member of this cluster. Import its members first, or ask an "
            "administrator.",
            names=named,
        )
    return "organization", message(
        "nobody named here is a member of this cluster: import its members first, "
        "or ask an administrator."
    )


def _not_joining(
    parsed: Parsed, unnamed: Collection[str], told: Sequence[Problem]
) -> list[Problem]:
    """That new organisations of which no line says anything are left out, each once by its line."""
    lines = {(each.file, each.line) for each in told if each.severity == "error"}
    return [
        Problem(file, line, "organization", _nobody_joins([row.name]))
        for row in parsed.rows.organizations
        if row.id in unnamed
        for _, file, line in (origin_of(parsed, ORGANIZATIONS.name, row),)
        if (file, line) not in lines
    ]


def _nobody_joins(names: Sequence[str]) -> Message:
    return message(
        "%(names)s: no member of this cluster, and nobody joins by a list such as this. Import "
        "its members first, or choose that new organisations join.",
        names=names,
    )
