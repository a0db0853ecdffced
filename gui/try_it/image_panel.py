"""The "Try it" panel for networks that look at pictures."""

from __future__ import annotations

import itertools
from pathlib import Path

from PySide6.QtCore import QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QFileDialog, QWidget

from core.prediction import Prediction
from gui.try_it.draw_pad import DrawPad
from gui.try_it.drop_zone import DropZone
from gui.try_it.offers import Picture, picture_in, shown_name
from gui.try_it.places import GAP, MARGIN, Needs, arrange
from gui.try_it.prediction_view import HINT, PredictionView
from gui.try_it.seen_view import SeenView
from gui.try_it.tools import DropTools, PadTools
from gui.views.image_grid import rgb_image

DRAWING_NAME = "your drawing"
FILTER = "Pictures (*.png *.jpg *.jpeg *.gif *.bmp *.webp *.tif *.tiff *.ppm *.pgm *.pbm);;All files (*)"
PATIENCE_MS = 400
"""An answer that comes sooner is not announced: ten a second would flicker."""


class ImagePanel(QWidget):
    """Takes a picture by drop, paste, file or pen, and shows what the network makes of it."""

    picture_given = Signal(object, str)
    """A picture to be answered: the path of a file or the bytes of a picture, and its name."""

    picture_withdrawn = Signal()
    """The last picture is not to be answered any more: the paper was wiped, or something useless came after it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("image_panel")
        self.setAcceptDrops(True)
        self.drop_zone = DropZone(self)
        self.drop_tools = DropTools(self)
        self.draw_pad = DrawPad(self)
        self.pad_tools = PadTools(self.draw_pad, self)
        self.seen_view = SeenView(self)
        self.prediction_view = PredictionView(self)
        self._hint = HINT
        self._withdrawn = False
        self._drawing_is_asked = False
        self._folder = ""
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show_asking)
        self._connect()
        self._order_focus()

    def show_answer(self, prediction: Prediction) -> None:
        """Show an answer, unless the picture was withdrawn meanwhile."""
        if self._withdrawn:
            return
        self._patience.stop()
        self.prediction_view.show_prediction(prediction)
        self.seen_view.show_seen(prediction.seen)
        drawn = prediction.name == DRAWING_NAME
        if drawn or prediction.thumbnail is None or not prediction.thumbnail.size:
            self.drop_zone.clear()
        else:
            self.drop_zone.show_picture(rgb_image(prediction.thumbnail), shown_name(prediction.name))

    def show_problem(self, sentence: str) -> None:
        """Say what went wrong; the last answer disappears."""
        self._patience.stop()
        self.prediction_view.show_problem(sentence)
        self.seen_view.clear()
        self.drop_zone.clear()

    def show_busy(self) -> None:
        """An answer is on its way. Nothing is seen of this unless it takes long."""
        self._withdrawn = False
        if not self._patience.isActive():
            self._patience.start()

    def set_ready(self, ready: bool, hint: str) -> None:
        """Whether there is a network to ask; ``hint`` says what to do while nothing has been answered."""
        outdated = self.prediction_view.problem() == self._hint
        self._hint = hint or HINT
        if self.prediction_view.hint() or (ready and outdated):
            self.prediction_view.show_hint(self._hint)

    def clear(self) -> None:
        """As at first: no picture, no drawing, no answer."""
        self.draw_pad.clear()
        self._withdraw()
        self._show_nothing()

    def give(self, source: Path | bytes, name: str) -> None:
        """Take a picture that was clicked elsewhere: the path of a file or the bytes of one, and its name."""
        self._give(source, name)

    def open_dialog(self) -> None:
        """Ask for a picture file."""
        chosen, _ = QFileDialog.getOpenFileName(self, "Choose a picture", self._folder, FILTER)
        if chosen:
            path = Path(chosen)
            self._folder = str(path.parent)
            self._give(path, shown_name(path.name))

    def paste(self) -> None:
        """Take the picture, or the copied picture file, from the clipboard."""
        offer = picture_in(QGuiApplication.clipboard().mimeData() or QMimeData(), "paste")
        if isinstance(offer, Picture):
            self._give(offer.source, offer.name)
        else:
            self._refuse(offer.sentence)

    def sizeHint(self) -> QSize:
        """The size in a dock at the side of the window."""
        return QSize(384, 440)

    def minimumSizeHint(self) -> QSize:
        """Small, but every button can still be read."""
        tools = self.drop_tools.sizeHint().width() + self.pad_tools.sizeHint().width()
        return QSize(tools + GAP + 2 * MARGIN, 240)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give each part its place."""
        super().resizeEvent(event)
        tools = self.pad_tools.sizeHint()
        needs = Needs(self.prediction_view.sizeHint().height(), tools.height(), tools.width())
        places = arrange(self.width(), self.height(), needs)
        self.drop_zone.setGeometry(places.drop)
        self.drop_tools.setGeometry(places.drop_tools)
        self.draw_pad.setGeometry(places.pad)
        self.pad_tools.setGeometry(places.pad_tools)
        self.seen_view.setGeometry(places.seen)
        self.prediction_view.setGeometry(places.prediction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A drop anywhere in the panel is a drop on the drop zone."""
        self.drop_zone.dragEnterEvent(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drop zone goes out."""
        self.drop_zone.dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """A drop anywhere in the panel is a drop on the drop zone."""
        self.drop_zone.dropEvent(event)

    def _connect(self) -> None:
        self.drop_zone.dropped.connect(self._give)
        self.drop_zone.refused.connect(self._refuse)
        self.drop_zone.clicked.connect(self.open_dialog)
        self.drop_tools.open_button.clicked.connect(self.open_dialog)
        self.drop_tools.paste_button.clicked.connect(self.paste)
        self.draw_pad.drawn.connect(lambda data: self._give(data, DRAWING_NAME))
        self.draw_pad.emptied.connect(self._on_emptied)
        paste = QAction("Paste a picture", self)
        paste.setShortcut(QKeySequence(QKeySequence.StandardKey.Paste))
        paste.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.triggered.connect(self.paste)
        self.addAction(paste)

    def _order_focus(self) -> None:
        chain = (self.drop_zone, *self.drop_tools.in_order(), self.draw_pad, *self.pad_tools.in_order())
        for before, after in itertools.pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _give(self, source: Path | bytes, name: str) -> None:
        drawn = name == DRAWING_NAME
        self._withdrawn = False
        self._mark(drop=not drawn, pad=drawn)
        self.picture_given.emit(source, name)

    def _refuse(self, sentence: str) -> None:
        self._withdraw()
        self.show_problem(sentence)

    def _on_emptied(self) -> None:
        """A wiped drawing is no longer answered; the answer to another picture stays."""
        if self._drawing_is_asked:
            self._withdraw()
            self._show_nothing()

    def _withdraw(self) -> None:
        self._withdrawn = True
        self._mark(drop=False, pad=False)
        self.picture_withdrawn.emit()

    def _mark(self, *, drop: bool, pad: bool) -> None:
        self._drawing_is_asked = pad
        self.drop_zone.set_active(drop)
        self.draw_pad.set_active(pad)

    def _show_nothing(self) -> None:
        self._patience.stop()
        self.drop_zone.clear()
        self.seen_view.clear()
        self.prediction_view.show_hint(self._hint)

    def _show_asking(self) -> None:
        self.prediction_view.show_asking()
        self.seen_view.set_faded(True)
