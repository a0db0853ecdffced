"""What this machine can compute on."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext

import torch

from core.config import ConfigError


def devices() -> dict[str, str]:
    """Device name -> title, the fastest kind first: ``{"cuda:0": "NVIDIA ...", "cpu": "Processor"}``."""
    found = {f"cuda:{index}": torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())}
    if torch.backends.mps.is_available():
        found["mps"] = "Apple GPU"
    return {**found, "cpu": f"Processor ({os.cpu_count()} cores)"}


def resolve_device(asked: str) -> torch.device:
    """The device for "auto", "cpu", "cuda", "cuda:1" or "mps".

    Raises:
        ConfigError: where this machine has no such device.
    """
    present = devices()
    if asked == "auto":
        # A tiny network is quicker on the processor, but a GPU is what its owner expects to be used.
        return torch.device(next(iter(present)))
    name = "cuda:0" if asked == "cuda" else asked
    if name not in present:
        raise ConfigError(f"This machine has no device {asked!r}; it has: {', '.join(present)}.")
    return torch.device(name)


def use_threads(asked: int) -> int:
    """Set torch's processor threads: ``asked``, or where that is 0 all cores but one. Returns their number.

    The core that is left keeps the window quick and the arithmetic from waiting for a thread that another program has
    pushed aside; and since the command line leaves it, too, a run of one repeats a run of the other.
    """
    count = asked or max(1, (os.cpu_count() or 1) - 1)
    torch.set_num_threads(count)
    return count


def arithmetic(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """The context, to be entered as often as one likes, in which layers compute with that precision."""
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


def synchronize(device: torch.device) -> None:
    """Wait until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
