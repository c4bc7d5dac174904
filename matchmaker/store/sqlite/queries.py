"""All SQL of look-ups, by name. Lists of ids go in as JSON arrays."""

from __future__ import annotations

VERSION = "SELECT version FROM graph"
IDENTITY = "SELECT identity FROM graph"
COUNT = "SELECT count(*) FROM {table}"
# An organisation's own id comes first: it may be an alias as well, when it was merged later.
ACTUAL = """
SELECT coalesce((SELECT id FROM organizations WHERE id = :id),
    (SELECT organization FROM aliases WHERE id = :id))
"""
ALIASES = "SELECT id, organization FROM aliases"
IDENTITIES = (
    "SELECT id, name, name_en, credit_code, vat, country, place FROM organizations ORDER BY id"
)

# What an OrganizationFilter narrows to; a NULL parameter means any.
MATCHES_FILTER = """
    (:kinds IS NULL OR organizations.kind IN (SELECT value FROM json_each(:kinds)))
    AND (:sizes IS NULL OR organizations.size IN (SELECT value FROM json_each(:sizes)))
    AND (:tiers IS NULL OR organizations.tier IN (SELECT value FROM json_each(:tiers)))
    AND (:place IS NULL OR organizations.place IN (
        WITH RECURSIVE below (id) AS (
            VALUES (:place)
            UNION SELECT places.id FROM places JOIN below ON places.parent = below.id)
        SELECT id FROM below))
    AND (:industry IS NULL OR organizations.industry IN (
        WITH RECURSIVE below (id) AS (
            VALUES (:industry)
            UNION SELECT industries.id FROM industries JOIN below ON industries.parent = below.id)
        SELECT id FROM below))
    AND (:cluster IS NULL OR EXISTS (
        SELECT 1 FROM memberships WHERE memberships.cluster = :cluster
        AND memberships.organization = organizations.id))
"""
PAGE_OF_ORGANIZATIONS = f"""
WHERE organizations.id > :after AND {MATCHES_FILTER} ORDER BY organizations.id LIMIT :limit
"""
MEMBERS = """
JOIN memberships ON memberships.organization = organizations.id
WHERE memberships.cluster = :cluster AND organizations.id > :after
ORDER BY organizations.id LIMIT :limit
"""
PAGE = "WHERE {table}.id > :after ORDER BY {table}.id LIMIT :limit"
PAGE_OF_ONE = (
    "WHERE {table}.organization = :organization AND {table}.id > :after "
    "ORDER BY {table}.id LIMIT :limit"
)
PAGE_OF_NEEDS = """
WHERE (:organization IS NULL OR needs.organization = :organization)
  AND (:state IS NULL OR needs.state = :state)
  AND needs.id > :after ORDER BY needs.id LIMIT :limit
"""
ENGAGEMENTS_OF = """
WHERE engagements.id IN (SELECT engagement FROM participants WHERE organization = :organization)
  AND engagements.id > :after ORDER BY engagements.id LIMIT :limit
"""
PARTICIPANTS_AMONG = """
SELECT engagement, organization, role, amount FROM participants
WHERE engagement IN (SELECT value FROM json_each(?)) ORDER BY engagement, position
"""
ALL_PARTICIPANTS = (
    "SELECT engagement, organization, role, amount FROM participants ORDER BY engagement, position"
)
BY_IDS = "WHERE {table}.id IN (SELECT value FROM json_each(?))"
BY_ID = "WHERE {table}.id = ?"
CLUSTERS_OF = """
JOIN memberships ON memberships.cluster = clusters.id
WHERE memberships.organization = :organization
  AND (memberships.since IS NULL OR memberships.since <= date('now'))
  AND (memberships.until IS NULL OR memberships.until >= date('now'))
ORDER BY clusters.id
"""

# -- the network

NEIGHBORS = """
SELECT target FROM ties WHERE source IN (SELECT value FROM json_each(:ids))
UNION SELECT source FROM ties WHERE target IN (SELECT value FROM json_each(:ids))
UNION SELECT other.organization FROM participants AS one
    JOIN participants AS other ON other.engagement = one.engagement
    WHERE one.organization IN (SELECT value FROM json_each(:ids))
"""
WALKABLE = """
SELECT target FROM ties WHERE source IN (SELECT value FROM json_each(:ids))
    AND layer <> 'COMPETES_WITH'
UNION SELECT source FROM ties WHERE target IN (SELECT value FROM json_each(:ids))
    AND layer <> 'COMPETES_WITH'
UNION SELECT other.organization FROM participants AS one
    JOIN participants AS other ON other.engagement = one.engagement
    WHERE one.organization IN (SELECT value FROM json_each(:ids))
"""
STEPS = """
SELECT source, target, id, layer, note, CAST(substr(since, 1, 4) AS INTEGER) FROM ties
WHERE source IN (SELECT value FROM json_each(:sources))
    AND target IN (SELECT value FROM json_each(:targets)) AND layer <> 'COMPETES_WITH'
UNION ALL
SELECT target, source, id, layer, note, CAST(substr(since, 1, 4) AS INTEGER) FROM ties
WHERE target IN (SELECT value FROM json_each(:sources))
    AND source IN (SELECT value FROM json_each(:targets)) AND layer <> 'COMPETES_WITH'
UNION ALL
SELECT DISTINCT one.organization, other.organization, engagements.id, engagements.kind,
    engagements.title, CAST(substr(engagements.date, 1, 4) AS INTEGER)
FROM participants AS one
    JOIN participants AS other ON other.engagement = one.engagement
    JOIN engagements ON engagements.id = one.engagement
WHERE one.organization IN (SELECT value FROM json_each(:sources))
    AND other.organization IN (SELECT value FROM json_each(:targets))
"""
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

# -- statements

STATEMENT = """
SELECT id, kind, text, language, date FROM statements
WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
"""
STATEMENTS_OF = """
SELECT id, kind, text, language, date FROM statements
WHERE id IN (SELECT statement FROM statement_owners WHERE organization = ?) ORDER BY id
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
WHERE statement_terms MATCH :terms ORDER BY score DESC, statements.id LIMIT :limit OFFSET :offset
"""
NARROW = f"""
SELECT organizations.id FROM organizations
WHERE organizations.id IN (SELECT value FROM json_each(:ids)) AND {MATCHES_FILTER}
"""  # noqa: S608

# -- changes of one thing

SET_NEED_STATE = "UPDATE needs SET state = :after WHERE id = :id AND state = :before"
DROP_DESCRIPTION = "DELETE FROM descriptions WHERE id = ?"
