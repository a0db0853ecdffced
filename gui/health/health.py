"""Brings a run's health to its page, and says in the window's strip what is serious and lasts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

from PySide6.QtCore import QObject, QSettings, Signal

from core.events import Event, HealthMeasured, Paused, Problem, RunEnded, RunStarted
from core.health import EVERY, SOURCE, HealthSettings
from core.health.history import HealthHistory
from core.health.record import read_health
from core.health.words import Diagnosis
from core.runs import Run
from core.worker import Background
from gui.health.head import CADENCES
from gui.health.page import BEFORE, OFF, WAITING, HealthPage
from gui.pace import Pace
from gui.session import Session

ON_KEY, EVERY_KEY = "health/on", "health/every"


class Health(QObject):
    """Takes the events of the run; draws only while somebody looks, part by part, and no oftener than is cheap.

    What is chosen is kept in ``settings`` and holds for this run and the next ones.
    """

    noticed = Signal(str)
    """Something serious that lasts, in words, with what to do about it; once a run for each kind."""

    def __init__(self, session: Session, background: Background, settings: QSettings) -> None:
        super().__init__()
        self.page = HealthPage()
        self._session, self._background, self._settings = session, background, settings
        self._history, self._diagnosis = HealthHistory(), Diagnosis()
        self._waiting: list[HealthMeasured] | None = None
        """What comes while the record of a run that goes on is read."""
        self._run = 0
        self._changed: set[Callable[[], None]] = set()
        self._drawn = False
        """Whether anything of this run was drawn: the first numbers do not wait."""
        self._parts = self.page.drawers()
        self._turns = cycle(self._parts)
        self._pace = Pace()  # of the same thread as that of the curves: together they take no more than one would
        self.page.head.show_settings(_kept(settings))
        self.page.head.changed.connect(self._apply)
        self.page.shown.connect(self.draw_all)
        session.set_health(self.page.head.settings())

    def take(self, events: list[Event]) -> None:
        """What happened since the last time, oldest first."""
        for event in events:
            if isinstance(event, RunStarted):
                self._begin(event)
            elif isinstance(event, HealthMeasured):
                self._measured(event)
            elif isinstance(event, Problem) and event.source == SOURCE and self._history.newest is None:
                self.page.show_hint(f"{event.summary}.")
        if not self._drawn or any(isinstance(event, Paused | RunEnded) for event in events):
            self.draw_all()
        else:
            self._draw()

    def draw_all(self) -> None:
        """Draw all that is new, for when the run stands still or somebody begins to look."""
        if self.page.isVisible():
            for part in self._parts:
                self._draw_part(part)

    def close(self) -> None:
        """Keep what was chosen."""
        self._settings.sync()

    def _begin(self, event: RunStarted) -> None:
        self._run += 1
        self._history, self._diagnosis, self._waiting = HealthHistory(), Diagnosis(), None
        self._changed.clear()
        self._drawn = False
        self.page.clear(WAITING if self.page.head.settings().on else OFF)
        if event.step and event.run:
            self._read(Run(self._session.store.folder / event.run), event.step)

    def _read(self, run: Run, step: int) -> None:
        """A run goes on: what was recorded of it so far comes before what is measured now."""
        self._waiting, number = [], self._run

        def take(earlier: tuple[HealthHistory, Diagnosis]) -> None:
            if number != self._run:
                return
            waiting, self._waiting = self._waiting or [], None
            self._history, self._diagnosis = earlier
            for event in waiting:
                self._measured(event)
            self._draw()

        nothing = (HealthHistory(), Diagnosis())
        self._background.submit(lambda: _looked_back(run, step), take, lambda _error: take(nothing))

    def _measured(self, event: HealthMeasured) -> None:
        if self._waiting is not None:
            self._waiting.append(event)
            return
        self._history.take(event)
        findings = self._diagnosis.take(event)
        for finding in self._diagnosis.persisting():
            self.noticed.emit(f"{finding.text} {finding.advice} The page Inside, Health, shows it.")
        self.page.show_health(self._history, findings, self._diagnosis.summary())
        self._changed.update(self._parts)

    def _draw(self) -> None:
        """The part whose turn it is, if something is new, somebody looks and it is time."""
        if self._changed and self.page.isVisible() and self._pace.ready():
            self._draw_part(next(self._turns))

    def _draw_part(self, part: Callable[[], None]) -> None:
        if part in self._changed:
            self._drawn = True
            self._changed.discard(part)
            part()

    def _apply(self, settings: HealthSettings) -> None:
        self._settings.setValue(ON_KEY, settings.on)
        self._settings.setValue(EVERY_KEY, settings.every)
        self._session.set_health(settings)
        if self._history.newest is None:
            begun = self._session.trainer is not None and self._session.active
            self.page.show_hint(OFF if not settings.on else WAITING if begun else BEFORE)


def _looked_back(run: Run, step: int) -> tuple[HealthHistory, Diagnosis]:
    """On the background thread: all that was recorded up to a step. What was said of it then is not said again."""
    history, diagnosis = HealthHistory(), Diagnosis()
    for event in read_health(run, step):
        history.take(event)
        diagnosis.take(event)
        diagnosis.persisting()
    return history, diagnosis


def _kept(settings: QSettings) -> HealthSettings:
    """What was chosen the last time; a file that somebody has spoilt holds nothing."""
    every = {str(steps): steps for steps in CADENCES}.get(str(settings.value(EVERY_KEY, EVERY)), EVERY)
    return HealthSettings(str(settings.value(ON_KEY, True)).lower() != "false", every)
