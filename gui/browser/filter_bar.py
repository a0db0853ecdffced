"""Which samples are shown: of which part, of which class, and what must occur in their names."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from core.survey import PARTS, Catalogue
from gui.keys import local_key

_TYPING_MS = 150
_NARROWEST = 8
"""Letters of a class that are seen where there is little room."""


class FilterBar(QWidget):
    """Two pickers and a field; ``changed`` once something else is wanted."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = _picker("Part", "Which part of the data set is shown")
        self.label = _picker("Class", "Which class is shown")
        self.text = QLineEdit(clearButtonEnabled=True)
        self.text.setObjectName("sample_filter")
        self.text.setAccessibleName("Find samples")
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self.changed)
        self.part.currentIndexChanged.connect(self.changed)
        self.label.currentIndexChanged.connect(self.changed)
        self.text.textChanged.connect(lambda _text: self._typing.start())
        self.text.returnPressed.connect(self._at_once)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.part, 2)
        row.addWidget(self.label, 2)
        row.addWidget(self.text, 3)

    def offer(self, catalogue: Catalogue) -> None:
        """The parts and classes of this data set; what was wanted stays wanted where it is still there."""
        part, label = self.wanted_part(), self.wanted_label()
        blocked = [QSignalBlocker(widget) for widget in (self.part, self.label)]
        self.part.clear()
        self.part.addItem("All parts", "")
        for key, split in catalogue.parts.items():
            self.part.addItem(PARTS[key].capitalize(), key)
            self.part.setItemData(self.part.count() - 1, f"{len(split):,} samples", Qt.ItemDataRole.ToolTipRole)
        classes = [self.label.itemText(index) for index in range(1, self.label.count())]
        self.label.clear()
        self.label.addItem(f"All {len(catalogue.classes):,} classes", None)
        for index, name in enumerate(catalogue.classes):
            self.label.addItem(name[:80], index)
        self.part.setCurrentIndex(max(0, self.part.findData(part)))
        same = classes == [name[:80] for name in catalogue.classes]
        self.label.setCurrentIndex(0 if label is None or not same else label + 1)
        del blocked
        names = "File name or index" if catalogue.named else "Index or class"
        self.text.setPlaceholderText(f"{names}: 12 or 100-199")
        self.text.setToolTip(
            "Letters that occur in the file's name or the class, an index in its part, or from one index to another"
            " (Ctrl+F)"
        )

    def wanted_part(self) -> str:
        """The key of the part, "" for all."""
        return str(self.part.currentData() or "")

    def wanted_label(self) -> int | None:
        """The class, None for all."""
        label = self.label.currentData()
        return None if label is None else int(label)

    def wanted_text(self) -> str:
        """What was typed."""
        return self.text.text().strip()

    def choose_label(self, label: int | None) -> None:
        """Pick a class."""
        self.label.setCurrentIndex(0 if label is None else label + 1)

    def clear(self) -> None:
        """Everything is wanted again."""
        blocked = [QSignalBlocker(widget) for widget in (self.part, self.label, self.text)]
        self.part.setCurrentIndex(0)
        self.label.setCurrentIndex(0)
        self.text.clear()
        del blocked
        self._at_once()

    def add_find_key(self, page: QWidget) -> None:
        """Ctrl+F anywhere in ``page`` goes to the field."""
        local_key(QKeySequence.StandardKey.Find, page, self.text.setFocus)

    def _at_once(self) -> None:
        self._typing.stop()
        self.changed.emit()


def _picker(name: str, tip: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(tip)
    made.setMaxVisibleItems(20)
    made.setMinimumContentsLength(_NARROWEST)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return made
