"""Groups are hidden, and shown alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.embedding.legend import NOBODY, Legend


@pytest.fixture
def legend(qtbot: QtBot) -> Iterator[Legend]:
    made = Legend()
    qtbot.addWidget(made)
    made.resize(180, 200)
    made.show()
    made.show_groups(("cat", "dog", "none of it", "<b>bird</b>"), (5, 7, 0, 2))
    yield made


def shown(legend: Legend) -> list[str]:
    return [
        legend.item(row).text()
        for row in range(legend.count())
        if legend.item(row).checkState() == Qt.CheckState.Checked
    ]


def test_groups_with_samples_are_listed_as_their_names_stand(legend: Legend) -> None:
    assert shown(legend) == ["cat", "dog", "<b>bird</b>"]
    assert legend.item(1).data(Qt.ItemDataRole.AccessibleTextRole) == "dog, 7 samples"


def test_the_space_bar_hides_a_group_and_enter_shows_it_alone_and_all_again(qtbot: QtBot, legend: Legend) -> None:
    legend.setCurrentRow(1)
    with qtbot.waitSignal(legend.hidden_changed) as told:
        qtbot.keyClick(legend, Qt.Key.Key_Space)
    assert told.args == [frozenset({1})] and shown(legend) == ["cat", "<b>bird</b>"]
    qtbot.keyClick(legend, Qt.Key.Key_Return)
    assert shown(legend) == ["dog"] and legend.hidden_groups() == {0, 3}
    qtbot.keyClick(legend, Qt.Key.Key_Return)
    assert shown(legend) == ["cat", "dog", "<b>bird</b>"]


def test_a_double_click_shows_a_group_alone(qtbot: QtBot, legend: Legend) -> None:
    legend.itemDoubleClicked.emit(legend.item(0))
    assert shown(legend) == ["cat"]
    legend.show_all()
    assert len(shown(legend)) == 3


def test_what_is_hidden_stays_so_while_the_groups_are_the_same(legend: Legend) -> None:
    legend.item(0).setCheckState(Qt.CheckState.Unchecked)
    legend.show_groups(("cat", "dog", "none of it", "<b>bird</b>"), (6, 6, 1, 1))
    assert shown(legend) == ["dog", "none of it", "<b>bird</b>"]
    legend.show_groups(("a", "b"), (6, 6))
    assert shown(legend) == ["a", "b"] and not legend.hidden_groups()


def test_the_group_under_the_mouse_is_told_and_left(qtbot: QtBot, legend: Legend) -> None:
    seen: list[int] = []
    legend.hovered.connect(seen.append)
    qtbot.mouseMove(legend.viewport(), legend.visualItemRect(legend.item(2)).center())
    qtbot.waitUntil(lambda: seen == [3])
    QApplication.sendEvent(legend, QEvent(QEvent.Type.Leave))
    assert seen == [3, NOBODY]
