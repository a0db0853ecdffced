"""The loss of every step of a run, gathered from its events."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from core.events import Event, RunStarted, StepsLogged


class Losses:
    """Take events on any thread; look at the numbers on any other."""

    def __init__(self) -> None:
        self._pieces: list[StepsLogged] = []
        self._steps = 0

    def take(self, events: Iterable[Event]) -> None:
        """What happened."""
        for event in events:
            if isinstance(event, RunStarted):
                self._pieces, self._steps = [], event.step
            elif isinstance(event, StepsLogged):
                self._pieces.append(event)
                self._steps = event.last_step

    def array(self) -> NDArray[np.float32]:
        """Row i: the loss of step i + 1. NaN where it is not known here: before a run was taken up again."""
        pieces = list(self._pieces)
        steps = pieces[-1].last_step if pieces else self._steps
        losses = np.full(steps, np.nan, np.float32)
        for piece in pieces:
            losses[piece.first_step - 1 : piece.last_step] = piece.metrics["loss"]
        return losses
