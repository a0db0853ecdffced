"""Draws what a run brings: the curves, the views and the progress, no oftener than the training can bear."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

from core.events import Event, RunStarted, SettingChanged, StepsLogged, ViewComputed
from gui.curves_panel import CurvesPanel
from gui.pace import Pace
from gui.run_bar import RunBar, clock
from gui.views.view_panel import ViewPanel


class LiveDisplay:
    """Takes every event at once and draws one part at a time: short interruptions annoy less than a long one."""

    def __init__(self, curves: CurvesPanel, views: ViewPanel, run_bar: RunBar) -> None:
        self._curves, self._views, self._run_bar = curves, views, run_bar
        self._run: RunStarted | None = None
        self._steps: StepsLogged | None = None
        self._newest: dict[str, ViewComputed] = {}
        self._pace = Pace()
        self._parts = (*(curves.drawers()), self._draw_rest)
        self._turns = cycle(self._parts)

    def begin(self, run: RunStarted) -> None:
        """The first step is about to be taken."""
        self._run, self._steps = run, None
        self._run_bar.show_steps(run.step, run.total_steps, "")

    @property
    def epochs(self) -> int:
        """How many the run shall have, as asked for last."""
        return self._run.epochs if self._run else 0

    def take(self, event: Event) -> None:
        """Store what is to be drawn; of each view only the newest is kept."""
        self._curves.take(event)
        if isinstance(event, SettingChanged) and event.name == "epochs" and self._run:
            self._run = replace(self._run, epochs=int(event.after))
        if isinstance(event, ViewComputed):
            self._newest[event.visualization] = event
        elif isinstance(event, StepsLogged):
            self._steps = event

    def draw(self) -> None:
        """Draw the part whose turn it is, if it is time."""
        if self._pace.ready():
            next(self._turns)()

    def draw_all(self) -> None:
        """Draw everything, for when the run stands still."""
        for part in self._parts:
            part()

    def _draw_rest(self) -> None:
        for id, event in self._newest.items():
            self._views.show_view(id, event.view, f"at step {event.step:,}")
        self._newest.clear()
        if self._steps and self._run:
            self._draw_progress(self._steps, self._run)

    def _draw_progress(self, event: StepsLogged, run: RunStarted) -> None:
        epoch = min((event.last_step - 1) // run.steps_per_epoch + 1, run.epochs)
        where = f"step {event.last_step:,} of {run.total_steps:,}  ·  epoch {epoch} of {run.epochs}"
        pace = f"{event.steps_per_second:,.0f} steps/s  ·  {clock(event.eta)} left"
        self._run_bar.show_steps(event.last_step, run.total_steps, f"{where}\n{pace}")
