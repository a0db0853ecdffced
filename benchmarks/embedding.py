"""What the map of the samples costs: a redraw of 5,000 points, and the window's delays while t-SNE is computed."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Check, Section

if TYPE_CHECKING:
    from core.trainer import Trainer
    from gui.workbench import Workbench

HOW = (
    "Redraw: 5,000 points in ten colours move, and 540×480 px are painted, offscreen; the rivals draw discs of that "
    "size and take turns with ours. Delay: the real window, drawn offscreen, trains the tutorial's network on 9,800 "
    "drawn shapes; another process sends it a message every 5 ms, and the delay is from sending to when the event "
    "loop gets to it. The pages take turns of some seconds: the curves alone; the map of 2,000 samples, which follows "
    "the training; the map while t-SNE of the 2,000 samples is computed in its process; and, as a rival, the same "
    "t-SNE on a thread of the window's own process. The steps a second are the training's meanwhile."
)
HEADER = ("What", "p50, ms", "p99, ms", "max, ms", "Over ours or over the curves alone", "Steps/s", "n")
POINTS, SIZE, ROUNDS = 5_000, (540, 480), 40
SAMPLES, TURNS, TURN_S, LEFT_OUT_S = 2_000, 3, 4.0, 0.7
SLOWEST_REDRAW_MS = 16.0
LIMIT_MS = 50.0


@dataclass
class Contestant:
    """One way to draw."""

    name: str
    draw: Callable[[NDArray[np.float32]], None]
    milliseconds: list[float] = field(default_factory=list)


def measure() -> Section:
    """Redraws, then the window."""
    from benchmarks.window import open_window

    with open_window() as workbench:
        contestants = _redraws()
        watched = _watch(workbench)
    ours = statistics.median(contestants[0].milliseconds)
    rows = []
    for contestant in contestants:
        times = contestant.milliseconds
        rows.append(_row(contestant.name, times, statistics.median(times) / ours, "–"))
    alone = _percentile(watched["the curves alone"].delays, 99)
    for words, turn in watched.items():
        ratio = _percentile(turn.delays, 99) / alone
        rows.append(_row(f"delay: {words}", turn.delays, ratio, f"{turn.steps / turn.seconds:.1f}"))
    p99 = _percentile(watched["the map and t-SNE"].delays, 99)
    checks = [
        Check("redraw of 5,000 points, median", ours, SLOWEST_REDRAW_MS, at_least=False, unit="ms"),
        Check("p99 of the delay while t-SNE is computed", p99, LIMIT_MS, at_least=False, unit="ms"),
    ]
    return Section("embedding", "The map of the samples", HOW, HEADER, rows, checks)


def _row(words: str, times: list[float], ratio: float, speed: str) -> tuple[str, ...]:
    figures = statistics.median(times), _percentile(times, 99), max(times)
    return (words, *(f"{figure:.2f}" for figure in figures), f"{ratio:.2f}", speed, f"{len(times):,}")


def _percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def _redraws() -> list[Contestant]:
    chance = np.random.default_rng(0)
    groups = np.arange(POINTS) % 10
    middles = chance.normal(0, 4, (10, 2))
    contestants = [
        Contestant("redraw: Trainyard", _ours(groups)),
        Contestant("redraw: pyqtgraph's ScatterPlotItem, a brush a point", _pyqtgraph(groups)),
        Contestant("redraw: matplotlib's scatter (Agg)", _matplotlib(groups)),
    ]
    for turn in range(ROUNDS + 1):
        positions = (middles[groups] + chance.normal(0, 1, (POINTS, 2))).astype(np.float32)
        for contestant in contestants:
            began = time.perf_counter()
            contestant.draw(positions)
            if turn:  # the first makes what the others use again
                contestant.milliseconds.append(1000 * (time.perf_counter() - began))
    return contestants


def _ours(groups: NDArray[np.int64]) -> Callable[[NDArray[np.float32]], None]:
    from benchmarks.window import spin
    from gui.embedding.scatter import Scatter

    scatter = Scatter()
    scatter.resize(*SIZE)
    scatter.show()
    spin(0.1)  # before it is on the screen, nothing is painted
    scatter.show_points(np.zeros((POINTS, 2), np.float32))
    scatter.show_groups(groups, tuple("0123456789"))

    def draw(positions: NDArray[np.float32]) -> None:
        scatter.show_points(positions)
        scatter.repaint()

    return draw


def _pyqtgraph(groups: NDArray[np.int64]) -> Callable[[NDArray[np.float32]], None]:
    import pyqtgraph as pg

    from benchmarks.window import spin
    from gui.embedding.marks import ON_LIGHT

    widget = pg.PlotWidget()
    item = pg.ScatterPlotItem(size=8, pen=None)
    widget.addItem(item)
    widget.resize(*SIZE)
    widget.show()
    spin(0.1)
    brushes = [pg.mkBrush(ON_LIGHT[group]) for group in groups]

    def draw(positions: NDArray[np.float32]) -> None:
        item.setData(positions[:, 0], positions[:, 1], brush=brushes)
        widget.viewport().repaint()

    return draw


def _matplotlib(groups: NDArray[np.int64]) -> Callable[[NDArray[np.float32]], None]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from gui.embedding.marks import ON_LIGHT

    figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set(xlim=(-12, 12), ylim=(-12, 12))
    colours: Any = [ON_LIGHT[group] for group in groups]
    points = axes.scatter(np.zeros(POINTS), np.zeros(POINTS), s=33, c=colours, linewidths=0)

    def draw(positions: NDArray[np.float32]) -> None:
        points.set_offsets(positions)
        canvas.draw()  # type: ignore[no-untyped-call]

    return draw


@dataclass
class Turn:
    """Delays in ms, and how many steps were taken in how many seconds."""

    delays: list[float] = field(default_factory=list)
    steps: int = 0
    seconds: float = 0.0


def _train_with_the_map(workbench: Workbench) -> Trainer:
    from benchmarks.window import start, wait_for
    from core.run_config import run_config

    spec = workbench.registry.networks["cifar_cnn"]
    config = run_config(spec, "shapes", epochs=10_000, data_settings={"pictures": 14_000})
    inside, session = workbench.inside, workbench.session
    start(workbench, config)
    wait_for(session.started)
    trainer = session.trainer
    assert trainer is not None  # it has just started
    workbench.pages.show_page(inside.page)
    inside.page.setCurrentWidget(inside.embedding_page)
    wait_for(inside.embedding.looked)
    return trainer


def _watch(workbench: Workbench) -> dict[str, Turn]:
    from benchmarks.delay_probe import DelayProbe
    from benchmarks.window import spin, wait_for

    trainer, session = _train_with_the_map(workbench), workbench.session
    probe = DelayProbe()
    found: dict[str, Turn] = {}

    def turn(words: str, begin: Callable[[], None], end: Callable[[], None]) -> None:
        begin()
        spin(LEFT_OUT_S)
        began, step = time.monotonic(), trainer.step
        spin(TURN_S)
        ended, steps = time.monotonic(), trainer.step - step
        end()
        spin(LEFT_OUT_S)
        kept = found.setdefault(words, Turn())
        kept.delays += probe.milliseconds(began, ended)
        kept.steps, kept.seconds = kept.steps + steps, kept.seconds + ended - began

    ways = _ways(workbench)
    for _ in range(TURNS):
        for words in list(ways)[:-1]:
            turn(words, *ways[words])
    rival = list(ways)[-1]  # at the end: scikit-learn stays loaded in this process
    for _ in range(TURNS):
        turn(rival, *ways[rival])
    session.stop()
    wait_for(session.ended)
    probe.close()
    return found


def _ways(workbench: Workbench) -> dict[str, tuple[Callable[[], None], Callable[[], None]]]:
    """What is begun, and ended, for a turn."""
    inside = workbench.inside
    embedding, page, row = inside.embedding, inside.embedding_page, inside.embedding_page.row

    def nothing() -> None:
        pass

    def map_shown() -> None:
        workbench.pages.show_page(inside.page)

    def again() -> None:
        if row.method() == "tsne":
            embedding.reduce()

    embedding.reduction.done.connect(again)  # it is over sooner than the turn, perhaps

    def tsne() -> None:
        map_shown()
        row.choose("tsne")
        if not embedding.reduction.busy:
            embedding.reduce()

    def no_tsne() -> None:
        row.choose("pca")
        embedding.reduction.forget()

    def on_a_thread() -> None:
        map_shown()
        vectors = page._frame.vectors if page._frame else np.zeros((SAMPLES, 84), np.float32)
        workbench.background.submit(lambda: _reduced(vectors), lambda _places: None, lambda _error: None)

    return {
        "the curves alone": (lambda: workbench.pages.show_page(workbench.curves), nothing),
        "the map, following": (map_shown, nothing),
        "the map and t-SNE": (tsne, no_tsne),
        "the map, and scikit-learn's t-SNE on a thread of the window": (on_a_thread, nothing),
    }


def _reduced(vectors: NDArray[np.float32]) -> object:
    from sklearn.manifold import TSNE

    return TSNE(init="pca", random_state=0, n_jobs=1).fit_transform(vectors)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(measure().terminal())
