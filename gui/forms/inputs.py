"""Qt inputs that do not change while somebody scrolls past them, and a number box that never clamps."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QSizePolicy, QWidget

from core.config import number_text
from gui.forms.spec import FieldSpec
from gui.forms.stepping import stepped


class NumberBox(QAbstractSpinBox):
    """A line to type a number in, as 1e-3 too, with arrows that step as suits the field.

    Any text is accepted here: what is wrong with it is for the config to say.
    """

    text_changed = Signal()
    was_stepped = Signal()

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToPreviousValue)
        self.lineEdit().textChanged.connect(self.text_changed)

    def set_text(self, text: str) -> None:
        """Show ``text`` as if it had been typed."""
        self.lineEdit().setText(text)

    def number(self) -> float | None:
        """The number in the box, ``None`` where the text is none; an int in a whole-number field."""
        try:
            return int(self.text()) if self._spec.kind == "int" else float(self.text())
        except ValueError:
            return None

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept every text, so that Qt neither blocks a key nor changes what was typed."""
        return QValidator.State.Acceptable, text, position

    def stepBy(self, steps: int) -> None:
        """Step as the arrows, the arrow keys, Page Up and Page Down ask for."""
        self.set_text(number_text(stepped(self._spec, self.number(), steps)))
        self.lineEdit().selectAll()
        self.was_stepped.emit()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Which arrows lead anywhere."""
        number, flags = self.number(), QAbstractSpinBox.StepEnabledFlag
        enabled = flags.StepNone
        if stepped(self._spec, number, 1) != number:
            enabled |= flags.StepUpEnabled
        if stepped(self._spec, number, -1) != number:
            enabled |= flags.StepDownEnabled
        return enabled

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step only with the keyboard focus; otherwise let the wheel scroll what lies around."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def sizeHint(self) -> QSize:
        """Room for five digits, and no wish for more, so that a narrow form gives the rest to the titles."""
        return super().sizeHint() + QSize(self.fontMetrics().horizontalAdvance("0.001"), 0)

    def minimumSizeHint(self) -> QSize:
        """As :meth:`sizeHint`; the base class, having no value, would ask for no digit at all."""
        return self.sizeHint()


class CalmComboBox(QComboBox):
    """A combo box that the wheel changes only while it has the focus, and that long choices do not widen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the choice only with the keyboard focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class PathLine(QLineEdit):
    """A line for a path; a file or folder dropped on it is written there."""

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the path of the first file dropped."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.setText(paths[0])
            self.editingFinished.emit()
            event.acceptProposedAction()
        else:
            super().dropEvent(event)
