"""A key of one part of the window does nothing elsewhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.keys import local_key


def test_a_local_key_is_heard_inside_its_widget_alone(qtbot: QtBot) -> None:
    window, panel, elsewhere = QWidget(), QWidget(), QPushButton("elsewhere")
    inside = QPushButton("inside", panel)
    column = QVBoxLayout(window)
    column.addWidget(panel)
    column.addWidget(elsewhere)
    qtbot.addWidget(window)
    heard: list[str] = []
    local_key("Del", panel, lambda: heard.append("panel"))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    elsewhere.setFocus()
    qtbot.keyClick(elsewhere, Qt.Key.Key_Delete)
    assert heard == []
    inside.setFocus()
    qtbot.keyClick(inside, Qt.Key.Key_Delete)
    assert heard == ["panel"]
