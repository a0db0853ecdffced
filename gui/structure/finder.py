"""Finds out, off the GUI thread, what the chosen network is made of, and what one of its layers looks like."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from core.config import ConfigError, validated
from core.data import Cancelled, DataInfo
from core.errors import UserError, message
from core.run_config import RunConfig
from core.structure import LayerLook, LayerRow, Structure, StructureError
from core.survey import NotPrepared
from core.worker import Background
from gui.session import Session
from gui.structure.page import NOTHING, StructurePage

if TYPE_CHECKING:
    from core.control import Control
    from core.structure.workshop import Workshop
    from core.trainer import Trainer

Known: TypeAlias = "DataInfo | Exception | None"
SETTLING_MS = 60
"""Of quiet before a change is followed: a number that is typed has several digits."""
AHEAD_MS = 500
"""Of quiet before a network is taken apart that nobody looks at yet, so that it is there when somebody does."""
PATIENCE_MS = 250
"""Work that takes less is not announced, and what was shown before may stay."""
REFRESH_S = 1.0
"""How long the pictures of a layer stand, at least, while the weights move."""
SHARE = 0.2
"""Of the time, what making them anew may take."""
REMEMBERED = 12
WAITING = "The data set is looked at, to know the shape of its samples."


class StructureFinder(QObject):
    """One question at a time, on a thread of its own; of all that is asked meanwhile only the newest counts.

    ``known(config, again)`` says what is known of a configuration's data: its :class:`~core.data.DataInfo`, why it
    cannot be had, or None while nobody knows yet; ``again``: what could not be had may be there now.
    """

    found = Signal(object)
    """A :class:`~core.structure.Structure` is on the page, and drawn."""
    looked = Signal(object)
    """A :class:`~core.structure.LayerLook` is on the page."""
    failed = Signal(str)

    def __init__(
        self,
        session: Session,
        page: StructurePage,
        known: Callable[[RunConfig, bool], Known],
        problems: Callable[[], list[str]] = list,
    ) -> None:
        super().__init__(page)
        self.page, self._session, self._known, self._problems = page, session, known, problems
        self._background = Background(self)
        self._workshop: Workshop | None = None
        self._config: RunConfig | None = None
        self._infos: dict[str, DataInfo] = {}
        self._made: OrderedDict[str, Structure] = OrderedDict()
        self._shown = ""
        self._asked = ""
        self._stop = Event()
        self._due = self._looking = self._look_due = False
        self._look_at, self._look_took, self._look_step = 0.0, 0.0, -1
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._ask)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._say_that_it_works)
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._refresh)
        page.drawn.connect(lambda: self.found.emit(page.structure()))
        page.shown.connect(self._on_shown)
        page.row_chosen.connect(lambda _id: self._look())
        session.started.connect(lambda _event: self._on_run())
        session.events.connect(lambda _events: self._refresh())
        session.state_changed.connect(self._on_state)
        session.ended.connect(lambda _event: self._on_run())

    def offer(self, config: RunConfig | None) -> None:
        """What is chosen in the set-up now; None: it cannot be trained as it stands."""
        self._config = config
        if self.page.isVisible():
            self._soon.start(SETTLING_MS)
        elif config is not None and not self._session.active:
            self._soon.start(AHEAD_MS)

    def forget(self) -> None:
        """Remember nothing of what was found: whatever is asked next is found out anew."""
        self._made.clear()
        self._hint(NOTHING)

    def close(self) -> None:
        """Give up what is being computed, and wait for it."""
        self._soon.stop()
        self._patience.stop()
        self._later.stop()
        self.page.show_hint(NOTHING)  # nothing is drawn any more
        self._due = self._look_due = False
        self._stop.set()
        self._background.close()

    def _ask(self) -> None:
        """Show what is chosen, from memory or after it was taken apart."""
        question = self._question()
        if question is None:
            return
        key, config, info = question
        if key in self._made:
            self._patience.stop()
            self._made.move_to_end(key)
            self._show(key, self._made[key])
        elif self._asked:
            self._due = True
            if key != self._asked:
                self._stop.set()
        elif self._session.state == "preparing":
            self._hint("A run is being prepared: the network is taken apart when its training begins.")
        else:
            self._begin(key, config, info)

    def _question(self) -> tuple[str, RunConfig, DataInfo] | None:
        """What to ask; where nothing can be asked, a sentence stands on the page."""
        config = self._config
        network = self._session.registry.networks.get(config.network) if config else None
        if config is None or network is None:
            reasons = self._problems()
            self._hint(f"The set-up cannot be used as it stands: {reasons[0]}." if reasons else NOTHING)
            return None
        info = self._info(config)
        if isinstance(info, DataInfo):
            return f"{network.id} {_key(config.network_settings)} {_key(info.as_dict())}", config, info
        if info is None:
            self._announce()
        else:
            self._hint(_why_no_data(info))
        return None

    def _info(self, config: RunConfig, again: bool = False) -> Known:
        return self._infos.get(_data_key(config)) or self._known(config, again)

    def _begin(self, key: str, config: RunConfig, info: DataInfo) -> None:
        self._asked, self._stop, self._due = key, Event(), False
        self._announce()
        stop, control = self._stop, self._control()
        self._background.submit(
            lambda: self._at_work().structure(config, info, stop, control),
            lambda structure: self._on_structure(key, structure),
            lambda error: self._on_failed(key, error),
        )

    def _on_structure(self, key: str, structure: Structure) -> None:
        self._made[key] = structure
        while len(self._made) > REMEMBERED:
            self._made.popitem(last=False)
        self._finish(key, lambda: self._show(key, structure))

    def _on_failed(self, key: str, error: Exception) -> None:
        def tell() -> None:
            if isinstance(error, Cancelled):
                return
            words = message(error) if isinstance(error, UserError) else f"This network cannot be shown: {error}"
            details = error.details if isinstance(error, StructureError) else ""
            self._hint(words, problem=not isinstance(error, ConfigError), details=details)
            self.failed.emit(words)

        self._finish(key, tell)

    def _finish(self, key: str, tell: Callable[[], None]) -> None:
        """What was asked first is told only if it is still what is wanted."""
        self._asked = ""
        due, self._due = self._due, False
        self._patience.stop()
        if due:
            self._ask()
        elif self._wanted() == key:
            tell()
        else:
            self._ask()

    def _wanted(self) -> str:
        config = self._config
        info = self._info(config) if config else None
        if config is None or not isinstance(info, DataInfo):
            return ""
        return f"{config.network} {_key(config.network_settings)} {_key(info.as_dict())}"

    def _show(self, key: str, structure: Structure) -> None:
        if key != self._shown:
            self._shown = key
            self.page.show_structure(structure)
            self._look()
        elif self.page.is_drawn():
            self.found.emit(structure)

    def _hint(self, words: str, *, problem: bool = False, details: str = "") -> None:
        self._patience.stop()
        self._shown = ""
        self.page.show_hint(words, problem=problem, details=details)

    def _announce(self) -> None:
        """Say so if it takes long."""
        if not self._patience.isActive():
            self._patience.start()

    def _say_that_it_works(self) -> None:
        config = self._config
        network = self._session.registry.networks.get(config.network) if config else None
        self._shown = ""
        self.page.show_hint(f"{network.title} is being taken apart…" if network and self._asked else WAITING)

    def _on_shown(self) -> None:
        config = self._config
        if config is not None and isinstance(self._info(config), NotPrepared):
            self._info(config, again=True)
        self._soon.stop()
        self._ask()
        self._refresh(force=True)

    def _on_state(self, state: str) -> None:
        if state == "preparing" and self._asked:  # the run is about to seed all random numbers: out of its way
            self._due = True
            self._stop.set()
        self._refresh(force=state == "paused")

    def _on_run(self) -> None:
        """A run knows the shape of its data; its weights are other ones than those that were shown."""
        trainer, config = self._session.trainer, self._session.config
        if trainer is not None and config is not None:
            self._infos[_data_key(config)] = trainer.job.info
        self._look_step = -1
        if self.page.isVisible():
            self._ask()
            self._look()

    def _look(self) -> None:
        """The pictures of the chosen layer, from the run if it is of this network, else from random weights."""
        structure, config = self.page.structure(), self._config
        row = structure.by_id.get(self.page.chosen()) if structure else None
        if structure is None or row is None or config is None or not self.page.isVisible():
            return
        if self._looking:
            self._look_due = True
            return
        info = self._info(config)
        if not isinstance(info, DataInfo):
            return
        if self._session.state == "preparing":
            self.page.layer.say("A run is being prepared: its weights are shown when its training begins.")
            return
        self._looking, self._look_due, self._look_at = True, False, time.perf_counter()
        self._background.submit(
            self._looker(config, info, structure, row), lambda found: self._on_look(*found), self._on_no_look
        )

    def _looker(
        self, config: RunConfig, info: DataInfo, structure: Structure, row: LayerRow
    ) -> Callable[[], tuple[LayerLook, int]]:
        trainer, control = self._session.trainer, self._control()
        if trainer is not None and self._is_of(trainer, config, info):
            return lambda: self._at_work().look_at_run(trainer, row)
        return lambda: (self._at_work().look_at_new(config, info, structure, row, control), -1)

    def _is_of(self, trainer: Trainer, config: RunConfig, info: DataInfo) -> bool:
        """Whether a run trains this very network."""
        job = trainer.job
        if job.network.id != config.network or job.info != info:
            return False
        try:
            settings = (job.config.network_settings, config.network_settings)
            return bool(validated(job.network.config, settings[0]) == validated(job.network.config, settings[1]))
        except ConfigError:
            return False

    def _on_look(self, look: LayerLook, step: int) -> None:
        self._look_step = step
        self._end_look()
        if not self._look_due and look.row == self.page.chosen():
            self.page.show_look(look)
            self.looked.emit(look)
        elif self._look_due:
            self._look()

    def _on_no_look(self, error: Exception) -> None:
        self._end_look()
        if self._look_due:
            self._look()
            return
        words = message(error) if isinstance(error, UserError) else f"This layer cannot be looked at: {error}"
        self.page.layer.say(words)
        self.failed.emit(words)

    def _end_look(self) -> None:
        self._looking = False
        now = time.perf_counter()
        self._look_took, self._look_at = now - self._look_at, now

    def _refresh(self, *, force: bool = False) -> None:
        """Make the pictures anew if the weights have moved, somebody looks, and some time has passed."""
        trainer = self._session.trainer
        if trainer is None or not self.page.isVisible() or self._look_step in (-1, trainer.step):
            return
        wait = max(REFRESH_S, self._look_took / SHARE) - (time.perf_counter() - self._look_at)
        if self._looking:
            self._look_due = self._look_due or force
        elif force or wait <= 0:
            self._look()
        elif not self._later.isActive():  # after the last step before a pause nothing more happens
            self._later.start(round(1000 * wait) + 1)

    def _control(self) -> Control | None:
        """Of a run that goes on: what is built beside it waits for a safe point."""
        trainer = self._session.trainer
        return trainer.control if trainer is not None and self._session.active else None

    def _at_work(self) -> Workshop:
        """On the background thread: only here is torch needed."""
        if self._workshop is None:
            from core.structure.workshop import Workshop

            self._workshop = Workshop(self._session.registry)
        return self._workshop


def _key(values: Any) -> str:
    return json.dumps(values, sort_keys=True, default=str)


def _data_key(config: RunConfig) -> str:
    return _key([config.data, config.data_settings])


def _why_no_data(error: Exception) -> str:
    if isinstance(error, NotPrepared):
        what = f" ({error.download_bytes / 1e6:,.0f} MB download)" if error.download_bytes else ""
        return (
            f"{message(error)} The network's shapes follow from the data's: load the data set on the page Data{what}, "
            "press Start, or choose another data set."
        )
    if isinstance(error, UserError):
        return message(error)
    return f"The data set cannot be loaded ({type(error).__name__}: {message(error)})."
