"""What a run left on disk, to be compared bit for bit with what another one left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.checkpoints import best_checkpoint, checkpoints, load_state, load_weights
from core.runs import Run

TOLD_ONCE = ("StepsLogged", "EpochEnded", "TextSampled", "SettingChanged")
TIMES = ("time", "steps_per_second", "eta", "seconds", "run")


def lines(run: Run, *kinds: str) -> list[dict[str, Any]]:
    """The events of those kinds (none named: all), each line whole."""
    text = (run.folder / "events.jsonl").read_text("utf-8")
    assert text.endswith("\n") or not text, "the record ends in half a line"
    found = [json.loads(line) for line in text.splitlines()]
    return [line for line in found if not kinds or line["event"] in kinds]


def column(run: Run, name: str = "loss") -> list[float]:
    """One number a step, each step once and in its turn."""
    values: list[float] = []
    for line in lines(run, "StepsLogged"):
        assert line["first_step"] == len(values) + 1, "a step is told twice, or not at all"
        values += line["lr"] if name == "lr" else line["metrics"][name]
    return values


def told(run: Run) -> list[dict[str, Any]]:
    """All else that must be the same, without what depends on the clock."""
    kinds = [kind for kind in TOLD_ONCE if kind != "StepsLogged"]
    return [{key: value for key, value in line.items() if key not in TIMES} for line in lines(run, *kinds)]


def same(first: Any, second: Any) -> bool:
    """Bit for bit, whatever is inside of what."""
    if isinstance(first, Tensor):
        return isinstance(second, Tensor) and first.dtype == second.dtype and torch.equal(first, second)
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(same, first, second))
    return bool(first == second)


def state(run: Run) -> dict[str, Any]:
    """What the last checkpoint says, without what depends on the clock."""
    found = load_state(checkpoints(run.checkpoints)[-1])
    return {name: value for name, value in found.items() if name not in ("seconds", "events")}


def differences(run: Run, other: Run) -> list[str]:
    """In what two runs differ; empty where both came to the same."""
    pairs = {
        "losses": (column(run), column(other)),
        "learning rates": (column(run, "lr"), column(other, "lr")),
        "epochs": (told(run), told(other)),
        "weights": (
            load_weights(checkpoints(run.checkpoints)[-1]),
            load_weights(checkpoints(other.checkpoints)[-1]),
        ),
        "best weights": (_best(run), _best(other)),
        "results": (_result(run), _result(other)),
    }
    ours, theirs = state(run), state(other)
    pairs |= {f"state: {name}": (ours.get(name), theirs.get(name)) for name in sorted({*ours, *theirs})}
    return [name for name, (first, second) in pairs.items() if not same(first, second)]


def _best(run: Run) -> dict[str, Tensor]:
    path = best_checkpoint(run.checkpoints)
    return load_weights(path) if path else {}


def _result(run: Run) -> dict[str, Any]:
    found = json.loads((run.folder / "result.json").read_text("utf-8"))
    return {name: value for name, value in found.items() if name not in (*TIMES, "steps_per_second")}


def only_run(folder: Path) -> Run:
    """The one run below a folder of runs."""
    (found,) = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return Run(found)
