"""Routes of postings, introductions, batches, gatherings and effects."""
