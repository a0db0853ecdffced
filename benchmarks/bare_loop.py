"""The rival of the trainer: the loop that a tutorial writes, and nothing else."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import TypeAlias

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from core.batches import Batches
from core.job import Job

Pairs: TypeAlias = Iterator[tuple[Tensor, Tensor]]


class BareLoop:
    """Trains a job's model with its optimizer and schedule: no log, no metric, no safe point, no record."""

    def __init__(self, job: Job, pairs: Pairs) -> None:
        self.job = job
        self._pairs = pairs
        job.model.train()

    def train(self, steps: int) -> float:
        """Take so many steps; returns the seconds they took."""
        model, optimizer, schedule, pairs = self.job.model, self.job.optimizer, self.job.schedule, self._pairs
        began = time.perf_counter()
        for inputs, targets in itertools.islice(pairs, steps):
            optimizer.zero_grad(set_to_none=True)
            loss = cross_entropy(model(inputs), targets)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
        return time.perf_counter() - began

    def validate(self) -> float:
        """Loss and accuracy over the validation split; returns the seconds it took."""
        model = self.job.model
        loss, right, count = 0.0, 0.0, 0
        began = time.perf_counter()
        model.eval()
        with torch.no_grad():
            for batch in self.job.validation.epoch():
                outputs = model(batch.inputs)
                loss += cross_entropy(outputs, batch.targets, reduction="sum").item()
                right += (outputs.argmax(1) == batch.targets).sum().item()
                count += len(batch.targets)
        model.train()
        return time.perf_counter() - began


def same_batches(batches: Batches) -> Pairs:
    """Exactly the batches that the trainer gets, epoch after epoch."""
    for epoch in itertools.count():
        for batch in batches.epoch(epoch):
            yield batch.inputs, batch.targets


def data_loader(batches: Batches) -> Pairs:
    """The same samples, normalised once, from torch's own loader: in this process, shuffled anew each epoch."""
    inputs = batches.inputs.to(torch.float32).div_(255).sub_(batches.mean).div_(batches.std)
    loader = DataLoader(TensorDataset(inputs, batches.targets), batch_size=batches.batch_size, shuffle=True)
    while True:
        yield from ((inputs, targets) for inputs, targets in loader)
