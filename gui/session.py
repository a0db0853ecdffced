"""The run that is open in the window: started, steered, and its events handed on thirty times a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Literal, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from core.config import Config
from core.events import Event, Keep, Paused, Problem, Resumed, RunEnded, RunStarted
from core.home import data_folders, runs_folder
from core.registry import Registry
from core.resume import Resume
from core.run_config import RunConfig
from core.runs import RunStore
from core.worker import Background, TrainingWorker

if TYPE_CHECKING:
    from core.trainer import Trainer

State: TypeAlias = Literal["idle", "preparing", "running", "paused", "stopping"]
DRAIN_MS = 33


class Session(QObject):
    """One run at a time. Every signal is emitted on the GUI thread.

    With a ``background``, views of the last run's weights can still be had after its end.
    """

    state_changed = Signal(str)
    preparing = Signal(float, str)
    started = Signal(object)
    ended = Signal(object)
    refused = Signal(str)
    """Why a live setting could not be changed."""
    events = Signal(list)
    """What happened since the last time: a list of events, oldest first."""

    def __init__(self, registry: Registry, parent: QObject | None = None, background: Background | None = None) -> None:
        super().__init__(parent)
        self.registry = registry
        self.store = RunStore(runs_folder())
        self.state: State = "idle"
        self.config: RunConfig | None = None
        self.trainer: Trainer | None = None
        self._worker: TrainingWorker | None = None
        self._background = background
        self._wanted: tuple[str, ...] = ()
        self._settings: dict[str, Config] = {}
        self._drain: Callable[[], list[Event]] = list
        self._timer = QTimer(self, interval=DRAIN_MS)
        self._timer.timeout.connect(self.drain)

    @property
    def active(self) -> bool:
        """Whether a run is being prepared, trained, paused or stopped."""
        return self.state != "idle"

    @property
    def worker(self) -> TrainingWorker | None:
        """Who prepares and trains the run that is open; None between two runs."""
        return self._worker

    def start(self, config: RunConfig, *, paused: bool = False, resume: Resume | None = None) -> None:
        """Begin a run, or go on with one; with ``paused`` it waits after its first step."""
        if self.active:
            return
        self.config = config
        worker = TrainingWorker(self.registry, config, data_folders(), self.store, paused=paused, resume=resume)
        self._drain = worker.drain
        for visualization, settings in self._settings.items():
            worker.set_view(visualization, settings)
        worker.watch(self._wanted)
        worker.started_run.connect(self._on_started)
        worker.ended_run.connect(self._on_ended)
        worker.preparing.connect(self.preparing)
        self._worker = worker
        self._set("preparing")
        worker.start()
        self._timer.start()

    def pause(self) -> None:
        """Wait at the next safe point."""
        if self._worker and self.state == "running":
            self._worker.control.pause()

    def resume(self) -> None:
        """Go on."""
        if self._worker and self.state == "paused":
            self._worker.control.resume()

    def step(self) -> None:
        """One step, then wait."""
        if self._worker and self.state in ("running", "paused"):
            self._worker.control.step()

    def stop(self, keep: Keep = "last") -> None:
        """End the run at the next safe point, or give its preparation up; ``keep``: which weights, or nothing."""
        if self._worker and self.active:
            self._set("stopping")
            self._worker.control.stop(keep)

    def change(self, name: str, value: float | bool) -> None:
        """Change a live setting from the next step on; what cannot be is told by :attr:`refused`."""
        trainer = self.trainer
        if self._worker and trainer is not None and self.active:
            done = self._worker.control.at_safe_point(lambda: trainer.change(name, value))
            done.add_done_callback(self._tell_refusal)

    def _tell_refusal(self, done: Future[None]) -> None:
        """On the training thread: a signal crosses over by itself."""
        error = None if done.cancelled() else done.exception()
        if error is not None:
            self.refused.emit(str(error))

    def watch(self, visualizations: tuple[str, ...]) -> None:
        """The views that are looked at; no others are computed."""
        new, self._wanted = set(visualizations) - set(self._wanted), visualizations
        if self._worker:
            self._worker.watch(visualizations)
        else:
            self._look_back(new)

    def set_view(self, visualization: str, settings: Config) -> None:
        """What is chosen for a view, in this run and the next ones; if it is looked at, it is computed anew."""
        self._settings[visualization] = settings
        if self._worker:
            self._worker.set_view(visualization, settings)
        else:
            self._look_back({visualization} & set(self._wanted))

    def drain(self) -> None:
        """Hand on what has happened."""
        events = self._drain()
        if events:
            self.events.emit(events)  # first, so that who hears of a pause has all that came before it
        for event in events:
            self._follow(event)

    def _look_back(self, visualizations: Iterable[str]) -> None:
        """Compute views of the run that is over, whose weights nobody changes any more."""
        trainer, background, ids = self.trainer, self._background, tuple(visualizations)
        if trainer is None or background is None or not ids:
            return
        trainer.observer.settings = dict(self._settings)
        background.submit(lambda: trainer.observer.now(ids), lambda _nothing: self.drain(), self._on_no_view)

    def _on_no_view(self, error: Exception) -> None:
        self.events.emit([Problem("views", f"A view could not be computed: {error}", repr(error))])

    def _follow(self, event: Event) -> None:
        if self.state == "stopping":
            return
        if isinstance(event, Paused):
            self._set("paused")
        elif isinstance(event, Resumed):
            self._set("running")

    def _on_started(self, event: RunStarted) -> None:
        if self._worker:
            self.trainer = self._worker.trainer
        if self.state == "preparing":
            self._set("running")
        self.started.emit(event)

    def _on_ended(self, event: RunEnded) -> None:
        self.drain()
        self._timer.stop()
        if self._worker:
            self._worker.wait()  # run() returns right after this signal
            self._worker.deleteLater()
            self._worker = None
        self._set("idle")
        self.ended.emit(event)

    def _set(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
