"""What an explanation is: plain data that any front end can draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError

Tick: TypeAlias = Callable[[int, int], None]
"""Told how many of how many evaluations are done; raises :class:`core.data.Cancelled` to give up."""


class ExplainError(UserError):
    """This answer cannot be explained so; the message is one sentence for the user."""


@dataclass(frozen=True)
class Explanation:
    """Where a network looked.

    ``heat``: float32 H×W, one number a pixel of the picture: below zero only where ``signed``, what speaks against
    the class. ``target``: index of the class that is explained. ``probabilities``: float32, one a class, in the data
    set's order. ``sentence``: what the map shows. ``note``: what to know of this very map (how well the parts add up,
    that it is empty), or nothing. ``layer``: the layer that Grad-CAM looked at, else "".
    """

    method: str
    target: int
    heat: NDArray[np.float32]
    signed: bool
    probabilities: NDArray[np.float32]
    sentence: str
    note: str = ""
    layer: str = ""
