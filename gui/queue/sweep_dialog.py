"""What a sweep shall try: settings and their values, as on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import UserError
from core.registry import Registry
from core.run_config import KINDS, RunConfig
from core.sweep import Sweep, SweepSettings, parse_space
from gui.forms import ConfigForm
from gui.queue.entries import Entry

HOW = (
    "Each trial is a run with other values. Write a range as <b>1e-4..1e-1:log</b> (log: each power of ten as likely "
    "as the next) or <b>16..128</b>, and a list as <b>16, 32, 64</b>. With lists alone every combination is tried."
)
SWEPT = ("epochs", "batch_size", "augment", "gradient_clip", "seed", "optimizer", "schedule")
MOST_ROWS = 6


@dataclass(frozen=True)
class Row:
    """One setting and its values."""

    name: QComboBox
    values: QLineEdit
    remove: QPushButton

    @property
    def text(self) -> str:
        """As ``--sweep`` takes it."""
        return f"{self.name.currentData()}={self.values.text().replace(' ', '')}"


class SweepDialog(QDialog):
    """Says at once what is wrong; Add is there only when the sweep can be made."""

    asked = Signal(object)
    """An :class:`Entry` for the queue."""

    def __init__(self, registry: Registry, base: RunConfig, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Sweep: {base.network} on {base.data}")
        self.setObjectName("sweep_dialog")
        self.resize(560, 540)
        self._registry, self._base = registry, base
        self.rows: list[Row] = []
        self.form = ConfigForm(SweepSettings)
        self.words = QLabel(wordWrap=True)
        self.words.setObjectName("sweep_words")
        self._grid = QGridLayout()
        self.more = QPushButton("One more setting")
        self.more.clicked.connect(lambda: self.add_row())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = self.buttons.addButton("Add to the queue and start", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self._add)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        rate = base.optimizer_settings.get("lr")
        low, high = (f"{rate / 10:.0e}", f"{rate * 10:.0e}") if isinstance(rate, float) else ("1e-4", "1e-1")
        self.add_row("optimizer.lr", f"{low}..{high}:log".replace("e-0", "e-").replace("e+0", "e"))
        self.form.changed.connect(self.check)
        self.check()

    def add_row(self, name: str = "", values: str = "") -> None:
        """One more setting to vary."""
        row = Row(QComboBox(), QLineEdit(values), QPushButton("Remove"))
        row.values.setPlaceholderText("1e-4..1e-1:log or 16, 32, 64")
        row.values.setAccessibleName("Values")
        for setting in self._names():
            row.name.addItem(setting.replace(".", ": "), setting)
        taken = {other.name.currentData() for other in self.rows}
        free = next((setting for setting in self._names() if setting not in taken), "")
        row.name.setCurrentIndex(max(0, row.name.findData(name or free)))
        row.name.currentIndexChanged.connect(self.check)
        row.values.textChanged.connect(self.check)
        row.remove.clicked.connect(lambda: self.remove_row(row))
        place = self._grid.rowCount()
        for column, widget in enumerate((row.name, row.values, row.remove)):
            self._grid.addWidget(widget, place, column)
        self.rows.append(row)
        self.check()

    def remove_row(self, row: Row) -> None:
        """Vary one setting less."""
        self.rows.remove(row)
        for widget in (row.name, row.values, row.remove):
            self._grid.removeWidget(widget)
            widget.deleteLater()
        self.check()

    def entry(self) -> Entry:
        """What is asked for.

        Raises:
            UserError: with what is wrong.
        """
        settings = self.form.config()
        if not isinstance(settings, SweepSettings):
            raise UserError("First mend what is wrong below.")
        space = parse_space([row.text for row in self.rows])
        Sweep(self._registry, self._base, space, _never, settings=settings)
        return Entry(self._base, space, settings)

    def check(self) -> None:
        """Say what will be tried, or what is wrong."""
        try:
            words, possible = f"{self.entry().details}.", True
        except UserError as error:
            words, possible = str(error), False
        self.words.setText(words)
        self.ok.setEnabled(possible)
        self.more.setEnabled(len(self.rows) < MOST_ROWS)

    def _names(self) -> list[str]:
        """Every setting of the run that a sweep can vary, the optimizer's first."""
        found: list[str] = []
        for group in ("optimizer", "network", "schedule", "data"):
            spec: Any = self._registry.get(KINDS[group], getattr(self._base, group))
            found += [f"{group}.{name}" for name in spec.config.model_fields]
        return [*found[:1], *SWEPT, *found[1:]]

    def _add(self) -> None:
        self.asked.emit(self.entry())
        self.accept()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        how = QLabel(HOW, wordWrap=True)
        how.setTextFormat(Qt.TextFormat.RichText)
        self._grid.setColumnStretch(1, 1)
        column.addWidget(how)
        column.addLayout(self._grid)
        column.addWidget(self.more, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.words)
        column.addWidget(self.form)
        column.addStretch(1)
        column.addWidget(self.buttons)


def _never(*_: Any) -> Any:
    raise AssertionError("only looked at, never run")
