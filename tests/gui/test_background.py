"""Short work off the GUI thread."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.worker import Background


def test_an_answer_never_comes_within_the_call_that_asks(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    background = Background()
    answers: list[int] = []

    def at_once(work: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(work())
        return done

    monkeypatch.setattr(background._executor, "submit", at_once)
    background.submit(lambda: 3, answers.append, lambda _error: None)
    assert answers == []
    qtbot.waitUntil(lambda: answers == [3])
    background.close()
