"""One dock, and in it the "Try it" panel that fits the network's task."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from core.specs import TryIt
from gui.try_it.image_panel import ImagePanel
from gui.try_it.text_panel import TextPanel
from gui.try_it.typing_panel import TypingPanel


class TryItStack(QStackedWidget):
    """The panel for pictures, those for texts, and a hint for networks that have none."""

    def __init__(self) -> None:
        super().__init__()
        self.image, self.text, self.typing = ImagePanel(), TextPanel(), TypingPanel()
        self.hint = QLabel("This network has nothing to try: its curves and views say all.")
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages: dict[TryIt, QWidget] = {
            "image": self.image,
            "text generation": self.text,
            "text classification": self.typing,
        }
        for page in (*self._pages.values(), self.hint):
            self.addWidget(page)

    def choose(self, kind: TryIt) -> None:
        """Show the panel for that kind of answer."""
        self.setCurrentWidget(self._pages.get(kind, self.hint))
