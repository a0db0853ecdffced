"""What the window and the writing thread tell each other: plain data, torch is not needed for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.sampling import Sampling

Samplings: TypeAlias = tuple[Sampling, ...]
"""One a column."""


@dataclass(frozen=True)
class Order:
    """What shall be written.

    ``length``: characters a column. ``pace``: characters per second and column, 0 for as fast as it goes.
    """

    seed: str
    random_seed: int = 0
    length: int = 1000
    pace: float = 0.0


@dataclass(frozen=True)
class Drawn:
    """A character that was drawn alone, and how probable it was with the settings of that moment."""

    character: str
    probability: float


@dataclass(frozen=True)
class Outlook:
    """What may come next in the first column.

    ``logits``: the scores, float32, V, in the order of ``vocabulary``. ``tail``: the last characters before it.
    ``model``: whose scores they are, in words. ``note``: what was left out of the seed, or nothing.
    ``drawn``: the last character, where it was drawn alone. ``written``: characters since the seed.
    """

    logits: NDArray[np.float32]
    vocabulary: tuple[str, ...]
    tail: str
    model: str
    note: str = ""
    drawn: Drawn | None = None
    written: int = 0


@dataclass(frozen=True)
class Page:
    """What was written since the page before, a text a column, and what may follow.

    ``seed``: only of a text's first page, which holds nothing yet: what was read of the seed.
    """

    texts: tuple[str, ...]
    outlook: Outlook
    seed: str | None = None
