"""From suggestion to cooperation: who acts, what they agree on, and what came of it."""
