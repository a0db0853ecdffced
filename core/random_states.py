"""The state of all random numbers, so that a resumed run draws those that it would have drawn."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch


def random_states(device: torch.device) -> dict[str, Any]:
    """Those of Python, NumPy and torch, on the processor and on ``device``, as ``weights_only=True`` reads them."""
    kind, keys, position, has_gauss, cached = np.random.get_state()
    states = {
        "torch": torch.get_rng_state(),
        "python": random.getstate(),
        "numpy": (kind, torch.from_numpy(np.asarray(keys, np.int64)), position, has_gauss, cached),
    }
    if device.type == "cuda":
        states["device"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        states["device"] = torch.mps.get_rng_state()
    return states


def set_random_states(states: dict[str, Any], device: torch.device) -> None:
    """Put back what :func:`random_states` returned; on another kind of device, its own numbers stay as they are."""
    torch.set_rng_state(states["torch"])
    version, numbers, gauss = states["python"]
    random.setstate((version, tuple(numbers), gauss))
    kind, keys, position, has_gauss, cached = states["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), position, has_gauss, cached))
    found = states.get("device")
    if found is not None and device.type == "cuda":
        torch.cuda.set_rng_state(found, device)
    elif found is not None and device.type == "mps":
        torch.mps.set_rng_state(found)
