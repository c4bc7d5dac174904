"""Texts to vectors, by the packaged models or any of sentence-transformers that is set."""

from matchmaker.embedding.cache import VectorCache, VectorCaches, are_stored, embed_missing
from matchmaker.embedding.centering import LanguageMeans, anchors, center, language_means, typical
from matchmaker.embedding.identity import Encoder, ModelIdentity
from matchmaker.embedding.joint import (
    comparable,
    identify_model,
    is_joint,
    load_embedder,
    open_cache,
)
from matchmaker.embedding.model import Embedder

__all__ = [
    "Embedder",
    "Encoder",
    "LanguageMeans",
    "ModelIdentity",
    "VectorCache",
    "VectorCaches",
    "anchors",
    "are_stored",
    "center",
    "comparable",
    "embed_missing",
    "identify_model",
    "is_joint",
    "language_means",
    "load_embedder",
    "open_cache",
    "typical",
]
