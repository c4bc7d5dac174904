"""All Cypher of reading and of the schema, by name. Values are always parameters.

Labels and relationship types stand in the text or come from enumerations. The
writing side is in `cypher_write`.
"""

from __future__ import annotations

from enum import StrEnum

from matchmaker.domain import RIVAL_LAYERS, Layer


class Relationship(StrEnum):
    """Types of relationships that are not ties."""

    WITHIN = "WITHIN"
    LOCATED_IN = "LOCATED_IN"
    WORKS_IN = "WORKS_IN"
    SUCCEEDED_BY = "SUCCEEDED_BY"
    ALIAS_OF = "ALIAS_OF"
    MAY_BE = "MAY_BE"
    DESCRIBED_BY = "DESCRIBED_BY"
    OFFERS = "OFFERS"
    NEEDS = "NEEDS"
    TOOK_PART = "TOOK_PART"
    MEMBER_OF = "MEMBER_OF"
    REPORTED = "REPORTED"
    HOLDS = "HOLDS"


STATEMENT_LABEL = "Statement"
TIES = "|".join(Layer)
WALKED_TIES = "|".join(layer for layer in Layer if layer not in RIVAL_LAYERS)

# What is derived from a row is not part of it, and a vector is long.
ROW = "{.*, embedding: null, search_terms: null}"
PARTICIPANTS = (
    "COLLECT { MATCH (p:Organization)-[t:TOOK_PART]->(n) "
    "RETURN [t.position, p.id, t.role, t.amount, t.ended] }"
)
TIE = "t {.*, source: startNode(t).id, target: endNode(t).id, layer: type(t)}"
STATEMENT = (
    "{id: s.id, kind: [l IN labels(s) WHERE l <> 'Statement'][0], language: s.language, "
    "date: s.date, text: s.text, title: s.title, "
    "organizations: COLLECT { MATCH (p:Organization)"
    "-[:OFFERS|NEEDS|DESCRIBED_BY|TOOK_PART]->(s) RETURN DISTINCT p.id ORDER BY p.id }}"
)
MATCHES_FILTER = """(size($kinds) = 0 OR o.kind IN $kinds)
  AND (size($sizes) = 0 OR o.size IN $sizes)
  AND (size($tiers) = 0 OR o.tier IN $tiers)
  AND (size($countries) = 0 OR o.country IN $countries)
  AND ($places IS NULL OR o.place IN $places)
  AND ($industries IS NULL OR o.industry IN $industries)
  AND ($cluster IS NULL OR EXISTS { (o)-[:MEMBER_OF]->(:Cluster {id: $cluster}) })
  AND (size($certificates) = 0 OR EXISTS {
    MATCH (o)-[:HOLDS]->(held:Certificate) WHERE held.kind IN $certificates
      AND (held.since IS NULL OR held.since <= date($today))
      AND (held.until IS NULL OR held.until >= date($today)) })"""


def _braced(part: str) -> str:
    """A part of a query that is still to be formatted."""
    return part.replace("{", "{{").replace("}", "}}")


# -- the graph as a whole

