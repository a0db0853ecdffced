"""What is seen of one layer from close by: plain data."""

from __future__ import annotations

from dataclasses import dataclass

from core.views import View


@dataclass(frozen=True)
class LayerLook:
    """What the panel of a layer shows; where a view is None, the sentence beside it says why.

    ``source``: whose weights these are. ``weights_words`` and so on: what is seen, or why there is nothing.
    """

    row: str
    source: str
    weights: View | None
    weights_words: str
    activation: View | None
    activation_words: str
    gradient: View | None
    gradient_words: str
