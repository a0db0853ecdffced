"""The panel in which people look into the network: one view, or two beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QToolButton, QVBoxLayout, QWidget

from core.config import Config
from core.views import View
from gui.views.icons import split_icon
from gui.views.pane import Choice, ViewPane

BEFORE_START = "Press Start: views of the network appear here."
NOT_YET = "This view has not been computed yet: it appears at one of the next steps."
_BESIDE_FROM = 1.15
"""Width through height from which two views stand side by side instead of one above the other."""


class ViewPanel(QWidget):
    """Shows the views that the user picked, and tells which ones are worth computing.

    Of every visualization only the newest view is kept; it is drawn when it is picked.
    """

    wanted_changed = Signal(tuple)
    """Ids of the visualizations looked at now, ``tuple[str, ...]``: none while the panel is hidden."""
    settings_changed = Signal(str, object)
    """Other settings (a :class:`~core.config.Config`) were chosen for the visualization with this id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view_panel")
        self._choices: list[Choice] = []
        self._newest: dict[str, tuple[View, str]] = {}
        self._settings: dict[str, dict[str, Any]] = {}
        self._looked_at = True
        self._announced: tuple[str, ...] = ()
        self.first, self.second = ViewPane(), ViewPane()
        self.split = QToolButton()
        self.split.setCheckable(True)
        self.split.setToolTip("Show a second view (Ctrl+Shift+2)")
        self.split.setAccessibleName("Show a second view")
        self.split.setShortcut("Ctrl+Shift+2")
        self.split.setIcon(split_icon(self.palette()))
        self.split.toggled.connect(self._on_split)
        self.first.header.addWidget(self.split)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._splitter)
        for pane in (self.first, self.second):
            self._splitter.addWidget(pane)
            pane.chosen_changed.connect(self._on_chosen)
            pane.settings_changed.connect(self._on_settings)
            pane.show_hint(BEFORE_START)
            pane.set_choices([], "")
        self.second.hide()

    def set_visualizations(
        self, visualizations: Sequence[tuple[str, str, str] | tuple[str, str, str, type[Config]]]
    ) -> None:
        """Offer these (id, title, help, config type); what was picked stays picked if it is still among them."""
        self._choices = [Choice(*given) for given in visualizations]
        known = [choice.id for choice in self._choices]
        self._newest = {identifier: kept for identifier, kept in self._newest.items() if identifier in known}
        for place, pane in enumerate((self.first, self.second)):
            otherwise = known[min(place, len(known) - 1)] if known else ""
            pane.set_choices(self._choices, pane.chosen() if pane.chosen() in known else otherwise)
            pane.forget()
            self._show_settings(pane)
            self._redraw(pane)
        self._announce()

    def show_view(self, identifier: str, view: View, stamp: str = "") -> None:
        """Take the newest view of a visualization: draw it if it is picked, else keep it until it is.

        ``stamp`` says when it was computed ("at step 1,240"). A view of an unknown visualization is ignored; one
        that cannot be drawn becomes a sentence in its place.
        """
        if all(identifier != choice.id for choice in self._choices):
            return
        self._newest[identifier] = (view, stamp)
        for pane in self._panes():
            # Behind another tab nothing is drawn; the newest views are when the panel comes to the front.
            if self._looked_at and (pane.chosen() == identifier or len(self._newest) == 1):
                self._redraw(pane)

    def wanted(self) -> tuple[str, ...]:
        """Ids of the visualizations looked at now, each once; none while the panel is hidden after it was shown."""
        if not self._looked_at:
            return ()
        return tuple(dict.fromkeys(pane.chosen() for pane in self._panes() if pane.chosen()))

    def choose(self, identifier: str, second: str = "") -> None:
        """Pick a visualization; with ``second`` show that one beside it."""
        self.first.choose(identifier)
        self.split.setChecked(bool(second))
        if second:
            self.second.choose(second)

    def clear(self) -> None:
        """Forget all views; the list of visualizations and what is picked stay."""
        self._newest.clear()
        for pane in (self.first, self.second):
            pane.forget()
            self._redraw(pane)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what arrived in the meantime, and ask for views again."""
        super().showEvent(event)
        if not self._looked_at:
            self._looked_at = True
            for pane in self._panes():
                self._redraw(pane)
        self._announce()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for no views while nobody can see them; a minimised window goes on, it may be recorded."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._looked_at = False
            self._announce()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put two views side by side where there is width, else one above the other."""
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE_FROM * self.height()
        self._splitter.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)

    def changeEvent(self, event: QEvent) -> None:
        """Paint the icon in another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "split"):
            self.split.setIcon(split_icon(self.palette()))

    def _panes(self) -> tuple[ViewPane, ...]:
        return (self.first, self.second) if self.split.isChecked() else (self.first,)

    def _redraw(self, pane: ViewPane) -> None:
        kept = self._newest.get(pane.chosen())
        if kept is not None:
            pane.show_view(*kept)
        else:
            pane.show_hint(NOT_YET if self._newest else BEFORE_START)

    def _on_split(self, on: bool) -> None:
        self.second.setVisible(on)
        if on:
            half = max(self._splitter.width(), self._splitter.height()) // 2
            self._splitter.setSizes([half, half])
            self._redraw(self.second)
        self._announce()

    def _on_chosen(self) -> None:
        for pane in self._panes():
            self._show_settings(pane)
            self._redraw(pane)
        self._announce()

    def _show_settings(self, pane: ViewPane) -> None:
        for choice in self._choices:
            if choice.id == pane.chosen():
                pane.show_settings(choice.config, self._settings.get(choice.id, {}))

    def _on_settings(self, identifier: str, config: Config) -> None:
        self._settings[identifier] = config.model_dump()
        for pane in (self.first, self.second):
            if pane is not self.sender() and pane.chosen() == identifier:  # shown twice, it is chosen for both
                self._show_settings(pane)
        self.settings_changed.emit(identifier, config)

    def _announce(self) -> None:
        wanted = self.wanted()
        if wanted != self._announced:
            self._announced = wanted
            self.wanted_changed.emit(wanted)
