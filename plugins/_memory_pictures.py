"""How far back a network remembers: its accuracy against the gap, and the gradient against the distance."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch

from core.api import LinePlot, RunConfig, Snapshot, View
from plugins._recurrent_views import gradient_norms, weights_of
from plugins._text_pictures import NO_ANSWER, NOT_RECURRENT, answers, tokens_of
from plugins.long_memory import COUNTRIES, LongMemoryConfig
from plugins.lstm import LSTMConfig
from plugins.text_views import GradientSettings

DATA = "long-memory"
SEQUENCES = 4
"""Read side by side for the gradient, which is averaged over them."""


def gradient(snapshot: Snapshot, chosen: GradientSettings) -> View:
    """The norm of the gradient of the last loss with respect to the memory k characters before."""
    weights = weights_of(snapshot.model)
    if weights is None:
        return NOT_RECURRENT
    tokens, targets = _ends(snapshot, chosen.distance + 1)
    if not len(tokens):
        return LinePlot(lines={}, caption="The text is too short to follow a gradient through it.")
    norms = gradient_norms(weights, tokens, targets)
    distance = np.arange(tokens.shape[1], dtype=np.float64)
    reach = {name: _reach(norm.numpy()) for name, norm in norms.items()}
    told = ", ".join(f"{name}: {characters}" for name, characters in reach.items())
    return LinePlot(
        lines={name: (distance, norm.numpy().astype(np.float64)) for name, norm in norms.items()},
        x_label="characters before the end",
        y_label="norm of the gradient",
        log_y=True,
        caption=f"What cannot move the loss cannot be learnt. Characters until a tenth of it is left: {told}.",
    )


def _ends(snapshot: Snapshot, most: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Up to four stretches of at most ``most`` tokens (int64 B×T), each up to a token after which the next is known."""
    tokens, asked = tokens_of(snapshot), answers(snapshot)
    places = np.argwhere(asked != NO_ANSWER)
    length = min(most, int(places[:, 1].max()) + 1) if len(places) else 0
    places = places[places[:, 1] >= length - 1]
    chosen = places[np.unique(np.linspace(0, len(places) - 1, SEQUENCES).round().astype(int))] if length > 1 else []
    stretches = [tokens[row, end + 1 - length : end + 1] for row, end in chosen]
    targets = [int(asked[row, end]) for row, end in chosen]
    return torch.stack(stretches) if stretches else torch.zeros(0, 0), torch.tensor(targets)


def _reach(norm: np.ndarray) -> str:
    """After how many steps a tenth of the gradient is left."""
    below = np.flatnonzero(norm < norm[0] / 10)
    return str(below[0]) if len(below) else f"over {len(norm) - 1}"


def accuracy_by_gap(snapshot: Snapshot) -> View:
    """Of each network one curve: the share of right answers in the finished runs, and in the one that goes on."""
    points = [(_network(run.config), run.config, run.results) for run in snapshot.run.earlier(DATA)]
    found = [(name, _gap(config), results.get("test_accuracy")) for name, config, results in points]
    config, validation = snapshot.run.config, snapshot.run.validation
    known = any(run.id == snapshot.run.id for run in snapshot.run.earlier(DATA))
    if config is not None and config.data == DATA and not known:
        found.append((f"{_network(config)}, this run", _gap(config), validation.get("accuracy")))
    measured = [(name, gap, float(right)) for name, gap, right in found if isinstance(right, float | int)]
    if not measured:
        return LinePlot(lines={}, caption="Train networks on Long memory with several gaps: each run is a point here.")
    lines = {name: _curve((gap, right) for other, gap, right in measured if other == name) for name in _names(measured)}
    farthest = max(gap for _, gap, _ in measured)
    guessing = np.full(2, 100 / len(COUNTRIES))
    return LinePlot(
        lines={**lines, "guessing": (np.array([0.0, farthest]), guessing)},
        x_label="gap (characters)",
        y_label="right answers (%)",
        markers=True,
        caption=f"{len(measured)} {'run' if len(measured) == 1 else 'runs'} on Long memory. Train the RNN and the LSTM "
        "with the same gaps to compare them.",
    )


def _names(measured: Iterable[tuple[str, float, float]]) -> list[str]:
    return sorted({name for name, _, _ in measured})


def _curve(points: Iterable[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Gaps in order, and for each the mean accuracy of its runs in percent."""
    by_gap: dict[float, list[float]] = {}
    for gap, right in points:
        by_gap.setdefault(gap, []).append(100 * right)
    gaps = sorted(by_gap)
    return np.array(gaps), np.array([np.mean(by_gap[gap]) for gap in gaps])


def _gap(config: RunConfig) -> float:
    """Of a run, whose settings are as they were written down: only those that were changed, perhaps as text."""
    try:
        return float(config.data_settings.get("gap", LongMemoryConfig().gap))
    except (TypeError, ValueError):
        return float("nan")


def _network(config: RunConfig) -> str:
    if config.network == "lstm":
        return str(config.network_settings.get("cell", LSTMConfig().cell))[:20]
    return "RNN" if config.network == "char_rnn" else config.network
