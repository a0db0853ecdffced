"""A plugin that fails takes nothing else down, and is named with its traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.api import Cadence, Callback, Config, LessonSpec, OptimizerSpec, ScheduleSpec, TaskSpec, hookimpl, setting
from core.registry import Registry, UnknownId
from core.run_config import RunConfig
from tests.core.tiny import dataset, network, plugin, registry, view


class NoRate(Config):
    momentum: float = setting(0.9, "Momentum")


class BadDefault(Config):
    lr: float = setting(0.0, "Rate", above=0.0)


class NoDefault(Config):
    lr: float


def nothing(*_: Any) -> None:
    return None


def refused(hook: str, returned: Any) -> str:
    """What is said of a plugin whose hook returns this; a good plugin after it must still be taken in."""
    found = Registry()
    found.add("odd", "test", lambda: plugin(**{hook: lambda: returned}))
    found.add("good", "test", lambda: plugin(register_networks=lambda: [network()]))
    assert list(found.networks) == ["tiny"]
    assert [(p.name, p.enabled) for p in found.plugins] == [("odd", False), ("good", True)]
    assert [problem.source for problem in found.problems] == ["odd"]
    assert "Traceback" in found.problems[0].details
    return found.problems[0].summary


@pytest.mark.parametrize(
    ("hook", "returned", "said"),
    [
        ("register_networks", None, "must return a list of NetworkSpec, not NoneType"),
        ("register_networks", network(), "must return a list of NetworkSpec, not NetworkSpec"),
        ("register_networks", "lenet", "not str"),
        ("register_networks", [network(), 3], "one item is int"),
        ("register_networks", [dataset()], "one item is DatasetSpec"),
        ("register_networks", [network(id="Tiny Net")], "must be lower-case letters"),
        ("register_networks", [network(id="../x")], "must be lower-case letters"),
        ("register_networks", [network(id=None)], "must be lower-case letters"),
        ("register_networks", [network(title=" ")], "has no title"),
        ("register_networks", [network(title=3)], "title must be a text"),
        ("register_networks", [network(summary=None)], "summary must be a text"),
        ("register_networks", [network(build="build")], "build cannot be called"),
        ("register_networks", [network(refuses=True)], "refuses cannot be called"),
        ("register_networks", [network(config=dict)], "config must be a subclass of Config"),
        ("register_networks", [network(config=None)], "config must be a subclass of Config"),
        ("register_networks", [network(recipe=None)], "recipe must be a Recipe"),
        ("register_networks", [network(recipes={"dots": 3})], "recipes must be"),
        ("register_networks", [network(recipes=None)], "recipes must be"),
        ("register_networks", [network(), network()], "'tiny', which is taken"),
        ("register_datasets", [dataset(load=None)], "load cannot be called"),
        ("register_datasets", [dataset(prepare=None)], "prepare cannot be called"),
        ("register_datasets", [dataset(download_bytes="many")], "download_bytes must be a whole number"),
        ("register_datasets", [dataset(download_bytes=-1)], "download_bytes must be a whole number"),
        ("register_datasets", [dataset(downloads=5)], "downloads cannot be called"),
        ("register_visualizations", [view(compute=None)], "compute cannot be called"),
        ("register_visualizations", [view(cadence="often")], "cadence must be a Cadence"),
        ("register_visualizations", [view(cadence=Cadence("never"))], "cadence must be a Cadence"),  # type: ignore[arg-type]
        ("register_visualizations", [view(cadence=Cadence("steps", 0))], "at least 1"),
        ("register_visualizations", [view(networks="tiny")], "networks must be a tuple"),
        ("register_visualizations", [view(networks=(3,))], "networks must be a tuple"),
        ("register_visualizations", [view(task=3)], "task must be the id of one"),
        ("register_optimizers", [OptimizerSpec("o", "O", nothing, NoRate)], "needs a field lr"),
        ("register_optimizers", [OptimizerSpec("o", "O", nothing, BadDefault)], "lr must be greater than 0"),
        ("register_optimizers", [OptimizerSpec("o", "O", nothing, NoDefault)], "lr must be given"),
        ("register_schedules", [ScheduleSpec("s", "S", nothing, every="day")], "every must be"),  # type: ignore[arg-type]
        ("register_tasks", [TaskSpec("t", "T", nothing, nothing, "smell")], "try_it must be one of"),  # type: ignore[arg-type]
        ("register_tasks", [TaskSpec("t", "T", None, nothing)], "loss cannot be called"),  # type: ignore[arg-type]
        ("register_lessons", [LessonSpec("l", "L", "l.md")], "file must be a pathlib.Path"),  # type: ignore[arg-type]
        ("register_lessons", [LessonSpec("l", " ", Path("l.md"))], "l has no title"),
    ],
)
def test_a_plugin_that_returns_nonsense_is_switched_off(hook: str, returned: Any, said: str) -> None:
    summary = refused(hook, returned)
    assert summary.startswith("odd was switched off: PluginError: ")
    assert said in summary


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this works")


@pytest.mark.parametrize(
    "error", [ValueError("two\nlines"), SystemExit(3), KeyError("key"), RecursionError(), Unprintable()]
)
def test_whatever_a_plugin_raises_is_one_line_and_a_traceback(error: BaseException) -> None:
    def load() -> Any:
        raise error

    found = Registry()
    found.add("broken", "test", load)
    (problem,) = found.problems
    assert problem.summary.startswith(f"broken was switched off: {type(error).__name__}")
    assert "\n" not in problem.summary
    assert "raise error" in problem.details


def test_the_user_may_still_interrupt_while_plugins_are_read() -> None:
    def load() -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Registry().add("slow", "test", load)


def test_a_plugin_that_fails_in_its_second_hook_leaves_nothing_of_its_first() -> None:
    def broken() -> Any:
        raise ValueError("no views today")

    found = Registry()
    found.add("half", "test", lambda: plugin(register_networks=lambda: [network()], register_visualizations=broken))
    assert not found.networks
    assert "no views today" in found.problems[0].summary
    found.add("whole", "test", lambda: plugin(register_networks=lambda: [network()]))
    assert list(found.networks) == ["tiny"]


def test_the_first_of_two_with_the_same_id_keeps_it() -> None:
    found = Registry()
    found.add("first", "test", lambda: plugin(register_networks=lambda: [network(title="First")]))
    second = [replace(network(), title="Second"), network(id="other")]
    found.add("second", "test", lambda: plugin(register_networks=lambda: second))
    assert {id: spec.title for id, spec in found.networks.items()} == {"tiny": "First"}
    assert found.problems[0].source == "second"
    assert "'tiny', which is taken" in found.problems[0].summary


def test_the_same_id_may_be_used_for_things_of_different_kinds() -> None:
    found = Registry()
    hooks: dict[str, Callable[[], Any]] = {
        "register_networks": lambda: [network(id="same")],
        "register_datasets": lambda: [dataset(id="same")],
    }
    found.add("both", "test", lambda: plugin(**hooks))
    assert found.get("networks", "same") and found.get("datasets", "same")
    assert found.plugins[0].provides == ["datasets: same", "networks: same"]


def test_a_hook_that_does_not_exist_is_named() -> None:
    found = Registry()
    found.add("typo", "test", lambda: plugin(register_netwroks=lambda: []))
    assert "there is no hook named register_netwroks" in found.problems[0].summary


def test_a_hook_with_an_argument_that_it_is_not_given_is_named() -> None:
    found = Registry()
    found.add("greedy", "test", lambda: plugin(register_networks=lambda more: []))
    assert "register_networks" in found.problems[0].summary
    assert "more" in found.problems[0].summary


@pytest.mark.parametrize("module", [None, plugin(), "text", 3])
def test_what_marks_no_hook_is_no_plugin(module: Any) -> None:
    found = Registry()
    found.add("empty", "test", lambda: module)
    assert not found.plugins[0].enabled
    assert "nothing in it is marked with @hookimpl" in found.problems[0].summary


def test_a_second_plugin_of_the_same_name_does_not_even_run() -> None:
    found = Registry()
    found.add("twin", "test", lambda: plugin(register_networks=lambda: [network()]))
    found.add("twin", "test", lambda: pytest.fail("was loaded"))
    assert list(found.networks) == ["tiny"]
    assert found.problems[0].summary == "twin was switched off: PluginError: another plugin goes by this name"


def test_a_module_found_twice_works_once() -> None:
    callback = Callback()
    module = plugin(make_callbacks=lambda: [callback])
    found = Registry()
    found.add("one", "test", lambda: module)
    found.add("two", "test", lambda: module)
    assert [plugin.enabled for plugin in found.plugins] == [True, False]
    assert found.callbacks(RunConfig()) == [("one", callback)]


def test_callbacks_that_cannot_be_made_are_named_and_the_others_are_made() -> None:
    def broken(run: RunConfig) -> Any:
        raise ValueError("no disk")

    def exits(run: RunConfig) -> Any:
        sys.exit(1)

    good = Callback()
    found = Registry()
    for name, hook in {
        "broken": broken,
        "none": lambda run: None,
        "exits": exits,
        "good": lambda run: [good],
        "wrong": lambda run: ["callback"],
    }.items():
        found.add(name, "test", lambda hook=hook: plugin(make_callbacks=hook))  # type: ignore[misc]
    assert found.callbacks(RunConfig()) == [("good", good)]
    assert sorted(problem.source for problem in found.problems) == ["broken", "exits", "none", "wrong"]


def test_callbacks_are_told_what_run_they_are_for() -> None:
    asked: list[RunConfig] = []

    class Plugin:
        @staticmethod
        @hookimpl
        def make_callbacks(run: RunConfig) -> list[Callback]:
            asked.append(run)
            return []

    found = Registry()
    found.add("watcher", "test", lambda: Plugin)  # type: ignore[arg-type,return-value]
    run = RunConfig(network="lenet", seed=7)
    assert found.callbacks(run) == []
    assert asked == [run]


@pytest.mark.parametrize(("kind", "said"), [("networks", "no network 'x'"), ("datasets", "no data set 'x'")])
def test_an_unknown_id_is_answered_with_those_that_there_are(kind: str, said: str) -> None:
    with pytest.raises(UnknownId, match=said) as caught:
        registry().get(kind, "x")
    assert {"networks": "tiny", "datasets": "dots"}[kind] in str(caught.value)
