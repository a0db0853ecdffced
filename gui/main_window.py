"""The window: its docks, menus and layout. What fills them is in :mod:`gui.workbench`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QMessageBox, QTabWidget, QVBoxLayout, QWidget

from core.home import home
from gui.run_bar import RunBar
from gui.theme import ThemeName

if TYPE_CHECKING:
    from gui.workbench import Workbench

LAYOUT_VERSION = 1
SIZE = (1440, 900)
DOCKS = {
    "setup": ("Set-up", Qt.DockWidgetArea.LeftDockWidgetArea),
    "try_it": ("Try it", Qt.DockWidgetArea.RightDockWidgetArea),
    "views": ("Views", Qt.DockWidgetArea.RightDockWidgetArea),
    "problems": ("Problems", Qt.DockWidgetArea.BottomDockWidgetArea),
    "console": ("Console", Qt.DockWidgetArea.BottomDockWidgetArea),
    "lessons": ("Lessons", Qt.DockWidgetArea.LeftDockWidgetArea),
}
HIDDEN = ("problems", "console", "lessons")
"""Docks that the person opens, or that open where there is something to tell."""
WIDTHS = {"setup": 310, "try_it": 400}


class MainWindow(QMainWindow):
    """Paints with little more than Qt imported; :meth:`load` brings in the rest.

    ``MainWindow()`` is complete at once. The application passes ``load=False`` and loads after the first paint.
    """

    loaded = Signal()

    def __init__(self, *, load: bool = True) -> None:
        super().__init__()
        self.setWindowTitle("Trainyard")
        self.setObjectName("main_window")
        self.setDockNestingEnabled(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.run_bar = RunBar()
        self.docks = {name: self._dock(name) for name in DOCKS}
        self.workbench: Workbench | None = None
        self._closing = False
        self.setAcceptDrops(True)
        self._build_centre()
        self._arrange()
        self.statusBar().showMessage("Loading the plugins…")
        self.settings = QSettings(str(home() / "window.ini"), QSettings.Format.IniFormat)
        self._restore_layout()
        if load:
            self.load()

    def load(self) -> None:
        """Find the plugins and fill the docks; does nothing the second time."""
        if self.workbench is None:
            from gui.workbench import Workbench

            self.workbench = Workbench(self)
            self.loaded.emit()

    def put(self, name: str, widget: QWidget) -> None:
        """Fill a dock, or the "centre"."""
        if name == "centre":
            self._centre.replaceWidget(self._placeholder, widget)
            self._placeholder.deleteLater()
        else:
            old = self.docks[name].widget()
            self.docks[name].setWidget(widget)
            old.deleteLater()

    def theme(self) -> ThemeName:
        """The theme that was last chosen."""
        kept = self.settings.value("theme")
        return kept if kept in ("light", "dark") else "system"

    def reset_layout(self) -> None:
        """The docks as they were the first time."""
        for dock in self.docks.values():
            dock.setFloating(False)
        self._arrange()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while a run goes on; then stop it, keep it, and close once its thread has ended."""
        workbench = self.workbench
        if workbench is None or not workbench.session.active:
            self._save_layout()
            if workbench is not None:
                self.hide()  # what is still being loaded in the background is waited for out of sight
                workbench.close()
            event.accept()
            return
        event.ignore()
        if not self._closing and self.confirm_close():
            self._closing = True
            workbench.queue.close()
            workbench.session.ended.connect(self.close, Qt.ConnectionType.QueuedConnection)
            workbench.session.stop()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A text may be dropped anywhere that does not want the drop for itself."""
        if self.workbench is not None and self.workbench.intake.takes(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Learn from the text that was dropped."""
        if self.workbench is not None:
            event.acceptProposedAction()
            self.workbench.intake.take(event.mimeData())

    def confirm_close(self) -> bool:
        """Whether the person wants to end the run."""
        box = QMessageBox(QMessageBox.Icon.Question, "Trainyard", "A network is being trained.", parent=self)
        box.setInformativeText("Stop after the current step and close? The run and its weights are kept.")
        stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton("Keep training", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.exec()
        return box.clickedButton() is stop

    def _dock(self, name: str) -> QDockWidget:
        title, area = DOCKS[name]
        dock = QDockWidget(title, self)
        dock.setObjectName(f"{name}_dock")
        dock.setWidget(QWidget())
        self.addDockWidget(area, dock)
        return dock

    def _build_centre(self) -> None:
        self._placeholder = QLabel()
        centre = QWidget()
        self._centre = QVBoxLayout(centre)
        self._centre.setContentsMargins(0, 0, 0, 0)
        self._centre.setSpacing(0)
        self._centre.addWidget(self.run_bar)
        self._centre.addWidget(self._placeholder, stretch=1)
        self.setCentralWidget(centre)

    def _arrange(self) -> None:
        for name, (_, area) in DOCKS.items():
            self.addDockWidget(area, self.docks[name])
            self.docks[name].setVisible(name not in HIDDEN)
        self.tabifyDockWidget(self.docks["setup"], self.docks["lessons"])
        self.tabifyDockWidget(self.docks["problems"], self.docks["console"])
        self.resize(*SIZE)
        docks, widths = [self.docks[name] for name in WIDTHS], list(WIDTHS.values())
        self.resizeDocks(docks, widths, Qt.Orientation.Horizontal)
        self.resizeDocks([self.docks["try_it"], self.docks["views"]], [480, 380], Qt.Orientation.Vertical)

    def _restore_layout(self) -> None:
        geometry, state = self.settings.value("geometry"), self.settings.value("layout")
        if geometry:
            self.restoreGeometry(geometry)
        if state:
            self.restoreState(state, LAYOUT_VERSION)

    def _save_layout(self) -> None:
        self.settings.setValue("geometry", self.saveGeometry())
        self.settings.setValue("layout", self.saveState(LAYOUT_VERSION))
        self.settings.sync()
