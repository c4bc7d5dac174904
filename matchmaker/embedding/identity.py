"""The port of an encoder of texts, and the identity that tells two apart."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """The maker of a vector: two can be compared only when both of these are the same."""

    model: str
    revision: str

    @property
    def digest(self) -> str:
        """A short name for files, another for each model and revision."""
        names = f"{self.model}\n{self.revision}".encode()
        return hashlib.blake2b(names, digest_size=8).hexdigest()


class TokenizedText(NamedTuple):
    """A text as a model takes it, and how many tokens it reads of it."""

    content: Any
    length: int


class Encoder(Protocol):
    """Texts to vectors (n, `dimension`), of unit length in each of its `parts`."""

    identity: ModelIdentity
    dimension: int

    @property
    def parts(self) -> tuple[Encoder, ...]:
        """The encoders whose vectors stand side by side, itself where it is one."""

    def passages(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of texts that may be found."""

    def queries(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of texts that look for something."""
