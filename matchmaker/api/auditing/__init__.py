"""Routes of audits, worklists and benchmarks."""
