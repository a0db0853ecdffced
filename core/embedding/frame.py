"""What is known of the samples at one moment of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError

Floats: TypeAlias = NDArray[np.float32]
Tick: TypeAlias = Callable[[int, int], None]
"""Told how many of how many samples are done; may raise :class:`core.data.Cancelled`."""
NOBODY = -1
"""In place of a class where there is none."""


class EmbeddingError(UserError):
    """There is no such picture of this network; the message is one sentence that says why."""


@dataclass(frozen=True)
class Frame:
    """The samples as a network saw them, of N the first n that were asked for.

    ``vectors``: n×D, what its last layer with weights was given for each. ``positions``: n×2, their principal
    components, centred, turned so that they lie as near as can be to those of the frame before. ``explained``: the
    shares of the variance that lie in the plane's two directions. ``guesses``: n, the likeliest class of each, or
    :data:`NOBODY`; ``sureness``: n, its probability, NaN where there is none. ``where``: which numbers these are, in
    words. ``model`` and ``step``: whose.
    """

    vectors: Floats
    positions: Floats
    explained: tuple[float, float]
    guesses: NDArray[np.int64]
    sureness: Floats
    where: str
    model: str
    step: int

    def __len__(self) -> int:
        return len(self.positions)
