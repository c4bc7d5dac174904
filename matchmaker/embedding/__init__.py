"""Texts to vectors, always through sentence-transformers; the model is a setting."""

from matchmaker.embedding.cache import VectorCache, embed_missing
from matchmaker.embedding.centering import LanguageMeans, anchors, center, language_means, typical
from matchmaker.embedding.model import Embedder, ModelIdentity, identify_model, load_embedder

__all__ = [
    "Embedder",
    "LanguageMeans",
    "ModelIdentity",
    "VectorCache",
    "anchors",
    "center",
    "embed_missing",
    "identify_model",
    "language_means",
    "load_embedder",
    "typical",
]
