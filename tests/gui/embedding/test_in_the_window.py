"""From a click on a point to an answer in "Try it", in the real window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.run_config import run_config
from gui.main_window import MainWindow
from tests.gui.conftest import RUN_MS


def test_a_clicked_sample_is_answered_in_try_it(qtbot: QtBot, window: MainWindow) -> None:
    bench = window.workbench
    assert bench is not None
    page = bench.inside.embedding_page
    bench.pages.show_page(bench.inside.page)
    bench.inside.page.setCurrentWidget(page)
    spec = bench.registry.networks["lenet"]
    with qtbot.waitSignal(bench.session.ended, timeout=RUN_MS):
        bench.train(run_config(spec, "digits", epochs=1, device="cpu"))
    qtbot.waitUntil(lambda: page.scatter.isVisible() and not bench.inside.embedding.question.busy, timeout=RUN_MS)
    with qtbot.waitSignal(bench.answers.answered, timeout=RUN_MS) as answered:
        qtbot.mouseClick(page.scatter, Qt.MouseButton.LeftButton, pos=page.scatter.place_of(9).toPoint())
    assert answered.args[0].name.startswith("validation picture")
