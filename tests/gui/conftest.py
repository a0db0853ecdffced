"""A real window, closed the way a person closes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from tests.gui.session_bench import SessionBench

RUN_MS = 120_000
"""Longest wait for a run; shared machines are slow, and a test that waits for a signal loses nothing."""

Bench = TypeVar("Bench", bound="SessionBench[Any]")


@pytest.fixture
def closing() -> Iterator[Callable[[Bench], Bench]]:
    """What is handed over is closed after the test."""
    kept: list[SessionBench[Any]] = []

    def keep(bench: Bench) -> Bench:
        kept.append(bench)
        return bench

    yield keep
    for bench in kept:
        bench.close()


@pytest.fixture
def make_window(qtbot: QtBot) -> Iterator[Callable[[], MainWindow]]:
    """Windows that are shown and warm, and stopped and closed after the test."""
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow()
        windows.append(window)
        window.show()
        assert window.workbench is not None
        if not window.workbench.warm:
            with qtbot.waitSignal(window.workbench.ready, timeout=RUN_MS):
                pass
        return window

    yield make
    for window in windows:
        close(qtbot, window)


@pytest.fixture
def window(make_window: Callable[[], MainWindow]) -> MainWindow:
    """One such window."""
    return make_window()


def close(qtbot: QtBot, window: MainWindow) -> None:
    """End the run, if there is one, and close."""
    workbench = window.workbench
    if workbench is not None and workbench.session.active:
        with qtbot.waitSignal(workbench.session.ended, timeout=RUN_MS):
            workbench.session.stop()
    window.close()
    window.deleteLater()
