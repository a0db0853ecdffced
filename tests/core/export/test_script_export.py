from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.checkpoints import checkpoints, load_weights
from core.control import Control
from core.events import EpochEnded, Event, StepsLogged
from core.export.request import CannotExport
from core.launch import Launch
from core.registry import Registry
from core.runs import Run, RunStore
from core.trainer import Trainer
from core.weights_files import beginning_with, save_weights
from tests.core import tiny
from tests.core.export.export_runs import BUILT_IN, exported, last_logged, trained


def run_scripts(folders: list[Path]) -> list[dict[str, Any]]:
    """What the scripts say when they are run where nothing of ours can be imported, one after the other."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    code = (
        "import runpy, sys\nfor folder in sys.argv[1:]:\n    sys.argv = ['train.py', folder + '/model.pth']\n"
        "    runpy.run_path(folder + '/train.py', run_name='__main__')\nassert 'core' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, *map(str, folders)],
        **{"cwd": folders[0], "env": environment, "capture_output": True, "text": True, "check": False},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


class Gate(nn.Module):
    """A layer with a weight of its own."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.strength = nn.Parameter(torch.ones(size))
        self.mix = nn.Linear(size, size, bias=False)

    def forward(self, inputs: Tensor) -> Tensor:
        return squashed(self.mix(inputs)) * self.strength[: self.size]


def squashed(inputs: Tensor) -> Tensor:
    return inputs.tanh() * STEEPNESS


STEEPNESS = 1.5


