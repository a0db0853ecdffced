"""Work off the GUI thread: the training thread, and a queue for everything shorter. The only Qt file in core."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal

from core.config import Config
from core.control import Control
from core.data import Cancelled, DataFolders
from core.events import Event, RunEnded, RunStarted
from core.health import HealthSettings
from core.registry import Registry
from core.resume import Resume
from core.run_config import RunConfig
from core.runs import RunStore

if TYPE_CHECKING:
    from core.trainer import Trainer

T = TypeVar("T")


class TrainingWorker(QThread):
    """One run. Events pile up in a buffer that the GUI drains; only the rare ones are signals."""

    started_run = Signal(object)
    """The first step is about to be taken (:class:`RunStarted`)."""
    ended_run = Signal(object)
    """How the run ended (:class:`RunEnded`); the thread finishes right after."""
    preparing = Signal(float, str)
    """Share of the data preparation that is done (below 0: not known), and what is being done."""

    def __init__(
        self,
        registry: Registry,
        config: RunConfig,
        folders: DataFolders,
        store: RunStore,
        *,
        paused: bool = False,
        slowly: bool = False,
        resume: Resume | None = None,
    ) -> None:
        """``paused``: wait after the first step; ``slowly``: take that apart."""
        super().__init__()
        self.setObjectName("training")
        self.config = config
        self.control = Control()
        if paused or slowly:
            self.control.step(slowly=slowly)
        self.trainer: Trainer | None = None
        self._registry, self._folders, self._store, self._resume = registry, folders, store, resume
        self._events: deque[Event] = deque()
        self._wanted: frozenset[str] = frozenset()
        self._settings: dict[str, Config] = {}
        self._due: set[str] = set()
        self._health = HealthSettings(on=False)
        self._told = 0.0

    def drain(self) -> list[Event]:
        """All events since the last call, oldest first (any thread)."""
        return [self._events.popleft() for _ in range(len(self._events))]

    def watch(self, visualizations: Iterable[str]) -> None:
        """From now on compute these views alone; new ones at once if the run is paused or over."""
        wanted = frozenset(visualizations)
        new, self._wanted = wanted - self._wanted, wanted
        self._look(new)

    def set_view(self, visualization: str, settings: Config) -> None:
        """From now on compute this view with these settings; at once if it is looked at."""
        self._settings = {**self._settings, visualization: settings}
        self._look({visualization} & self._wanted)

    def set_health(self, settings: HealthSettings) -> None:
        """From now on watch the health of the network so, or not at all."""
        self._health = settings
        if self.trainer is not None:
            self.trainer.health.apply(settings)

    def _look(self, visualizations: frozenset[str] | set[str]) -> None:
        """Each is computed once at the next safe point, however often it is asked for until then."""
        trainer = self.trainer
        if trainer is None:
            return
        trainer.observer.wanted, trainer.observer.settings = self._wanted, self._settings
        if self.isFinished():
            return
        for visualization in visualizations - self._due:
            self._due.add(visualization)
            self.control.at_safe_point(partial(self._look_now, trainer, visualization))

    def _look_now(self, trainer: Trainer, visualization: str) -> None:
        self._due.discard(visualization)  # before it is computed: what is chosen meanwhile must be seen, too
        trainer.observer.now((visualization,))

    def run(self) -> None:
        """The training thread. All imports of torch are behind this call."""
        from core.launch import Launch

        launch = Launch(
            *(self._registry, self.config, self._folders, self._store, self.control, self._emit, self._progress),
            ready=self._ready,
            resume=self._resume,
        )
        launch.run()

    def _ready(self, trainer: Trainer) -> None:
        trainer.observer.wanted, trainer.observer.settings = self._wanted, self._settings
        self.trainer = trainer
        trainer.health.apply(self._health)  # now, so that what is set meanwhile is not overwritten by what was before

    def _emit(self, event: Event) -> None:
        self._events.append(event)
        if isinstance(event, RunStarted):
            self.started_run.emit(event)
        elif isinstance(event, RunEnded):
            self.ended_run.emit(event)

    def _progress(self, done: int, total: int | None, text: str) -> None:
        if self.control.stopping:
            raise Cancelled
        now = time.perf_counter()
        if now - self._told > 0.05 or done == total or done == 0:
            self._told = now
            self.preparing.emit(done / total if total else -1.0, text)


class Background(QObject):
    """A queue for short work off the GUI thread; answers are delivered on the thread that made this object."""

    _done = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="background")
        # Queued also where the work is done before anybody asks: an answer never comes within the call of submit.
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Run ``work`` elsewhere, then ``then(result)`` or ``failed(exception)`` here."""

        def finished(future: Future[T]) -> None:
            if not future.cancelled():
                self._done.emit(future, (then, failed))

        self._executor.submit(work).add_done_callback(finished)

    def close(self) -> None:
        """Drop what has not begun and wait for what has."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, future: Future[Any], receivers: tuple[Callable[[Any], None], Callable[[Any], None]]) -> None:
        then, failed = receivers
        error = future.exception()
        if error is None:
            then(future.result())
        elif isinstance(error, Exception):
            failed(error)
