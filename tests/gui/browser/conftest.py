"""A page of the data, with data sets that cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.config import Config, setting
from core.data import DataBundle, DataError, DataFolders, DataInfo, Progress, Split
from core.discovery import discover
from core.registry import Registry
from core.run_config import RunConfig
from core.specs import DatasetSpec
from gui.browser import BrowserPage

CLASSES = ("cat", "dog", "cow")
WAIT_MS = 60_000
"""Longest wait for a loading: the first one imports PyTorch."""


class Shift:
    """Adds an amount to every pixel: an augmentation that can be recognised."""

    def __init__(self, levels: int) -> None:
        self.levels = levels

    def __call__(self, pictures: Any, generator: Any) -> Any:
        return pictures + self.levels / 255


class ShiftConfig(Config):
    """How far."""

    levels: int = setting(0, "Levels", minimum=0, maximum=200)


def pictures(count: int = 300, levels: int = 0, **more: Any) -> DataBundle:
    """Samples whose first pixel is the row modulo 50; two thirds are for training."""
    inputs = np.zeros((count, 3, 8, 8), np.uint8)
    inputs[:] = (np.arange(count) % 50)[:, None, None, None]
    targets = np.arange(count) % 3
    names = [f"{CLASSES[label]}/{row:04}.png" for row, label in enumerate(targets.tolist())]
    edges = (0, count * 2 // 3, count * 5 // 6, count)
    parts = [Split(inputs[a:b], targets[a:b], names[a:b]) for a, b in pairwise(edges)]
    info = DataInfo((3, 8, 8), CLASSES, (0.1,) * 3, (0.2,) * 3, "photo")
    return DataBundle(info, *parts, augmentations=(Shift(levels),) if levels else (), **more)


@dataclass
class Source:
    """A data set that counts what is asked of it."""

    bundle: DataBundle | None = None
    download: int = 0
    there: bool = True
    loads: int = 0
    notes: tuple[str, ...] = ()
    hold: Callable[[Progress], None] = field(default=lambda progress: None)

    def prepare(self, config: ShiftConfig, folders: DataFolders, progress: Progress) -> None:
        self.hold(progress)
        self.there = True

    def load(self, config: ShiftConfig, folders: DataFolders) -> DataBundle:
        self.loads += 1
        if not self.there:
            raise DataError("It is not there yet.")
        return self.bundle or replace(pictures(levels=config.levels), notes=self.notes)

    def spec(self, id: str = "test") -> DatasetSpec:
        return DatasetSpec(
            *(id, f"Set {id}", "image-classification", "CC0", self.load, ShiftConfig),
            summary="All sorts of things.",
            download_bytes=self.download,
            prepare=self.prepare,
        )


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def registry(source: Source) -> Registry:
    made = discover("plugins", None)
    made.datasets["test"] = source.spec()
    return made


@pytest.fixture
def page(qtbot: QtBot, registry: Registry) -> Iterator[BrowserPage]:
    made = BrowserPage(registry)
    qtbot.addWidget(made)
    made.resize(760, 620)
    yield made
    made.shut_down()


def asked(data: str = "test", **settings: Any) -> RunConfig:
    return RunConfig(network="lenet", data=data, data_settings=settings)


def opened(qtbot: QtBot, page: BrowserPage, config: RunConfig | None = None) -> BrowserPage:
    """The page with its data set loaded and measured."""
    with qtbot.waitSignal(page.loader.measured, timeout=WAIT_MS):
        page.offer(config or asked())
        page.show()
    return page
