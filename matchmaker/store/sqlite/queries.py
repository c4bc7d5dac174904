"""All SQL by name. Lists of ids go in as JSON arrays or through the table `wanted`."""

from __future__ import annotations

from matchmaker.domain import RIVAL_LAYERS
from matchmaker.store.schema import TABLES

VERSION = "SELECT version FROM graph"
GRAPH_ID = "SELECT identity FROM graph"
COUNT = "SELECT count(*) FROM {table}"
ALIASES = "SELECT id, organization FROM aliases"
DUPLICATE_KEYS = (
    "SELECT id, name, name_en, credit_code, vat, lei, ror, country, place, website, other_names "
    "FROM organizations ORDER BY id"
)

# What an OrganizationFilter narrows to; a NULL parameter means any.
MATCHES_FILTER = """
    (:kinds IS NULL OR organizations.kind IN (SELECT value FROM json_each(:kinds)))
    AND (:sizes IS NULL OR organizations.size IN (SELECT value FROM json_each(:sizes)))
    AND (:tiers IS NULL OR organizations.tier IN (SELECT value FROM json_each(:tiers)))
    AND (:countries IS NULL OR organizations.country IN (SELECT value FROM json_each(:countries)))
    AND (:places IS NULL OR organizations.place IN (
        WITH RECURSIVE below (id) AS (
            SELECT value FROM json_each(:places)
            UNION SELECT places.id FROM places JOIN below ON places.parent = below.id)
        SELECT id FROM below))
    AND (:industries IS NULL OR organizations.industry IN (
        WITH RECURSIVE below (id) AS (
            SELECT value FROM json_each(:industries)
            UNION SELECT industries.id FROM industries JOIN below ON industries.parent = below.id)
        SELECT id FROM below))
    AND (:cluster IS NULL OR EXISTS (
        SELECT 1 FROM memberships WHERE memberships.cluster = :cluster
        AND memberships.organization = organizations.id))
    AND (:certificates IS NULL OR EXISTS (
        SELECT 1 FROM certificates WHERE certificates.organization = organizations.id
        AND certificates.kind IN (SELECT value FROM json_each(:certificates))
        AND (certificates.since IS NULL OR certificates.since <= :today)
        AND (certificates.until IS NULL OR certificates.until >= :today)))
"""
PAGE_OF_ORGANIZATIONS = f"""
WHERE organizations.id > :after AND {MATCHES_FILTER} ORDER BY organizations.id LIMIT :limit
"""
MEMBERS = """
JOIN memberships ON memberships.organization = organizations.id
WHERE memberships.cluster = :cluster AND organizations.id > :after
ORDER BY organizations.id LIMIT :limit
"""
IS_ENGAGED = (
    "engagements.id IN (SELECT engagement FROM participants WHERE organization = :organization)"
)
ENGAGED = f"WHERE {IS_ENGAGED}"
PARTICIPANTS_AMONG = """
SELECT engagement, organization, role, amount, ended FROM participants
WHERE engagement IN (SELECT value FROM json_each(?)) ORDER BY engagement, position
"""
CERTIFICATES_OF = "WHERE certificates.organization IN (SELECT value FROM json_each(:ids))"
CERTIFICATES_ENDING = "WHERE certificates.until BETWEEN :first AND :last"
CLUSTERS_OF = """
JOIN memberships ON memberships.cluster = clusters.id
WHERE memberships.organization = :organization
  AND (memberships.since IS NULL OR memberships.since <= :today)
  AND (memberships.until IS NULL OR memberships.until >= :today)
ORDER BY clusters.id
"""
CLUSTERED = """
SELECT DISTINCT organization FROM memberships
WHERE organization IN (SELECT value FROM json_each(:ids))
  AND (since IS NULL OR since <= :today) AND (until IS NULL OR until >= :today)
"""
FELLOW_MEMBERS = """
SELECT DISTINCT fellow.organization FROM memberships AS own
JOIN memberships AS fellow ON fellow.cluster = own.cluster
WHERE own.organization = :organization
  AND (own.since IS NULL OR own.since <= :today)
  AND (own.until IS NULL OR own.until >= :today)
  AND (fellow.since IS NULL OR fellow.since <= :today)
  AND (fellow.until IS NULL OR fellow.until >= :today)
"""
INDEX_OPTED_OUT = (
    "CREATE INDEX IF NOT EXISTS organizations_opted_out ON organizations (id) WHERE listed = 0"
)
OPTED_OUT = "SELECT id FROM organizations WHERE listed = 0"

# -- the network

