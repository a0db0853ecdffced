"""The pictures of a network that reads: unrolled in time, cell by cell, gate by gate, and what it writes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from core.api import DataInfo, Heatmap, Layer, Snapshot, Stack, TextCells, TextList, Unrolled, View
from plugins._recurrent_views import Steps, Weights, read, scores, weights_of
from plugins._text_signals import beginnings, signals
from plugins.text_views import CellSettings, DiagramSettings, GateSettings

MOST_NUMBERS = 8
"""Numbers that a box of the diagram shows of a vector."""
MOST_CELLS = 512
"""The window ranks them each time that a view arrives."""
MOST_CHARACTERS = 400
NO_ANSWER = -1
VISIBLE = {"\n": "↵", "\t": "→", "\r": "↵", " ": "·"}
NOT_RECURRENT = TextList(
    entries=(), caption="This view is for networks with encoder, rnn and head; this one is made in another way."
)


def spelled(info: DataInfo, tokens: Sequence[int]) -> str:
    """What the tokens stand for, one character each."""
    found = (info.vocabulary[token] for token in tokens)
    return "".join(text if len(text) == 1 else "�" for text in found)


def answers(snapshot: Snapshot) -> NDArray[np.int64]:
    """N×T: which token comes next after each of the probe's; NO_ANSWER where that is not known or not asked for."""
    raw, targets = snapshot.probe.raw, snapshot.probe.targets
    found = np.full(raw.shape, NO_ANSWER, np.int64)
    if targets.ndim == 1:
        found[:, -1] = targets
    else:
        found[:, : targets.shape[1]] = targets
    return np.where(found >= 0, found, NO_ANSWER)


def tokens_of(snapshot: Snapshot) -> torch.Tensor:
    """The probe's tokens on the CPU, int64 N×T."""
    return torch.from_numpy(snapshot.probe.raw.astype(np.int64))


def diagram(snapshot: Snapshot, chosen: DiagramSettings) -> View:
    """The network of the article, unrolled in time, with the numbers that it has now."""
    weights = weights_of(snapshot.model)
    if weights is None:
        return NOT_RECURRENT
    length = snapshot.probe.raw.shape[1]
    first = min(chosen.first, max(0, length - chosen.steps))
    shown = slice(first, min(first + chosen.steps, length))
    tokens, right = tokens_of(snapshot)[:1, : shown.stop], answers(snapshot)[0, shown]
    with torch.no_grad():
        steps = read(weights, tokens)
        logits = scores(weights, steps[-1])[shown, 0]
    read_now = tokens[0, shown].tolist()
    chances = logits.softmax(1).numpy()
    asked = [NO_ANSWER if answer < 0 else int(answer) for answer in right]
    targets = [
        "" if answer < 0 else f"{_visible(snapshot.info, answer)} {chances[place, answer]:.0%}"
        for place, answer in enumerate(asked)
    ]
    return Unrolled(
        inputs=[_visible(snapshot.info, token) for token in read_now],
        layers=[
            *_input_layer(snapshot.info, read_now),
            *(_hidden_layer(weights, steps, index, shown) for index in range(len(steps))),
            _output_layer(snapshot.info, logits.numpy(), asked),
        ],
        targets=targets,
        caption="Each column is a letter read. Green: the score of the right next letter, which should be the "
        "highest; above it its probability.",
    )


def _visible(info: DataInfo, token: int) -> str:
    character = spelled(info, [token])
    return VISIBLE.get(character, character)


def _input_layer(info: DataInfo, tokens: Sequence[int]) -> list[Layer]:
    """The one-hot vectors, where they are short enough to be read."""
    if len(info.vocabulary) > MOST_NUMBERS:
        return []
    labels = [_visible(info, token) for token in range(len(info.vocabulary))]
    return [Layer("input", np.eye(len(labels), dtype=np.float32)[list(tokens)], labels)]


def _hidden_layer(weights: Weights, steps: Sequence[Steps], index: int, shown: slice) -> Layer:
    values = torch.stack(steps[index].hidden)[shown, :MOST_NUMBERS, 0].numpy().copy()
    name = "hidden" if len(steps) == 1 else f"hidden {index + 1}"
    if weights.hidden > MOST_NUMBERS:
        name += f", {MOST_NUMBERS} of {weights.hidden:,}"
    plain = weights.kind == "RNN" and len(steps) == 1
    links = {"link": "W_xh", "carry": "W_hh"} if plain else {"carry": weights.kind}
    return Layer(name, values, carries=True, **links)


def _output_layer(info: DataInfo, logits: NDArray[np.float32], asked: Sequence[int]) -> Layer:
    """The scores; of a large vocabulary those of the right letters and of the highest others."""
    wanted = list(dict.fromkeys([answer for answer in asked if answer >= 0]))
    highest = np.argsort(-logits.max(axis=0), kind="stable").tolist()
    kept = sorted(list(dict.fromkeys([*wanted, *highest]))[: max(MOST_NUMBERS, len(wanted))])
    marks = np.array([[0 if answer < 0 else 1 if token == answer else -1 for token in kept] for answer in asked])
    labels = [_visible(info, token) for token in kept]
    return Layer("output", logits[:, kept].copy(), labels, marks, link="W_hy")


