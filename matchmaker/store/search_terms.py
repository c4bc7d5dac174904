"""Terms that a full-text search looks for: the same in both stores."""

from __future__ import annotations

from matchmaker.text import terms

MAX_SEARCH_TERMS = 200
# Words that say nothing, which Lucene's CJKAnalyzer leaves out of Neo4j's index.
STOP_WORDS = frozenset(
    {
        "a", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it",
        "no", "not", "of", "on", "or", "s", "such", "t", "that", "the", "their", "then", "there",
        "these", "they", "this", "to", "was", "will", "with", "www",
    }
)  # fmt: skip


def search_terms(text: str) -> list[str]:
    """Each term once, in order, without those that say nothing."""
    distinct = (term for term in dict.fromkeys(terms(text)) if term not in STOP_WORDS)
    return list(distinct)[:MAX_SEARCH_TERMS]


def match_expression(text: str) -> str:
    """An FTS5 query for any of the terms, each quoted so that none is an operator."""
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in search_terms(text))
