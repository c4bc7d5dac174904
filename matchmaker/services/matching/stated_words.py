"""Words that somebody's statement or name in the graph has, of those that anybody may read."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from matchmaker.services.directory.searched_names import is_word_of_names
from matchmaker.snapshot.lexical import postings_of
from matchmaker.snapshot.model import BoolArray, Snapshot
from matchmaker.text import terms


def is_stated(snapshot: Snapshot, word: str, opted_out: Collection[int]) -> bool:
    """Tell whether a word, in lower case, stands anywhere that everybody may read.

    What is closed, or said by those alone who opted out, by the snapshot or since (rows of them),
    is not consulted: whether a word is told as a slip of the pen would tell that they have it.
    """
    if any(_is_said(snapshot, term, opted_out) for term in terms(word)):
        return True
    return is_word_of_names(snapshot, word, opted_out)


def _is_said(snapshot: Snapshot, term: str, opted_out: Collection[int]) -> bool:
    statements = postings_of(snapshot.lexical, term)
    statements = statements[_shown(snapshot)[statements]]
    if not opted_out or not len(statements):
        return bool(len(statements))
    listed, speakers = snapshot.organizations.listed, snapshot.statement_organizations
    return any(
        listed[row] and row not in opted_out
        for statement in statements.tolist()
        for row in speakers.row(statement).tolist()
    )


def _shown(snapshot: Snapshot) -> BoolArray:
    """Statements that are open and of somebody who did not opt out, (m,), made once."""

    def made() -> BoolArray:
        speakers = snapshot.statement_organizations
        statements = np.repeat(np.arange(len(speakers.indptr) - 1), np.diff(speakers.indptr))
        is_listed = np.zeros(len(speakers.indptr) - 1, dtype=np.bool_)
        is_listed[statements[snapshot.organizations.listed[speakers.indices]]] = True
        return is_listed & np.asarray(snapshot.statements.active)

    return snapshot.cached("statements shown", made)
