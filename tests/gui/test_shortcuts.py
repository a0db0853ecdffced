"""Keys: none means two things where it is pressed."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from gui.main_window import MainWindow


def keys(actions: list[QAction]) -> list[str]:
    return [action.shortcut().toString() for action in actions if not action.shortcut().isEmpty()]


def test_no_key_of_a_menu_is_taken_by_another_entry_or_by_a_page(window: MainWindow) -> None:
    actions = window.findChildren(QAction)
    local = [a for a in actions if a.shortcutContext() == Qt.ShortcutContext.WidgetWithChildrenShortcut]
    everywhere = keys([action for action in actions if action not in local])
    assert len(everywhere) > 8
    assert [key for key, count in Counter(everywhere).items() if count > 1] == []
    assert set(everywhere) & set(keys(local)) == set()