_IS_WALKED = f"layer NOT IN ({', '.join(repr(layer.value) for layer in sorted(RIVAL_LAYERS))})"
_NEXT = """
SELECT target FROM ties WHERE source IN (SELECT value FROM json_each(:ids)) AND {which}
UNION SELECT source FROM ties WHERE target IN (SELECT value FROM json_each(:ids)) AND {which}
UNION SELECT other.organization FROM participants AS one
    JOIN participants AS other ON other.engagement = one.engagement
    WHERE one.organization IN (SELECT value FROM json_each(:ids))
"""
NEIGHBORS = _NEXT.format(which="TRUE")
REACHABLE_NEIGHBORS = _NEXT.format(which=_IS_WALKED)
STEPS = f"""
SELECT source, target, id, layer, note, CAST(substr(since, 1, 4) AS INTEGER) FROM ties
WHERE source IN (SELECT value FROM json_each(:sources))
    AND target IN (SELECT value FROM json_each(:targets)) AND {_IS_WALKED}
UNION ALL
SELECT target, source, id, layer, note, CAST(substr(since, 1, 4) AS INTEGER) FROM ties
WHERE target IN (SELECT value FROM json_each(:sources))
    AND source IN (SELECT value FROM json_each(:targets)) AND {_IS_WALKED}
UNION ALL
SELECT DISTINCT one.organization, other.organization, engagements.id, engagements.kind,
    engagements.title, CAST(substr(engagements.date, 1, 4) AS INTEGER)
FROM participants AS one
    JOIN participants AS other ON other.engagement = one.engagement
    JOIN engagements ON engagements.id = one.engagement
WHERE one.organization IN (SELECT value FROM json_each(:sources))
    AND other.organization IN (SELECT value FROM json_each(:targets))
"""  # noqa: S608
TIES_AMONG = """
WHERE ties.source IN (SELECT value FROM json_each(:ids))
  AND ties.target IN (SELECT value FROM json_each(:ids)) ORDER BY ties.id
"""
ENGAGEMENTS_AMONG = """
WHERE engagements.id IN (
    SELECT engagement FROM participants
    WHERE organization IN (SELECT value FROM json_each(:ids))
    GROUP BY engagement HAVING count(DISTINCT organization) >= 2)
ORDER BY engagements.id
"""
TIES_BETWEEN = "JOIN wanted ON ties.source = wanted.first AND ties.target = wanted.second"
ENGAGEMENTS_BETWEEN = """
WHERE engagements.id IN (
    SELECT one.engagement FROM wanted JOIN participants AS one ON one.organization = wanted.first
    JOIN participants AS other
      ON other.organization = wanted.second AND other.engagement = one.engagement)
"""

# -- statements

_OWNERS = (
    f"SELECT id, organization FROM {name}"  # noqa: S608
    if any(reference.field == "organization" for reference in table.references)
    else "SELECT engagement, organization FROM participants"
    for name, table in TABLES.items()
    if table.statement
)
CREATE_OWNERS = (
    f"CREATE VIEW statement_owners (statement, organization) AS {' UNION ALL '.join(_OWNERS)}"
)

STATEMENT = """
SELECT id, kind, text, language, date FROM statements
WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
"""
STATEMENTS_OF = """
SELECT id, kind, text, language, date FROM statements
WHERE id IN (SELECT statement FROM statement_owners WHERE organization = ?) ORDER BY id
"""
STILL_SAID_BY = """
SELECT id, kind, text, language, date FROM statements
WHERE id IN (SELECT statement FROM statement_owners WHERE organization = ?)
  AND NOT EXISTS (SELECT 1 FROM offers WHERE offers.id = statements.id AND NOT offers.active)
ORDER BY id
"""
OWNERS = """
SELECT statement, organization FROM statement_owners
WHERE statement IN (SELECT value FROM json_each(?)) ORDER BY statement, organization
"""
MISSING_EMBEDDINGS = """
SELECT id FROM statements WHERE revision IS NOT :revision ORDER BY id
"""
SET_EMBEDDING = "UPDATE statements SET revision = ?, embedding = ? WHERE id = ?"
EMBEDDINGS = """
SELECT id, embedding FROM statements
WHERE embedding IS NOT NULL
  AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds)))
"""
SEARCH_NAMES = f"""
SELECT organizations.id, -bm25(organization_terms) AS score
FROM organization_terms JOIN organizations ON organizations.row = organization_terms.rowid
WHERE organization_terms MATCH :terms AND {MATCHES_FILTER}
ORDER BY score DESC, organizations.id LIMIT :limit
"""  # noqa: S608
SEARCH_STATEMENTS = """
SELECT statements.id, -bm25(statement_terms) AS score
FROM statement_terms JOIN statements ON statements.row = statement_terms.rowid
WHERE statement_terms MATCH :terms
  AND NOT EXISTS (SELECT 1 FROM needs WHERE needs.id = statements.id AND needs.state = 'closed')
  AND NOT EXISTS (SELECT 1 FROM offers WHERE offers.id = statements.id AND NOT offers.active)
ORDER BY score DESC, statements.id LIMIT :limit OFFSET :offset
"""
NARROW = f"""
SELECT organizations.id FROM organizations
WHERE organizations.id IN (SELECT value FROM json_each(:ids)) AND {MATCHES_FILTER}
"""  # noqa: S608

