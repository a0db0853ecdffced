"""What is chosen for a view reaches its computation."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest

from core.api import Config, Heatmap, Snapshot, VisualizationSpec, setting
from core.events import ViewComputed
from core.spec_checks import PluginError, check_spec
from core.trainer import Trainer
from tests.core.tiny import Events, job, network, view


class Choice(Config):
    size: int = setting(3, "Size", minimum=1)
    kind: Literal["zeros", "ones"] = setting("zeros", "Kind")


def squares(snapshot: Snapshot) -> Heatmap:
    chosen = snapshot.chosen(Choice)
    return Heatmap(values=np.full((chosen.size, chosen.size), float(chosen.kind == "ones")))


def spec(**changes: Any) -> VisualizationSpec:
    return view("squares", squares, config=Choice, **changes)


def trainer() -> tuple[Trainer, Events]:
    events = Events()
    return Trainer(job(), emit=events, visualizations=[spec()]), events


def test_a_view_is_computed_with_its_defaults_until_something_is_chosen() -> None:
    found, events = trainer()
    found.observer.now(["squares"])
    found.observer.settings = {"squares": Choice(size=5, kind="ones")}
    found.observer.now(["squares"])
    shapes = [(event.view.values.shape, event.view.values.max()) for event in events.of(ViewComputed)]
    assert shapes == [((3, 3), 0.0), ((5, 5), 1.0)]


def test_settings_of_another_type_are_not_taken_for_ones_own() -> None:
    class Other(Config):
        size: str = "large"

    found, events = trainer()
    found.observer.settings = {"squares": Other()}
    found.observer.now(["squares"])
    assert events.of(ViewComputed)[0].view.values.shape == (3, 3)


def test_a_snapshot_tells_of_the_run_so_far() -> None:
    found, _ = trainer()
    before = found.snapshot().run
    assert (dict(before.validation), list(before.samples), list(before.earlier("dots"))) == ({}, [], [])
    found.fit()
    after = found.snapshot().run
    assert after.config == found.job.config
    assert {"loss", "accuracy"} <= set(after.validation)


def test_a_view_may_be_for_some_data_sets_alone() -> None:
    for_dots = spec(datasets=("dots",))
    assert for_dots.applies_to(network(), "dots")
    assert for_dots.applies_to(network())
    assert not for_dots.applies_to(network(), "digits")
    assert not for_dots.applies_to(network(id="other"), "dots")
    assert spec().applies_to(network(), "digits")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"config": dict}, "config must be a subclass of Config"),
        ({"datasets": "dots"}, "datasets must be a tuple of ids"),
        ({"datasets": (3,)}, "datasets must be a tuple of ids"),
    ],
)
def test_a_careless_spec_is_named(changes: dict[str, Any], fault: str) -> None:
    settings = {"task": None, "config": Choice, **changes}
    with pytest.raises(PluginError, match=fault):
        check_spec(VisualizationSpec("squares", "Squares", squares, **settings))
