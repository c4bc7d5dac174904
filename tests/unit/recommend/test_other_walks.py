"""What is everyday for one graph is another's trade: distillers are asked for spirits."""

from __future__ import annotations

import numpy as np

from matchmaker.domain import GraphRows
from matchmaker.recommend.floor import everyday_texts, of_other_walks
from tests.unit.recommend.small_graphs import snapshot_of
from tests.unit.recommend.worded import firm, product

TEXTS = [text for _, text in everyday_texts()]
SPIRITS, ROASTING = TEXTS.index("白酒贴牌，酱香型"), TEXTS.index("咖啡豆烘焙加工")


def _sentences() -> np.ndarray:
    """Of any two the cosine is .25, as of real ones; one says nearly the same as another."""
    own = np.eye(len(TEXTS), len(TEXTS) + 2, dtype=np.float32)
    own[ROASTING] = 0.8 * own[SPIRITS] + 0.6 * own[ROASTING]
    common = np.eye(1, len(TEXTS) + 2, len(TEXTS), dtype=np.float32)
    return np.asarray(np.sqrt(0.75) * own + 0.5 * common, dtype=np.float32)


def _kept(text: str, likeness: float) -> set[int]:
    vector = np.zeros(len(TEXTS) + 2)
    vector[SPIRITS], vector[-1] = likeness, np.sqrt(1 - likeness**2)
    snapshot = snapshot_of(
        GraphRows(organizations=(firm("one"),), offers=(product("one", text),)),
        {"o:one": vector.tolist()},
    )
    sentences = _sentences()
    return set(np.flatnonzero(of_other_walks(snapshot, sentences)).tolist())


def test_what_somebody_answers_is_not_everyday_nor_what_says_the_same() -> None:
    assert _kept("酱香型白酒，承接贴牌", 0.7) == set(range(len(TEXTS))) - {SPIRITS, ROASTING}


def test_where_nobody_speaks_of_it_all_stay_everyday() -> None:
    assert _kept("DN50 ball valves", 0.05) == set(range(len(TEXTS)))
