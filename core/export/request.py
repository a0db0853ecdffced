"""What an exporter is given."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from core.data import DataFolders, Progress
from core.errors import UserError
from core.registry import Registry
from core.runs import Run

if TYPE_CHECKING:
    from core.kept import KeptModel


T = TypeVar("T")
AtRest: TypeAlias = Callable[[Callable[[], Any]], Any]
"""Calls what it is given while no training draws random numbers, and returns what that returns."""


def at_once(work: Callable[[], T]) -> T:
    """For when nothing is being trained."""
    return work()


class CannotExport(UserError):
    """A run cannot be written in that format; the message is one sentence that says why."""


@dataclass(frozen=True)
class Request:
    """A run to be exported. ``progress`` is told how far it is, and raises ``Cancelled`` once nobody wants it.

    ``at_rest``: how random numbers may be drawn although a network is being trained: at a safe point.
    """

    run: Run
    registry: Registry
    folders: DataFolders
    progress: Progress
    format: str
    at_rest: AtRest = at_once

    @cached_property
    def kept(self) -> KeptModel:
        """The run's model, read once."""
        from core.kept import kept_model

        self.progress(0, None, "Reading the model")
        kept: KeptModel = self.quietly(lambda: kept_model(self.run, self.registry))
        return kept

    def quietly(self, work: Callable[[], T]) -> T:
        """Do what seeds or draws random numbers (as making a network does), and put all back as it was."""
        found: T = self.at_rest(lambda: _undone(work))
        return found


def _undone(work: Callable[[], T]) -> T:
    import numpy as np
    import torch

    states = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng():
            return work()
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
