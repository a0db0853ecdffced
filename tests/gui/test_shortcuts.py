"""Keys: none means two things where it is pressed."""

from __future__ import annotations

from collections import Counter

from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton

from gui.keys import LOCAL
from gui.main_window import MainWindow


def words(keys: list[QKeySequence]) -> list[str]:
    return [key.toString() for key in keys if not key.isEmpty()]


def test_no_key_of_the_window_is_taken_twice_or_by_a_page(window: MainWindow) -> None:
    actions, shortcuts = window.findChildren(QAction), window.findChildren(QShortcut)
    everywhere = words(
        [action.shortcut() for action in actions if action.shortcutContext() not in LOCAL]
        + [shortcut.key() for shortcut in shortcuts if shortcut.context() not in LOCAL]
        + [button.shortcut() for button in window.findChildren(QAbstractButton)]
    )
    local = words([action.shortcut() for action in actions if action.shortcutContext() in LOCAL])
    assert len(everywhere) > 20
    assert [key for key, count in Counter(everywhere).items() if count > 1] == []
    assert set(everywhere) & set(local) == set()
