"""The application: a window that paints first and loads afterwards, or the demo."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QMessageLogContext, QObject, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from gui.main_window import MainWindow
from gui.theme import ThemeName, apply_theme

NO_FONTS = "No fonts are installed, so no text can be drawn; on Debian: apt install fonts-dejavu-core"


def _tell(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Qt's own messages, but for one that each offscreen window brings and nobody can do anything about."""
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)


class FirstPaint(QObject):
    """Calls ``then`` once the window has been painted for the first time."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the paint event, then load as soon as it has been dealt with."""
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self._window, self._window.load)
        return False


def make_application(theme: ThemeName | None = None) -> QApplication:
    """The one QApplication, in the chosen theme (None: the one that the window remembers)."""
    qInstallMessageHandler(_tell)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Trainyard")
    app.setDesktopFileName("trainyard")
    if not QFontDatabase.families():
        print(NO_FONTS, file=sys.stderr)  # there is no window to say it in
    if theme:
        apply_theme(app, theme)
    return app


def run_window(theme: ThemeName | None = None) -> int:
    """Show the window until it is closed; returns the exit status."""
    app = make_application()
    window = MainWindow(load=False)
    apply_theme(app, theme or window.theme())
    FirstPaint(window)
    window.show()
    return app.exec()


def run_demo(screenshot: Path | None, theme: ThemeName | None = None) -> int:
    """Train the default network in a real window, drop in a picture, print the answer; returns the exit status."""
    app = make_application(theme or "light")
    from gui.demo import Demo

    window = MainWindow(load=False)
    demo = Demo(window, screenshot)
    FirstPaint(window)
    window.show()
    demo.finished.connect(app.exit)
    return app.exec()
