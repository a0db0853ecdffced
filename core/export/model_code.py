"""A network as Python: each layer as torch's own words for it, each class of ours with its ``forward``."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from core.export.class_code import class_code
from core.export.request import CannotExport
from core.export.written_out import WrittenOut

PART = '''class Part(nn.Module):
    """A module whose layers and numbers are handed to it, by name."""

    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)'''
ORDERED = "from collections import OrderedDict"
INDENT = "    "
OWN_ATTRIBUTES = frozenset(vars(nn.Module()))


class ModelCode:
    """``expression`` makes the network, once the definitions in ``sources`` are there; weights are random."""

    def __init__(self, model: nn.Module, sources: WrittenOut) -> None:
        self.sources = sources
        self.expression = self._expression(model, 1)
        self.ties = tuple(_ties(model))
        """Assignments that make two layers share their weights: ("b.weight", "a.weight")."""
        self.frozen = tuple(name for name, weight in model.named_parameters() if not weight.requires_grad)
        """The weights that are not trained."""
        self.channels_last = any(map(_is_channels_last, model.parameters()))
        """Whether pictures' channels lie beside each other in memory, which changes the last digit of sums."""

    def _expression(self, module: nn.Module, depth: int) -> str:
        kind = type(module)
        if kind is nn.Sequential:
            return self._sequential(module, depth)
        if kind in (nn.ModuleList, nn.ModuleDict):
            return self._collection(module, depth)
        if kind.__module__.partition(".")[0] == "torch":
            return _layer(module)
        return self._of_ours(module, depth)

    def _sequential(self, module: nn.Module, depth: int) -> str:
        children = self._named(module, depth)
        if list(children) == [str(place) for place in range(len(children))]:
            return _call("nn.Sequential", list(children.values()), depth)
        self.sources.imports[ORDERED] = None
        if all(name.isidentifier() for name in children):
            named = [f"{name}={child}" for name, child in children.items()]
            return f"nn.Sequential({_call('OrderedDict', named, depth)})"
        pairs = [f"({name!r}, {child})" for name, child in children.items()]
        return f"nn.Sequential(OrderedDict({_bracketed('[]', pairs, depth)}))"

    def _collection(self, module: nn.Module, depth: int) -> str:
        children = self._named(module, depth)
        if isinstance(module, nn.ModuleList):
            return f"nn.ModuleList({_bracketed('[]', list(children.values()), depth)})"
        return f"nn.ModuleDict({_bracketed('{}', [f'{n!r}: {c}' for n, c in children.items()], depth)})"

    def _named(self, module: nn.Module, depth: int) -> dict[str, str]:
        # Not named_children(): that leaves out a layer that is there twice.
        children = vars(module)["_modules"]
        return {name: self._expression(child, depth + 1) for name, child in children.items() if child is not None}

    def _of_ours(self, module: nn.Module, depth: int) -> str:
        kind = type(module)
        if any(True for _ in module.buffers(recurse=False)):
            raise CannotExport(f"{kind.__name__} keeps numbers (buffers) whose making cannot be written out.")
        found = class_code(kind)
        self.sources.definitions.setdefault("Part", PART)
        self.sources.add_source(kind.__name__, kind, found.source, found.pieces)
        absent = {name: None for name, child in vars(module)["_modules"].items() if child is None}
        plain = {name: value for name, value in vars(module).items() if name not in OWN_ATTRIBUTES} | absent
        used = {name: value for name, value in plain.items() if name in found.attributes}
        for name, value in used.items():
            if not is_literal(value):
                raise CannotExport(f"{kind.__name__} keeps {name}, a {type(value).__name__}, which has no words.")
        weights = {name: _parameter(value) for name, value in module.named_parameters(recurse=False)}
        parts = {**weights, **self._named(module, depth), **{name: repr(value) for name, value in used.items()}}
        return _call(kind.__name__, [f"{name}={value}" for name, value in parts.items()], depth)


def is_literal(value: object) -> bool:
    """Whether ``repr`` says all there is to it."""
    if isinstance(value, tuple | list):
        return all(map(is_literal, value))
    if isinstance(value, dict):
        return all(is_literal(item) for pair in value.items() for item in pair)
    return value is None or type(value) in (bool, int, str) or (type(value) is float and math.isfinite(value))


def _layer(module: nn.Module) -> str:
    """torch's layers describe themselves as one would write them; whether that is all is tried."""
    name = type(module).__name__
    code = f"nn.{' '.join(repr(module).split())}"
    try:
        tree = ast.parse(code, mode="eval")
        again: Any = eval(compile(tree, "layer", "eval"), {"nn": nn, "__builtins__": {}}) if _only_calls(tree) else None  # noqa: S307
    except Exception as error:  # border: whatever the description of a layer is when it is taken for code
        raise CannotExport(f"torch's layer {name} does not say how it was made: export the weights.") from error
    alike = isinstance(again, nn.Module) and type(again) is type(module) and repr(again) == repr(module)
    if not alike or _shapes(again) != _shapes(module):
        raise CannotExport(f"torch's layer {name} does not say how it was made: export the weights.")
    return code


def _only_calls(tree: ast.Expression) -> bool:
    """One call with plain values: a description is the text of a layer, and could be anything."""
    call = tree.body
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    allowed = (ast.Constant, ast.Tuple, ast.List, ast.UnaryOp, ast.USub, ast.Load)
    return all(isinstance(node, allowed) for value in values for node in ast.walk(value))


def _shapes(module: nn.Module) -> list[tuple[str, torch.Size]]:
    return [(name, value.shape) for name, value in module.state_dict().items()]


def _is_channels_last(weight: nn.Parameter) -> bool:
    return weight.ndim == 4 and weight.is_contiguous(memory_format=torch.channels_last) and not weight.is_contiguous()


def _parameter(value: nn.Parameter) -> str:
    return f"nn.Parameter(torch.zeros({tuple(value.shape)}))"


def _ties(model: nn.Module) -> Iterator[tuple[str, str]]:
    first: dict[int, str] = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        known = first.setdefault(id(parameter), name)
        if known != name:
            yield _path(name), _path(known)


def _path(name: str) -> str:
    """How Python says "layers.3.weight": with [3] in it."""
    return "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in name.split(".")).removeprefix(".")


def _call(name: str, arguments: list[str], depth: int) -> str:
    return name + _bracketed("()", arguments, depth)


def _bracketed(brackets: str, items: list[str], depth: int) -> str:
    line = ", ".join(items)
    if len(line) < 60 and "\n" not in line:
        return brackets[0] + line + brackets[1]
    inner, outer = INDENT * (depth + 1), INDENT * depth
    return "\n".join([brackets[0], *(f"{inner}{item}," for item in items), outer + brackets[1]])


def weights_of(model: nn.Module) -> Mapping[str, Any]:
    """The state_dict as arrays."""
    return {name: tensor.detach().cpu().numpy() for name, tensor in model.state_dict().items()}
