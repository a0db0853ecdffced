"""Has data sets loaded off the GUI thread: one at a time, the newest wish first, and given up when asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.data import Cancelled, DataBundle, Progress
from core.errors import UserError
from core.home import data_folders
from core.registry import Registry
from core.run_config import RunConfig
from core.survey import (
    Catalogue,
    ChannelStatistics,
    NotPrepared,
    TextSurvey,
    load_what_is_there,
    measure_channels,
    survey_text,
)
from core.worker import Background

_TOLD_EVERY_S = 0.05
_STOPPED = "Loading was cancelled; what has been downloaded so far is kept."


class Loader(QObject):
    """Signals arrive on the GUI thread, and only for what was asked for last."""

    progressed = Signal(float, str)
    """Share that is done (below 0: not known), and what is being done."""
    loaded = Signal(object)
    """The data set (:class:`core.data.DataBundle`)."""
    not_prepared = Signal(object)
    """It would take a download or a while (:class:`core.survey.NotPrepared`)."""
    failed = Signal(str)
    """A sentence on why there is nothing to see."""
    measured = Signal(object)
    """:class:`core.survey.ChannelStatistics` or :class:`core.survey.TextSurvey` of what was loaded."""

    _told = Signal(object, float, str)

    def __init__(self, registry: Registry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._registry = registry
        self._background = Background(self)
        self._stop = threading.Event()
        self._told.connect(self._on_told)

    def load(self, config: RunConfig, *, asked: bool) -> None:
        """Load the data set of ``config``; downloads and long preparations only where they were ``asked`` for."""
        registry, stop = self._registry, self._begin()

        def work() -> DataBundle:
            if stop.is_set():
                raise Cancelled
            if not asked:
                return load_what_is_there(registry, config, data_folders(), self._progress(stop))
            from core.job import load_data  # imports torch

            return load_data(registry, config, data_folders(), self._progress(stop))

        self._submit(stop, work, self.loaded.emit)

    def measure(self, bundle: DataBundle, catalogue: Catalogue | None) -> None:
        """What takes a moment to find out about the loaded data."""
        stop = self._begin()

        def work() -> ChannelStatistics | TextSurvey | None:
            if catalogue is not None:
                return measure_channels(catalogue.parts["train"].inputs, stop.is_set)  # type: ignore[arg-type]
            return survey_text(bundle, stop.is_set) if bundle.info.vocabulary else None

        self._submit(stop, work, self.measured.emit)

    def cancel(self) -> None:
        """Give up what is being done; nothing of it is told any more."""
        self._begin()

    def close(self) -> None:
        """Give up, and wait for it."""
        self._stop.set()
        self._background.close()

    def _begin(self) -> threading.Event:
        self._stop.set()
        self._stop = threading.Event()
        return self._stop

    def _submit(self, stop: threading.Event, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        def then(result: Any) -> None:
            if not stop.is_set() and result is not None:
                done(result)

        def failed(error: Exception) -> None:
            if not stop.is_set():
                self._on_failed(error)

        self._background.submit(work, then, failed)

    def _progress(self, stop: threading.Event) -> Progress:
        told = 0.0

        def tell(done: int, total: int | None, text: str) -> None:
            nonlocal told
            if stop.is_set():
                raise Cancelled
            now = time.monotonic()
            if now - told > _TOLD_EVERY_S or done == total:
                told = now
                self._told.emit(stop, done / total if total else -1.0, text)

        return tell

    def _on_told(self, stop: threading.Event, share: float, text: str) -> None:
        if stop is self._stop and not stop.is_set():
            self.progressed.emit(share, text)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, NotPrepared):
            self.not_prepared.emit(error)
        elif isinstance(error, UserError):
            self.failed.emit(str(error))
        elif isinstance(error, Cancelled):
            self.failed.emit(_STOPPED)
        else:  # of a plugin: nothing more is known than what it says
            self.failed.emit(f"The data set cannot be loaded ({type(error).__name__}: {error}).")
