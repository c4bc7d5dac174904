"""Features that a candidate is judged by: one small function each, its docstring shown to users.

A feature is raw: in its own unit, one figure for each of the n candidates. How it enters a score
of fixed weights, in [0, 1], is said by its `scale`. "You" is who asks, "like you" whoever is of the
kinds of organisation that seek what is sought. By recency: an undertaking counts
exp(−age / 3 years).
"""

from matchmaker.recommend.features import affinity, candidate, network, text
from matchmaker.recommend.features.registry import FEATURES, Family, Feature

__all__ = ["FEATURES", "Family", "Feature", "affinity", "candidate", "network", "text"]