class Tied(nn.Module):
    """Two layers with the same weights."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Flatten(), nn.Linear(64, 12), Gate(12), Gate(12)])
        self.head = nn.Linear(12, 3)
        self.layers[3].mix.weight = self.layers[2].mix.weight
        self.drop = nn.Dropout(0.1)

    def forward(self, inputs: Tensor) -> Tensor:
        for layer in self.layers:
            inputs = layer(inputs)
        logits: Tensor = self.head(self.drop(inputs))
        return logits


def registry_of(network: type[nn.Module]) -> Registry:
    return tiny.registry(networks=(tiny.network(build=lambda config, info: network()),))


def lenet(folder: Path) -> tuple[Run, Registry]:
    return trained(folder, BUILT_IN, "lenet"), BUILT_IN


def other_settings(folder: Path) -> tuple[Run, Registry]:
    settings = {"optimizer": "sgd", "schedule": "cosine", "precision": "bfloat16", "gradient_clip": 0.5}
    return trained(folder, BUILT_IN, "lenet", "digits", **settings), BUILT_IN


def residual(folder: Path) -> tuple[Run, Registry]:
    """With batch normalisation, classes of its own, and channels beside each other in memory."""
    return trained(folder, BUILT_IN, "cifar_resnet", "digits", batch_size=512), BUILT_IN


def plateau(folder: Path) -> tuple[Run, Registry]:
    return trained(folder, BUILT_IN, "char_rnn", "hello", epochs=2, schedule="plateau"), BUILT_IN


def sequences(folder: Path) -> tuple[Run, Registry]:
    network = {"layers": 2, "dropout": 0.3, "hidden": 8}
    return trained(folder, BUILT_IN, "lstm", "long-memory", network_settings=network, batch_size=256), BUILT_IN


def text(folder: Path) -> tuple[Run, Registry]:
    """Read in windows, the state carried from one to the next."""
    folder.mkdir()
    path = folder / "text.txt"
    path.write_text("the cat sat on the mat; the dog lay by the log.\n" * 60)
    network = {"hidden": 8, "layers": 2, "dropout": 0.2, "embedding": 4}
    settings = {"data_settings": {"path": str(path), "window": 16}, "network_settings": network}
    return trained(folder, BUILT_IN, "lstm", "text-file", **settings), BUILT_IN


class Frozen(Tied):
    """Most of it comes from the class that it is made of; its first layer is not trained."""

    def __init__(self) -> None:
        super().__init__()
        self.layers[1].requires_grad_(False)

    def train(self, mode: bool = True) -> Frozen:
        super().train(mode)
        return self


def frozen(folder: Path) -> tuple[Run, Registry]:
    found = registry_of(Frozen)
    return trained(folder, found, "tiny"), found


def tied(folder: Path) -> tuple[Run, Registry]:
    found = registry_of(Tied)
    return trained(folder, found, "tiny"), found


def launched(folder: Path, found: Registry, ready: Any, emit: Any = lambda event: None, **control: Any) -> Run:
    store = RunStore(folder)
    asked = (found, tiny.config(found), tiny.NOWHERE, store, control.get("control", Control()), emit, tiny.no_progress)
    return store.find(Launch(*asked, ready=ready).run().run)


def first_weights(folder: Path) -> tuple[Run, Registry]:
    """Begun with the weights in a file, which is gone when the run is exported."""
    found, path = tiny.registry(), folder.with_suffix(".pth")
    save_weights(path, tiny.build(None, tiny.bundle().info).state_dict(), {})
    ready = beginning_with(path)
    path.unlink()
    return launched(folder, found, ready), found


def changed(folder: Path) -> tuple[Run, Registry]:
    """The rate was changed on the way, and the run was stopped in its third epoch."""
    found, control, trainers = tiny.registry(), Control(), list[Trainer]()

    def follow(event: Event) -> None:
        if isinstance(event, StepsLogged) and event.first_step == 1:
            control.at_safe_point(lambda: trainers[0].change("lr", 0.05))
        elif isinstance(event, EpochEnded) and event.epoch == 2:
            control.stop()

    return launched(folder, found, trainers.append, follow, control=control), found


CASES = {
    case.__name__: case
    for case in (lenet, other_settings, residual, plateau, sequences, text, tied, frozen, first_weights, changed)
}
Retrained = dict[str, tuple[Run, Path, dict[str, Any]]]


@pytest.fixture(scope="module")
def retrained(tmp_path_factory: pytest.TempPathFactory) -> Retrained:
    """Name of the case -> its run, the folder with the script, and what the script said; all in one process."""
    base = tmp_path_factory.mktemp("scripts")
    runs = {name: case(base / f"{name} runs") for name, case in CASES.items()}
    folders = {name: exported(run, found, "script", base / name) for name, (run, found) in runs.items()}
    said = dict(zip(folders, run_scripts(list(folders.values())), strict=True))
    return {name: (run, folders[name], said[name]) for name, (run, _) in runs.items()}


@pytest.mark.parametrize("case", CASES)
def test_the_script_trains_the_run_again_bit_for_bit(retrained: Retrained, case: str) -> None:
    run, folder, found = retrained[case]
    kept = json.loads((run.folder / "result.json").read_text())
    assert found["last_loss"] == last_logged(run)
    assert found["steps"] == kept["steps"]
    theirs = torch.load(folder / "model.pth", weights_only=True)
    ours = load_weights(checkpoints(run.checkpoints)[-1])
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    if kept["state"] == "finished":
        for name in ("val_loss", "val_accuracy", "test_loss", "test_accuracy"):
            assert found.get(name) == kept.get(name), name


def test_the_script_of_lenet_is_readable_and_needs_its_seed_alone(retrained: Retrained) -> None:
    _, folder, _ = retrained["lenet"]
    assert sorted(path.name for path in folder.iterdir()) == ["data.npz", "model.pth", "train.py"]
    script = (folder / "train.py").read_text()
    assert "        conv1=nn.Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1)),\n" in script
    assert "augmentations=AUGMENTATIONS" in script


def test_a_class_of_ones_own_is_written_once_after_what_it_needs(retrained: Retrained) -> None:
    script = (retrained["tied"][1] / "train.py").read_text()
    assert script.count("class Gate(Part):") == 1
    assert script.index("STEEPNESS = 1.5") < script.index("class Gate")
    assert "model.layers[3].mix.weight = model.layers[2].mix.weight" in script


def test_a_run_that_was_stopped_is_repeated_to_where_it_was(retrained: Retrained) -> None:
    run, folder, found = retrained["changed"]
    assert json.loads((run.folder / "result.json").read_text())["state"] == "stopped"
    assert 14 <= found["steps"] < 21
    assert "CHANGES = {" in (folder / "train.py").read_text()


class Picky(nn.Module):
    """Keeps a function, whose source nobody knows."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(64, 3)
        self.squash = lambda x: x

    def forward(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.layer(self.squash(inputs.flatten(1)))
        return logits


class Buffered(nn.Module):
    """Keeps numbers that no seed gives."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(64, 3)
        self.register_buffer("mask", torch.ones(3), persistent=False)

    def forward(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.layer(inputs.flatten(1)) * self.mask
        return logits


@pytest.mark.parametrize(("network", "words"), [(Picky, "squash"), (Buffered, "buffers")])
def test_what_cannot_be_written_out_is_said_and_nothing_is_left(
    tmp_path: Path, network: type[nn.Module], words: str
) -> None:
    found = registry_of(network)
    run = trained(tmp_path / "runs", found, "tiny")
    with pytest.raises(CannotExport, match=words):
        exported(run, found, "script", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_the_export_leaves_chance_as_it_was(tmp_path: Path) -> None:
    run = trained(tmp_path / "runs", BUILT_IN, "lenet")
    before, numbers = torch.get_rng_state(), np.random.get_state()[1].copy()
    exported(run, BUILT_IN, "script", tmp_path / "out")
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(np.random.get_state()[1], numbers)
