"""What docs/plugins.md says is true: its examples work and add what it says, and it has all that there is."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import core.api
from core import hookspecs
from core.config import Config
from core.console.kernel import Kernel
from core.control import Control
from core.data import DataFolders
from core.events import Problem, RunEnded, RunStarted, StepsLogged, ViewComputed
from core.lessons import read_lesson_file
from core.registry import Registry
from core.run_config import run_config
from core.runs import RunStore
from core.views import BarChart, ImageGrid
from tests.core.tiny import Events, losses, no_progress
from tests.documents.conftest import EXAMPLES, HEADING, PLUGINS, PYTHON_BLOCK, ROOT, TEMPLATE, Example, text_of
from tests.lesson_trial import in_kernel, troubles

HOOKS = [name for name, hook in vars(hookspecs).items() if hasattr(hook, f"{hookspecs.PROJECT}_spec")]


@dataclass
class Trained:
    ended: RunEnded
    events: Events

    @property
    def views(self) -> dict[str, ViewComputed]:
        return {event.visualization: event for event in self.events.of(ViewComputed)}


@pytest.fixture
def train(registry: Registry, tmp_path: Path) -> Iterator[partial[Trained]]:
    yield partial(trained, registry, tmp_path)


def trained(
    registry: Registry, folder: Path, network: str, views: Mapping[str, Config] | Iterable[str] = (), **asked: object
) -> Trained:
    """A whole run as the command line and the window make it, on the processor; ``views``, perhaps with settings."""
    from core.launch import Launch
    from core.trainer import Trainer

    def look(trainer: Trainer) -> None:
        trainer.observer.wanted = frozenset(views)
        trainer.observer.settings = views if isinstance(views, Mapping) else {}

    events = Events()
    config = run_config(registry.get("networks", network), **{"device": "cpu", "threads": 1, "epochs": 2, **asked})
    folders, store = DataFolders((), folder / "data"), RunStore(folder / "runs")
    ended = Launch(registry, config, folders, store, Control(), events, no_progress, ready=look).run()
    assert ended.state == "finished", f"{ended.error}\n{ended.details}"
    assert events.of(Problem) == []
    return Trained(ended, events)


def loss_fell(run: Trained) -> bool:
    found = losses(run.events)
    return bool(found[-10:].mean() < 0.9 * found[:10].mean())


def test_no_example_has_a_problem(registry: Registry, folder: Path) -> None:
    assert [problem.details for problem in registry.problems] == []
    in_folder = {plugin.name for plugin in registry.plugins if plugin.source == "user folder" and plugin.enabled}
    assert in_folder == {path.stem for path in folder.glob("*.py")}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_each_example_adds_what_the_text_says(registry: Registry, example: Example) -> None:
    (plugin,) = (plugin for plugin in registry.plugins if plugin.name == Path(example.name).stem)
    assert sorted(plugin.provides) == sorted(example.adds)
    assert plugin.provides or "def make_callbacks" in example.source


@pytest.mark.parametrize("path", ["examples", "template"])
def test_what_people_will_copy_is_in_good_style(tmp_path: Path, path: str) -> None:
    sources = {e.name: e.source for e in EXAMPLES} if path == "examples" else {TEMPLATE.name: text_of(TEMPLATE)}
    for name, source in sources.items():
        (tmp_path / name).write_text(source, encoding="utf-8")
    for rule in (["check", "--quiet"], ["format", "--check", "--diff", "--quiet"]):
        command = [sys.executable, "-m", "ruff", *rule, "--config", str(ROOT / "pyproject.toml"), str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_network_example_learns_and_its_settings_reach_it(train: partial[Trained]) -> None:
    small, large = (train("mlp", epochs=1, network_settings={"hidden": hidden, "layers": 1}) for hidden in (8, 128))
    assert loss_fell(large)
    parameters = [run.events.of(RunStarted)[0].parameters for run in (small, large)]
    assert parameters == [1024 * hidden + hidden + hidden * 10 + 10 for hidden in (8, 128)]


def test_the_network_example_says_why_it_refuses_data(registry: Registry) -> None:
    network = registry.networks["mlp"]
    info = core.api.DataInfo((3, 1000, 1000), ("a", "b"))
    assert str(network.refuses(network.config(), info)).startswith("The perceptron takes at most 50,000 numbers")


def test_the_network_of_the_readme_learns(train: partial[Trained]) -> None:
    assert loss_fell(train("softmax"))


def test_the_template_learns_and_shows_its_view(train: partial[Trained]) -> None:
    run = train("my-network", views=("my-network-filters",))
    assert loss_fell(run)
    view = run.views["my-network-filters"].view
    assert isinstance(view, ImageGrid)
    assert view.images.shape == (8, 5, 5)


def test_the_data_set_example_is_drawn_once_and_learnt(train: partial[Trained], tmp_path: Path) -> None:
    asked = {"data": "figures", "data_settings": {"count": 300}, "epochs": 4}
    assert loss_fell(train("mlp", **asked))
    (file,) = (tmp_path / "data" / "figures").iterdir()
    assert file.name == "300.npz"
    before = file.stat().st_mtime_ns
    train("mlp", **{**asked, "epochs": 1})
    assert file.stat().st_mtime_ns == before


def test_the_optimizer_example_moves_every_weight_by_the_rate(registry: Registry, train: partial[Trained]) -> None:
    import torch

    spec = registry.optimizers["sign-sgd"]
    weights = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    weights.grad = torch.tensor([0.001, -50.0])
    spec.build([weights], spec.config(lr=0.5)).step()
    assert weights.tolist() == [0.5, 2.5]
    assert loss_fell(train("softmax", optimizer="sign-sgd"))


def test_the_schedule_example_rises_then_falls(train: partial[Trained]) -> None:
    run = train("softmax", schedule="inverse-root", schedule_settings={"warmup": 0.25}, optimizer_settings={"lr": 0.02})
    rates = np.concatenate([event.lr for event in run.events.of(StepsLogged)])
    top = int(rates.argmax())
    assert rates[top] == pytest.approx(0.02)
    assert top == pytest.approx(0.25 * len(rates), abs=1)
    assert (np.diff(rates[:top]) > 0).all()
    assert (np.diff(rates[top + 1 :]) < 0).all()


def test_the_visualization_examples_are_computed_for_any_network(train: partial[Trained]) -> None:
    ids = ("weight-sizes", "silence")
    for network in ("mlp", "lenet"):
        views = {id: event.view for id, event in train(network, ids, epochs=1).views.items()}
        assert views.keys() == set(ids)
        assert all(isinstance(view, BarChart) and np.isfinite(view.values).all() for view in views.values())
    assert views["weight-sizes"].labels == [f"{layer}.weight" for layer in ("conv1", "conv2", "fc1", "fc2", "fc3")]
    silent = dict(zip(views["silence"].labels, views["silence"].values, strict=True))
    assert silent["conv1"] < 1 < silent["relu1"]


def test_the_settings_of_the_visualization_example_reach_it(registry: Registry, train: partial[Trained]) -> None:
    chosen = registry.visualizations["weight-sizes"].config.model_validate({"biases": True})
    view = train("softmax", {"weight-sizes": chosen}, epochs=1).views["weight-sizes"].view
    assert isinstance(view, BarChart)
    assert view.labels == ["1.weight", "1.bias"]


def test_the_task_example_learns_with_its_own_data_and_network(train: partial[Trained]) -> None:
    run = train("counter", epochs=4)
    assert loss_fell(run)
    assert 0 <= float(str(run.ended.summary["test_accuracy"])) <= 1


def test_the_callback_example_writes_a_line_an_epoch(train: partial[Trained], folder: Path) -> None:
    run = train("softmax", epochs=3)
    with (folder / "epoch_table.csv").open(newline="", encoding="utf-8") as table:
        lines = [line for line in csv.reader(table) if line[0] == run.ended.run]
    assert [line[1:6] for line in lines] == [["softmax", "digits", "adamw", "0", str(epoch)] for epoch in (1, 2, 3)]
    assert float(lines[-1][-1]) == run.ended.summary["val_loss"]


def test_the_lesson_example_runs_and_its_task_is_right_with_its_solution_alone(registry: Registry) -> None:
    spec = registry.lessons["mean"]
    kernel = Kernel()
    try:
        assert list(troubles(read_lesson_file(spec.file, spec.id), registry, in_kernel(kernel))) == []
    finally:
        kernel.close()


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_section_with_an_example(hook: str) -> None:
    section = re.search(rf"^## {hook}\n(.*?)(?=^## |\Z)", text_of(PLUGINS), re.MULTILINE | re.DOTALL)
    assert section, f"docs/plugins.md has no section {hook}"
    assert any(f"def {hook}(" in block for block in PYTHON_BLOCK.findall(section[1]))


def test_no_section_is_about_a_hook_that_is_gone() -> None:
    named = {heading for heading in HEADING.findall(text_of(PLUGINS)) if re.fullmatch(r"(register|make)_\w+", heading)}
    assert named == set(HOOKS)


def test_the_table_of_plugins_md_has_every_public_name_once() -> None:
    table = text_of(PLUGINS).partition("## All that `core.api` has")[2]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == core.api.__all__
