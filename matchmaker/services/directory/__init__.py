"""Directory: organisations, clusters, offers and needs as facts, search, the log of changes."""
