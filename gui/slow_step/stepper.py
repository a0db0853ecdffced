"""Takes steps of the run apart: from the buttons to the training thread, and from there to the page."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.events import Event, RunStarted
from core.slow_step.records import ParameterNumbers, StepRecord
from gui.slow_step.page import SlowStepPage

if TYPE_CHECKING:
    from gui.workbench import Workbench

AT = {"ready": "forward", "loss": "loss", "gradients": "backward", "clipped": "backward", "updated": "update"}


class Stepper(QObject):
    """Numbers of parameters are fetched one parameter at a time, at a stop; of several asks the newest counts."""

    stopped = Signal(object)
    """A step has come to a phase: its :class:`~core.slow_step.records.StepRecord`, which the page shows by now."""
    numbers_shown = Signal(object)
    _came = Signal(object, int)

    def __init__(self, workbench: Workbench, page: SlowStepPage) -> None:
        super().__init__(workbench)
        self._workbench, self._session, self._page = workbench, workbench.session, page
        self._asks = 0
        self._can_start = False
        self._closed = False
        page.begin_asked.connect(self.begin)
        page.advance_asked.connect(self._session.advance)
        page.finish_asked.connect(self._session.step)
        page.numbers_asked.connect(self.ask)
        self._came.connect(self._on_numbers)
        self._session.slow_step.connect(self._show)
        self._session.paused.connect(self._on_paused)
        self._session.state_changed.connect(lambda _state: self._allow())

    def press(self) -> None:
        """The entry of the menu: take a step apart, or on to the next phase of the one that is."""
        self._workbench.inside.page.setCurrentWidget(self._page)
        self._workbench.pages.show_page(self._workbench.inside.page)
        timeline = self._page.timeline
        if timeline is not None and self._session.slow:
            self._page.press("skip")
        else:
            self.begin()

    def begin(self) -> None:
        """Take the next step of the run apart, or the first one of a run that begins with it."""
        if self._session.active:
            self._session.step(slowly=True)
        elif self._can_start:
            self._workbench.start(slowly=True)

    def offer(self, possible: bool) -> None:
        """Whether what is chosen in the set-up can be started."""
        self._can_start = possible
        self._allow()

    def take(self, events: list[Event]) -> None:
        """What happened in the run."""
        for event in events:
            if isinstance(event, RunStarted):
                self._page.clear()

    def ask(self, parameter: str) -> None:
        """Fetch the numbers of a parameter at the stop where the step is, or after it."""
        trainer = self._session.trainer
        if trainer is None or self._closed:
            return
        self._asks += 1
        number = self._asks
        done = trainer.control.at_safe_point(partial(trainer.slow_steps.numbers, parameter))
        done.add_done_callback(lambda future: self._tell(future, number))

    def close(self) -> None:
        """Nobody looks any more."""
        self._closed = True
        self._page.player.pause()

    def _show(self, record: StepRecord) -> None:
        first = record.phase == "ready" or self._page.timeline is None
        self._page.show_record(record, waits=record.phase != "updated")
        if first:
            self._workbench.inside.page.setCurrentWidget(self._page)
            self._workbench.pages.show_page(self._workbench.inside.page)
        if record.phase != "updated":
            where = f"step {record.step:,}, taken apart: {AT[record.phase]}"
            self._workbench.run_bar.show_words(where)
            self._workbench.say(f"{where.capitalize()}. Press Next (Shift+F7) to go on, or Step (F7) to finish it.")
        self._allow()
        self.stopped.emit(record)

    def _on_paused(self, step: int) -> None:
        """The progress has its own words again."""
        timeline = self._page.timeline
        if timeline is not None and timeline.record.phase == "updated" and timeline.record.step == step:
            self._workbench.display.draw_all()
            self._workbench.say(f"Step {step:,} is taken. Press Resume to go on, or take the next step apart.")

    def _allow(self) -> None:
        state = self._session.state
        if state != "paused":
            self._page.waits_no_more()
        if state == "running":
            self._page.show_the_end()
        idle = state == "idle"
        self._page.allow(begin=self._can_start if idle else state in ("running", "paused"), anew=idle)

    def _tell(self, future: Future[ParameterNumbers], number: int) -> None:
        """On the training thread: a signal crosses over by itself."""
        if not self._closed and not future.cancelled():
            self._came.emit(future, number)

    def _on_numbers(self, future: Future[ParameterNumbers], number: int) -> None:
        if number != self._asks or self._closed:
            return
        error = future.exception()
        if error is None:
            self._page.show_numbers(future.result())
            self.numbers_shown.emit(future.result())
        else:
            self._page.refuse_numbers(str(error))
