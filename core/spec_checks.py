"""Catches what a dataclass lets through: a careless plugin is named when it is read, not in the middle of a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import ValidationError

from core.config import Config, sentence
from core.specs import (
    Cadence,
    DatasetSpec,
    LessonSpec,
    NetworkSpec,
    OptimizerSpec,
    Preset,
    Recipe,
    ScheduleSpec,
    TaskSpec,
    TryIt,
    VisualizationSpec,
)

ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
CALLED = ("build", "load", "prepare", "compute", "loss", "metrics", "derived", "sample", "refuses", "initial_weights")
CADENCES = get_args(get_type_hints(Cadence)["when"])


class PluginError(Exception):
    """A plugin that breaks the rules of a hook."""


def check_spec(spec: Any) -> None:
    """Look at one spec of any kind.

    Raises:
        PluginError: with what is wrong with it.
    """
    if not isinstance(spec.id, str) or not ID.fullmatch(spec.id):
        raise PluginError(f"the id {spec.id!r} must be lower-case letters, digits, '-' and '_'")
    for field in fields(spec):
        if field.type == "str" and not isinstance(getattr(spec, field.name), str):
            raise PluginError(f"{spec.id}: {field.name} must be a text")
    if not spec.title.strip():
        raise PluginError(f"{spec.id} has no title")
    for name in CALLED:
        if hasattr(spec, name) and not callable(getattr(spec, name)):
            raise PluginError(f"{spec.id}: {name} cannot be called")
    _check_config(spec)
    for kind, fault_of in FAULTS.items():
        fault = fault_of(spec) if isinstance(spec, kind) else ""
        if fault:
            raise PluginError(f"{spec.id}: {fault}")


def _check_config(spec: Any) -> None:
    if not hasattr(spec, "config"):
        return
    config = spec.config
    if not (isinstance(config, type) and issubclass(config, Config)):
        raise PluginError(f"{spec.id}: config must be a subclass of Config")
    if isinstance(spec, OptimizerSpec) and "lr" not in config.model_fields:
        raise PluginError(f"{spec.id}: the config of an optimizer needs a field lr")
    try:
        config()
    except ValidationError as error:
        raise PluginError(f"{spec.id}: {config.__name__} needs sensible defaults: {sentence(error)}") from error


def _network_fault(spec: Any) -> str:
    recipes = spec.recipes
    if not isinstance(spec.recipe, Recipe):
        return "recipe must be a Recipe"
    if not isinstance(recipes, Mapping) or not all(isinstance(recipe, Recipe) for recipe in recipes.values()):
        return "recipes must be a dictionary: data set id -> Recipe"
    presets = spec.presets
    if not isinstance(presets, Mapping) or not all(isinstance(preset, Preset) for preset in presets.values()):
        return "presets must be a dictionary: name -> Preset"
    return ""


def _dataset_fault(spec: Any) -> str:
    size = spec.download_bytes
    kinds = get_args(get_type_hints(DatasetSpec)["opens"])
    if spec.opens not in kinds:
        return f"opens must be one of {', '.join(map(repr, kinds))}"
    if spec.downloads is not None and not callable(spec.downloads):
        return "downloads cannot be called"
    return "" if isinstance(size, int) and size >= 0 else "download_bytes must be a whole number"


def _schedule_fault(spec: Any) -> str:
    return "" if spec.every in ("step", "epoch") else "every must be 'step' or 'epoch'"


def _task_fault(spec: Any) -> str:
    panels = get_args(TryIt)
    return "" if spec.try_it in panels else f"try_it must be one of {', '.join(panels)}"


def _visualization_fault(spec: Any) -> str:
    cadence = spec.cadence
    for name in ("networks", "datasets"):
        ids = getattr(spec, name)
        if not isinstance(ids, (tuple, list)) or not all(isinstance(id, str) for id in ids):
            return f"{name} must be a tuple of ids"
    if not isinstance(spec.task, str | None):
        return "task must be the id of one, or None"
    if not isinstance(cadence, Cadence) or cadence.when not in CADENCES:
        return f"cadence must be a Cadence, with one of {', '.join(CADENCES)}"
    if not isinstance(cadence.n, int) or cadence.n < 1:
        return "the n of its cadence must be a whole number of steps, at least 1"
    return ""


def _lesson_fault(spec: Any) -> str:
    return "" if isinstance(spec.file, Path) else "file must be a pathlib.Path"


FAULTS: dict[type, Callable[[Any], str]] = {
    NetworkSpec: _network_fault,
    DatasetSpec: _dataset_fault,
    ScheduleSpec: _schedule_fault,
    TaskSpec: _task_fault,
    VisualizationSpec: _visualization_fault,
    LessonSpec: _lesson_fault,
}
