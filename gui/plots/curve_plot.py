"""A live plot of curves over steps: the widget that the rest of the window uses."""

from __future__ import annotations

import itertools

from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QPalette, QShowEvent
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from gui.plots.canvas import Canvas, faded
from gui.plots.curve import Curve
from gui.plots.curve_items import CurveItems
from gui.plots.export import MOST_ROWS, csv_of, rows_in_view, save_picture
from gui.plots.hover import Hover
from gui.plots.marks import Marks
from gui.plots.plot_controls import PlotControls
from gui.plots.ranges import fitted_x, fitted_y, with_strip
from gui.plots.readout import ReadoutRow

_RECOLOURING = (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange)


class CurvePlot(QWidget):
    """Curves that grow while a network trains, followed live until the user pans or zooms.

    `append` only stores; call `redraw` about 30 times a second. A curve of a million points redraws in milliseconds.
    While the widget is hidden nothing is drawn; it catches up when shown.
    """

    def __init__(
        self,
        title: str,
        y_label: str,
        *,
        x_label: str = "step",
        percent: bool = False,
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`percent`: values are stored 0 to 1 and shown as 0 to 100 %. `hint`: shown until the first point arrives."""
        super().__init__(parent)
        self._title = title
        self._x_label = x_label
        self._percent = percent
        self._items: dict[str, CurveItems] = {}
        self._following = True
        self._fitting = False
        self._marks_changed = False
        self._raw_behind = True
        self._drawn: tuple[tuple[str, int], ...] = ()
        self._make_actions()
        self.canvas = Canvas(x_label, y_label, percent=percent)
        self._controls = PlotControls(title, self.follow_action, self.log_action)
        self._marks = Marks(self.canvas, at_top=percent)
        self._hover = Hover(self.canvas, x_label, percent=percent)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._hint = _hint_label(hint, self.canvas.viewport())
        self._connect()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._controls)
        column.addWidget(self.canvas, 1)
        self.setAccessibleName(title)
        self._recolour()

    # --- what the window calls ---

    def add_curve(self, name: str, *, markers: bool = False, color_index: int | None = None) -> None:
        """Add an empty curve; raises ValueError when there is one of this name.

        `markers`: for a sparse curve, such as the validation loss once an epoch: dots while they are few, never
        smoothed. `color_index`: by default the first that is free in this plot; give it so that the same thing has
        the same colour in every plot.
        """
        if name in self._items:
            raise ValueError(f"the plot has a curve {name!r} already")
        if color_index is None:
            taken = {items.color_index for items in self._items.values()}
            color_index = next(index for index in itertools.count() if index not in taken)
        items = CurveItems(name, color_index, self.canvas, markers=markers)
        items.set_smoothing(self._controls.smoothing())
        self._items[name] = items

    def remove_curve(self, name: str) -> None:
        """Take a curve out of the plot; raises KeyError when there is none of this name."""
        self._items.pop(name).remove()

    def names(self) -> tuple[str, ...]:
        """The names of all curves, in the order in which they were added."""
        return tuple(self._items)

    def curve(self, name: str) -> Curve:
        """The data of a curve; raises KeyError when there is none of this name."""
        return self._items[name].curve

    def append(self, name: str, xs: ArrayLike, ys: ArrayLike) -> None:
        """Store points (numbers, or both of shape (n,), x not going back) without drawing; see `Curve.append`."""
        self.curve(name).append(xs, ys)

    def clear(self) -> None:
        """Forget all points and marks and follow again; the curves stay, empty."""
        for items in self._items.values():
            items.curve.clear()
        self._marks.clear()
        self._marks_changed = True
        self._set_following(True)

    def add_mark(self, x: float, text: str) -> None:
        """Mark `x` by a labelled vertical line; raises ValueError when it is not finite."""
        self._marks.add(x, text)
        self._marks_changed = True

    def hide_title(self) -> None:
        """Leave the title out, where something beside the plot says it."""
        self._controls.hide_title()

    def set_remark(self, text: str, explanation: str = "") -> None:
        """Say something beside the title, for instance the newest loss in another unit, and what it is."""
        self._controls.set_remark(text, explanation)

    def remark(self) -> str:
        """What is said beside the title."""
        return self._controls.remark()

    def redraw(self) -> None:
        """Draw what has changed since the last call, if anything has."""
        if self.isVisible() and (self._marks_changed or self._drawn != self._revisions()):
            self._draw()

    def follow(self) -> None:
        """Go back to the live end: show everything, now and as it grows."""
        self._set_following(True)
        self._draw_soon()

    @property
    def following(self) -> bool:
        """Whether the range follows the curves; False from when the user pans or zooms until `follow`."""
        return self._following

    @property
    def log(self) -> bool:
        """Whether the y axis is logarithmic."""
        return self.log_action.isChecked()

    def set_log(self, on: bool) -> None:
        """Make the y axis logarithmic or linear; values that are not above zero are gaps in a logarithmic plot."""
        self.log_action.setChecked(on)

    @property
    def smoothing(self) -> float:
        """The smoothing weight, 0 (off) to 0.99."""
        return self._controls.smoothing()

    def set_smoothing(self, weight: float) -> None:
        """Smooth the curves without markers with this weight, 0 (off) to 0.99, rounded to hundredths."""
        self._controls.set_smoothing(weight)

    def show_raw_behind(self, on: bool) -> None:
        """Whether the points are drawn faintly behind a smoothed line: with many curves they would hide each other."""
        self._raw_behind = on
        self._draw_soon()

    def readout(self) -> tuple[str, list[ReadoutRow]]:
        """What legend and crosshair say now: the step under the mouse ("" for the newest values) and a row a curve."""
        return self._hover.readout.header, self._hover.readout.rows

    @property
    def crosshair_x(self) -> float | None:
        """The x that the crosshair stands at, or None while the mouse is elsewhere."""
        return self._hover.x

    # --- drawing ---

    def _draw(self) -> None:
        has_points = any(len(curve) for curve in self._curves())
        self._hint.setVisible(not has_points)
        self.canvas.set_empty(not has_points)
        if self._following and has_points:
            self._fit()
        self.canvas.value_axis.make_room()
        view = self.canvas.view()
        for items in self._items.values():
            items.draw(view, behind=self._raw_behind)
        self._marks.place(view)
        self._hover.update(list(self._items.values()), view)
        self._hint.setGeometry(self.canvas.plot_area().toRect().adjusted(12, 4, -12, -4))
        self._marks_changed = False
        self._drawn = self._revisions()

    def _fit(self) -> None:
        curves = self._curves()
        y_range = fitted_y(curves, log=self.log, percent=self._percent)
        y_range = with_strip(y_range, self._marks.strip(), at_top=self._percent)
        self._fitting = True
        try:
            self.canvas.show_range(fitted_x(curves), y_range)
        finally:
            self._fitting = False

    def _curves(self) -> list[Curve]:
        return [items.curve for items in self._items.values()]

    def _revisions(self) -> tuple[tuple[str, int], ...]:
        return tuple((name, items.curve.revision) for name, items in self._items.items())

    def _draw_soon(self) -> None:
        if not self._fitting:
            self._soon.start()

    def _draw_if_shown(self) -> None:
        if self.isVisible():
            self._draw()

    # --- what the user does ---

    def _make_actions(self) -> None:
        self.follow_action = self._action("Follow", "F", "Show everything and follow the live end again (F)")
        self.follow_action.setEnabled(False)
        self.follow_action.triggered.connect(self.follow)
        self.log_action = self._action(
            "Log", "L", "Logarithmic scale (L): equal factors are equal heights; values of zero and below are left out"
        )
        self.log_action.setCheckable(True)
        self.log_action.toggled.connect(self._on_log)

    def _action(self, text: str, key: str, tip: str) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(tip)
        self.addAction(action)
        return action

    def _connect(self) -> None:
        self._soon.timeout.connect(self._draw_if_shown)
        self._controls.smoothing_changed.connect(self._on_smoothing)
        self.canvas.moved_by_user.connect(self._on_moved)
        self.canvas.view_changed.connect(self._draw_soon)
        self.canvas.hovered.connect(self._on_hovered)
        self.canvas.left.connect(self._on_left)
        self.canvas.clicked_twice.connect(self.follow)
        self.canvas.menu_wanted.connect(self._show_menu)

    def _on_log(self, on: bool) -> None:
        self.canvas.set_log(on)
        # The range was in other units: what was zoomed to means nothing now.
        self.follow()

    def _on_smoothing(self, weight: float) -> None:
        for items in self._items.values():
            items.set_smoothing(weight)
        self._draw_soon()

    def _on_moved(self) -> None:
        if any(len(curve) for curve in self._curves()):
            self._set_following(False)

    def _on_left(self) -> None:
        self._on_hovered(None)

    def _on_hovered(self, mouse: QPointF | None) -> None:
        self._hover.move(mouse)
        if self.isVisible():
            self._hover.update(list(self._items.values()), self.canvas.view())

    def _set_following(self, following: bool) -> None:
        self._following = following
        self.follow_action.setEnabled(not following)

    def _show_menu(self, where: QPoint) -> None:
        menu = self.context_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def context_menu(self) -> QMenu:
        """A new menu of what can be done with the plot; the caller shows it."""
        menu = QMenu(self)
        menu.addActions([self.follow_action, self.log_action])
        menu.addSeparator()
        items, view = list(self._items.values()), self.canvas.view()
        rows = rows_in_view(items, view)
        copy = menu.addAction("Copy data in view as CSV")
        if rows > MOST_ROWS:
            copy.setText(f"Copy data as CSV: zoom in to at most {MOST_ROWS:,} points first")
        copy.setEnabled(0 < rows <= MOST_ROWS)
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(csv_of(items, view, self._x_label)))
        menu.addAction("Save picture…").triggered.connect(lambda: save_picture(self, self._title))
        return menu

    # --- Qt ---

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what arrived while the widget was hidden."""
        super().showEvent(event)
        self._draw_soon()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        super().changeEvent(event)
        if event.type() in _RECOLOURING and hasattr(self, "_hint"):
            self._recolour()

    def _recolour(self) -> None:
        palette, font = self.palette(), self.font()
        self.canvas.recolour(palette, font)
        self._marks.recolour(palette, self.canvas.small_font)
        self._hover.recolour(palette)
        tint = self._hint.palette()
        tint.setColor(QPalette.ColorRole.WindowText, faded(palette, 0.6))
        self._hint.setPalette(tint)
        self._draw_soon()


def _hint_label(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
