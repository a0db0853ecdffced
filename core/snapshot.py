"""What a visualization is given: the model at a safe point, and the probe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.config import Config, ConfigT, NoSettings
from core.data import DataInfo
from core.events import TextSampled
from core.past_runs import PastRun
from core.run_config import RunConfig

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class Probe:
    """The few fixed samples that views look at.

    ``inputs``: as the network sees them, float32 N×C×H×W on the model's device. ``raw``: the same
    samples as uint8 arrays. ``targets``: int64, N.
    """

    inputs: Tensor
    raw: NDArray[np.uint8] | NDArray[np.uint16]
    targets: NDArray[np.int64]


@dataclass(frozen=True)
class RunSoFar:
    """What a view may know of the run besides its weights.

    ``validation``: the newest results on the validation split ("loss", "accuracy", ...), empty before the first
    epoch's end. ``samples``: the texts that the model wrote at the ends of the newest epochs, oldest first.
    ``earlier(data)``: the finished runs on the data set with that id, newest first.
    """

    id: str = ""
    config: RunConfig | None = None
    validation: Mapping[str, float] = field(default_factory=dict)
    samples: Sequence[TextSampled] = ()
    earlier: Callable[[str], Sequence[PastRun]] = lambda data: ()


@dataclass(frozen=True)
class Snapshot:
    """The model between two steps. Copy what you keep: the next step changes the weights in place.

    ``settings``: what was chosen for this view, of the type that its ``config`` names; see :meth:`chosen`.
    """

    model: nn.Module
    probe: Probe
    info: DataInfo
    step: int
    epoch: int
    settings: Config = field(default_factory=NoSettings)
    run: RunSoFar = field(default_factory=RunSoFar)

    def chosen(self, kind: type[ConfigT]) -> ConfigT:
        """The settings of this view as ``kind``, or its defaults where nothing was chosen."""
        return self.settings if isinstance(self.settings, kind) else kind()


def probe_indices(targets: NDArray[np.int64], count: int = 16) -> NDArray[np.int64]:
    """Indices of the first sample of each class, then of the second, and so on, ``count`` at most."""
    order = np.argsort(targets, kind="stable")
    classes, starts = np.unique(targets[order], return_index=True)
    sizes = np.diff(np.append(starts, len(targets)))
    ranks = np.concatenate([np.arange(size) for size in sizes]) if len(classes) else np.empty(0, np.int64)
    return order[np.lexsort((targets[order], ranks))][:count]
