"""The page with a session behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.embedding.frame import Frame
from core.registry import Registry
from gui.embedding.embedding import Embedding
from gui.embedding.page import EmbeddingPage
from tests.core import tiny
from tests.gui.session_bench import PATIENCE_MS, SessionBench


class Bench(SessionBench[EmbeddingPage]):
    """A session, a page and what stands between them, as the workbench puts them together."""

    def __init__(self, qtbot: QtBot, registry: Registry, config: Callable[..., Any] = tiny.config) -> None:
        super().__init__(qtbot, registry, EmbeddingPage(), config)
        self.page.resize(720, 600)
        self.embedding = self.closing(Embedding(self.session, self.page))
        self.frames: list[Frame] = []
        self.embedding.looked.connect(self.frames.append)

    def train(self, **overrides: Any) -> None:
        super().train(**overrides)
        self.rest()

    def rest(self) -> None:
        """Until nothing is being looked at."""
        self.qtbot.waitUntil(lambda: not self.embedding.question.busy, timeout=PATIENCE_MS)

    def hint(self) -> str:
        return self.page.hint.text() if self.page.hint.isVisible() else ""


@pytest.fixture
def make_bench(qtbot: QtBot, closing: Callable[[Bench], Bench]) -> Callable[..., Bench]:
    return lambda *arguments: closing(Bench(qtbot, *arguments))


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench(tiny.registry())
