"""Several nodes: what they share, and what happens when one of them ends."""
