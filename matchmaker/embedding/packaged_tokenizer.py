"""The packaged model's tokenizer, as the `tokenizers` library reads it, from mapped pieces."""

from __future__ import annotations

import json
import re
from itertools import groupby
from pathlib import Path
from typing import Any

from matchmaker.embedding.packaged import TOKENIZER, normalizer
from matchmaker.embedding.pieces import SPACE, UNKNOWN, Pieces, save_pieces

KEPT = "tokens.json"


class PackagedTokenizer:
    """Texts to the numbers of their tokens, between those of beginning and end."""

    def __init__(self, folder: Path) -> None:
        kept: dict[str, Any] = json.loads((folder / KEPT).read_text("utf-8"))
        self._begin, self._end, self._unknown = kept["begin"], kept["end"], kept["unknown"]
        self._own: dict[str, int] = kept["own"]
        self._marks = re.compile("(" + "|".join(map(re.escape, self._own)) + ")")
        self._normalizer = normalizer()
        self._pieces = Pieces(folder)

    def ids(self, text: str, limit: int) -> list[int]:
        """At most `limit` numbers. Marks that are tokens of their own part what is around them."""
        numbers: list[int] = []
        for part in self._marks.split(text):
            numbers += [self._own[part]] if part in self._own else self._cut(part)
        return [self._begin, *numbers[: limit - 2], self._end]

    def _cut(self, text: str) -> list[int]:
        """Numbers of the pieces; one for all unknown characters that follow each other."""
        words = self._normalizer.normalize_str(text).replace(" ", SPACE)
        if words and not words.startswith(SPACE):
            words = SPACE + words
        numbers: list[int] = []
        for number, same in groupby(self._pieces.cut(words)):
            numbers += [self._unknown] if number == UNKNOWN else same
        return numbers


def save_tokenizer(source: Path, folder: Path) -> None:
    """Keep the tokenizer of a model folder as `PackagedTokenizer` reads it."""
    content = json.loads((source / TOKENIZER).read_text("utf-8"))
    own = {token["content"]: token["id"] for token in content["added_tokens"]}
    begin, _, end = content["post_processor"]["single"]
    kept = {
        "begin": own[begin["SpecialToken"]["id"]],
        "end": own[end["SpecialToken"]["id"]],
        "unknown": content["model"]["unk_id"],
        "own": own,
    }
    (folder / KEPT).write_text(json.dumps(kept), encoding="utf-8")
    vocabulary = content["model"]["vocab"]
    save_pieces([(piece, row, score) for row, (piece, score) in enumerate(vocabulary)], folder)