_GRAPH = (
    "RETURN g.version AS version, g.identity AS identity, g.oldest_program AS oldest, "
    "g.restoring AS restoring"
)
GRAPH = "MATCH (g:Graph {id: 'graph'}) " + _GRAPH
LOCK = "MATCH (g:Graph {id: 'graph'}) SET g.locked = true REMOVE g.locked " + _GRAPH
SET_OLDEST_PROGRAM = """MATCH (g:Graph {id: 'graph'})
SET g.oldest_program = CASE WHEN coalesce(g.oldest_program, 0) < $number THEN $number
ELSE g.oldest_program END"""
INCREASE_VERSION = """MATCH (g:Graph {id: 'graph'}) SET g.version = g.version + 1
MERGE (s:GraphVersion {id: g.version}) SET s.stamp = randomUUID()
WITH g OPTIONAL MATCH (old:GraphVersion) WHERE old.id <= g.version - $kept DELETE old"""
STAMP = (
    "MATCH (g:Graph {id: 'graph'}) MATCH (s:GraphVersion {id: g.version}) RETURN s.stamp AS stamp"
)
STAMP_OF = "MATCH (s:GraphVersion {id: $version}) RETURN s.stamp AS stamp"
CHANGED_KEYS = (
    "MATCH (c:ChangedRow) WHERE c.version > $version RETURN c.table AS table, c.key AS key"
)
COUNT_NODES = "MATCH (n:{label}) RETURN count(n) AS count"
COUNT_RELATIONSHIPS = "MATCH ()-[r:{type}]->() RETURN count(r) AS count"
SERVER = "CALL dbms.components() YIELD versions RETURN versions[0] AS version"
# As in graph_schema/, for a layer that was added later.
UNIQUE_TIES = (
    "CREATE CONSTRAINT {name}_id IF NOT EXISTS FOR ()-[r:{type}]-() REQUIRE r.id IS UNIQUE"
)
AWAIT_INDEXES = "CALL db.awaitIndexes(300)"
VECTOR_DIMENSION = (
    "SHOW VECTOR INDEXES YIELD name, options WHERE name = 'statement_vector' "
    "RETURN options.indexConfig['vector.dimensions'] AS dimension"
)
DROP_VECTOR_INDEX = "DROP INDEX statement_vector IF EXISTS"
# An index takes no parameter for its options; the adapter puts in a checked whole number.
CREATE_VECTOR_INDEX = (
    "CREATE VECTOR INDEX statement_vector IF NOT EXISTS FOR (n:Statement) ON (n.embedding) "
    "OPTIONS {{indexConfig: {{`vector.dimensions`: {dimension}, "
    "`vector.similarity_function`: 'cosine'}}}}"
)
CLEAR = (
    "MATCH (n) WHERE NOT n:Graph AND NOT n:__Neo4jMigration "
    "CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
)
RESET_VERSION = "MATCH (g:Graph {id: 'graph'}) SET g.version = 0 REMOVE g.restoring, g.restored"
# The graph has another name for as long as what is restored is written, and says of which backup;
# it keeps the name afterwards, as that of the restore.
RESTORED = "MATCH (g:Graph {id: 'graph'}) RETURN g.restored AS name"
BEGIN_RESTORING = (
    "MATCH (g:Graph {id: 'graph'}) SET g.version = 0, g.identity = $identity, "
    "g.restored = $identity, g.restoring = $backup"
)
END_RESTORING = (
    "MATCH (g:Graph {id: 'graph'}) SET g.version = $version, g.identity = $identity "
    "REMOVE g.restoring"
)

# -- rows by id

ROWS_BY_ID = "MATCH (n:{label}) WHERE n.id IN $ids RETURN n " + _braced(ROW) + " AS row"
ALL_ROWS = "MATCH (n:{label}) RETURN n " + _braced(ROW) + " AS row ORDER BY n.id"
ENGAGEMENTS_BY_ID = (
    f"MATCH (n:Engagement) WHERE n.id IN $ids RETURN n {ROW} AS row, {PARTICIPANTS} AS participants"
)
ALL_ENGAGEMENTS = f"""MATCH (n:Engagement) WITH n ORDER BY n.id
RETURN n {ROW} AS row, {PARTICIPANTS} AS participants"""
TIES_BY_ID = f"MATCH ()-[t:{{type}}]->() WHERE t.id IN $ids RETURN {_braced(TIE)} AS row"
ALL_TIES = f"MATCH (:Organization)-[t:{TIES}]->() WITH t ORDER BY t.id RETURN {TIE} AS row"
MEMBERSHIPS_BY_KEY = """UNWIND $keys AS key
MATCH (o:Organization {id: key[1]})-[r:MEMBER_OF]->(c:Cluster {id: key[0]})
RETURN r {.*, cluster: c.id, organization: o.id} AS row"""
ALL_MEMBERSHIPS = """MATCH (o:Organization)-[r:MEMBER_OF]->(c:Cluster)
RETURN r {.*, cluster: c.id, organization: o.id} AS row ORDER BY c.id, o.id"""
EXISTING_IDS = "UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN id"
ALIASES = "MATCH (a:Alias) RETURN a.id AS id, a.organization AS organization"
DUPLICATE_KEYS = """MATCH (o:Organization)
RETURN o {.id, .name, .name_en, .credit_code, .vat, .lei, .ror, .country, .place, .website,
          .other_names} AS row
ORDER BY o.id"""

# -- lists

PLACES_BELOW = (
    "MATCH (top:Place)<-[:WITHIN*0..]-(p:Place) WHERE top.id IN $ids RETURN DISTINCT p.id AS id"
)
INDUSTRIES_BELOW = (
    "MATCH (top:Industry)<-[:WITHIN*0..]-(i:Industry) WHERE top.id IN $ids "
    "RETURN DISTINCT i.id AS id"
)
ORGANIZATIONS_PAGE = f"""MATCH (o:Organization) WHERE o.id > $after AND {MATCHES_FILTER}
WITH o ORDER BY o.id LIMIT $limit RETURN o {ROW} AS row"""
MEMBERS_PAGE = f"""MATCH (o:Organization)-[:MEMBER_OF]->(:Cluster {{id: $cluster}})
WHERE o.id > $after WITH DISTINCT o ORDER BY o.id LIMIT $limit RETURN o {ROW} AS row"""
CLUSTERS_OF = f"""MATCH (:Organization {{id: $organization}})-[r:MEMBER_OF]->(c:Cluster)
WHERE (r.since IS NULL OR r.since <= date($today)) AND (r.until IS NULL OR r.until >= date($today))
WITH DISTINCT c ORDER BY c.id RETURN c {ROW} AS row"""

