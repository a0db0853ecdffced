"""Ten thousand runs in a table that filters as one types, and twenty curves over each other: ours and plain Qt.

Both sides get the same runs and the same curves and take turns; everything is painted, offscreen unless
QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import Check, Section

RUNS = 10_000
CURVES, POINTS = 20, 100_000
TYPED = ("l", "le", "lenet", "lenet e", "lenet epochs=7", "lr=0.003", "")
FRAMES = 60
HOW = (
    f"{RUNS:,} runs on disk, listed, shown, and filtered by {len(TYPED)} different texts; {CURVES} curves of "
    f"{POINTS:,} points each, zoomed in {FRAMES} frames. The rivals: Qt's own item and sorting models with the same "
    "texts, and pyqtgraph's plot with automatic downsampling and clipping."
)
HEADER = ("What", "Median, ms", "p95, ms", "n")


def measure() -> Section:
    """Open, type, zoom."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    _application = QApplication.instance() or QApplication([])
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        _tables(Path(folder), times)
    _overlays(times)
    rows = [(what, f"{np.median(ms):.1f}", f"{np.percentile(ms, 95):.1f}", str(len(ms))) for what, ms in times.items()]
    opened = np.median(times["Trainyard, read the index"]) + np.median(times["Trainyard, show the table"])
    checks = [
        Check("10,000 runs listed and shown, median", float(opened), 1000, at_least=False, unit="ms"),
        Check("overlay, p95 of a frame", float(np.percentile(times[_FRAME], 95)), 33, at_least=False, unit="ms"),
    ]
    return Section("run_history", "Ten thousand runs, twenty curves", HOW, HEADER, rows, checks)


_FRAME = "Trainyard, a frame of the overlay"


def _timed(times: dict[str, list[float]], what: str, work: Callable[[], Any]) -> Any:
    from PySide6.QtWidgets import QApplication

    began = time.perf_counter()
    found = work()
    QApplication.processEvents()
    times.setdefault(what, []).append(1000 * (time.perf_counter() - began))
    return found


def _tables(folder: Path, times: dict[str, list[float]]) -> None:
    from core.run_index import RunIndex
    from core.runs import RunStore
    from gui.history import HistoryPage
    from gui.history.columns import haystack

    _write_runs(folder)
    index = RunIndex(RunStore(folder))
    _timed(times, "Trainyard, make the index", index.runs)
    lines = [_timed(times, "Trainyard, read the index", index.runs) for _ in range(3)][-1]
    texts = [haystack(line) for line in lines]
    page, (view, rival) = HistoryPage(), _plain_table(texts)
    page.resize(1200, 900)
    page.show()
    for _ in range(3):
        _timed(times, "Trainyard, show the table", lambda: page.show_lines(lines, texts))
    for typed in TYPED * 3:
        _timed(times, "Trainyard, a key in the filter", partial(page.filter.setText, typed))
        _timed(times, "Qt's models, a key in the filter", partial(rival.setFilterFixedString, typed))
    page.close()
    view.close()


def _write_runs(folder: Path) -> None:
    from core.run_config import RunConfig

    config = RunConfig(network="lenet", data="digits").model_dump()
    for number in range(RUNS):
        run = (
            folder / f"20260101-{number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}-lenet-digits-{number:04x}"
        )
        run.mkdir()
        config |= {"epochs": number % 50 + 1, "optimizer_settings": {"lr": (number % 17 + 1) / 1000}}
        asked = {"format": 1, "created": 1.7e9 + number, "config": config, "info": {}, "machine": {}}
        result = {"state": "finished", "test_accuracy": number % 97 / 97, "val_loss": 1 / (number + 1), "epochs": 3}
        (run / "run.json").write_text(json.dumps(asked), encoding="utf-8")
        (run / "result.json").write_text(json.dumps(result), encoding="utf-8")


def _plain_table(texts: list[str]) -> tuple[Any, Any]:
    from PySide6.QtCore import QSortFilterProxyModel
    from PySide6.QtGui import QStandardItem, QStandardItemModel
    from PySide6.QtWidgets import QTableView

    model = QStandardItemModel()
    for text in texts:
        model.appendRow([QStandardItem(text)])
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(model)
    view = QTableView()
    view.setModel(proxy)
    view.resize(1200, 400)
    view.show()
    proxy.setParent(view)
    model.setParent(view)
    return view, proxy


def _overlays(times: dict[str, list[float]]) -> None:
    import pyqtgraph as pg

    from core.history import RunCurves
    from gui.history import HistoryPage

    steps, chance = np.arange(1.0, POINTS + 1), np.random.default_rng(0)
    losses = [2 * np.exp(-steps / 2e4) + 0.2 * chance.random(POINTS) + 0.1 * number for number in range(CURVES)]
    page, rival = HistoryPage(), pg.PlotWidget()
    page.resize(1200, 900)
    page.show()
    page.show_curves({str(n): (f"run {n}", RunCurves(steps, steps, steps, {"loss": y})) for n, y in enumerate(losses)})
    for number, loss in enumerate(losses):
        item = rival.plot(steps, loss, pen=pg.mkPen(pg.intColor(number, CURVES)), antialias=True)
        item.setDownsampling(auto=True, method="peak")
        item.setClipToView(True)
    plot = page.overlay.plot
    rival.resize(plot.canvas.size())
    rival.show()
    for frame in range(FRAMES):
        x, y = (1.0 + frame * 600, POINTS - frame * 600.0), (0.0, 4.0)
        _timed(times, _FRAME, partial(_zoom_ours, plot, x, y))
        _timed(times, "pyqtgraph, a frame of the overlay", partial(_zoom, rival, x, y))
    page.close()
    rival.close()


def _zoom_ours(plot: Any, x: tuple[float, float], y: tuple[float, float]) -> None:
    plot.canvas.show_range(x, y)
    plot.repaint()


def _zoom(rival: Any, x: tuple[float, float], y: tuple[float, float]) -> None:
    rival.setRange(xRange=x, yRange=y, padding=0)
    rival.repaint()
