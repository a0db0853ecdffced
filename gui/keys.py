"""Keys that mean something in one part of the window and nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

LOCAL = (Qt.ShortcutContext.WidgetWithChildrenShortcut, Qt.ShortcutContext.WidgetShortcut)


def local_key(
    keys: str | QKeySequence.StandardKey, widget: QWidget, slot: Callable[[], object], *, children: bool = True
) -> QShortcut:
    """``keys`` call ``slot`` while the focus is in ``widget``, or, with ``children``, in a widget inside of it.

    The binding takes ``context=`` in the constructor of a shortcut and forgets it where a slot is given, too; the key
    then works in the whole window. Hence this function.
    """
    shortcut = QShortcut(QKeySequence(keys), widget)
    shortcut.setContext(LOCAL[0] if children else LOCAL[1])
    shortcut.activated.connect(slot)
    return shortcut
