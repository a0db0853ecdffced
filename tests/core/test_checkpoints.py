from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from core import checkpoints as module
from core.checkpoints import (
    STATE,
    WEIGHTS,
    best_checkpoint,
    checkpoints,
    kept_checkpoint,
    load_state,
    load_weights,
    save_checkpoint,
    step_of,
)
from core.runs import Run

WEIGHT = {"a.weight": torch.arange(6, dtype=torch.float32).view(2, 3), "a.count": torch.tensor(3)}


def full(*_: Any) -> None:
    raise OSError(28, "No space left on device")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_weights_and_state_are_read_back_as_they_were(tmp_path: Path) -> None:
    state = {"step": 7, "rates": [0.1, float("inf")], "random": torch.get_rng_state(), "nested": {"x": (1, None)}}
    path = save_checkpoint(tmp_path, 7, WEIGHT, state)
    assert step_of(path) == 7
    weights, found = load_weights(path), load_state(path)
    assert weights.keys() == WEIGHT.keys()
    assert all(torch.equal(weights[name], WEIGHT[name]) for name in WEIGHT)
    assert torch.equal(found.pop("random"), state.pop("random"))  # type: ignore[arg-type]
    assert found == state


def test_only_the_newest_is_kept_and_only_when_it_is_complete(tmp_path: Path) -> None:
    for step in (5, 40, 300):
        save_checkpoint(tmp_path, step, WEIGHT, {})
        assert [step_of(path) for path in checkpoints(tmp_path)] == [step]
    assert names(tmp_path) == ["step-000000000300"]


@pytest.mark.parametrize("failing", [WEIGHTS, STATE])
def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    save_checkpoint(tmp_path, 1, WEIGHT, {"step": 1})
    write = module.write_whole
    monkeypatch.setattr(
        module, "write_whole", lambda path, content: (full if path.name == failing else write)(path, content)
    )
    for step in (1, 2, 3):
        with pytest.raises(OSError, match="No space"):
            save_checkpoint(tmp_path, step, WEIGHT, {})
    assert names(tmp_path) == ["step-000000000001"]
    assert load_state(checkpoints(tmp_path)[0]) == {"step": 1}


def test_a_checkpoint_of_the_same_step_replaces_the_one_before(tmp_path: Path) -> None:
    for version in range(12):
        path = save_checkpoint(tmp_path, 1, WEIGHT, {"version": version})
        assert load_state(path) == {"version": version}
        assert checkpoints(tmp_path) == [path]
        assert step_of(path) == 1
        assert names(tmp_path) == [path.name]


def test_of_several_of_one_step_the_newest_is_the_last_one(tmp_path: Path) -> None:
    for name in ("step-000000000001", "step-000000000001-2", "step-000000000001-10", "step-000000000000-99"):
        (tmp_path / name).mkdir()
    assert [path.name for path in checkpoints(tmp_path)][-2:] == ["step-000000000001-2", "step-000000000001-10"]


def test_the_best_weights_lie_beside_the_last_ones_until_there_are_better_ones(tmp_path: Path) -> None:
    better = {name: tensor + 1 for name, tensor in WEIGHT.items()}
    save_checkpoint(tmp_path, 10, WEIGHT, {}, (5, WEIGHT))
    assert names(tmp_path) == ["best-000000000005", "step-000000000010"]
    before = (tmp_path / "best-000000000005" / WEIGHTS).stat().st_mtime_ns
    save_checkpoint(tmp_path, 20, WEIGHT, {}, (5, WEIGHT))
    assert (tmp_path / "best-000000000005" / WEIGHTS).stat().st_mtime_ns == before, "it was written again"
    save_checkpoint(tmp_path, 30, WEIGHT, {}, (30, better))
    assert names(tmp_path) == ["best-000000000030", "step-000000000030"]
    best = best_checkpoint(tmp_path)
    assert best and torch.equal(load_weights(best)["a.weight"], better["a.weight"])
    assert (step_of(best), best_checkpoint(tmp_path, 5)) == (30, None)


@pytest.mark.parametrize(
    ("result", "kept"),
    [
        (None, "step-000000000009"),
        ({"state": "stopped", "kept": "last"}, "step-000000000009"),
        ({"state": "stopped", "kept": "best", "best_step": 4}, "best-000000000004"),
        ({"state": "stopped", "kept": "best", "best_step": 5}, "step-000000000009"),
        ({"state": "stopped", "kept": "best", "best_step": "../../x"}, "best-000000000004"),
        ([1, 2], "step-000000000009"),
    ],
)
def test_the_result_says_which_weights_count(tmp_path: Path, result: Any, kept: str) -> None:
    run = Run(tmp_path)
    save_checkpoint(run.checkpoints, 9, WEIGHT, {}, (4, WEIGHT))
    if result is not None:
        (tmp_path / "result.json").write_text(json.dumps(result))
    found = kept_checkpoint(run)
    assert found and found.name == kept


def test_a_run_that_kept_nothing_has_no_weights(tmp_path: Path) -> None:
    assert kept_checkpoint(Run(tmp_path)) is None


def test_the_folder_of_a_run_that_is_gone_does_not_come_back(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        save_checkpoint(tmp_path / "run" / "checkpoints", 1, WEIGHT, {})
    assert names(tmp_path) == []


def test_what_a_crash_left_half_written_is_no_checkpoint_and_in_nobodys_way(tmp_path: Path) -> None:
    part = tmp_path / "step-000000000009.part"
    part.mkdir()
    (part / WEIGHTS).write_bytes(b"half")
    (tmp_path / "step-000000000010").touch()
    (tmp_path / "step-x").mkdir()
    assert checkpoints(tmp_path) == []
    assert load_weights(save_checkpoint(tmp_path, 9, WEIGHT, {})).keys() == WEIGHT.keys()
    assert not part.exists()


def test_there_are_none_where_there_is_no_folder(tmp_path: Path) -> None:
    assert checkpoints(tmp_path / "nothing") == []


def odd_weights() -> dict[str, dict[str, Tensor]]:
    tied = torch.randn(3, 3)
    base = torch.randn(4, 6)
    return {
        "tied": {"in": tied, "out": tied},
        "views of one tensor": {"left": base[:, :3], "right": base[:, 3:]},
        "transposed": {"w": base.t()},
        "channels last": {"w": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)},
        "empty": {"w": torch.empty(0, 3)},
        "with gradients": {"w": torch.randn(2, 2, requires_grad=True)},
        "half": {"w": torch.randn(2, 2).half(), "b": torch.tensor([True, False])},
        "none": {},
    }


@pytest.mark.parametrize("kind", odd_weights())
def test_weights_of_any_kind_can_be_kept(tmp_path: Path, kind: str) -> None:
    weights = odd_weights()[kind]
    found = load_weights(save_checkpoint(tmp_path, 1, weights, {}))
    assert found.keys() == weights.keys()
    assert all(torch.equal(found[name], weights[name]) for name in weights)


class Attack:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("how", ["torch", "pickle"])
def test_a_malicious_state_is_refused_and_nothing_of_it_runs(tmp_path: Path, how: str) -> None:
    path, target = save_checkpoint(tmp_path, 1, WEIGHT, {}), tmp_path / "attacked"
    if how == "torch":
        torch.save({"step": Attack(target)}, path / STATE)
    else:
        (path / STATE).write_bytes(pickle.dumps(Attack(target), protocol=2))
    with pytest.raises((pickle.UnpicklingError, RuntimeError)):
        load_state(path)
    assert not target.exists()
