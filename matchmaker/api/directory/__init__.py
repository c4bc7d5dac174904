"""Routes of organisations, clusters, offers, needs, engagements and the log."""
