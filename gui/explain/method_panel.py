"""Which method explains, with what it does in a sentence, and its settings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core.config import Config
from core.explain.methods import METHODS, settings_type, usual_settings
from gui.forms.config_form import ConfigForm
from gui.views.settings_popup import SETTLE_MS

FIRST = "grad-cam"


class MethodPanel(QWidget):
    """One button a method, and a sentence; each method keeps its settings.

    ``form`` edits the settings of the one that is chosen; it is for its owner to place.
    """

    changed = Signal()
    """Another method, or other valid settings, were chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._method = FIRST
        self._layers: tuple[str, ...] = ()
        self._size = (32, 32)
        self._kept: dict[str, dict[str, object]] = {}
        self._told: Config | None = None
        self.buttons: dict[str, QPushButton] = {}
        self.form = ConfigForm(settings_type(FIRST), self)
        self.form.changed.connect(self._on_edited)
        self.help = _sentence()
        self._soon = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._soon.timeout.connect(self._tell)
        self._arrange()
        self._offer()

    def method(self) -> str:
        """The id of the method that is chosen."""
        return self._method

    def settings(self) -> Config:
        """The last valid settings of the method that is chosen."""
        assert self._told is not None
        return self._told

    def choose(self, method: str) -> None:
        """Choose a method by its id."""
        if method == self._method:
            return
        self._keep()
        self._method = method
        with QSignalBlocker(self.buttons[method]):
            self.buttons[method].setChecked(True)
        self._offer()
        self.changed.emit()

    def set_subject(self, layers: Sequence[str], height: int, width: int) -> None:
        """What is explained now: the layers with maps, and the picture's size in px."""
        if (tuple(layers), (height, width)) == (self._layers, self._size):
            return
        if (height, width) != self._size:
            self._kept.pop("occlusion", None)  # a square of 8 px means something else there
        else:
            self._keep()
        self._layers, self._size = tuple(layers), (height, width)
        self._offer()

    def _offer(self) -> None:
        """The sentence and the form of the method, without telling anybody."""
        method = METHODS[self._method]
        kind = settings_type(method.id, self._layers)
        values = {**usual_settings(method.id, *self._size), **self._kept.get(method.id, {})}
        if values.get("layer") not in self._layers:
            values.pop("layer", None)  # of another network
        self._soon.stop()
        with QSignalBlocker(self.form):
            self.form.set_type(kind)
            self.form.set_values(values)
        self.form.setVisible(bool(kind.model_fields))
        self._told = self.form.config() or kind()
        self.help.setText(method.help)

    def _keep(self) -> None:
        if self.form.config() is not None:
            self._kept[self._method] = dict(self.form.values())

    def _on_edited(self) -> None:
        self._soon.start()

    def _tell(self) -> None:
        config = self.form.config()
        if config is not None and config != self._told:
            self._told = config
            self.changed.emit()

    def _arrange(self) -> None:
        group = QButtonGroup(self)
        grid = QGridLayout()
        grid.setSpacing(4)
        for place, method in enumerate(METHODS.values()):
            button = QPushButton(method.title)
            button.setCheckable(True)
            button.setChecked(method.id == self._method)
            button.setToolTip(method.help)
            button.setObjectName(f"method_{method.id}")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setStyleSheet("QPushButton { padding: 4px 6px; }")
            button.toggled.connect(lambda checked, id=method.id: self.choose(id) if checked else None)
            group.addButton(button)
            grid.addWidget(button, place // 2, place % 2)
            self.buttons[method.id] = button
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(grid)
        column.addWidget(self.help)


def _sentence() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("hint", True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return label
