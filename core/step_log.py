"""Every step's numbers, kept on the device and read back a few times a second."""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import Tensor

from core.events import StepsLogged

FLUSH_EVERY_S = 0.033


class StepLog:
    """Collects scalars that still lie on the device; reading them one by one would make it wait at each step."""

    def __init__(self, total_steps: int) -> None:
        self.total_steps = total_steps
        self.first_step = 1
        self.steps_per_second = 0.0
        self._losses: list[Tensor] = []
        self._sums: dict[str, list[Tensor]] = {}
        self._sizes: list[int] = []
        self._rates: list[float] = []
        self._since = time.perf_counter()

    def start_at(self, step: int) -> None:
        """The next step added is number ``step``, and the clock of the throughput starts now."""
        self.first_step = step
        self._since = time.perf_counter()

    def add(self, loss: Tensor, sums: dict[str, Tensor], size: int, rate: float) -> None:
        """One step: its mean loss, its metrics summed over ``size`` samples, its learning rate."""
        self._losses.append(loss)
        for name, value in sums.items():
            self._sums.setdefault(name, []).append(value)
        self._sizes.append(size)
        self._rates.append(rate)

    def leave_out(self, seconds: float) -> None:
        """So much of the time since then was no training."""
        self._since += seconds

    @property
    def due(self) -> bool:
        """Whether it is time to read back."""
        return time.perf_counter() - self._since >= FLUSH_EVERY_S

    def flush(self) -> StepsLogged | None:
        """What was added since the last call, read back in one go, or None if nothing was."""
        if not self._losses:
            return None
        sizes = np.asarray(self._sizes, np.float32)
        metrics = {"loss": _read(self._losses)}
        metrics |= {name: _read(values) / sizes for name, values in self._sums.items()}
        count = len(self._losses)
        now = time.perf_counter()
        rate = count / max(now - self._since, 1e-9)
        self.steps_per_second = rate if not self.steps_per_second else 0.9 * self.steps_per_second + 0.1 * rate
        to_go = self.total_steps - (self.first_step + count - 1)
        event = StepsLogged(
            *(self.first_step, metrics, np.asarray(self._rates, np.float32)),
            *(self.steps_per_second, to_go / self.steps_per_second),
        )
        self._clear(self.first_step + count, now)
        return event

    def _clear(self, next_step: int, now: float) -> None:
        self.first_step = next_step
        self._since = now
        self._losses, self._sums, self._sizes, self._rates = [], {}, [], []


def _read(values: list[Tensor]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    read: np.ndarray[tuple[int], np.dtype[np.float32]] = torch.stack(values).to("cpu", torch.float32).numpy()
    return read
