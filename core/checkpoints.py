"""Checkpoints: the weights as safetensors, and beside them all that a resumed run needs."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from core.files import read_json, sync_folder, write_whole
from core.runs import RESULT, Run

WEIGHTS = "weights.safetensors"
STATE = "state.pt"
NAME = re.compile(r"step-(\d{12})(?:-(\d+))?")
BEST = re.compile(r"best-(\d{12})")
PART = ".part"


def save_checkpoint(
    folder: Path,
    step: int,
    weights: Mapping[str, Tensor],
    state: Mapping[str, Any],
    best: tuple[int, Mapping[str, Tensor]] | None = None,
) -> Path:
    """Write one checkpoint below ``folder``; it appears under its name only when it is complete.

    ``weights``: the model's state_dict. ``state``: whatever ``torch.load(weights_only=True)`` reads back.
    ``best``: step and weights of the run's best epoch so far, which are written beside it where they are not there.
    What they replace is removed afterwards; a process that dies on the way leaves the checkpoint before.

    Raises:
        OSError: where the disk takes no more, or the run's folder is gone.
    """
    folder.mkdir(exist_ok=True)  # without its parents: a run's folder that was deleted shall not come back empty
    for litter in folder.glob(f"*{PART}"):
        shutil.rmtree(litter, ignore_errors=True)
    chosen = _best_name(best[0]) if best else ""
    if best and not (folder / chosen).is_dir():
        _place(folder / chosen, {WEIGHTS: _weights_file(best[0], best[1])})
    path = _free_name(folder, step)
    _place(path, {WEIGHTS: _weights_file(step, weights), STATE: _state_file(state)})
    remove_all_but(folder, {path.name, chosen})
    return path


def remove_all_but(folder: Path, names: set[str]) -> None:
    """Remove the checkpoints below ``folder`` that go by other names, the last ones and the best ones."""
    for path in (*checkpoints(folder), *_best_checkpoints(folder)):
        if path.name not in names:
            _remove(path)


def _place(path: Path, files: Mapping[str, bytes]) -> None:
    part = path.with_name(path.name + PART)
    part.mkdir()
    try:
        for name, content in files.items():
            write_whole(part / name, content)
        sync_folder(part)
        part.replace(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)  # a disk that is full should not be filled further
    sync_folder(path.parent)


def _free_name(folder: Path, step: int) -> Path:
    """One that nobody has: at a pause and at the stop that follows it, say, checkpoints are of the same step."""
    name = f"step-{step:012d}"
    taken = [_order(path)[1] for path in checkpoints(folder) if step_of(path) == step]
    return folder / (f"{name}-{max(taken) + 1}" if taken else name)


def _remove(path: Path) -> None:
    part = path.with_name(path.name + PART)
    with suppress(OSError):
        path.replace(part)  # it goes at once, or not at all
    shutil.rmtree(part, ignore_errors=True)


def _weights_file(step: int, weights: Mapping[str, Tensor]) -> bytes:
    # Cloned one by one: safetensors refuses tensors that share memory, as tied weights do.
    tensors = {
        name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format) for name, tensor in weights.items()
    }
    content: bytes = save(tensors, metadata={"format": "pt", "step": str(step)})
    return content


def _state_file(state: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    torch.save(dict(state), buffer)
    return buffer.getvalue()


def _best_name(step: int) -> str:
    return f"best-{step:012d}"


def _order(path: Path) -> tuple[int, int]:
    match = NAME.fullmatch(path.name)
    return (int(match[1]), int(match[2] or 0)) if match else (0, 0)


def checkpoints(folder: Path) -> list[Path]:
    """The complete checkpoints below ``folder`` that a run can be resumed from, oldest first."""
    return sorted(_folders(folder, NAME), key=_order)


def _best_checkpoints(folder: Path) -> list[Path]:
    return sorted(_folders(folder, BEST))


def _folders(folder: Path, name: re.Pattern[str]) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if name.fullmatch(path.name) and path.is_dir()]


def best_checkpoint(folder: Path, step: int | None = None) -> Path | None:
    """The weights of the best epoch (without what else a resumed run needs): those after ``step`` steps, or any."""
    found = _best_checkpoints(folder)
    if step is not None:
        found = [path for path in found if step_of(path) == step]
    return found[-1] if found else None


def kept_checkpoint(run: Run) -> Path | None:
    """The weights that count as the run's: its last ones, or its best where it was ended so; None: it kept none."""
    result = read_json(run.folder / RESULT)
    if isinstance(result, dict) and result.get("kept") == "best":
        step = result.get("best_step")
        best = best_checkpoint(run.checkpoints, step if isinstance(step, int) else None)
        if best:
            return best
    found = checkpoints(run.checkpoints)
    return found[-1] if found else None


def step_of(checkpoint: Path) -> int:
    """After how many steps that checkpoint was taken."""
    match = NAME.fullmatch(checkpoint.name) or BEST.fullmatch(checkpoint.name)
    return int(match[1]) if match else 0


def load_weights(checkpoint: Path) -> dict[str, Tensor]:
    """The state_dict in a checkpoint, on the CPU."""
    weights: dict[str, Tensor] = load_file(checkpoint / WEIGHTS)
    return weights


def load_state(checkpoint: Path) -> dict[str, Any]:
    """Optimizer, schedule, random state and position; reading it runs no code from the file."""
    state: dict[str, Any] = torch.load(checkpoint / STATE, weights_only=True, map_location="cpu")
    return state
