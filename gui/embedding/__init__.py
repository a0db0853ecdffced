"""The page "Embedding": the samples as the network sees them, as points in a plane."""

from gui.embedding.embedding import Embedding
from gui.embedding.page import EmbeddingPage

__all__ = ["Embedding", "EmbeddingPage"]
