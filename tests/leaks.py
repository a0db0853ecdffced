"""Finds what a test left running: threads, Qt threads, active timers, windows. The conftest asks after every test.

A leaked thread or timer does not spoil the test that leaked it but a later one, and often as a crash, so it is reported
where it began. What ends by itself within the grace is no leak; nor is what the garbage collector takes.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from typing import Any

GRACE_SECONDS = 2.0
# Threads that libraries keep for the life of the process.
LASTING_THREADS = ("pytest_timeout", "TMonitor", "tqdm_monitor")
LASTING_OWNERS = ("torch.", "joblib.", "concurrent.futures.process")
# Qt makes these for itself and keeps them.
LASTING_WINDOWS = ("QTipLabel",)


class Starts:
    """Remembers, weakly, the objects of one Qt class that were started, and from where."""

    def __init__(self, qt_class: Any) -> None:
        self._places: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        start = qt_class.start

        def remembering_start(started: Any, *arguments: Any) -> Any:
            caller = sys._getframe(1)
            self._places[started] = f"{caller.f_code.co_filename}:{caller.f_lineno}"
            return start(started, *arguments)

        qt_class.start = remembering_start

    def forget(self) -> None:
        self._places.clear()

    def living(self) -> list[tuple[Any, str]]:
        """The started objects that Qt has not deleted, with ``file:line`` of the start."""
        from shiboken6 import isValid

        return [(started, place) for started, place in self._places.items() if isValid(started)]


class QtWatch:
    """What Qt objects there were before a test, and which new ones are at work after it."""

    def __init__(self) -> None:
        from PySide6.QtCore import QThread, QTimer

        self._threads = Starts(QThread)
        self._timers = Starts(QTimer)
        self._windows: set[int] = set()

    def begin(self) -> None:
        self._threads.forget()
        self._timers.forget()
        self._windows = {address(window) for window in top_level_windows()}

    def leaks(self) -> list[str]:
        """One line a leak. Threads that were still running are told to stop, so that the next test starts clean."""
        found = self._thread_leaks()
        # Cheap looks first: with torch loaded a collection takes a tenth of a second, and there are many tests.
        for look_again in (delete_what_is_to_be_deleted, _collect_garbage):
            if not self._window_and_timer_leaks():
                return found
            look_again()
        found += self._window_and_timer_leaks()
        return found

    def _thread_leaks(self) -> list[str]:
        from PySide6.QtCore import QThreadPool

        found = []
        for thread, place in self._threads.living():
            if not thread.wait(int(GRACE_SECONDS * 1000)):
                found.append(f"QThread {thread!r}, started at {place}")
                thread.requestInterruption()
                thread.quit()
        pool = QThreadPool.globalInstance()
        if not pool.waitForDone(int(GRACE_SECONDS * 1000)):
            found.append(f"{pool.activeThreadCount()} tasks of the global QThreadPool")
        return found

    def _window_and_timer_leaks(self) -> list[str]:
        timers = [f"active QTimer, started at {place}" for timer, place in self._timers.living() if timer.isActive()]
        windows = [window for window in top_level_windows() if address(window) not in self._windows]
        lasting = [window for window in windows if window.metaObject().className() in LASTING_WINDOWS]
        return timers + [f"window {window!r}" for window in windows if window not in lasting]


def top_level_windows() -> list[Any]:
    """The widgets that are windows of their own; none without an application."""
    from PySide6.QtWidgets import QApplication

    return QApplication.topLevelWidgets() if isinstance(QApplication.instance(), QApplication) else []


def address(qt_object: Any) -> int:
    """Where the C++ object lies: tells it apart from others without keeping it alive."""
    from shiboken6 import getCppPointer

    return int(getCppPointer(qt_object)[0])


def _collect_garbage() -> None:
    gc.collect()
    delete_what_is_to_be_deleted()


def delete_what_is_to_be_deleted() -> None:
    """``deleteLater`` acts in the event loop, and none runs between tests."""
    from PySide6.QtCore import QCoreApplication, QEvent

    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def leaked_threads(before: set[threading.Thread]) -> list[str]:
    """One line for each Python thread that is not in ``before`` and does not end within the grace."""
    new = [thread for thread in threading.enumerate() if thread not in before and not lasts(thread)]
    deadline = time.monotonic() + GRACE_SECONDS
    for thread in new:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [f"thread {thread.name!r}" for thread in new if thread.is_alive()]


def lasts(thread: threading.Thread) -> bool:
    """Whether a thread is not the test's: a library's own, or Python's stand-in for one that Qt or torch made."""
    owners = (type(thread).__module__, getattr(getattr(thread, "_target", None), "__module__", None) or "")
    return (
        isinstance(thread, threading._DummyThread)
        or thread.name.startswith(LASTING_THREADS)
        or any(owner.startswith(LASTING_OWNERS) for owner in owners)
    )
