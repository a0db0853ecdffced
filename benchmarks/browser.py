"""The page of the data with 55,000 pictures: how long it takes to open, and every frame of a scroll through all.

The rival is Qt's own list of icons, as one would write it in an hour, with the same pictures in the same size. Both
are painted, offscreen unless QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.quiet import no_progress
from benchmarks.report import Check, Section

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data import DataBundle
    from core.registry import Registry
    from core.run_config import RunConfig
    from gui.browser import BrowserPage

PICTURES, SIDE, CELL = 55_000, 32, 64
WINDOW = (1400, 900)
OPENED, JUMPS = 5, 300
LIMIT_MS, OPEN_MS = 33.0, 1000.0
HOW = (
    f"{PICTURES:,} pictures of {SIDE}×{SIDE} px, shown {CELL} px large with their classes. Opening: from the request "
    "until the pictures of the first screen are painted, PyTorch loaded and the pictures decoded before. Scrolling: "
    "through everything, a third of a screen a frame, and by jumps to anywhere, as when the scroll bar is dragged. "
    "The rival: a QListWidget with an icon and a text for each picture, in icon mode with uniform sizes."
)
HEADER = ("What", "p50, ms", "p95, ms", "max, ms", "over 33 ms", "n")


def measure() -> Section:
    """Open five times, scroll, jump; then the rival."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from gui.app import make_application

    _application = make_application("light")
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        registry, config, kind = _asked(Path(folder))
        bundle = _decoded(registry, config)
        for _ in range(OPENED - 1):
            _close(_opened(registry, config, times))
        page = _opened(registry, config, times)
        _scrolled(page.pictures.grid, "Trainyard", times)
        _close(page)
        rival = _rival(bundle, times)
        _scrolled(rival, "QListWidget", times)
        rival.close()
    rows = [_row(what, milliseconds) for what, milliseconds in times.items()]
    ratio = float(np.median(times[_OPEN.format("QListWidget")]) / np.median(times[_OPEN.format("Trainyard")]))
    frames = times[_SCROLL.format("Trainyard")] + times[_JUMP.format("Trainyard")]
    checks = [
        Check("opening, median", float(np.median(times[_OPEN.format("Trainyard")])), OPEN_MS, False, "ms"),
        Check("the longest frame", max(frames), LIMIT_MS, False, "ms"),
    ]
    notes = [f"The pictures: {kind}.", f"The rival takes {ratio:.1f} times as long to open."]
    return Section("browser", "Browsing 55,000 pictures", HOW, HEADER, rows, checks, notes)


_OPEN, _SCROLL, _JUMP = "{}: open", "{}: a frame of scrolling", "{}: a jump"


def _row(what: str, milliseconds: list[float]) -> tuple[str, ...]:
    p50, p95 = np.percentile(milliseconds, (50, 95))
    late = str(sum(each > LIMIT_MS for each in milliseconds)) if "open" not in what else "–"
    return (what, f"{p50:.1f}", f"{p95:.1f}", f"{max(milliseconds):.1f}", late, str(len(milliseconds)))


def _asked(folder: Path) -> tuple[Registry, RunConfig, str]:
    """CIFAR-10 as a .zip of pictures where it is there, otherwise as many pictures of noise."""
    from core.discovery import discover
    from core.run_config import RunConfig

    registry = discover("plugins", folder / "plugins")
    network = next(spec.id for spec in registry.networks.values() if spec.task == "image-classification")
    archive = Path(os.environ.get("TRAINYARD_DATA", "")) / "cifar10.zip"
    if os.environ.get("TRAINYARD_DATA") and archive.is_file() and "image-folder" in registry.datasets:
        settings = {"path": str(archive)}
        return registry, RunConfig(network=network, data="image-folder", data_settings=settings), "CIFAR-10"
    _add_noise(registry, folder)
    return registry, RunConfig(network=network, data="noise"), "noise, mapped from the disk"


