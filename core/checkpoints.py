"""Checkpoints: the weights as safetensors, and beside them all that a resumed run needs."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from core.files import write_whole

WEIGHTS = "weights.safetensors"
STATE = "state.pt"
NAME = re.compile(r"step-(\d{12})")


def save_checkpoint(folder: Path, step: int, weights: dict[str, Tensor], state: dict[str, Any]) -> Path:
    """Write one checkpoint below ``folder``; it appears under its name only when it is complete.

    ``weights``: the model's state_dict. ``state``: whatever ``torch.load(weights_only=True)`` reads back.
    Older checkpoints are removed afterwards.
    """
    path = folder / f"step-{step:012d}"
    part, before = folder / f"{path.name}.part", folder / f"{path.name}.before"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        _write(part, step, weights, state)
        if path.exists():  # saved at the same step again, say at a pause and at the stop that follows it
            path.replace(before)
        part.replace(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)  # a disk that is full should not be filled further
        shutil.rmtree(before, ignore_errors=True)
    for older in checkpoints(folder)[:-1]:
        shutil.rmtree(older, ignore_errors=True)
    return path


def _write(part: Path, step: int, weights: dict[str, Tensor], state: dict[str, Any]) -> None:
    # Cloned one by one: safetensors refuses tensors that share memory, as tied weights do.
    tensors = {
        name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format) for name, tensor in weights.items()
    }
    write_whole(part / WEIGHTS, save(tensors, metadata={"format": "pt", "step": str(step)}))
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_whole(part / STATE, buffer.getvalue())


def checkpoints(folder: Path) -> list[Path]:
    """The complete checkpoints below ``folder``, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and path.is_dir())


def step_of(checkpoint: Path) -> int:
    """After how many steps that checkpoint was taken."""
    match = NAME.fullmatch(checkpoint.name)
    return int(match.group(1)) if match else 0


def load_weights(checkpoint: Path) -> dict[str, Tensor]:
    """The state_dict in a checkpoint, on the CPU."""
    weights: dict[str, Tensor] = load_file(checkpoint / WEIGHTS)
    return weights


def load_state(checkpoint: Path) -> dict[str, Any]:
    """Optimizer, schedule, random state and position; reading it runs no code from the file."""
    state: dict[str, Any] = torch.load(checkpoint / STATE, weights_only=True, map_location="cpu")
    return state
