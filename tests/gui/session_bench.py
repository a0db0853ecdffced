"""What the tests of a page need that looks at runs: a session, the page, and who stands between the two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.registry import Registry
from core.run_config import RunConfig
from core.trainer import Trainer
from gui.session import Session

PATIENCE_MS = 60_000


class Closes(Protocol):
    """Who has threads to end."""

    def close(self) -> object: ...


Page = TypeVar("Page", bound=QWidget)
Part = TypeVar("Part", bound=Closes)


class SessionBench(Generic[Page]):
    """Puts them together as the workbench does; ``config`` makes the configuration of a run from a registry."""

    def __init__(self, qtbot: QtBot, registry: Registry, page: Page, config: Callable[..., RunConfig]) -> None:
        self.qtbot, self.page, self._config = qtbot, page, config
        self.session = Session(registry)
        self._parts: list[Closes] = []

    def closing(self, part: Part) -> Part:
        """``part``, which is closed before the page is."""
        self._parts.append(part)
        return part

    def config(self, **overrides: Any) -> RunConfig:
        return self._config(self.session.registry, **overrides)

    def train(self, **overrides: Any) -> None:
        """A whole run."""
        with self.qtbot.waitSignal(self.session.ended, timeout=PATIENCE_MS):
            self.session.start(self.config(**overrides))

    def begin(self, **overrides: Any) -> Trainer:
        """A run up to its first step."""
        with self.qtbot.waitSignal(self.session.started, timeout=PATIENCE_MS):
            self.session.start(self.config(**overrides))
        assert self.session.trainer is not None
        return self.session.trainer

    def close(self) -> None:
        if self.session.active:
            with self.qtbot.waitSignal(self.session.ended, timeout=PATIENCE_MS):
                self.session.stop()
        for part in self._parts:
            part.close()
        self.page.close()
        self.page.deleteLater()
