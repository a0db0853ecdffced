from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests import leaks
from tests.leaks import QtWatch, leaked_threads

QtCore = pytest.importorskip("PySide6.QtCore")
QtWidgets = pytest.importorskip("PySide6.QtWidgets")


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "GRACE_SECONDS", 0.01)


@pytest.fixture
def watch(qapp: object, qt_watch: QtWatch | None) -> Iterator[QtWatch]:
    assert qt_watch is not None
    qt_watch.begin()
    yield qt_watch
    qt_watch.begin()


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_thread_that_goes_on_is_a_leak(release: threading.Event) -> None:
    before = set(threading.enumerate())
    thread = threading.Thread(target=release.wait, name="lingering")
    thread.start()
    assert leaked_threads(before) == ["thread 'lingering'"]
    release.set()
    thread.join()
    assert leaked_threads(before) == []


def test_a_thread_that_was_there_before_is_no_leak(release: threading.Event) -> None:
    thread = threading.Thread(target=release.wait)
    thread.start()
    assert leaked_threads(set(threading.enumerate())) == []
    release.set()
    thread.join()


def test_a_qthread_that_goes_on_is_a_leak_named_with_its_start(watch: QtWatch) -> None:
    thread = QtCore.QThread()
    thread.start()
    found = watch.leaks()
    assert len(found) == 1
    assert "test_leaks.py:" in found[0]
    assert thread.wait(5000), "a leaked thread is told to stop"
    assert watch.leaks() == []


def test_an_active_timer_is_a_leak_and_a_stopped_one_is_not(watch: QtWatch) -> None:
    timer = QtCore.QTimer()
    timer.start(60_000)
    assert [leak.partition(",")[0] for leak in watch.leaks()] == ["active QTimer"]
    timer.stop()
    assert watch.leaks() == []


def test_a_window_that_something_still_holds_is_a_leak(watch: QtWatch) -> None:
    window = QtWidgets.QWidget()
    assert len(watch.leaks()) == 1
    window.deleteLater()
    assert watch.leaks() == []


def test_a_window_of_a_reference_cycle_is_no_leak(watch: QtWatch) -> None:
    window = QtWidgets.QWidget()
    window.itself = window
    window.timer = QtCore.QTimer(window)
    window.timer.start(60_000)
    del window
    assert watch.leaks() == []
