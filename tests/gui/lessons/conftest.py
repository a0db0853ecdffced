"""A window whose lessons are those that a test writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import plugins.lessons
from gui.lessons import Lessons
from gui.lessons.cell_view import CellView
from gui.main_window import MainWindow
from tests.gui.conftest import RUN_MS

TOP = "---\ntitle: {title}\nsummary: A small one.\nminutes: 5\n---\n"
TASK = """
```python task zeros
z = ...
```

```python check zeros
check(z == 0, "z is not 0.")
right("z is 0: right.")
```

```python solution zeros
z = 0
```
"""


class Bench:
    """A window with its lessons read, and short ways to what is in it."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        assert window.workbench is not None
        self.window, self.workbench, self._qtbot = window, window.workbench, qtbot
        self.lessons: Lessons = self.workbench.lessons

    def show(self) -> None:
        self.lessons.show()
        self._qtbot.waitUntil(lambda: self.lessons.panel is not None, timeout=RUN_MS)

    def open(self, id: str) -> None:
        self.show()
        with self._qtbot.waitSignal(self.reader.built, timeout=RUN_MS):
            self.lessons.open(id)

    @property
    def reader(self):
        assert self.lessons.panel is not None
        return self.lessons.panel.reader

    @property
    def cells(self) -> list[CellView]:
        return self.reader.cells

    def settle(self) -> None:
        """Until nothing runs and everything that ran is shown."""
        self._qtbot.waitUntil(lambda: not self.lessons.busy, timeout=RUN_MS)

    def run(self, cell: CellView) -> None:
        cell.run.click()
        self.settle()

    def close(self) -> None:
        self.window.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the lessons of the test are."""
    made = tmp_path / "lessons"
    made.mkdir()
    monkeypatch.setattr(plugins.lessons, "FOLDER", made)
    return made


@pytest.fixture
def write(folder: Path) -> Callable[..., None]:
    def write(body: str, id: str = "1-small", title: str = "Small") -> None:
        (folder / f"{id}.md").write_text(TOP.format(title=title) + body, encoding="utf-8")

    return write


@pytest.fixture
def make_bench(folder: Path, make_window: Callable[[], MainWindow], qtbot: QtBot) -> Callable[[], Bench]:
    return lambda: Bench(make_window(), qtbot)


@pytest.fixture
def bench(make_bench: Callable[[], Bench]) -> Callable[[str], Bench]:
    """A window in which that lesson is open."""

    def opened(id: str = "1-small") -> Bench:
        made = make_bench()
        made.open(id)
        return made

    return opened
