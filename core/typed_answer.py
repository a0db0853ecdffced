"""What a network answered to a typed text: plain data that any front end can draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.prediction import Prediction


@dataclass(frozen=True)
class TypedAnswer:
    """The answer of a model to a typed text.

    ``text``: as it was typed, without blanks around it. ``read``: what the network was given, letter by letter, with
    ``unknown`` marking those it does not know. ``classes``: their names, K. ``shares``: float32, len(read)×K: row i is
    the answer once i + 1 letters are read, and each row adds up to 1. ``model``: which model answered, in words.
    ``note``: one or two sentences about what was left out, or nothing.
    """

    text: str
    read: tuple[str, ...]
    unknown: tuple[bool, ...]
    classes: tuple[str, ...]
    shares: NDArray[np.float32]
    model: str
    note: str = ""

    def __post_init__(self) -> None:
        if self.shares.shape != (len(self.read), len(self.classes)) or not self.read:
            raise ValueError(f"shares of {self.shares.shape} for {len(self.read)} letters, {len(self.classes)} classes")

    @property
    def final(self) -> NDArray[np.float32]:
        """The answer to the whole text, one number a class."""
        last: NDArray[np.float32] = self.shares[-1]
        return last

    def order(self) -> list[int]:
        """The classes by their probability for the whole text, the likeliest first."""
        return [int(index) for index in np.argsort(-self.final, kind="stable")]

    def prediction(self) -> Prediction:
        """The answer to the whole text in the form that answers to pictures have; nothing was ``seen``."""
        order = self.order()
        return Prediction(
            seen=np.zeros((1, 1, len(self.read)), np.uint8),
            labels=tuple(self.classes[index] for index in order),
            probabilities=self.final[order],
            model=self.model,
            name=self.text,
            note=self.note,
        )
