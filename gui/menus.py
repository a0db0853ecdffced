"""The menu bar."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QActionGroup, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu, QMessageBox

from core.home import runs_folder
from gui.run_bar import BUTTONS, SLOWLY
from gui.theme import ThemeName, apply_theme

if TYPE_CHECKING:
    from gui.workbench import Workbench

THEMES: tuple[ThemeName, ...] = ("system", "light", "dark")
ABOUT = (
    "<b>Trainyard</b><br>Train small neural networks and watch them learn.<br><br>"
    "Pick a network and a data set, press Start, and drop in a picture while it trains.<br>MIT licence."
)


class Menus(QObject):
    """Each entry calls something that a panel or the workbench already does."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._workbench, self._window = workbench, workbench.window
        self._file(self._window.menuBar().addMenu("&File"))
        self._run(self._window.menuBar().addMenu("&Run"))
        self._view(self._window.menuBar().addMenu("&View"))
        self._help(self._window.menuBar().addMenu("&Help"))

    def _file(self, menu: QMenu) -> None:
        try_it = self._workbench.try_it
        menu.addAction("&Open a picture…", QKeySequence(QKeySequence.StandardKey.Open), try_it.open_dialog)
        menu.addAction("&Paste a picture", QKeySequence("Ctrl+Shift+V"), try_it.paste)
        menu.addSeparator()
        intake = self._workbench.intake
        menu.addAction("Learn from a &text…", QKeySequence("Ctrl+T"), intake.open_dialog)
        menu.addAction("Learn from the text on the &clipboard", QKeySequence("Ctrl+Shift+T"), intake.paste)
        menu.addAction("Learn from a &folder of pictures…", QKeySequence("Ctrl+Shift+O"), intake.open_folder_dialog)
        menu.addAction("Learn from a .&zip of pictures…", intake.open_zip_dialog)
        menu.addAction("Let a &kept run write…", QKeySequence("Ctrl+K"), self._choose_writer)
        menu.addSeparator()
        weights = self._workbench.weights
        menu.addAction("&Save weights…", QKeySequence(QKeySequence.StandardKey.Save), weights.save)
        menu.addAction("Load &weights…", QKeySequence("Ctrl+Shift+L"), weights.load)
        menu.addSeparator()
        menu.addAction("Show the &runs folder", self._open_runs)
        menu.addAction("Show the p&lugin folder", self._workbench.open_plugin_folder)
        menu.addSeparator()
        menu.addAction("&Quit", QKeySequence("Ctrl+Q"), self._window.close)

    def _run(self, menu: QMenu) -> None:
        for button in BUTTONS:
            # The buttons own the shortcuts; a second owner would make them ambiguous.
            words = f"{button.text.removeprefix('▶').strip()}\t{button.shortcut}"
            menu.addAction(words, self._workbench.run_bar.buttons[button.name].click)
        apart = partial(self._workbench.press, "step_slowly")
        menu.addAction("&Take a step apart", QKeySequence(SLOWLY.shortcut), apart)
        menu.addSeparator()
        menu.addAction("&Find a learning rate…", QKeySequence("Ctrl+L"), self._workbench.planning.find_rate)

    def _view(self, menu: QMenu) -> None:
        for name, dock in self._window.docks.items():
            menu.addAction(dock.toggleViewAction())
            if name == "console":
                dock.toggleViewAction().setShortcut(QKeySequence("Ctrl+J"))
                dock.toggleViewAction().triggered.connect(lambda on: self._workbench.console.show() if on else None)
        menu.addSeparator()
        themes = menu.addMenu("&Theme")
        group = QActionGroup(self)
        for name in THEMES:
            action = themes.addAction(name.capitalize(), partial(self._choose_theme, name))
            action.setCheckable(True)
            action.setChecked(name == self._window.theme())
            group.addAction(action)
        menu.addAction("&Reset the layout", self._window.reset_layout)

    def _help(self, menu: QMenu) -> None:
        menu.addAction("&Lessons", QKeySequence("F1"), self._workbench.lessons.show)
        menu.addSeparator()
        menu.addAction("&About Trainyard", lambda: QMessageBox.about(self._window, "Trainyard", ABOUT))

    def _choose_theme(self, name: ThemeName) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, name)
            self._window.settings.setValue("theme", name)

    def _choose_writer(self) -> None:
        """Any run of a network that writes, newest first; until the next Start it answers in "Try it"."""
        kept = self._workbench.runs_that_write()
        if not kept:
            self._workbench.say("No kept run writes text yet: train a network that does.")
            return
        chosen, picked = QInputDialog.getItem(self._window, "Let a kept run write", "Run", kept, 0, False)
        if picked:
            self._workbench.write_with(chosen)

    def _open_runs(self) -> None:
        runs_folder().mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(runs_folder())))