def cells(snapshot: Snapshot, chosen: CellSettings) -> View:
    """What every cell is after each character of the probe."""
    weights = weights_of(snapshot.model)
    if weights is None:
        return NOT_RECURRENT
    raw = snapshot.probe.raw
    rows = max(1, MOST_CHARACTERS // (raw.shape[1] + 1))
    tokens = tokens_of(snapshot)[:rows]
    with torch.no_grad():
        layers = read(weights, tokens)
        keeps = chosen.state == "cell state" and bool(layers[0].cell)
        states = [torch.stack(steps.cell).tanh() if keeps else torch.stack(steps.hidden) for steps in layers]
    sequences = [spelled(snapshot.info, row) for row in raw[:rows].tolist()]
    text = "\n".join(sequences)
    values = _below_each_other(torch.cat(states, dim=1).numpy())
    names = [_cell_name(layer, cell, len(layers)) for layer in range(len(layers)) for cell in range(weights.hidden)]
    kept = _liveliest(values, MOST_CELLS)
    what = "tanh of the cell state" if keeps else "hidden state"
    return TextCells(
        text=text,
        values=values[:, kept],
        names=[names[cell] for cell in kept],
        signals={**(beginnings(sequences) if len(sequences) > 1 else {}), **signals(text)},
        caption=f"The {what}: red above zero, blue below. Select a phrase: which cells remember it?",
    )


def _below_each_other(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """T×C×B as one text after the other, with a row of zeros for the line break between two."""
    steps, cells, count = states.shape
    found = np.zeros((count, steps + 1, cells), np.float32)
    found[:, :steps] = np.clip(states.transpose(2, 0, 1), -1.0, 1.0)
    return found.reshape(-1, cells)[:-1]


def _cell_name(layer: int, cell: int, layers: int) -> str:
    return f"cell {cell + 1}" if layers == 1 else f"layer {layer + 1}, cell {cell + 1}"


def _liveliest(values: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """The columns that change most, in their own order."""
    return np.sort(np.argsort(-values.std(axis=0), kind="stable")[:count])


GATES = {
    "forget": "Forget gate: how much of the cell state is kept",
    "input": "Input gate: how much is written",
    "output": "Output gate: how much is shown",
    "reset": "Reset gate: how much of the past is used",
    "update": "Update gate: how much of the past is kept",
}


def gates(snapshot: Snapshot, chosen: GateSettings) -> View:
    """What the gates of one layer do over a stretch of the text, and the state that comes of it."""
    weights = weights_of(snapshot.model)
    if weights is None or weights.kind == "RNN":
        return NOT_RECURRENT
    length = snapshot.probe.raw.shape[1]
    first = min(chosen.first, max(0, length - chosen.length))
    shown = slice(first, min(first + chosen.length, length))
    with torch.no_grad():
        layers = read(weights, tokens_of(snapshot)[:1, : shown.stop])
    layer = min(chosen.layer, len(layers)) - 1
    steps = layers[layer]
    states = steps.cell or steps.hidden
    name = "Cell state" if steps.cell else "Hidden state"
    values = torch.stack(states)[shown, :, 0].numpy()
    kept = np.argsort(-values.std(axis=0), kind="stable")[: chosen.cells]
    letters = [VISIBLE.get(letter, letter) for letter in spelled(snapshot.info, snapshot.probe.raw[0, shown].tolist())]
    rows = [str(cell + 1) for cell in kept]

    def picture(states: Sequence[torch.Tensor], *, gate: bool) -> Heatmap:
        numbers = torch.stack(list(states))[shown, :, 0].numpy()[:, kept].T.copy()
        ends = (0.0, 1.0) if gate else None
        return Heatmap(
            values=numbers, row_labels=rows, column_labels=letters, symmetric=not gate, ends=ends, text_axis=True
        )

    parts: list[tuple[str, View]] = [(GATES[gate], picture(found, gate=True)) for gate, found in steps.gates.items()]
    where = f"Layer {layer + 1}, " if len(layers) > 1 else ""
    which = "all cells" if len(rows) == weights.hidden else f"the {len(rows):,} liveliest of {weights.hidden:,} cells"
    return Stack(
        parts=[*parts, (name, picture(states, gate=False))],
        caption=f"{where}{which}, one a row, over {len(letters):,} characters of held-out text.".capitalize(),
    )


def samples(snapshot: Snapshot) -> View:
    """What the model wrote at the end of each epoch, the newest on top."""
    written = snapshot.run.samples
    if not written and snapshot.probe.targets.ndim == 1:
        return TextList(entries=(), caption="This data set asks for one answer, not for a text.")
    hint = "" if written else "At the end of each epoch the model writes a text, which appears here."
    entries = [(f"Epoch {one.epoch:,}, step {one.step:,}", one.text) for one in reversed(written)]
    return TextList(entries=entries, caption=hint)