# -- writing

WANT_TABLE = "CREATE TEMP TABLE IF NOT EXISTS wanted (first TEXT, second TEXT)"
WANT_CLEAR = "DELETE FROM wanted"
WANT = "INSERT INTO wanted VALUES (?, ?)"
INCREASE_VERSION = "UPDATE graph SET version = version + 1"
STAMP_VERSION = """
INSERT OR REPLACE INTO graph_versions SELECT version, lower(hex(randomblob(16))) FROM graph
"""
FORGET_VERSIONS = """
DELETE FROM graph_versions WHERE version <= (SELECT version FROM graph) - ?
"""
STAMP = "SELECT stamp FROM graph_versions WHERE version = (SELECT version FROM graph)"
STAMP_OF = "SELECT stamp FROM graph_versions WHERE version = ?"
NOTE_CHANGED = """
INSERT INTO changed_rows SELECT ?, first, coalesce(second, ''), graph.version + 1
FROM wanted, graph WHERE TRUE
ON CONFLICT (name, first, second) DO UPDATE SET version = excluded.version
"""
COUNT_CHANGED = "SELECT count(*) FROM changed_rows"
FORGET_CHANGED = ("DELETE FROM changed_rows", "DELETE FROM graph_versions")
MIDDLE_CHANGE = """
SELECT version FROM changed_rows ORDER BY version
LIMIT 1 OFFSET (SELECT count(*) / 2 FROM changed_rows)
"""
# What changed since the version of the middle one is still known then.
FORGET_EARLIER = (
    "DELETE FROM changed_rows WHERE version <= ?",
    "DELETE FROM graph_versions WHERE version < ?",
)
CHANGED_KEYS = "SELECT name, first, second FROM changed_rows WHERE version > ?"
EXISTING = "SELECT id FROM {table} JOIN wanted ON id = first"
DROP_ROWS = "DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM wanted WHERE {match})"
OTHER_REFERRER = (
    "SELECT {table}.{field} FROM {table} JOIN wanted ON {table}.{field} = wanted.first LIMIT 1"
)
REFERRER = """
SELECT {table}.{field} FROM {table} JOIN wanted ON {table}.{field} = wanted.first
WHERE {table}.id NOT IN (SELECT first FROM wanted) LIMIT 1
"""
PUT_STATEMENT = """
INSERT INTO statements (id, kind, text, language, date) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, language = excluded.language,
    date = excluded.date, text = excluded.text,
    revision = CASE WHEN text = excluded.text THEN revision END,
    embedding = CASE WHEN text = excluded.text THEN embedding END
"""
DROP_STATEMENTS = "DELETE FROM statements WHERE id IN (SELECT first FROM wanted)"
DROP_STATEMENTS_AMONG = "DELETE FROM statements WHERE id IN (SELECT value FROM json_each(?))"
DROP_STATEMENT_TERMS = (
    "DELETE FROM statement_terms WHERE rowid IN (SELECT row FROM statements JOIN wanted "
    "ON id = first)"
)
# Full text takes rows by their numbers: a SELECT within its INSERT has it put all that waits in
# memory on the disk for each row, as a part of the index of its own.
STATEMENT_NUMBERS = "SELECT id, row FROM statements JOIN wanted ON id = first"
PUT_STATEMENT_TERMS = "INSERT INTO statement_terms (rowid, terms) VALUES (?, ?)"
DROP_ORGANIZATION_TERMS = (
    "DELETE FROM organization_terms WHERE rowid IN (SELECT row FROM organizations JOIN wanted "
    "ON id = first)"
)
ORGANIZATION_NUMBERS = "SELECT id, row FROM organizations JOIN wanted ON id = first"
PUT_ORGANIZATION_TERMS = "INSERT INTO organization_terms (rowid, terms) VALUES (?, ?)"
ADD_ENDED = "ALTER TABLE participants ADD COLUMN ended INTEGER NOT NULL DEFAULT 0"
DROP_PARTICIPANTS = "DELETE FROM participants WHERE engagement IN (SELECT first FROM wanted)"
COUNT_PARTICIPANTS = "SELECT count(*) FROM participants"
PARTICIPANTS_INDEX = "SELECT sql FROM sqlite_schema WHERE name = 'participants_by_organization'"
DROP_PARTICIPANTS_INDEX = "DROP INDEX participants_by_organization"
PUT_PARTICIPANT = "INSERT INTO participants VALUES (?, ?, ?, ?, ?, ?)"

SET_GRAPH = "UPDATE graph SET version = ?, identity = ?"
SET_RESTORED = "INSERT OR REPLACE INTO restored VALUES (1, ?)"
RESTORED = "SELECT name FROM restored"
HAS_RESTORED = "SELECT 1 FROM sqlite_schema WHERE name = 'restored'"
COUNT_RECORDS = "SELECT count(*) FROM records"
