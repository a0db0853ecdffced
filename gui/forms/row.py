"""One field in the form: label, editor, unit, and the line for what is wrong."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.forms.fields import editor_for
from gui.forms.labels import FieldLabel, ReasonLine
from gui.forms.spec import FieldSpec
from gui.forms.words import PRESS_ENTER, tooltip, value_in_words

_LABEL, _EDITOR, COLUMNS = 0, 1, 2


class FieldRow(QObject):
    """Lays the parts of a field into the form's grid and keeps them in step.

    Signals:
        edited, committed: the name of the field; see :class:`gui.forms.editor.Editor`.
    """

    edited = Signal(str)
    committed = Signal(str)

    def __init__(self, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(parent)
        self.spec = spec
        self.label = FieldLabel(spec.title)
        self.editor = editor_for(spec)
        self.reason = ReasonLine()
        self._unit = self._add_unit() if spec.unit else None
        self._locked = False
        self._reset_action = QAction(f"Reset to {value_in_words(spec.default)}", self.label)
        self._connect()
        self._retell()

    def place(self, grid: QGridLayout, row: int) -> int:
        """Put the parts into ``grid`` from ``row`` on; returns the next free row."""
        if self.spec.wide:
            grid.addWidget(self.label, row, _LABEL, 1, COLUMNS)
            grid.addWidget(self.editor, row + 1, _LABEL, 1, COLUMNS)
            row += 1
        else:
            grid.addWidget(self.label, row, _LABEL)
            grid.addWidget(self.editor, row, _EDITOR)
        grid.addWidget(self.reason, row + 1, _LABEL, 1, COLUMNS)
        return row + 2

    def set_visible(self, visible: bool) -> None:
        """Show or fold away the whole row."""
        for part in (self.label, self.editor, self.reason):
            part.setVisible(visible)

    def set_reason(self, why: str) -> None:
        """Say what is wrong, in words and by an outline; an empty text takes both away."""
        if why != self.reason.text():
            self.reason.set_text(why)
            self.editor.set_faulty(bool(why))
            self.editor.control.setAccessibleDescription(why)
            self._retell()

    def set_pending(self, pending: bool) -> None:
        """Say that a valid value has not been handed to the run yet."""
        self.reason.set_hint(PRESS_ENTER if pending else "")

    def set_locked(self, locked: bool) -> None:
        """Disable the row while a run goes on that does not take the change."""
        self._locked = locked
        self.label.setEnabled(not locked)
        self.editor.setEnabled(not locked)
        if self._unit:
            roles = QPalette.ColorRole
            self._unit.setForegroundRole(roles.WindowText if locked else roles.PlaceholderText)
        self._retell()

    def mark_changed(self) -> bool:
        """Set the label bold where the value is not the default; returns whether it is so."""
        changed = not self._is_default()
        self.label.set_bold(changed)
        self._reset_action.setEnabled(changed)
        return changed

    def reset(self) -> None:
        """Show the default."""
        self.editor.show_value(self.spec.default)
        self.committed.emit(self.spec.name)

    def _add_unit(self) -> QLabel:
        unit = QLabel(self.spec.unit)
        unit.setTextFormat(Qt.TextFormat.PlainText)
        self.editor.line.addWidget(unit)
        return unit

    def _connect(self) -> None:
        name = self.spec.name
        self.label.setObjectName(f"label_{name}")
        self.reason.setObjectName(f"reason_{name}")
        self.label.setBuddy(self.editor.control)
        self.label.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.label.addAction(self._reset_action)
        self._reset_action.triggered.connect(self.reset)
        self.label.clicked.connect(self.editor.activate)
        self.editor.control.setAccessibleName(f"{self.spec.title} {self.spec.unit}".strip())
        self.editor.edited.connect(lambda: self.edited.emit(name))
        self.editor.committed.connect(lambda: self.committed.emit(name))

    def _retell(self) -> None:
        text = tooltip(self.spec, locked=self._locked, why=self.reason.text())
        self.label.setToolTip(text)
        self.editor.set_tooltip(text)

    def _is_default(self) -> bool:
        value: Any = self.editor.parsed()
        default = self.spec.default
        return bool(value == default) and (value is None) == (default is None)
