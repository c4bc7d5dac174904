"""All Cypher that writes rows. `{label}`, `{type}` and `{pattern}` come from enumerations."""

from __future__ import annotations

CREATE_NODES = "UNWIND $rows AS row CREATE (n:{label}) SET n = row"
CHANGE_NODES = "UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) SET n += row"
LINK = """UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}}) MATCH (m:{target} {{id: row.target}}) CREATE {pattern}"""
UNLINK = "UNWIND $ids AS id MATCH (n:{label} {{id: id}}) MATCH {pattern} DELETE r"

SPEAKS = "UNWIND $ids AS id MATCH (n:{label} {{id: id}}) SET n:Statement"
IS_SILENT = "UNWIND $ids AS id MATCH (n:{label} {{id: id}}) REMOVE n:Statement"
TAKE_PART = """UNWIND $rows AS row
MATCH (e:Engagement {id: row.engagement}) MATCH (o:Organization {id: row.organization})
CREATE (o)-[r:TOOK_PART]->(e)
SET r.role = row.role, r.amount = row.amount, r.ended = row.ended,
    r.position = row.position"""

JOIN_CLUSTERS = """UNWIND $rows AS row
MATCH (o:Organization {id: row.organization}) MATCH (c:Cluster {id: row.cluster})
CREATE (o)-[r:MEMBER_OF]->(c) SET r = row.properties"""
LEAVE_CLUSTERS = """UNWIND $keys AS key
MATCH (:Organization {id: key[1]})-[r:MEMBER_OF]->(:Cluster {id: key[0]}) DELETE r
RETURN count(*) AS count"""

CREATE_TIES = """UNWIND $rows AS row
MATCH (a:Organization {{id: row.source}}) MATCH (b:Organization {{id: row.target}})
CREATE (a)-[r:{type}]->(b) SET r = row.properties"""
DELETE_TIES = "MATCH ()-[r:{type}]->() WHERE r.id IN $ids DELETE r RETURN count(*) AS count"

DROP_NODES = (
    "UNWIND $ids AS id MATCH (n:{label} {{id: id}}) DETACH DELETE n RETURN count(*) AS count"
)
STILL_REFERRED = """UNWIND $ids AS id MATCH (n:{label} {{id: id}})-[r]-(m)
WHERE NOT (type(r) IN $own AND startNode(r) = n) AND NOT (type(r) IN $among AND m.id IN $ids)
RETURN n.id AS id, coalesce(m.id, type(r)) AS other LIMIT 1"""

NOTE_CHANGED = """MATCH (g:Graph {id: 'graph'})
UNWIND $keys AS key MERGE (c:ChangedRow {id: $table + ' ' + key})
SET c.table = $table, c.key = key, c.version = g.version + 1"""
FORGET_CHANGED = "MATCH (n:ChangedRow|GraphVersion) DELETE n"
MIDDLE_CHANGE = """MATCH (c:ChangedRow) WITH c.version AS version ORDER BY version
SKIP toInteger($count / 2) LIMIT 1
MATCH (g:Graph {id: 'graph'}) RETURN version, version > g.version AS of_now"""
# What changed since the version of the middle one is still known then.
FORGET_EARLIER = """CALL () { MATCH (c:ChangedRow) WHERE c.version <= $version DELETE c }
CALL () { MATCH (s:GraphVersion) WHERE s.id < $version DELETE s }"""
