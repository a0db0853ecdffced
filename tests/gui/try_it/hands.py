"""What a person does in the "Try it" panel, as events, and the pictures they have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.prediction import Prediction
from gui.try_it.draw_pad import DrawPad

LEFT = Qt.MouseButton.LeftButton


def enter(target: QWidget, data: QMimeData, actions: Qt.DropAction = Qt.DropAction.CopyAction) -> QDragEnterEvent:
    event = QDragEnterEvent(QPoint(5, 5), actions, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(target, event)
    return event


def drop(target: QWidget, data: QMimeData, actions: Qt.DropAction = Qt.DropAction.CopyAction) -> QDropEvent:
    enter(target, data, actions)
    event = QDropEvent(QPointF(5, 5), actions, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(target, event)
    return event


def urls(*addresses: str | Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(one)) if isinstance(one, Path) else QUrl(one) for one in addresses])
    return data


def pixels(width: int = 40, height: int = 30) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    return image


def draw(qtbot: QtBot, pad: DrawPad, *places: tuple[float, float]) -> None:
    """Draw one stroke through ``places``, in shares of the paper."""
    paper = pad.paper()
    points = [QPoint(paper.left() + int(x * paper.width()), paper.top() + int(y * paper.height())) for x, y in places]
    qtbot.mousePress(pad, LEFT, pos=points[0])
    for point in points[1:]:
        qtbot.mouseMove(pad, point)
    qtbot.mouseRelease(pad, LEFT, pos=points[-1])


def prediction(*labels: str, name: str = "seven.png", note: str = "", channels: int = 1) -> Prediction:
    shares = np.array([0.5**place for place in range(1, len(labels) + 1)], dtype=np.float32)
    return Prediction(
        seen=np.arange(channels * 64, dtype=np.uint8).reshape(channels, 8, 8),
        labels=labels,
        probabilities=shares,
        model="LeNet after 1,240 steps",
        name=name,
        thumbnail=np.full((20, 30, 3), (200, 100, 50), dtype=np.uint8),
        note=note,
    )
