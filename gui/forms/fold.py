"""The line that folds the less needed settings away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget


class FoldButton(QToolButton):
    """A disclosure arrow with "More settings"; says what is changed or wrong behind it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("more_settings")
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip("Settings that are rarely changed")
        self.toggled.connect(self._turn_arrow)
        self.tell(changed=0, faulty=0)
        self._turn_arrow(False)

    def tell(self, changed: int, faulty: int) -> None:
        """Say how many settings behind the fold differ from their default, or are wrong."""
        notes = f" ({faulty} to mend)" if faulty else f" ({changed} changed)" if changed else ""
        self.setText(f"More settings{notes}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it flat while open, too: the arrow says so already."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.state &= ~QStyle.StateFlag.State_On
        QStylePainter(self).drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)

    def _turn_arrow(self, is_open: bool) -> None:
        self.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
