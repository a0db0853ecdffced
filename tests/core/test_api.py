"""The application is a host for plugins: everything they may use is there, typed and documented."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import core.api
from core import batches, callbacks, hookspecs, run_config, specs
from core.api import Callback

HOOKS = {name: hook for name, hook in vars(hookspecs).items() if hasattr(hook, f"{hookspecs.PROJECT}_spec")}
# What hookspecs and callbacks import for type checkers alone.
TYPES = {**vars(specs), **vars(callbacks), **vars(run_config)}


def public_object(name: str) -> Any:
    """As a type checker sees it: what needs torch is imported under TYPE_CHECKING."""
    return getattr(core.api, name) if hasattr(core.api, name) else getattr(batches, name)


def own_doc(thing: Any) -> str:
    """Its docstring, unless it is inherited or the one that dataclass makes up."""
    doc = vars(thing).get("__doc__") if isinstance(thing, type) else thing.__doc__
    made_up = (
        isinstance(thing, type) and dataclasses.is_dataclass(thing) and (doc or "").startswith(thing.__name__ + "(")
    )
    return "" if made_up else (doc or "").strip()


def test_there_are_hooks_for_all_that_plugins_add() -> None:
    expected = ["networks", "datasets", "optimizers", "schedules", "visualizations", "tasks", "lessons"]
    assert set(HOOKS) == {*(f"register_{kind}" for kind in expected), "make_callbacks"}


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_documented_typed_and_small(name: str) -> None:
    hook = HOOKS[name]
    signature = inspect.signature(hook)
    assert len(inspect.getdoc(hook) or "") > 200, "a hook needs a full docstring"
    assert "Returns:" in hook.__doc__
    assert len(signature.parameters) <= 4
    hints = get_type_hints(hook, localns=TYPES)
    assert "return" in hints
    for parameter in signature.parameters:
        assert parameter in hints, f"{parameter} has no type"
        assert f"{parameter}:" in hook.__doc__, f"{parameter} is not described"


@pytest.mark.parametrize("name", core.api.__all__)
def test_every_public_name_exists_and_is_documented(name: str) -> None:
    thing = public_object(name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert own_doc(thing), f"{name} has no docstring of its own"


def public_methods() -> list[tuple[str, Any]]:
    found = []
    for name in core.api.__all__:
        thing = public_object(name)
        if inspect.isclass(thing) and thing.__module__.startswith("core."):
            fields = {field.name for field in dataclasses.fields(thing)} if dataclasses.is_dataclass(thing) else set()
            methods = {member: method for member, method in vars(thing).items() if inspect.isfunction(method)}
            found += [(f"{name}.{m}", methods[m]) for m in methods if m not in fields and not m.startswith("_")]
    return found


def test_every_public_method_is_documented() -> None:
    methods = public_methods()
    assert len(methods) > 5
    assert [name for name, method in methods if not own_doc(method)] == []


def test_the_public_names_are_sorted_and_complete() -> None:
    assert core.api.__all__ == sorted(set(core.api.__all__))
    tree = ast.parse(Path(core.api.__file__).read_text("utf-8"))
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported - {"annotations", "TYPE_CHECKING"} == set(core.api.__all__)


def test_a_callback_has_a_method_for_each_event_it_is_told_of() -> None:
    methods = {name for name, method in vars(Callback).items() if inspect.isfunction(method)}
    assert methods == set(callbacks.METHODS.values())


def test_every_public_name_can_be_imported_even_the_one_that_needs_torch() -> None:
    from core.api import Batch

    assert Batch.__module__ == "core.batches"
