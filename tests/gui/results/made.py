"""Answers made up for the tests of the page of results."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QAbstractScrollArea
from pytestqt.qtbot import QtBot

from core.events import Judged
from core.judgement import Judgement

CLASSES = ("cat", "dog", "frog")


def judged(epoch: int = 1, part: str = "val", *, count: int = 60, classes: int = 3, seed: int = 0) -> Judged:
    """Answers of which about half are right; the targets are the same in every epoch."""
    chance = np.random.default_rng((seed, epoch))
    targets = np.arange(count) % classes
    logits = chance.normal(size=(count, classes)).astype(np.float32)
    logits[np.arange(count), targets] += 0.5
    return Judged(part, 10 * epoch, epoch, logits, targets)


def judgement(epoch: int = 1, part: str = "val", **sizes: int) -> Judgement:
    classes = sizes.get("classes", 3)
    names = CLASSES if classes == 3 else tuple(f"class {index}" for index in range(classes))
    return Judgement(judged(epoch, part, **sizes), names).compute()


def pictures(count: int = 60, channels: int = 1) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Picture i is all of grey i."""
    grey = np.arange(count, dtype=np.uint8)[:, None, None, None]
    return np.broadcast_to(grey, (count, channels, 8, 8)).copy()


def job(channels: int = 1) -> Any:
    """As much of a job as the page needs."""
    data = SimpleNamespace(inputs=torch.from_numpy(pictures(channels=channels)))
    return SimpleNamespace(info=SimpleNamespace(classes=CLASSES), validation=data, test=data)


def click(qtbot: QtBot, area: QAbstractScrollArea, where: QPointF) -> None:
    qtbot.mouseClick(area.viewport(), Qt.MouseButton.LeftButton, pos=where.toPoint())
