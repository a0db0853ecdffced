"""Has things done on the GUI thread for cells, which run on another one."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from core.errors import UserError

T = TypeVar("T")
LIMIT_S = 20.0
_TICK_S = 0.002


class GuiThread(QObject):
    """Made on the GUI thread; :meth:`call` may be used on any."""

    _asked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked.connect(self._do, Qt.ConnectionType.QueuedConnection)

    def call(self, action: Callable[[], T], limit: float = LIMIT_S) -> T:
        """What ``action`` returns; its exceptions are raised here. An interrupt ends the waiting.

        Raises:
            UserError: where the window has no time for it.
        """
        if QThread.currentThread() is self.thread():
            return action()
        future: Future[T] = Future()
        self._asked.emit((action, future))
        end = time.monotonic() + limit
        while not future.done():
            time.sleep(_TICK_S)
            if time.monotonic() > end and future.cancel():
                raise UserError(f"The window did not answer within {limit:.0f} s: try again when it is less busy.")
        return future.result()

    @Slot(object)
    def _do(self, asked: tuple[Callable[[], Any], Future[Any]]) -> None:
        action, future = asked
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(action())
        except Exception as error:  # border: the cell that asked gets the exception
            future.set_exception(error)
