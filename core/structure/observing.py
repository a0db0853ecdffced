"""Watches one way through a network: which layers and functions are called, with what, and what comes of it.

Only the thread that looks is concerned. torch.fx and torch.export would do some of this, but by replacing
``nn.Module.__call__`` for the whole process while they trace, under the feet of a run that goes on (decision 0013).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from core.data import Cancelled
from core.structure.apart import Naps
from core.structure.rows import INPUT, OUTPUT, Shape, StructureError
from core.structure.tensors import layer_shapes, numbers_in, recurrent_multiply_adds, shape_of, tensors_in

MOST_CALLS = 100_000
LONGEST_S = 15.0
"""Of one look: a loop without an end must not keep the thread for ever."""
OWN = "(own weights)"
_TORCH, _HERE = f"{Path(torch.__file__).parent}{os.sep}", __file__
_BLOCKS_OF_TORCH = (
    *(nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.Transformer, nn.TransformerEncoder, nn.TransformerDecoder),
    *(nn.TransformerEncoderLayer, nn.TransformerDecoderLayer),
)
_QUIET = {
    "to",
    "cpu",
    "cuda",
    "contiguous",
    "detach",
    "detach_",
    "clone",
    "float",
    "double",
    "type",
    "data",
    "type_as",
    "get",
    "set",
}
"""Functions that hand the same numbers on: no box."""
_QUIET_IF_SAME = {"getitem", "view", "reshape"}
_WRAPPERS = {"fn", "wrapper", "wrapped", "handle_torch_function", "inner"}
_Key: TypeAlias = tuple[Any, ...]


def is_layer(module: nn.Module) -> bool:
    """Whether a module is shown as one row: those of torch but its containers, and others without children."""
    if type(module).__module__.startswith("torch.nn"):
        return not isinstance(module, _BLOCKS_OF_TORCH)
    return not any(True for _ in module.children())


@dataclass
class Call:
    """A row in the making. ``module`` is None for a function, whose first ``args`` and ``kwargs`` are kept instead."""

    id: str
    name: str
    block: str
    path: str | None = None
    module: nn.Module | None = None
    function: str = ""
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[Shape, ...] = ()
    outputs: tuple[Shape, ...] = ()
    count: int = 0
    flops: int = 0


@dataclass
class _Level:
    """A block that is being called: where it began, and which layer with weights it called last."""

    path: str
    frame: FrameType
    last: str = ""


class Observer:
    """Attached to a model for as long as :meth:`watching` lasts; read it when that is over.

    ``calls``: by id, in the order of the first call. ``blocks``: shapes of what each block was given and gave, by its
    name. ``edges``: from id to id. ``wanted``: the id of the row, or the name of the block, whose newest output is
    kept in ``kept``, and its numbers, as they were then, in ``values``.
    """

    def __init__(self, model: nn.Module, wanted: str = "", stop: Event | None = None) -> None:
        self.model = model
        self.calls: dict[str, Call] = {}
        self.blocks: dict[str, tuple[tuple[Shape, ...], tuple[Shape, ...]]] = {}
        self.edges: dict[tuple[str, str], None] = {}
        self.inputs: tuple[Shape, ...] = ()
        self.outputs: tuple[Shape, ...] = ()
        self.done = False
        self.wanted = wanted
        self.kept: tuple[Tensor, ...] = ()
        self.values: tuple[Tensor, ...] = ()
        self._stop, self._ends = stop or Event(), time.monotonic() + LONGEST_S
        self._ids: dict[_Key, str] = {}
        self._names: dict[int, list[str]] = {}
        self._turns: dict[int, int] = {}
        self._makers: dict[int, str] = {}
        self._alive: list[Tensor] = []  # so that no id is given away twice
        self._levels: list[_Level] = []
        self._layer: Call | None = None
        self._current: Call | None = None
        self._newest = INPUT
        self._helper: FrameType | None = None
        self._seen = 0
        self._naps = Naps()

    @contextmanager
    def watching(self, *, count: bool = True) -> Iterator[None]:
        """Watch whatever is called on this thread; ``count``: its multiply-adds, too."""
        handles = self._attach()
        try:
            with ExitStack() as modes:
                modes.enter_context(_Functions(self))
                if count:
                    modes.enter_context(_Counter(self))
                yield
        finally:
            for handle in handles:
                handle.remove()
            self._levels.clear()
            self._alive.clear()
            self._helper = None

    @property
    def counts(self) -> bool:
        """Whether somebody is to be charged for what is computed now."""
        return self._current is not None

    def charge(self, flops: int) -> None:
        """The layer or function that is under way costs that many more."""
        if self._current is not None:
            self._current.flops += flops

    def on_function(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of torch, and keep it if numbers of the sample flow through it."""
        self._seen += 1
        self._check_patience()
        if self._layer is not None or not self._levels:
            return function(*args, **kwargs)
        given = list(tensors_in((args, kwargs)))
        if not any(id(tensor) in self._makers for tensor in given):
            return function(*args, **kwargs)
        place, name, frame = self._place(self._levels[-1])
        name = name or str(getattr(function, "__name__", "")).strip("_") or "function"
        before = tuple(shape_of(tensor) for tensor in given if id(tensor) in self._makers)
        call = Call("", name, self._levels[-1].path, None, None, name, args, kwargs, before)
        outer, self._current = self._current, call
        try:
            made = function(*args, **kwargs)
        finally:
            self._current = outer
        self._keep_function(call, given, list(tensors_in(made)), place, frame)
        return made

    def _keep_function(
        self, call: Call, given: list[Tensor], made: list[Tensor], place: tuple[Any, ...], frame: FrameType | None
    ) -> None:
        sources = dict.fromkeys(self._makers[id(tensor)] for tensor in given if id(tensor) in self._makers)
        same = [shape_of(tensor) for tensor in made] == [shape_of(tensor) for tensor in given]
        if call.function in _QUIET or (call.function in _QUIET_IF_SAME and same):
            for tensor in made:
                self._owe(tensor, next(iter(sources)))
        elif made:
            level = self._levels[-1]
            key = ("function", level.path, call.function, place, level.last)
            stem = f"{level.path}.{call.function}" if level.path else call.function
            kept = self._kept(key, stem, call)
            kept.flops += call.flops if kept is not call else 0
            goes_on = frame is not None and frame is self._helper  # a function of torch that calls several
            if goes_on and numbers_in(call.inputs) > numbers_in(kept.inputs):
                kept.inputs = call.inputs
            self._helper = frame
            self._finish(kept, sources, made, again=not goes_on)

    def _attach(self) -> list[Any]:
        for name, module in self.model.named_modules(remove_duplicate=False):
            self._names.setdefault(id(module), []).append(name)
        handles: list[Any] = []
        seen: set[int] = set()
        inside: set[int] = set()
        for name, module in self.model.named_modules():
            if id(module) in inside or id(module) in seen:
                continue
            seen.add(id(module))
            layer = is_layer(module) and (name != "" or type(module).__module__.startswith("torch.nn"))
            if layer:
                inside.update(id(each) for each in module.modules())
            before, after = (self._before_layer, self._after_layer) if layer else (self._enter, self._leave)
            handles.append(module.register_forward_pre_hook(before, with_kwargs=True))
            handles.append(module.register_forward_hook(after, with_kwargs=True))
        return handles

    def _enter(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        given = list(tensors_in((args, kwargs)))
        if module is self.model and not self._levels:
            self.inputs = tuple(shape_of(tensor) for tensor in given)
            for tensor in given:
                self._owe(tensor, INPUT)
        path = self._name(module)
        self._levels.append(_Level(path, sys._getframe(1)))
        shapes = tuple(shape_of(tensor) for tensor in given)
        self.blocks.setdefault(path, (shapes, ()))

    def _leave(self, module: nn.Module, args: Any, kwargs: Any, made: Any) -> None:
        outputs = list(tensors_in(made))
        path = self._levels.pop().path
        given, before = self.blocks[path]
        self.blocks[path] = (given, before or tuple(shape_of(tensor) for tensor in outputs))
        if self.wanted == path and path:
            self._hold(outputs)
        if module is self.model and not self._levels:
            self._end(outputs)

    def _before_layer(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        self._check_patience()
        if self._layer is not None:
            return
        given = list(tensors_in((args, kwargs)))
        if module is self.model:
            self.inputs = tuple(shape_of(tensor) for tensor in given)
            for tensor in given:
                self._owe(tensor, INPUT)
        path = self._name(module)
        level = self._levels[-1] if self._levels else None
        weighty = any(True for _ in module.parameters())
        last = level.last if level and not weighty else ""
        key = ("module", path, self._place(level)[0] if level else (), last)
        shapes = layer_shapes(module, given)
        fresh = Call("", path.rpartition(".")[2] or type(module).__name__, path.rpartition(".")[0], path, module)
        fresh.inputs = shapes
        self._layer = self._current = call = self._kept(key, path or ".", fresh)
        if isinstance(module, nn.RNNBase):
            # Every matrix once a step: the fused kernels would not be seen, and their parts, step by step, take long.
            self._current = None
            call.flops += 2 * recurrent_multiply_adds(module, given)
        if level and weighty:
            level.last = path

    def _after_layer(self, module: nn.Module, args: Any, kwargs: Any, made: Any) -> None:
        call = self._layer
        if call is None or call.module is not module:
            return
        self._layer = self._current = None
        given, outputs = list(tensors_in((args, kwargs))), list(tensors_in(made))
        sources = dict.fromkeys(self._makers[id(tensor)] for tensor in given if id(tensor) in self._makers)
        if not sources and any(not isinstance(tensor, nn.Parameter) for tensor in given) and self._lost(given):
            sources = {self._newest: None}
        self._finish(call, sources, outputs)
        if module is self.model:
            self._end(outputs)

    def _lost(self, given: list[Tensor]) -> bool:
        """Whether what a layer is given may come from the sample on ways that are not seen, such as NumPy."""
        return any(tensor.is_floating_point() for tensor in given)

    def _finish(self, call: Call, sources: dict[str, None], made: list[Tensor], *, again: bool = True) -> None:
        for source in sources:
            if source != call.id:
                self.edges[source, call.id] = None
        shapes = layer_shapes(call.module, made)
        if not call.outputs or (not again and numbers_in(shapes) >= numbers_in(call.outputs)):
            call.outputs = shapes
        call.count += again
        for tensor in made:
            self._owe(tensor, call.id)
        self._newest = call.id
        if self.wanted == call.id:
            self._hold(made)

    def _end(self, outputs: list[Tensor]) -> None:
        if self.done:
            return
        self.done = True
        self.outputs = tuple(shape_of(tensor) for tensor in outputs)
        sources = dict.fromkeys(self._makers[id(tensor)] for tensor in outputs if id(tensor) in self._makers)
        for source in sources or {self._newest: None}:
            self.edges[source, OUTPUT] = None

    def _kept(self, key: _Key, stem: str, fresh: Call) -> Call:
        """The row of that key; another place in the code makes another row of the same name."""
        if key not in self._ids:
            number = 1
            while (id := stem if number == 1 else f"{stem} ({number})") in self.calls:
                number += 1
            self._ids[key] = fresh.id = id
            fresh.name = fresh.name if number == 1 else f"{fresh.name} ({number})"
            self.calls[id] = fresh
        return self.calls[self._ids[key]]

    def _name(self, module: nn.Module) -> str:
        """Under which of its names a module is called now: one that stands in several places takes turns."""
        names = self._names[id(module)]
        turn = self._turns.get(id(module), 0)
        self._turns[id(module)] = turn + 1
        return names[turn % len(names)]

    def _place(self, level: _Level) -> tuple[tuple[Any, ...], str, FrameType | None]:
        """Where in the code of the block a call stands, so that a loop is told from two calls.

        And the function of torch that was called there, where that is written in Python: its name and its frame.
        """
        found: list[Any] = []
        frame: FrameType | None = sys._getframe(2)
        helper: FrameType | None = None
        while frame is not None and frame is not level.frame:
            file = frame.f_code.co_filename
            if file != _HERE:
                if not file.startswith(_TORCH):
                    found.append((frame.f_code, frame.f_lasti))
                elif not found:
                    helper = frame
            frame = frame.f_back
        name = helper.f_code.co_name if helper is not None else ""
        return tuple(found), "" if name.startswith("_") or name in _WRAPPERS else name, helper

    def _owe(self, tensor: Tensor, maker: str) -> None:
        if id(tensor) not in self._makers:
            self._alive.append(tensor)
        self._makers[id(tensor)] = maker

    def _hold(self, made: list[Tensor]) -> None:
        for tensor in made:
            if tensor.requires_grad and not tensor.is_leaf:
                tensor.retain_grad()
        self.kept = tuple(made)
        # Copied now: what follows may change the tensor in place.
        self.values = tuple(tensor.detach().clone() for tensor in made)

    def _check_patience(self) -> None:
        self._naps.take()
        if self._stop.is_set():
            raise Cancelled
        if self._seen > MOST_CALLS or time.monotonic() > self._ends:
            raise StructureError("One sample's way through this network takes too long to be drawn.")


class _Functions(TorchFunctionMode):
    """Sees every function of torch that Python code of this thread calls."""

    def __init__(self, observer: Observer) -> None:
        super().__init__()
        self._observer = observer

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self._observer.on_function(function, args, kwargs or {})


class _Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts with the formulas of torch's flop counter, whose own hooks would watch the modules of all threads."""

    def __init__(self, observer: Observer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._observer = observer

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if not self._observer.counts:
            return function(*args, **kwargs)
        packet = getattr(function, "overloadpacket", None)
        if packet not in flop_registry and torch.is_inference_mode_enabled():
            with self:  # there, functions come whole that are made of others
                made = function.decompose(*args, **kwargs)
            if made is not NotImplemented:
                return made
        made = function(*args, **kwargs)
        if packet in flop_registry:
            self._observer.charge(int(flop_registry[packet](*args, **kwargs, out_val=made)))
        return made
