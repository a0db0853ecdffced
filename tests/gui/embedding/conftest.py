"""The page with a session behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.embedding.frame import Frame
from core.registry import Registry
from gui.embedding.embedding import Embedding
from gui.embedding.page import EmbeddingPage
from gui.session import Session
from tests.core import tiny

PATIENCE_MS = 60_000


class Bench:
    """A session, a page and what stands between them, as the workbench puts them together."""

    def __init__(self, qtbot: QtBot, registry: Registry, config: Callable[..., Any] = tiny.config) -> None:
        self.qtbot, self.config = qtbot, config
        self.session = Session(registry)
        self.page = EmbeddingPage()
        self.page.resize(720, 600)
        self.embedding = Embedding(self.session, self.page)
        self.frames: list[Frame] = []
        self.embedding.looked.connect(self.frames.append)

    def train(self, **overrides: object) -> None:
        with self.qtbot.waitSignal(self.session.ended, timeout=PATIENCE_MS):
            self.session.start(self.config(self.session.registry, **overrides))
        self.rest()

    def begin(self, **overrides: object) -> None:
        with self.qtbot.waitSignal(self.session.started, timeout=PATIENCE_MS):
            self.session.start(self.config(self.session.registry, **overrides))

    def rest(self) -> None:
        """Until nothing is being looked at."""
        self.qtbot.waitUntil(lambda: not self.embedding.question.busy, timeout=PATIENCE_MS)

    def hint(self) -> str:
        return self.page.hint.text() if self.page.hint.isVisible() else ""

    def close(self) -> None:
        if self.session.active:
            with self.qtbot.waitSignal(self.session.ended, timeout=PATIENCE_MS):
                self.session.stop()
        self.embedding.close()
        self.page.close()
        self.page.deleteLater()


@pytest.fixture
def make_bench(qtbot: QtBot) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(*arguments: Any) -> Bench:
        made.append(Bench(qtbot, *arguments))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench(tiny.registry())
