"""Names of organisations by the pieces that they share: who could be meant by a name.

The usual blocking of record linkage by n-grams (Christen, "Data Matching", 2012, ch. 4): each
name is a vector of its pieces, weighted by how rare they are, and names are near by cosine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from matchmaker.ingest.names import name_parts
from matchmaker.snapshot.model import FloatArray
from matchmaker.text import has_chinese, normal

# Nearer than by so little nobody is told of.
LEAST_COSINE = 0.1


class NameIndex:
    """Names in order, each of one owner; `owners` (n,) are their numbers."""

    def __init__(self, names: Sequence[tuple[int, str]]) -> None:
        # Both take seconds to load, and no command but this needs them.
        from scipy import sparse
        from sklearn.feature_extraction.text import TfidfVectorizer

        named = [(owner, name) for owner, name in names if name.strip()]
        self.owners = np.array([owner for owner, _ in named], dtype=np.int64)
        self.normal = [normal(name) for _, name in named]
        bases = [_base(name) for _, name in named]
        self._vectorizer = TfidfVectorizer(
            analyzer=lambda name: list(pieces(name)), dtype=np.float32, sublinear_tf=True
        )
        # By piece: a name then reads only the lists of its own pieces.
        self._by_piece = sparse.csr_matrix((0, 0))
        if named:
            self._by_piece = self._vectorizer.fit_transform(bases).T.tocsr()

    def nearest(self, name: str, limit: int) -> list[int]:
        """Owners of the names nearest to this one, nearest first, each once."""
        if not self.normal or limit < 1:
            return []
        asked = self._vectorizer.transform([_base(name)])
        near: FloatArray = np.asarray((asked @ self._by_piece).todense()).ravel()
        kept = np.flatnonzero(near >= LEAST_COSINE)
        # Two names an owner at most: twice as many are enough.
        kept = kept[np.lexsort((self.owners[kept], -near[kept]))][: 2 * limit]
        return list(dict.fromkeys(self.owners[kept].tolist()))[:limit]

    def beginning(self, text: str, limit: int) -> list[int]:
        """Owners of names that begin with a text, then those that contain it."""
        sought = normal(text)
        if not sought:
            return []
        places = [place for place, name in enumerate(self.normal) if sought in name]
        places.sort(key=lambda place: not self.normal[place].startswith(sought))
        owners = (int(self.owners[place]) for place in places)
        return list(dict.fromkeys(owners))[:limit]


def _base(name: str) -> str:
    """A name without what all have in common: its legal form."""
    return name_parts(name).base or normal(name)


def pieces(name: str) -> Iterator[str]:
    """Pairs of characters of a name with Chinese in it, else three at a time of each word."""
    if has_chinese(name):
        plain = name.replace(" ", "")
        yield from (plain[start : start + 2] for start in range(max(1, len(plain) - 1)))
        return
    for word in name.split():
        marked = f"^{word}$"
        yield from (marked[start : start + 3] for start in range(max(1, len(marked) - 2)))
