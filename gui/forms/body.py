"""The widgets of a form for one config type; a change of type replaces them all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from core.config import Config
from gui.forms.check import has_cross_checks
from gui.forms.fold import FoldButton
from gui.forms.labels import ReasonLine
from gui.forms.row import COLUMNS, FieldRow
from gui.forms.spec import specs_of

_LINES_ACROSS = 2


class FormBody(QWidget):
    """The rows, the fold with the advanced ones, and the line for faults across fields.

    Signals:
        edited: a field's raw value changed.
        committed: the name of a field that the person is done with.
        reset_asked: the button that sets all fields back to their defaults.
    """

    edited = Signal()
    committed = Signal(str)
    reset_asked = Signal()

    def __init__(self, config_type: type[Config], defaults: Mapping[str, Any] | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows = {spec.name: FieldRow(spec, self) for spec in specs_of(config_type, defaults)}
        self.fold = FoldButton()
        self.reset_button = _reset_button()
        self.across = ReasonLine(_LINES_ACROSS)
        self.across.setObjectName("reason_across_fields")
        self._running = False
        self._lay_out(has_cross_checks(config_type))
        self._connect()
        self._unfold(False)

    def set_running(self, running: bool) -> None:
        """Lock every row that is not live, and the reset."""
        self._running = running
        for row in self.rows.values():
            row.set_locked(running and not row.spec.live)
        self._tell_changes()

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say of each field what is wrong with it, and mark what is not the default."""
        for name, row in self.rows.items():
            row.set_reason(problems.get(name, ""))
        self.across.set_text(" ".join(why for name, why in problems.items() if name not in self.rows))
        self._tell_changes()

    def show_pending(self, names: Collection[str]) -> None:
        """Say of the fields in ``names`` that the run has not been told their value yet."""
        for name, row in self.rows.items():
            row.set_pending(name in names)

    def unfold_faults(self, problems: Mapping[str, str]) -> None:
        """Open the fold where something behind it is wrong."""
        if any(row.spec.name in problems for row in self._advanced()):
            self.fold.setChecked(True)

    def _advanced(self) -> list[FieldRow]:
        return [row for row in self.rows.values() if row.spec.advanced]

    def _tell_changes(self) -> None:
        changed = {name for name, row in self.rows.items() if row.mark_changed()}
        folded = self._advanced()
        self.fold.tell(
            changed=sum(row.spec.name in changed for row in folded),
            faulty=sum(bool(row.reason.text()) for row in folded),
        )
        self.reset_button.setEnabled(bool(changed) and not self._running)

    def _lay_out(self, checks_across: bool) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        if not self.rows:
            grid.addWidget(_nothing_to_set(), 0, 0, 1, COLUMNS)
        basic = [row for row in self.rows.values() if not row.spec.advanced]
        next_line = _place(basic, grid, 1)
        grid.addLayout(self._foot(), next_line, 0, 1, COLUMNS)
        next_line = _place(self._advanced(), grid, next_line + 1)
        grid.addWidget(self.across, next_line, 0, 1, COLUMNS)
        grid.setRowStretch(next_line + 1, 1)
        self.across.setVisible(checks_across)
        stops = [stop for row in basic for stop in row.editor.tab_stops()]
        stops += [self.fold, self.reset_button]
        stops += [stop for row in self._advanced() for stop in row.editor.tab_stops()]
        for first, second in pairwise(stops):
            QWidget.setTabOrder(first, second)

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 4)
        foot.addWidget(self.fold)
        foot.addStretch()
        foot.addWidget(self.reset_button)
        self.fold.setVisible(bool(self._advanced()))
        self.reset_button.setVisible(bool(self.rows))
        return foot

    def _connect(self) -> None:
        for row in self.rows.values():
            row.edited.connect(self.edited)
            row.committed.connect(self.committed)
        self.fold.toggled.connect(self._unfold)
        self.reset_button.clicked.connect(self.reset_asked)

    def _unfold(self, is_open: bool) -> None:
        for row in self._advanced():
            row.set_visible(is_open)


def _place(rows: Iterable[FieldRow], grid: QGridLayout, line: int) -> int:
    for row in rows:
        line = row.place(grid, line)
    return line


def _reset_button() -> QToolButton:
    button = QToolButton()
    button.setObjectName("reset_to_defaults")
    button.setText("Reset")
    button.setAutoRaise(True)
    button.setToolTip(
        "Set every field back to its default. Titles in bold differ from it;\nright-click one to reset it alone."
    )
    return button


def _nothing_to_set() -> QLabel:
    label = QLabel("Nothing to set here.")
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label
