"""A class of layers without its ``__init__``: what is left is what it does, not how it is made."""

from __future__ import annotations

import ast
import sys
import textwrap
from dataclasses import dataclass, field
from types import ModuleType

from torch import nn

from core.export.request import CannotExport
from core.export.written_out import source_of

INDENT = "    "


@dataclass
class ClassCode:
    """``source``: a class that takes its parts by name. ``pieces``: each part of it, with the module it is from.

    ``attributes``: the names that its methods ask ``self`` and others for.
    """

    name: str
    pieces: list[tuple[str, ModuleType]] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    defined: set[str] = field(default_factory=set)

    @property
    def source(self) -> str:
        """With what it inherits, where that is used."""
        content = "\n\n".join(piece for piece, _ in self.pieces) or "pass"
        return f"class {self.name}(Part):\n{textwrap.indent(content, INDENT)}"

    def take(self, piece: str, name: str, module: ModuleType) -> None:
        """One method, or another statement."""
        self.pieces.append((piece, module))
        self.defined.add(name)
        self.attributes |= {node.attr for node in ast.walk(ast.parse(piece)) if isinstance(node, ast.Attribute)}


def class_code(kind: type[nn.Module]) -> ClassCode:
    """The class with all its methods but ``__init__``, and of what it inherits the methods that it uses.

    Raises:
        CannotExport: where it is made of something else than modules, or asks ``super()`` for what is left out.
    """
    bases = kind.__mro__[: kind.__mro__.index(nn.Module)]
    if kind.__mro__[len(bases) :] != (nn.Module, object) or any(base.__module__.startswith("torch.") for base in bases):
        raise CannotExport(f"{kind.__name__} is made of another class than nn.Module, which cannot be written out.")
    found = ClassCode(kind.__name__)
    parts = {base: _parts(base) for base in bases}
    for name, piece in parts[kind]:
        found.take(piece, name, sys.modules[kind.__module__])
    grown = True
    while grown:
        grown = False
        for base in bases[1:]:
            for name, piece in parts[base]:
                if name in found.attributes | {"forward"} and name not in found.defined:
                    found.take(piece, name, sys.modules[base.__module__])
                    grown = True
    _check_super(kind, found, bases[1:])
    return found


def _parts(kind: type) -> list[tuple[str, str]]:
    """Name and source of each statement in the class but ``__init__``."""
    source = source_of(kind)
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.ClassDef)
    lines, found = source.splitlines(), []
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            continue
        first = min([part.lineno, *(d.lineno for d in getattr(part, "decorator_list", []))])
        found.append((_name(part), textwrap.dedent("\n".join(lines[first - 1 : part.end_lineno]))))
    return found


def _name(part: ast.stmt) -> str:
    if isinstance(part, ast.Assign):
        return getattr(part.targets[0], "id", "")
    if isinstance(part, ast.AnnAssign):
        return getattr(part.target, "id", "")
    return getattr(part, "name", "")


def _check_super(kind: type, found: ClassCode, bases: tuple[type, ...]) -> None:
    asked = {
        node.attr
        for piece, _ in found.pieces
        for node in ast.walk(ast.parse(piece))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call) and _calls_super(node.value)
    }
    for name in asked:
        if any(name in vars(base) for base in bases):
            raise CannotExport(
                f"{kind.__name__} changes the method {name} of the class it is made of: it has no words."
            )


def _calls_super(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "super"
