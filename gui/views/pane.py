"""One view with its picker above and its caption below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QImage, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.config import Config, NoSettings
from core.views import View
from gui.views.drawer import ViewDrawer
from gui.views.icons import more_icon, settings_icon
from gui.views.picture import Lettering, file_name, render_picture, save_picture
from gui.views.settings_popup import SettingsPopup


class Choice(NamedTuple):
    """A visualization on offer; ``config``: what can be chosen of it."""

    id: str
    title: str
    help: str = ""
    config: type[Config] = NoSettings


class ViewPane(QWidget):
    """Shows one view of those on offer; each keeps its own zoom and scroll position."""

    chosen_changed = Signal(str)
    """The user, or :meth:`choose`, chose the visualization with this id."""
    settings_changed = Signal(str, object)
    """The user chose other settings (a :class:`~core.config.Config`) for the visualization with this id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picker = QComboBox()
        self.picker.setObjectName("view_picker")
        self.picker.setAccessibleName("View")
        self.picker.setMaxVisibleItems(24)
        self.picker.setMinimumContentsLength(12)
        self.picker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.picker.currentIndexChanged.connect(self._on_picked)
        self.stamp = _quiet_label()
        self.stamp.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.stamp.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.caption = _quiet_label()
        self.caption.setWordWrap(True)
        self.caption.setContentsMargins(10, 4, 10, 6)
        self._menu = self._make_menu()
        self.gear = _tool_button("view_settings", "Choose what this view shows")
        self.gear.hide()
        self.settings = SettingsPopup(self)
        self.settings.changed.connect(self.settings_changed)
        self.gear.clicked.connect(lambda: self.settings.open_below(self.gear))
        self._more = _tool_button("view_commands", "Copy or save the picture")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(self._menu)
        self.header = QHBoxLayout()
        self._stack = QStackedWidget()
        self._hint = ViewDrawer()
        self._stack.addWidget(self._hint)
        self._drawers: dict[str, ViewDrawer] = {}
        self._arrange()
        self._recolour()

    def set_choices(self, choices: Sequence[Choice], chosen: str) -> None:
        """Offer ``choices`` with ``chosen`` as the current one, without telling anybody."""
        with QSignalBlocker(self.picker):
            self.picker.clear()
            for choice in choices:
                self.picker.addItem(choice.title, choice.id)
                self.picker.setItemData(self.picker.count() - 1, choice.help, Qt.ItemDataRole.ToolTipRole)
            self.picker.setCurrentIndex(self.picker.findData(chosen))
        self.picker.setEnabled(bool(choices))
        self._show_help()

    def chosen(self) -> str:
        """The id of the visualization shown, or an empty text."""
        return str(self.picker.currentData() or "")

    def choose(self, identifier: str) -> None:
        """Show the visualization with this id; one that is not on offer is ignored."""
        index = self.picker.findData(identifier)
        if index >= 0:
            self.picker.setCurrentIndex(index)

    def show_settings(self, config: type[Config], values: Mapping[str, Any]) -> None:
        """Offer what can be chosen of the view that is picked; ``values`` were chosen before."""
        self.settings.offer(self.chosen(), config, values)
        self.gear.setVisible(bool(config.model_fields))

    def show_view(self, view: View, stamp: str) -> None:
        """Draw the newest view of the chosen visualization."""
        identifier = self.chosen()
        if identifier not in self._drawers:
            self._drawers[identifier] = ViewDrawer()
            self._stack.addWidget(self._drawers[identifier])
        drawer = self._drawers[identifier]
        drawer.draw(view)
        self._stack.setCurrentWidget(drawer)
        self._letter(str(getattr(view, "caption", "")), stamp)
        self._allow_pictures(True)

    def show_hint(self, sentence: str) -> None:
        """Show a sentence where the view will be."""
        self._hint.say(sentence)
        self._stack.setCurrentWidget(self._hint)
        self._letter("", "")
        self._allow_pictures(False)

    def forget(self) -> None:
        """Drop all drawings, with their zoom and scroll positions."""
        for drawer in self._drawers.values():
            self._stack.removeWidget(drawer)
            drawer.deleteLater()
        self._drawers.clear()

    def drawer(self) -> ViewDrawer:
        """What is seen now: a drawn view, or the hint."""
        current = self._stack.currentWidget()
        assert isinstance(current, ViewDrawer)
        return current

    def picture(self) -> QImage:
        """The view as a picture with title, stamp and caption."""
        return render_picture(self.drawer(), self._lettering())

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QApplication.clipboard().setImage(self.picture())

    def ask_and_save_picture(self) -> None:
        """Ask for a file and save the picture there; a failure is told in a sentence."""
        # Taken before the dialog opens: the view goes on changing while the user looks for a folder.
        image, name = self.picture(), file_name(self._lettering())
        chosen, _ = QFileDialog.getSaveFileName(self, "Save picture", name, "PNG picture (*.png)")
        if not chosen:
            return
        path = Path(chosen)
        try:
            save_picture(image, path if path.suffix else path.with_suffix(".png"))
        except OSError as error:
            message = QMessageBox(QMessageBox.Icon.Warning, "Save picture", str(error), parent=self)
            message.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            message.open()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy or save the picture."""
        self._menu.popup(event.globalPos())

    def changeEvent(self, event: QEvent) -> None:
        """Paint the icon in another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_more"):
            self._recolour()

    def _arrange(self) -> None:
        self.header.setContentsMargins(8, 6, 6, 6)
        self.header.setSpacing(6)
        self.header.addWidget(self.picker)
        self.header.addWidget(self.stamp, 1)
        self.header.addWidget(self.gear)
        self.header.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.header)
        column.addWidget(self._stack, 1)
        column.addWidget(self.caption)
        self.setMinimumSize(180, 140)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        commands = (
            ("&Copy picture", QKeySequence("Ctrl+Shift+C"), self.copy_picture),
            ("&Save picture…", QKeySequence("Ctrl+Shift+P"), self.ask_and_save_picture),
        )
        for text, keys, slot in commands:
            action = QAction(text, self)
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(slot)
            menu.addAction(action)
            self.addAction(action)
        return menu

    def _letter(self, caption: str, stamp: str) -> None:
        self.caption.setText(caption)
        self.caption.setVisible(bool(caption))
        self.stamp.setText(stamp)

    def _lettering(self) -> Lettering:
        return Lettering(self.picker.currentText(), self.stamp.text(), self.caption.text())

    def _allow_pictures(self, allowed: bool) -> None:
        for action in self._menu.actions():
            action.setEnabled(allowed)
        self._more.setEnabled(allowed)

    def _on_picked(self) -> None:
        self._show_help()
        self.chosen_changed.emit(self.chosen())

    def _show_help(self) -> None:
        help_text = self.picker.currentData(Qt.ItemDataRole.ToolTipRole)
        self.picker.setToolTip(str(help_text or "Which view of the network to show"))

    def _recolour(self) -> None:
        self._more.setIcon(more_icon(self.palette()))
        self.gear.setIcon(settings_icon(self.palette()))


def _tool_button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button


def _quiet_label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label
