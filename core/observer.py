"""Computes the views that somebody looks at, at safe points, without slowing the training down noticeably."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import torch

from core.callbacks import Report
from core.config import Config
from core.events import ViewComputed
from core.snapshot import Snapshot
from core.specs import VisualizationSpec
from core.views import VIEW_TYPES

SHARE = 0.03
"""Of the training's time, what the views may cost."""


class Observer:
    """Holds the visualizations of a network; ``wanted`` and ``settings`` may be replaced from any thread.

    ``settings``: id -> what was chosen for that view; the others are computed with their defaults.
    """

    def __init__(
        self,
        specs: Iterable[VisualizationSpec],
        snapshot: Callable[[], Snapshot],
        emit: Callable[[ViewComputed], None],
        report: Report,
    ) -> None:
        self.specs = {spec.id: spec for spec in specs}
        self.wanted: frozenset[str] = frozenset()
        self.settings: Mapping[str, Config] = {}
        self.around: Callable[[], AbstractContextManager[None]] = nullcontext
        """Entered around each view: in the middle of a step its gradients must not be added to the step's."""
        self._snapshot = snapshot
        self._emit = emit
        self._report = report
        self._not_before: dict[str, float] = {}

    def at_step(self, step: int) -> None:
        """Compute what has "steps" as cadence and is due."""
        if not self.wanted:
            return
        for spec in self._wanted("steps"):
            if step % spec.cadence.n == 0:
                self._compute_within_budget(spec)

    def at_epoch(self) -> None:
        """Compute what is wanted once an epoch; very short epochs are passed over to stay within the budget."""
        for spec in self._wanted("epoch"):
            self._compute_within_budget(spec)

    def now(self, ids: Iterable[str] | None = None) -> None:
        """Compute these views (None: all that are wanted) at this safe point, whatever they cost."""
        for id in self.wanted if ids is None else ids:
            if id in self.specs:
                self._compute(self.specs[id])

    def _wanted(self, when: str) -> list[VisualizationSpec]:
        return [spec for id, spec in self.specs.items() if id in self.wanted and spec.cadence.when == when]

    def _compute_within_budget(self, spec: VisualizationSpec) -> None:
        if time.perf_counter() >= self._not_before.get(spec.id, 0.0):
            self._compute(spec)

    def _compute(self, spec: VisualizationSpec) -> None:
        started = time.perf_counter()
        try:
            settings = self.settings.get(spec.id)
            snapshot = replace(self._snapshot(), settings=settings if settings is not None else spec.config())
            device = snapshot.probe.inputs.device
            cards = [device] if device.type == "cuda" else []
            with torch.random.fork_rng(devices=cards), self.around():  # the run's must not move
                view = spec.compute(snapshot)
            if not isinstance(view, VIEW_TYPES):
                raise TypeError(f"compute must return a view, not {type(view).__name__}")
        except (Exception, SystemExit) as error:  # border: plugin guard
            del self.specs[spec.id]
            self._report(spec.title, "was switched off: it could not be computed", error)
            return
        self._emit(ViewComputed(spec.id, snapshot.step, view))
        ended = time.perf_counter()
        self._not_before[spec.id] = ended + (ended - started) / SHARE
