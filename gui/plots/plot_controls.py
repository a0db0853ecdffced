"""The slim row above a plot: its title, Follow, smoothing and the logarithmic scale."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

_SLIDER_WIDTH = 72
_NARROWEST = 250
_WIDTH_WITH_CAPTION = 360
_STANDS_OUT = (
    "QToolButton { color: palette(highlighted-text); background: palette(highlight);"
    " border: none; border-radius: 4px; padding: 2px 8px; }"
)


class PlotControls(QWidget):
    """Title and controls in one row, whose layout stays the same whatever they say."""

    smoothing_changed = Signal(float)
    """The weight the user chose, 0 (off) to 0.99."""

    def __init__(self, title: str, follow: QAction, log: QAction) -> None:
        super().__init__()
        self._follow_button = _button(follow)
        self._follow_button.setStyleSheet(_STANDS_OUT)
        keep_room = self._follow_button.sizePolicy()
        keep_room.setRetainSizeWhenHidden(True)
        self._follow_button.setSizePolicy(keep_room)
        follow.enabledChanged.connect(self._follow_button.setVisible)
        self._follow_button.setVisible(follow.isEnabled())
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self._value = QLabel()
        self._caption = QLabel("Smooth")
        self._dress_slider()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 4, 0)
        row.setSpacing(6)
        self._remark = _Elided("", bold=False)
        self._remark.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._title = _Elided(title, bold=True)
        row.addWidget(self._title)
        row.addWidget(self._remark, 1)
        row.addWidget(self._follow_button)
        row.addSpacing(4)
        for widget in (self._caption, self.slider, self._value):
            row.addWidget(widget)
        row.addWidget(_button(log))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for a small plot: the caption gives way first, see `resizeEvent`."""
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the caption of the slider out of a narrow row; its tooltip says the same."""
        super().resizeEvent(event)
        self._caption.setVisible(event.size().width() >= _WIDTH_WITH_CAPTION)

    def hide_title(self) -> None:
        """Leave the title out, where something beside the plot says it."""
        self._title.hide()

    def set_smoothing(self, weight: float) -> None:
        """Move the slider to `weight`."""
        self.slider.setValue(round(weight * 100))

    def set_remark(self, text: str, explanation: str = "") -> None:
        """Say something beside the title, with an explanation to hover for; an empty text says nothing."""
        if text != self._remark.text():
            self._remark.setText(text)
            self._remark.setToolTip(f"{text}\n{explanation}".strip())

    def remark(self) -> str:
        """What is said beside the title."""
        return self._remark.text()

    def smoothing(self) -> float:
        """The weight the slider stands at."""
        return self.slider.value() / 100

    def _dress_slider(self) -> None:
        explanation = (
            "Smoothing: weight of the exponential moving average, 0 (off) to 0.99.\n"
            "The values as they were measured stay visible behind it."
        )
        self.slider.setRange(0, 99)
        self.slider.setPageStep(10)
        self.slider.setFixedWidth(_SLIDER_WIDTH)
        self.slider.setAccessibleName("Smoothing weight")
        self._value.setFixedWidth(self._value.fontMetrics().horizontalAdvance("0.00") + 2)
        for widget in (self._caption, self.slider, self._value):
            widget.setToolTip(explanation)
        self.slider.valueChanged.connect(self._on_slider)
        self._on_slider(0)

    def _on_slider(self, hundredths: int) -> None:
        self._value.setText(f"{hundredths / 100:.2f}" if hundredths else "off")
        self.smoothing_changed.emit(hundredths / 100)


class _Elided(QLabel):
    """A text that is cut with an ellipsis when the row is narrow."""

    def __init__(self, text: str, *, bold: bool) -> None:
        super().__init__(text)
        font = self.font()
        font.setBold(bold)
        self.setFont(font)
        self.setToolTip(text)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:
        return QSize(24 if self.text() else 0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