CLUSTERED = """MATCH (o:Organization)-[r:MEMBER_OF]->(:Cluster) WHERE o.id IN $ids
AND (r.since IS NULL OR r.since <= date($today)) AND (r.until IS NULL OR r.until >= date($today))
RETURN DISTINCT o.id AS id"""
# Two matches: within one, both ends could not be the same relationship, and it is its own fellow.
FELLOW_MEMBERS = """MATCH (:Organization {id: $organization})-[r:MEMBER_OF]->(c:Cluster)
WHERE (r.since IS NULL OR r.since <= date($today)) AND (r.until IS NULL OR r.until >= date($today))
WITH DISTINCT c MATCH (c)<-[r:MEMBER_OF]-(o:Organization)
WHERE (r.since IS NULL OR r.since <= date($today)) AND (r.until IS NULL OR r.until >= date($today))
RETURN DISTINCT o.id AS id"""
OPTED_OUT = "MATCH (o:Organization) WHERE o.listed = false RETURN o.id AS id"

CERTIFICATES_OF = (
    f"MATCH (o:Organization)-[:HOLDS]->(n:Certificate) WHERE o.id IN $ids RETURN n {ROW} AS row"
)
CERTIFICATES_ENDING = f"""MATCH (n:Certificate)
WHERE n.until >= date($first) AND n.until <= date($last) RETURN n {ROW} AS row"""

SEEKER_PROFILE = f"""MATCH (o:Organization {{id: $organization}}), (g:Graph {{id: 'graph'}})
RETURN o {ROW} AS row, g.version AS version,
  COLLECT {{
    MATCH (o)-[r:MEMBER_OF]->(c:Cluster)
    WHERE (r.since IS NULL OR r.since <= date($today))
      AND (r.until IS NULL OR r.until >= date($today))
    WITH DISTINCT c ORDER BY c.id RETURN c {ROW}
  }} AS clusters,
  COLLECT {{
    MATCH (o)-[:OFFERS|NEEDS|DESCRIBED_BY|TOOK_PART]->(s:Statement)
    WHERE NOT (s:Offer AND NOT s.active)
    WITH DISTINCT s ORDER BY s.id RETURN {STATEMENT}
  }} AS statements"""


def rows_page(label: str, owner: Relationship | None, field: str, with_participants: bool) -> str:
    """A page of nodes of one organisation, or of all, perhaps those with a value in a field."""
    match = f"(:Organization {{id: $organization}})-[:{owner}]->" if owner else ""
    only = f" AND n.{field} = $value" if field else ""
    # One may take part twice.
    distinct = "DISTINCT " if owner and with_participants else ""
    participants = f", {PARTICIPANTS} AS participants" if with_participants else ""
    return f"""MATCH {match}(n:{label}) WHERE n.id > $after{only}
WITH {distinct}n ORDER BY n.id LIMIT $limit RETURN n {ROW} AS row{participants}"""


# -- what refers to an organisation

NODES_REFERRING = (
    "MATCH (:Organization {{id: $organization}})--(n:{label}) "
    "WHERE any(field IN $fields WHERE n[field] = $organization) WITH DISTINCT n RETURN n "
    + _braced(ROW)
    + " AS row"
)
ENGAGEMENTS_REFERRING = f"""MATCH (:Organization {{id: $organization}})-[:TOOK_PART]->(n:Engagement)
WITH DISTINCT n RETURN n {ROW} AS row, {PARTICIPANTS} AS participants"""
MEMBERSHIPS_REFERRING = """MATCH (o:Organization {id: $organization})-[r:MEMBER_OF]->(c:Cluster)
RETURN r {.*, cluster: c.id, organization: o.id} AS row"""
TIES_REFERRING = f"""MATCH (:Organization {{id: $organization}})-[t:{TIES}]-(:Organization)
WITH DISTINCT t RETURN {TIE} AS row"""

# -- statements

