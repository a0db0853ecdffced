"""Tokens per second of the trainer over those of a bare PyTorch loop that reads the same windows of the same text."""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Iterator

import torch
from torch.nn.functional import cross_entropy

from benchmarks.bare_loop import BareLoop
from benchmarks.duel import Duel, check_same_weights
from benchmarks.quiet import no_progress
from benchmarks.report import Check, Section, spread
from core.batches import Batch, BatchSource
from core.control import Control
from core.discovery import discover
from core.home import data_folders, runs_folder
from core.job import Job, prepare_job
from core.launch import Launch
from core.run_config import run_config
from core.runs import RunStore
from core.trainer import Trainer

HOW = (
    "Both sides train the same network with the same optimizer, schedule, clipping and carried state on the same "
    "windows, in turns of some dozens of steps, on the same threads. The trainer also measures every step's loss, "
    "accuracy and share of clipped gradients, keeps the record and writes checkpoints. In brackets: quartiles of the "
    "turns' ratios. Both sides are checked to end in the same weights, bit for bit."
)
HEADER = ("Network", "Ratio", "Trainer, tokens/s", "Bare loop, tokens/s", "n")
STEPS = 35
LEAST = 0.95


class TokenLoop(BareLoop):
    """Truncated back-propagation through time as a tutorial writes it."""

    def __init__(self, job: Job) -> None:
        super().__init__(job, iter(()))
        self._windows = endless(job.train)
        self._random = torch.get_rng_state()

    def train(self, steps: int) -> float:
        """Take so many steps, with this side's own random numbers for the dropout; returns the seconds they took."""
        theirs = torch.get_rng_state()
        torch.set_rng_state(self._random)
        seconds = self._steps(steps)
        self._random = torch.get_rng_state()
        torch.set_rng_state(theirs)
        return seconds

    def _steps(self, steps: int) -> float:
        job, clip = self.job, self.job.config.gradient_clip
        began = time.perf_counter()
        for batch in itertools.islice(self._windows, steps):
            job.optimizer.zero_grad(set_to_none=True)
            logits, state = job.model(batch.inputs, batch.state)
            batch.state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
            loss = cross_entropy(logits.flatten(0, 1), batch.targets.flatten())
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(job.model.parameters(), clip)
            job.optimizer.step()
            job.schedule.step()
        return time.perf_counter() - began

    def validate(self) -> float:
        """The loss over the validation part; returns the seconds it took."""
        model, loss, state = self.job.model, 0.0, None
        began = time.perf_counter()
        model.eval()
        with torch.no_grad():
            for batch in self.job.validation.epoch():
                logits, state = model(batch.inputs, state)
                loss += cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), reduction="sum").item()
        model.train()
        return time.perf_counter() - began


def endless(source: BatchSource) -> Iterator[Batch]:
    """Epoch after epoch."""
    for epoch in itertools.count():
        yield from source.epoch(epoch)


def measure() -> Section:
    """Both networks on Shakespeare, or without ``TRAINYARD_DATA`` on what comes with Python."""
    data = "tiny-shakespeare" if os.environ.get("TRAINYARD_DATA") else "python-docs"
    rows, checks = [], []
    for network in ("lstm", "char_rnn"):
        duel, tokens = trained(network, data)
        ratios, (ours, theirs) = duel.ratios(), duel.speeds()
        cells = (f"{network} on {data}", spread(ratios, 3), f"{ours * tokens:,.0f}", f"{theirs * tokens:,.0f}")
        rows.append((*cells, str(len(ratios))))
        checks.append(Check(f"{network} on {data}", statistics.median(ratios), LEAST, at_least=True))
    return Section("text_speed", "Training speed on text", HOW, HEADER, rows, checks, [])


def trained(network: str, data: str) -> tuple[Duel, int]:
    """One epoch, as the command line trains it; and the tokens of a step."""
    registry = discover("plugins", installed=False)
    config = run_config(registry.get("networks", network), data, epochs=1, device="cpu")
    bare = TokenLoop(prepare_job(registry, config, data_folders(), no_progress))
    duel = Duel(bare, STEPS)
    duel.join(registry)
    trainers: list[Trainer] = []
    launch = Launch(
        *(registry, config, data_folders(), RunStore(runs_folder()), Control()),
        *(lambda event: None, no_progress),
        ready=trainers.append,
    )
    ended = launch.run()
    if ended.state != "finished":
        raise RuntimeError(ended.error)
    check_same_weights(bare.job.model, trainers[0].job.model)
    return duel, next(bare.job.train.epoch()).targets.numel()
