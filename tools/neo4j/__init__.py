"""A real Neo4j server for trying and testing."""
