"""Functions and classes written out as source, with all of ours that they need and none of our modules."""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

from core.export.request import CannotExport

FOREIGN = {"torch", "numpy", "torchvision", *sys.stdlib_module_names}
"""What the one who runs the script has."""
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class WrittenOut:
    """Collects definitions. What a definition needs comes before it; nothing comes twice."""

    def __init__(self) -> None:
        self.imports: dict[str, None] = {}
        self.definitions: dict[str, str] = {}
        self._things: dict[str, object] = {}

    def add(self, thing: Any) -> str:
        """A function or class at the top level of a module, with what it needs; returns its name.

        Raises:
            CannotExport: where it is made in a function, or two different things have one name.
        """
        name: str = thing.__name__
        if thing.__qualname__ != name or getattr(thing, "__closure__", None):
            raise CannotExport(f"{thing.__qualname__} is made inside a function, so its source says too little.")
        if not self._is_new(name, thing):
            return name
        source = source_of(thing)
        module = sys.modules[thing.__module__]
        self._need(ast.parse(source), module)
        self.definitions[name] = source
        return name

    def add_source(self, name: str, thing: object, source: str, needs: Iterable[tuple[str, ModuleType]]) -> None:
        """A definition of our own for ``thing``. ``needs``: the parts of its source that have names of a module."""
        if self._is_new(name, thing):
            for part, module in needs:
                self._need(ast.parse(part), module)
            self.definitions[name] = source

    def text(self) -> str:
        """All definitions, in order."""
        return "\n\n\n".join(self.definitions.values())

    def _is_new(self, name: str, thing: object) -> bool:
        if name not in self._things:
            self._things[name] = thing
            return True
        known = self._things[name]
        if known is not thing and known != thing:
            raise CannotExport(f"Two different things in this run are called {name}: a script cannot hold both.")
        return False

    def _need(self, tree: ast.AST, module: ModuleType) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom) and not _foreign(node):
                raise CannotExport(f"{module.__name__} imports parts of Trainyard inside a function.")
        for name in sorted(annotation_names(tree)):
            statement = bindings(module).get(name)
            if statement is not None and _foreign(statement):
                self.imports[_import_line(statement, name)] = None
        for name in dict.fromkeys(free_names(tree)):
            self._resolve(name, module)

    def _resolve(self, name: str, module: ModuleType) -> None:
        if name in vars(module):
            value = vars(module)[name]
        elif hasattr(builtins, name):
            return
        else:
            raise CannotExport(f"{module.__name__} uses {name}, whose source cannot be found.")
        statement = bindings(module).get(name)
        if statement is not None and _foreign(statement):
            self.imports[_import_line(statement, name)] = None
        elif inspect.isfunction(value) or inspect.isclass(value):
            if value.__name__ != name:
                raise CannotExport(f"{module.__name__} uses {value.__name__} under the name {name}.")
            self.add(value)
        elif isinstance(statement, ast.ImportFrom):
            self._resolve(name, sys.modules[str(statement.module)])
        else:
            self._constant(name, value, module)

    def _constant(self, name: str, value: object, module: ModuleType) -> None:
        if not self._is_new(name, value):
            return
        for node in _tree(module).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if isinstance(node, ast.Assign | ast.AnnAssign) and any(_named(target, name) for target in targets):
                self._need(node, module)
                self.definitions[name] = ast.get_source_segment(_source(module), node) or ""
                return
        raise CannotExport(f"{module.__name__}.{name} is worked out in a way that a script cannot repeat.")


def source_of(thing: Any) -> str:
    """The source of a function or class, its decorators included.

    Raises:
        CannotExport: where there is none.
    """
    try:
        return textwrap.dedent(inspect.getsource(thing)).rstrip()
    except (OSError, TypeError) as error:
        raise CannotExport(f"The source of {thing.__qualname__} cannot be found.") from error


def free_names(tree: ast.AST, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names that are read and not bound within, annotations left out."""
    if isinstance(tree, ast.Name):
        if isinstance(tree.ctx, ast.Load) and tree.id not in bound:
            yield tree.id
        return
    inner = bound | _bound_in(tree) if isinstance(tree, SCOPES) else bound
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns"):
            continue
        outside = field in ("decorator_list", "defaults", "kw_defaults")
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.AST):
                yield from free_names(node, bound if outside else inner)


def annotation_names(tree: ast.AST) -> set[str]:
    """The names in annotations."""
    notes = (getattr(node, field, None) for node in ast.walk(tree) for field in ("annotation", "returns"))
    return {name.id for note in notes if note is not None for name in ast.walk(note) if isinstance(name, ast.Name)}


def bindings(module: ModuleType) -> dict[str, ast.stmt]:
    """Name -> the statement that imports it, those for type checkers included."""
    return {
        (alias.asname or alias.name.partition(".")[0]): node
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _bound_in(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler) and node is not tree and node.name:
            found.add(node.name)
    return found


def _foreign(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.level == 0 and str(node.module).partition(".")[0] in FOREIGN
    return isinstance(node, ast.Import) and all(alias.name.partition(".")[0] in FOREIGN for alias in node.names)


def _import_line(node: ast.stmt, name: str) -> str:
    assert isinstance(node, ast.Import | ast.ImportFrom)
    alias = next(a for a in node.names if (a.asname or a.name.partition(".")[0]) == name)
    what = alias.name + (f" as {alias.asname}" if alias.asname else "")
    return f"from {node.module} import {what}" if isinstance(node, ast.ImportFrom) else f"import {what}"


def _named(target: ast.AST | None, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


@cache
def _source(module: ModuleType) -> str:
    try:
        return inspect.getsource(module)
    except (OSError, TypeError) as error:
        raise CannotExport(f"The source of {module.__name__} cannot be found.") from error


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(_source(module))
