"""The graph in a Neo4j server."""

from matchmaker.store.neo4j.store import Neo4jStore

__all__ = ["Neo4jStore"]
