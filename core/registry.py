"""What the plugins registered, and which plugins had to be switched off."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pluggy

from core import hookspecs
from core.callbacks import Callback
from core.errors import UserError, message
from core.events import Problem
from core.run_config import RunConfig
from core.spec_checks import PluginError, check_spec
from core.specs import (
    DatasetSpec,
    LessonSpec,
    NetworkSpec,
    OptimizerSpec,
    ScheduleSpec,
    TaskSpec,
    VisualizationSpec,
)

KINDS: dict[str, type] = {
    "register_tasks": TaskSpec,
    "register_datasets": DatasetSpec,
    "register_optimizers": OptimizerSpec,
    "register_schedules": ScheduleSpec,
    "register_networks": NetworkSpec,
    "register_visualizations": VisualizationSpec,
    "register_lessons": LessonSpec,
}


class UnknownId(UserError):
    """A network, data set, ... that nobody registered; the message lists those that there are."""


@dataclass
class Plugin:
    """A plugin that was found. ``source``: "built-in", "installed" or "user folder"."""

    name: str
    source: str
    enabled: bool = True
    provides: list[str] = field(default_factory=list)


class Registry:
    """Specs by id, one dictionary a kind, filled by :meth:`add`."""

    def __init__(self) -> None:
        self.networks: dict[str, NetworkSpec] = {}
        self.datasets: dict[str, DatasetSpec] = {}
        self.optimizers: dict[str, OptimizerSpec] = {}
        self.schedules: dict[str, ScheduleSpec] = {}
        self.visualizations: dict[str, VisualizationSpec] = {}
        self.tasks: dict[str, TaskSpec] = {}
        self.lessons: dict[str, LessonSpec] = {}
        self.plugins: list[Plugin] = []
        self.problems: list[Problem] = []
        self._pluggy = pluggy.PluginManager(hookspecs.PROJECT)
        self._pluggy.add_hookspecs(hookspecs)

    def add(self, name: str, source: str, load: Callable[[], ModuleType]) -> None:
        """Load one plugin and take in all it registers, or nothing of it and a :class:`Problem`."""
        plugin = Plugin(name, source)
        self.plugins.append(plugin)
        module = None
        try:
            if self._pluggy.has_plugin(name):
                raise PluginError("another plugin goes by this name")
            module = load()
            self._register(name, module)
            specs = self._collect(module)
        except (Exception, SystemExit) as error:  # border: plugin guard
            plugin.enabled = False
            if module is not None and self._pluggy.get_plugin(name) is module:
                self._pluggy.unregister(module)
            self.report(name, "was switched off", error)
            return
        for hook, spec in specs:
            self._table(hook)[spec.id] = spec
            plugin.provides.append(f"{hook.removeprefix('register_')}: {spec.id}")

    def report(self, source: str, consequence: str, error: BaseException) -> Problem:
        """Keep a problem with its traceback; ``consequence`` says what follows from it."""
        reason = " ".join(f"{type(error).__name__}: {message(error)}".split()).rstrip(":")
        details = "".join(traceback.format_exception(error))
        problem = Problem(source, f"{source} {consequence}: {reason}", details)
        self.problems.append(problem)
        return problem

    def callbacks(self, run: RunConfig) -> list[tuple[str, Callback]]:
        """The callbacks of every plugin for this run, each with its plugin's name."""
        found = []
        for implementation in self._pluggy.hook.make_callbacks.get_hookimpls():
            try:
                arguments = {"run": run} if implementation.argnames else {}  # pluggy lets a hook take fewer
                callbacks = _checked_list(implementation.function(**arguments), Callback, "make_callbacks")
            except (Exception, SystemExit) as error:  # border: plugin guard
                self.report(implementation.plugin_name, "adds no callbacks to this run", error)
            else:
                found += [(implementation.plugin_name, callback) for callback in callbacks]
        return found

    def get(self, kind: str, id: str) -> Any:
        """The spec with that id among "networks", "datasets", ...

        Raises:
            UnknownId: with the ids that there are.
        """
        table = getattr(self, kind)
        if id not in table:
            known = ", ".join(table) or "none"
            one = kind.removesuffix("s").replace("dataset", "data set")
            raise UnknownId(f"There is no {one} {id!r}; there are: {known}.")
        return table[id]

    def _table(self, hook: str) -> dict[str, Any]:
        table: dict[str, Any] = getattr(self, hook.removeprefix("register_"))
        return table

    def _register(self, name: str, module: ModuleType) -> None:
        self._pluggy.register(module, name)
        callers = self._pluggy.get_hookcallers(module)
        if not callers:
            raise PluginError("nothing in it is marked with @hookimpl (a helper's name begins with _)")
        for caller in callers:
            if not caller.has_spec():
                raise PluginError(f"there is no hook named {caller.name}")

    def _collect(self, module: ModuleType) -> list[tuple[str, Any]]:
        """Each hook implementation is called by itself: pluggy's broadcast stops at the first exception."""
        specs: list[tuple[str, Any]] = []
        for hook, kind in KINDS.items():
            for implementation in getattr(self._pluggy.hook, hook).get_hookimpls():
                if implementation.plugin is not module:
                    continue
                for spec in _checked_list(implementation.function(), kind, hook):
                    check_spec(spec)
                    if spec.id in self._table(hook) or any(h == hook and s.id == spec.id for h, s in specs):
                        raise PluginError(f"{hook} gives the id {spec.id!r}, which is taken")
                    specs.append((hook, spec))
        return specs


def _checked_list(result: object, kind: type, hook: str) -> list[Any]:
    if not isinstance(result, (list, tuple)):
        raise PluginError(f"{hook} must return a list of {kind.__name__}, not {type(result).__name__}")
    for item in result:
        if not isinstance(item, kind):
            raise PluginError(f"{hook} must return a list of {kind.__name__}, but one item is {type(item).__name__}")
    return list(result)
