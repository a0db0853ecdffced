"""Characters per second of our step over a plain loop that calls the network once a character; and a calm window."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.report import Check, Section, spread
from core.data import DataInfo
from core.generation import Draft, TextModel
from core.sampling import Sampling

HOW = (
    "Two layers, an embedding of 64, 65 characters, random weights, one text, temperature 0.8, one processor thread. "
    "The plain loop gives the network one character, softmaxes its scores and draws with `torch.multinomial`, without "
    "gradients. Both sides draw and look up each character; they take turns of a fifth of a second. In brackets: "
    "quartiles of the turns' ratios. The difference is the largest between the scores of the two over 200 characters. "
    "In the window, 10,000 characters at a time stream into the text panel, drawn offscreen, while another process "
    "sends it a message every 5 ms; the delay is from sending to when the event loop gets to it."
)
HEADER = ("Network", "Ratio", "Ours, characters/s", "Plain loop, characters/s", "n", "Largest difference")
CHARACTERS = tuple("\n ,.;:!?'-" + "abcdefghijklmnopqrstuvwxyz" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "012")
Kind: TypeAlias = type[nn.RNN] | type[nn.LSTM] | type[nn.GRU]
EMBEDDING = 64
TURN_S = 0.2
ROUNDS = 12
COMPARED = 200
LEAST = 5.0
CLOSE = 1e-4
SAMPLING = Sampling(temperature=0.8)


@dataclass(frozen=True)
class Case:
    """One network; ``least``: the ratio it should reach, where there is one."""

    kind: Kind
    hidden: int
    least: float | None = None

    @property
    def title(self) -> str:
        """Kind and size."""
        return f"{self.kind.__name__}, hidden {self.hidden}"


CASES = (*(Case(nn.LSTM, hidden, LEAST) for hidden in (128, 256, 512)), Case(nn.GRU, 256), Case(nn.RNN, 256))


class Network(nn.Module):
    """An embedding, two recurrent layers and a head."""

    def __init__(self, kind: Kind, hidden: int) -> None:
        super().__init__()
        self.encoder = nn.Embedding(len(CHARACTERS), EMBEDDING)
        self.rnn = kind(EMBEDDING, hidden, 2, batch_first=True)
        self.head = nn.Linear(hidden, len(CHARACTERS))

    def forward(self, inputs: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Logits B×T×V and the state."""
        hidden, state = self.rnn(self.encoder(inputs), state)
        return self.head(hidden), state


@dataclass
class Turns:
    """Characters per second of each turn."""

    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)

    def ratios(self) -> list[float]:
        """Each of our turns over the plain loop's turns just before and just after it."""
        after = [ours / plain for ours, plain in zip(self.ours, self.plain, strict=True)]
        before = [ours / plain for ours, plain in zip(self.ours[1:], self.plain, strict=False)]
        return after + before


class PlainLoop:
    """What a tutorial writes."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.token = torch.zeros(1, 1, dtype=torch.int64)
        self.state: Any = None

    def write(self, seconds: float) -> tuple[str, float]:
        """For so long; the text, and the seconds it took."""
        text = []
        began = time.perf_counter()
        with torch.no_grad():
            while (elapsed := time.perf_counter() - began) < seconds:
                logits, self.state = self.model(self.token, self.state)
                shares = torch.softmax(logits[0, -1] / SAMPLING.temperature, dim=0)
                self.token = torch.multinomial(shares, 1).view(1, 1)
                text.append(CHARACTERS[int(self.token)])
        return "".join(text), elapsed


def measure() -> Section:
    """All cases, then the window."""
    from benchmarks.generation_window import delays

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    rows, checks = [], []
    for case in CASES:
        row, found = _row(case)
        rows.append(row)
        checks += found
    waits = delays(TextModel(_network(Case(nn.LSTM, 256)), _info(), "LSTM"))
    torch.set_num_threads(threads)
    figures = statistics.quantiles(waits, n=100, method="inclusive")
    checks.append(Check("p99 of the event loop's delay while text streams in", figures[98], 25.0, False, "ms"))
    note = f"Delay in the window: p50 {figures[49]:.2f} ms, p95 {figures[94]:.2f} ms, largest {max(waits):.1f} ms."
    return Section("generation", "Writing text", HOW, HEADER, rows, checks, [note])


def _row(case: Case) -> tuple[tuple[str, ...], list[Check]]:
    model = _network(case)
    difference = _difference(model)
    turns = _duel(model)
    ratios = turns.ratios()
    ours, plain = statistics.median(turns.ours), statistics.median(turns.plain)
    cells = (case.title, spread(ratios, 1), f"{ours:,.0f}", f"{plain:,.0f}", str(len(ratios)), f"{difference:.0e}")
    checks = [Check(f"{case.title}: difference of the scores", difference, CLOSE, at_least=False)]
    if case.least is not None:
        checks.append(Check(f"{case.title}: characters/s", statistics.median(ratios), case.least, True, "× plain"))
    return cells, checks


def _duel(model: nn.Module) -> Turns:
    draft, plain, turns = Draft(TextModel(model, _info(), "").read(""), 0), PlainLoop(model), Turns()
    draft.write(SAMPLING, 10**9, TURN_S / 4)
    plain.write(TURN_S / 4)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        text = draft.write(SAMPLING, 10**9, TURN_S)
        turns.ours.append(len(text) / (time.perf_counter() - began))
        text, seconds = plain.write(TURN_S)
        turns.plain.append(len(text) / seconds)
    return turns


def _difference(model: nn.Module) -> float:
    opening = TextModel(model, _info(), "").read("")
    stepper = opening.stepper
    tokens = np.random.default_rng(0).integers(0, len(CHARACTERS), COMPARED).tolist()
    with torch.no_grad():
        expected = model(torch.tensor([[0, *tokens]]))[0][0, 1:].numpy()
    largest = 0.0
    for token, scores in zip(tokens, expected, strict=True):
        stepper.step(token)
        largest = max(largest, float(np.abs(stepper.logits() - scores).max()))
    return largest


def _network(case: Case) -> Network:
    torch.manual_seed(0)
    model = Network(case.kind, case.hidden).eval()
    with torch.no_grad():
        model.head.weight.mul_(10)  # scores that differ, as those of a trained network do
    return model


def _info() -> DataInfo:
    return DataInfo((64,), CHARACTERS, vocabulary=CHARACTERS)
