"""The text of a lesson, as high as it is."""

from __future__ import annotations

import math
from string import Template
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImageReader, QPalette, QResizeEvent, QTextDocument, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame, QSizePolicy, QTextBrowser, QWidget

from core.lessons import Prose
from gui.lessons.fonts import code_font, text_font
from gui.theme import mix

WIDEST_PICTURE = 800
_SHEET = Template("""
a { color: $link; }
code, pre { font-family: '$mono'; font-size: ${code}pt; background-color: $ground; }
pre { white-space: pre-wrap; margin-top: 6px; margin-bottom: 6px; }
h1 { font-size: ${h1}pt; margin-top: 10px; } h2 { font-size: ${h2}pt; margin-top: 10px; }
h3 { font-size: ${h3}pt; margin-top: 8px; }
table { border-collapse: collapse; margin-top: 6px; margin-bottom: 6px; }
th, td { border: 1px solid $line; padding: 3px 6px; }
th { background-color: $ground; }
blockquote { color: $muted; margin-left: 12px; }
""")


class ProseView(QTextBrowser):
    """Shows nothing from anywhere but the lesson: pictures are those that the reader of the file let through."""

    anchor_asked = Signal(str)

    def __init__(self, prose: Prose, scale: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prose, self._scale = prose, scale
        self._allowed = {path.as_uri(): path for path in prose.pictures}
        self.setAccessibleName("Text of the lesson")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QTextBrowser { background: transparent; border: none; padding: 0; }")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setOpenLinks(False)
        if "<a href" not in prose.html:
            self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes from cell to cell
        self.document().setDocumentMargin(0)
        self._fit_soon = QTimer(self, singleShot=True, interval=0)
        self._fit_soon.timeout.connect(self._fit)
        self.anchorClicked.connect(self._follow)
        self._write()

    def set_scale(self, scale: float) -> None:
        """Larger or smaller letters."""
        self._scale = scale
        self._write()

    def loadResource(self, type: int, name: QUrl | str) -> Any:
        """Of pictures only those of the lesson, and nothing else."""
        url = name if isinstance(name, QUrl) else QUrl(name)
        path = self._allowed.get(url.toString())
        if type != QTextDocument.ResourceType.ImageResource.value or path is None:
            return None
        reader = QImageReader(str(path))
        size = reader.size()
        widest = min(WIDEST_PICTURE, max(100, self.viewport().width()))
        if size.width() > widest:
            reader.setScaledSize(QSize(widest, max(1, size.height() * widest // size.width())))
        return reader.read()

    def changeEvent(self, event: QEvent) -> None:
        """The theme may have changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_scale"):
            self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines are broken anew; the height follows a moment later, since Qt ignores a size that is set meanwhile."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_soon.start()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """It is the lesson that scrolls."""
        event.ignore()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the dock is made."""
        return QSize(60, 10)

    def _write(self) -> None:
        palette = QApplication.palette()  # this widget's own ground is transparent
        mono, text = code_font(self._scale), text_font(self._scale)
        base, ink = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
        size = text.pointSizeF()
        sheet = _SHEET.substitute(
            link=palette.color(QPalette.ColorRole.Link).name(),
            mono=mono.family(),
            code=round(mono.pointSizeF(), 1),
            ground=mix(base, ink, 0.07).name(),
            line=palette.color(QPalette.ColorRole.Mid).name(),
            muted=palette.color(QPalette.ColorRole.PlaceholderText).name(),
            h1=round(1.5 * size, 1),
            h2=round(1.25 * size, 1),
            h3=round(1.1 * size, 1),
        )
        self.document().setDefaultFont(text)
        self.document().setDefaultStyleSheet(sheet)
        self.setHtml(self._prose.html)
        self._fit()

    def _fit(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        height = math.ceil(self.document().size().height()) + 2
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)

    def _follow(self, url: QUrl) -> None:
        if url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        elif not url.scheme() and url.hasFragment():
            self.anchor_asked.emit(url.fragment())