def _add_noise(registry: Registry, folder: Path) -> None:
    from core.data import DataBundle, DataInfo, Split
    from core.specs import DatasetSpec

    shape, chance = (PICTURES, 3, SIDE, SIDE), np.random.default_rng(0)
    pixels = np.memmap(folder / "pixels", np.uint8, mode="w+", shape=shape)
    for first in range(0, PICTURES, 1000):
        pixels[first : first + 1000] = chance.integers(0, 256, (1000, *shape[1:]), np.uint8)
    targets = np.arange(PICTURES) % 10
    info = DataInfo(shape[1:], tuple(f"class {label}" for label in range(10)), (0.5,) * 3, (0.25,) * 3, "photo")
    edges = ((0, 45_000), (45_000, 50_000), (50_000, PICTURES))
    train, validation, test = (Split(pixels.view(np.ndarray)[first:last], targets[first:last]) for first, last in edges)
    bundle = DataBundle(info, train, validation, test)
    registry.datasets["noise"] = DatasetSpec(
        "noise", "Noise", "image-classification", "none needed", lambda config, folders: bundle
    )


def _decoded(registry: Registry, config: RunConfig) -> DataBundle:
    """The data set, after which it is in the cache, and PyTorch is loaded."""
    from core.home import data_folders
    from core.job import load_data

    return load_data(registry, config, data_folders(), no_progress)


def _opened(registry: Registry, config: RunConfig, times: dict[str, list[float]]) -> BrowserPage:
    from PySide6.QtCore import QEventLoop, QTimer

    from gui.browser import BrowserPage

    began = time.perf_counter()
    page = BrowserPage(registry)
    page.resize(*WINDOW)
    page.offer(config)
    loop = QEventLoop()
    page.loader.loaded.connect(loop.quit)
    page.loader.failed.connect(loop.quit)
    page.show()
    loop.exec()
    if page.pictures.grid.current_row() < 0:
        raise RuntimeError(f"The pictures were not loaded: {page.waiting.words.text()}")
    page.pictures.grid.viewport().repaint()
    times.setdefault(_OPEN.format("Trainyard"), []).append(1000 * (time.perf_counter() - began))
    page.loader.measured.connect(loop.quit)
    QTimer.singleShot(10_000, loop.quit)
    loop.exec()  # nothing shall go on in the background when frames are measured
    return page


def _close(page: BrowserPage) -> None:
    page.shut_down()
    page.close()
    page.deleteLater()


def _rival(bundle: DataBundle, times: dict[str, list[float]]) -> Any:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QIcon, QImage, QPixmap
    from PySide6.QtWidgets import QApplication, QListView, QListWidget, QListWidgetItem

    began = time.perf_counter()
    view = QListWidget()
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setUniformItemSizes(True)
    view.setIconSize(QSize(CELL, CELL))
    view.resize(WINDOW[0] - 470, WINDOW[1] - 80)  # the room that the grid has between the columns beside it
    for pictures, labels in _arrays(bundle):
        for picture, label in zip(pictures, labels, strict=True):
            pixels = np.ascontiguousarray(picture.transpose(1, 2, 0))
            image = QImage(pixels.data, SIDE, SIDE, 3 * SIDE, QImage.Format.Format_RGB888)
            icon = QIcon(QPixmap.fromImage(image.scaled(CELL, CELL)))
            view.addItem(QListWidgetItem(icon, bundle.info.classes[int(label)]))
    view.show()
    QApplication.processEvents()
    view.viewport().repaint()
    times.setdefault(_OPEN.format("QListWidget"), []).append(1000 * (time.perf_counter() - began))
    return view


def _arrays(bundle: DataBundle) -> list[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
    from core.data import Split

    parts = (bundle.train, bundle.validation, bundle.test)
    return [(part.inputs.astype(np.uint8, copy=False), part.targets) for part in parts if isinstance(part, Split)]


def _scrolled(view: Any, who: str, times: dict[str, list[float]]) -> None:
    """Through everything, then to places anywhere; each frame is painted before the next is asked for."""
    bar, third = view.verticalScrollBar(), max(1, view.viewport().height() // 3)
    for value in range(0, bar.maximum() + 1, third):
        _timed(times, _SCROLL.format(who), view, partial(bar.setValue, value))
    for value in np.random.default_rng(1).integers(0, bar.maximum() + 1, JUMPS).tolist():
        _timed(times, _JUMP.format(who), view, partial(bar.setValue, value))


def _timed(times: dict[str, list[float]], what: str, view: Any, move: Callable[[], None]) -> None:
    from PySide6.QtWidgets import QApplication

    began = time.perf_counter()
    move()
    view.viewport().repaint()
    times.setdefault(what, []).append(1000 * (time.perf_counter() - began))
    QApplication.processEvents()
