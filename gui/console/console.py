"""The kernel of the window, what its cells find in their namespace, and the dock in which they are typed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.console import IMPORTING
from core.console.hold import Holder
from core.console.kernel import Kernel
from core.console.loading import data_loader
from core.console.losses import Losses
from core.home import data_folders
from core.worker import Background
from gui.console.app import App
from gui.console.dock import IDLE, ConsoleDock
from gui.console.gui_thread import GuiThread
from gui.console.past_cells import PastCells, past_cells_file

if TYPE_CHECKING:
    from core.batches import Batch
    from core.console.run import Run
    from core.trainer import Trainer
    from gui.console.front import Front
    from gui.workbench import Workbench

WAITS = "It begins as soon as the cell in the console is done: press Interrupt there to begin now."
STUBBORN = "The cell does not heed the interrupt: a long call may have to end first. Restart gives the cell up."
BEGUN_ANEW = "Restarted: names that were defined here are gone."
GIVEN_UP = (
    "Restarted. The cell did not end, so it was left to itself: it may go on computing until its present call ends, "
    "but nothing waits for it, and what it writes is not shown."
)
_TICK_MS = 200
_SLOW_S = 2.0
"""From so many seconds on, the status says how long a cell has run, or a run has waited for it."""


class Console(QObject):
    """Nothing of it is loaded, and no thread begun, before the dock is first shown or :attr:`kernel` first used."""

    ready = Signal()
    """The console can be typed into."""
    failed = Signal(str)
    idle = Signal()
    """No cell runs any more, and what waited for that has begun."""
    _kernel_changed = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._workbench, self._session = workbench, workbench.session
        self.dock = ConsoleDock()
        self.front: Front | None = None
        self.losses = Losses()
        self.holder = Holder(lambda: workbench.session.worker, lambda: self.kernel)
        self._gui = GuiThread(self)
        self._app = App(workbench, self._gui.call, self.holder.will_stop)
        self._load_data = data_loader(workbench.registry, data_folders())
        self._kernel: Kernel | None = None
        self._background: Background | None = None
        self._run: tuple[Trainer, Run] | None = None
        self._batch: tuple[Trainer, int, Batch | None] | None = None
        self._then: Callable[[], None] | None = None
        self._closed = self._restarting = False
        self._began = self._struck = 0.0
        self._timer = QTimer(self, interval=_TICK_MS)
        workbench.window.put("console", self.dock)
        self._connect()

    @property
    def kernel(self) -> Kernel:
        """The one kernel of the window, for the dock and for the cells of lessons (any thread)."""
        if self._kernel is None:
            self._kernel = Kernel(self._names, self.holder.guard, self._kernel_changed.emit)
            if self._closed:
                self._kernel.close()
        return self._kernel

    @property
    def busy(self) -> bool:
        """Whether a cell runs or waits."""
        return self._kernel is not None and self._kernel.busy

    def show(self) -> None:
        """Bring the dock to the front, ready to be typed into."""
        dock = self._workbench.window.docks["console"]
        dock.show()
        dock.raise_()
        self.dock.setFocus()

    def when_idle(self, action: Callable[[], None]) -> None:
        """Do it now, or once no cell runs any more: a run must not be prepared while a cell draws random numbers."""
        if not self.busy:
            action()
            return
        self._then = action
        self._workbench.say(WAITS)

    def interrupt(self) -> None:
        """End the cell that runs; what waits behind it is dropped."""
        if self.busy:
            self._struck = self._struck or time.monotonic()
            self.kernel.interrupt()

    def restart(self) -> None:
        """Begin with an empty namespace; the cell that runs is interrupted, and given up where that does not help."""
        if self._background is None or self._restarting:
            return
        self._restarting = True
        self.dock.set_ready(False)
        self.dock.show_busy(False, "Restarting…")
        self._background.submit(self.kernel.restart, self._on_restarted, lambda _error: self._on_restarted(False))

    def close(self) -> None:
        """Interrupt what runs and end the thread."""
        self._closed, self._then = True, None
        self._timer.stop()
        if self._kernel is not None:
            self._kernel.close()
        if self._background is not None:
            self._background.close()

    def _connect(self) -> None:
        dock, session = self.dock, self._session
        dock.shown.connect(self._load)
        dock.interrupt_pressed.connect(self.interrupt)
        dock.restart_pressed.connect(self.restart)
        dock.clear_pressed.connect(lambda: self.front.clear() if self.front else None)
        session.events.connect(self.losses.take)
        session.state_changed.connect(lambda state: self.holder.follow() if state == "preparing" else None)
        self._kernel_changed.connect(self._on_changed, Qt.ConnectionType.QueuedConnection)
        self._timer.timeout.connect(self._show_state)

    def _load(self) -> None:
        """Once: import what takes long off the GUI thread, and have the kernel make its shell meanwhile."""
        if self._background is not None or self._closed:
            return
        self._background = Background(self)
        self._background.submit(self._prepare, self._on_loaded, self._on_failed)

    def _prepare(self) -> None:
        """On the background thread. One after the other: two threads that import slow down the window more."""
        _import()
        self.kernel.ask(lambda shell: None).result()

    def _on_loaded(self, _nothing: None) -> None:
        from gui.console.client import Client
        from gui.console.front import Front

        if self._closed:
            return
        past = PastCells(past_cells_file())
        client = Client(self.kernel, past.read, self)
        self.front = Front(client, self.interrupt, self.restart)
        self.front.executing.connect(past.add)
        had_focus = self.dock.hasFocus()
        self.dock.put(self.front)
        if had_focus:
            self.front.setFocus()
        self.ready.emit()

    def _on_failed(self, error: Exception) -> None:
        words = f"The console cannot be loaded ({type(error).__name__}: {error}): install the requirements again."
        self.dock.show_problem(words)
        self.failed.emit(words)

    def _on_restarted(self, ended: bool) -> None:
        self._restarting = False
        self.dock.set_ready(True)
        self._on_changed()
        if self.front is not None and not self._closed:
            self.front.begin_anew(BEGUN_ANEW if ended else GIVEN_UP)

    def _on_changed(self) -> None:
        """A cell has begun or ended."""
        if self._closed:
            return
        self._began = time.monotonic()
        if not self.busy or not self.kernel.interrupted:  # else this is told late, and the cell was struck meanwhile
            self._struck = 0.0
        if self.busy:
            self._timer.start()
            self._show_state()
            return
        self._timer.stop()
        if not self._restarting:
            self.dock.show_busy(False)
        then, self._then = self._then, None
        if then is not None:
            then()
        self.idle.emit()

    def _show_state(self) -> None:
        if not self._restarting:
            self.dock.show_busy(self.busy, self._state() if self.busy else IDLE)

    def _state(self) -> str:
        """What goes on, in words."""
        now, waiting = time.monotonic(), self.holder.waiting
        if self._struck and now - self._struck > _SLOW_S:
            return STUBBORN
        if waiting and waiting[0] == "console":
            return "The cell waits for the run: it begins at the next safe point"
        if waiting and waiting[1] > _SLOW_S:
            return f"The training waits for this cell ({waiting[1]:.0f} s): Interrupt lets it go on"
        return f"Running ({now - self._began:.0f} s)" if now - self._began > _SLOW_S else "Running…"

    def _names(self) -> Mapping[str, object]:
        """On the kernel's thread, before each cell."""
        worker, app = self._session.worker, {"app": self._app, "load_data": self._load_data}
        trainer = worker.trainer if worker is not None and worker.trainer is not None else self._session.trainer
        if trainer is None:
            return {"model": None, "batch": None, "run": None, **app}
        from core.console.run import Run

        if self._run is None or self._run[0] is not trainer:
            self._run = (trainer, Run(trainer, self.losses.array, self.holder))
        return {"model": trainer.job.model, "batch": self._next_batch(trainer), "run": self._run[1], **app}

    def _next_batch(self, trainer: Trainer) -> Batch | None:
        from core.console.run import next_batch

        if self._batch is None or self._batch[:2] != (trainer, trainer.step):
            try:
                self._batch = (trainer, trainer.step, next_batch(trainer))
            except Exception:  # border: data of plugins; a cell can do without a batch
                self._batch = (trainer, trainer.step, None)
        return self._batch[2]


def _import() -> None:
    """On the background thread: what takes a second or more."""
    with IMPORTING:
        from ipython_pygments_lexers import IPython3Lexer
        from pygments.lexers.python import Python3Lexer
        from pygments.styles import get_style_by_name

        from gui.console.front import STYLES
    for lexer in (Python3Lexer, IPython3Lexer):
        lexer()  # the first of each kind compiles its expressions
    for style in STYLES.values():
        get_style_by_name(style)
