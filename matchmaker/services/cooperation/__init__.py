"""Cooperation: introductions, capacity, batches, postings, gatherings, effects, webhooks."""
