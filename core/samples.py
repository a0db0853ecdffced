"""The pictures that a run was judged by, read out of the data that lie ready for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.data import DataError

if TYPE_CHECKING:
    from core.batches import BatchSource
    from core.job import Job

PARTS = {"val": "validation", "test": "test"}
"""The word for each part of the data that a model is judged by."""


def pictures_of(job: Job, part: str, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.uint8]:
    """The samples with these indices of ``part`` ("val" or "test"), uint8 len(rows)×C×H×W, as they were loaded.

    Data never change, so this may be called at any time, but off the GUI thread: they may lie on an accelerator, or
    on the disk.

    Raises:
        DataError: where the run has no such part, or its samples are not pictures.
    """
    import torch

    source: BatchSource | None = {"val": job.validation, "test": job.test}.get(part)
    inputs = getattr(source, "inputs", None)
    if not isinstance(inputs, torch.Tensor) or inputs.ndim != 4 or inputs.dtype != torch.uint8:
        raise DataError(f"The {PARTS.get(part, part)} part of this run holds no pictures that could be shown.")
    chosen = torch.as_tensor(np.asarray(rows, np.int64)).to(inputs.device)
    pixels: NDArray[np.uint8] = inputs.index_select(0, chosen).cpu().numpy()
    return pixels