STATEMENTS_OF = f"""MATCH (o:Organization {{id: $organization}})
MATCH (o)-[:OFFERS|NEEDS|DESCRIBED_BY|TOOK_PART]->(s:Statement)
WITH DISTINCT s ORDER BY s.id RETURN {STATEMENT} AS statement"""
SEARCH_NAMES = f"""CALL db.index.fulltext.queryNodes('organization_name', $words)
YIELD node AS o, score
WHERE {MATCHES_FILTER}
RETURN o {ROW} AS row, score, null AS statement ORDER BY score DESC, o.id LIMIT $limit"""
SEARCH_STATEMENTS = f"""
CALL db.index.fulltext.queryNodes('statement_text', $words, {{limit: $depth}})
YIELD node AS s, score WHERE NOT (s:Need AND s.state = 'closed') AND NOT (s:Offer AND NOT s.active)
MATCH (o:Organization)-[:OFFERS|NEEDS|DESCRIBED_BY|TOOK_PART]->(s) WHERE {MATCHES_FILTER}
WITH o, s, score ORDER BY score DESC, s.id
WITH o, max(score) AS score, head(collect(s)) AS s
ORDER BY score DESC, o.id LIMIT $limit
RETURN o {ROW} AS row, score, {STATEMENT} AS statement"""
MISSING_EMBEDDINGS = """MATCH (s:Statement)
WHERE s.embedding IS NULL OR s.embedding_revision <> $revision RETURN s.id AS id ORDER BY s.id"""
SET_EMBEDDINGS = """UNWIND $rows AS row MATCH (s:Statement {id: row.id})
SET s.embedding_revision = $revision
WITH s, row CALL db.create.setNodeVectorProperty(s, 'embedding', row.vector)"""
# The index is approximate and quantised; the similarity of what it finds is computed anew.
NEAREST = f"""CALL db.index.vector.queryNodes('statement_vector', $depth, $vector) YIELD node AS s
WHERE size($labels) = 0 OR any(label IN labels(s) WHERE label IN $labels)
WITH s, 2 * vector.similarity.cosine(s.embedding, $vector) - 1 AS similarity
ORDER BY similarity DESC, s.id LIMIT $limit RETURN {STATEMENT} AS statement, similarity"""

# -- the network

NEXT_IDS = """MATCH (o:Organization) WHERE o.id IN $ids
CALL (o) {{
  MATCH (o)-[:{types}]-(n:Organization) RETURN n
  UNION MATCH (o)-[:TOOK_PART]->(:Engagement)<-[:TOOK_PART]-(n:Organization) RETURN n
}}
RETURN DISTINCT n.id AS id"""
NEIGHBORS = NEXT_IDS.format(types=TIES)
REACHABLE_NEIGHBORS = NEXT_IDS.format(types=WALKED_TIES)
STEPS = f"""MATCH (a:Organization)-[t:{WALKED_TIES}]-(b:Organization)
WHERE a.id IN $sources AND b.id IN $targets
RETURN a.id AS source, b.id AS target, t.id AS via, type(t) AS label, t.note AS title,
       t.since.year AS year
UNION
MATCH (a:Organization)-[:TOOK_PART]->(e:Engagement)<-[:TOOK_PART]-(b:Organization)
WHERE a.id IN $sources AND b.id IN $targets
RETURN a.id AS source, b.id AS target, e.id AS via, e.kind AS label, e.title AS title,
       e.date.year AS year"""
TIES_AMONG = f"""MATCH (a:Organization)-[t:{TIES}]->(b:Organization)
WHERE a.id IN $ids AND b.id IN $ids WITH DISTINCT t ORDER BY t.id RETURN {TIE} AS row"""
ENGAGEMENTS_AMONG = f"""MATCH (o:Organization)-[:TOOK_PART]->(n:Engagement) WHERE o.id IN $ids
WITH n, count(DISTINCT o) AS present WHERE present > 1
WITH n ORDER BY n.id RETURN n {ROW} AS row, {PARTICIPANTS} AS participants"""
TIES_BETWEEN = f"""UNWIND $pairs AS pair
MATCH (:Organization {{id: pair[0]}})-[t:{TIES}]->(:Organization {{id: pair[1]}})
WITH DISTINCT t RETURN {TIE} AS row"""
ENGAGEMENTS_BETWEEN = f"""UNWIND $pairs AS pair
MATCH (:Organization {{id: pair[0]}})-[:TOOK_PART]->(n:Engagement)
MATCH (n)<-[:TOOK_PART]-(:Organization {{id: pair[1]}})
WITH DISTINCT n RETURN n {ROW} AS row, {PARTICIPANTS} AS participants"""
