"""The page "Structure" in the real window, with the set-up beside it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from tests.gui.conftest import RUN_MS


def test_the_chosen_network_is_shown_and_a_setting_redraws_it(qtbot: QtBot, window: MainWindow) -> None:
    workbench = window.workbench
    assert workbench is not None
    structures = workbench.inside.structure
    workbench.pages.show_page(workbench.inside.page)
    qtbot.waitUntil(lambda: structures.page.structure() is not None, timeout=RUN_MS)
    lenet = structures.page.structure()
    assert lenet is not None and lenet.title == "LeNet" and lenet.parameters == 61_706
    assert "61,706 parameters" in structures.page.totals.text()
    workbench.setup.network.pick("cifar_resnet")
    qtbot.waitUntil(lambda: getattr(structures.page.structure(), "title", "") == "CIFAR ResNet", timeout=RUN_MS)
    with qtbot.waitSignal(structures.found, timeout=RUN_MS):
        workbench.setup.forms["network"].set_values({"width": 8})
    narrow = structures.page.structure()
    assert narrow is not None and narrow.by_id["stem.conv"].outputs == ((8, 16, 16),)


def test_where_the_set_up_is_wrong_the_reason_stands_in_place(qtbot: QtBot, window: MainWindow) -> None:
    workbench = window.workbench
    assert workbench is not None
    page = workbench.inside.structure.page
    workbench.pages.show_page(workbench.inside.page)
    qtbot.waitUntil(lambda: page.structure() is not None, timeout=RUN_MS)
    workbench.setup.forms["training"].set_values({"epochs": 0})
    qtbot.waitUntil(lambda: page.structure() is None, timeout=RUN_MS)
    assert "must be at least 1" in page.hint.text()
