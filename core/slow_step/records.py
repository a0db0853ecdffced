"""What is told of a step that is taken apart: plain data, safe to hand to another thread."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Phase: TypeAlias = Literal["ready", "loss", "gradients", "clipped", "updated"]
"""How far the step is: nothing is computed yet; the loss is there; the gradients are there; they were clipped, which
is left out where nothing was; the weights are new."""
PHASES: tuple[Phase, ...] = ("ready", "loss", "gradients", "clipped", "updated")
Array: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Summary:
    """Numbers about many numbers; ``zeros``: which share of them is exactly 0."""

    mean: float
    std: float
    least: float
    largest: float
    zeros: float


@dataclass(frozen=True)
class LayerCall:
    """One use of a layer in the forward pass.

    ``layer``: its name in the model, "" for a model that is a single layer. ``call``: which use of it this is, from 1.
    ``shape``: of its output for the whole batch, which ``numbers`` sums up. ``sample``: the output for the batch's
    first sample, of a large one only the first maps, rows or numbers (see :attr:`whole`). ``sample_shape``: of the
    whole output for that sample. ``parameters``: the names of the layer's own.
    """

    layer: str
    kind: str
    call: int
    shape: tuple[int, ...]
    numbers: Summary
    sample: Array
    sample_shape: tuple[int, ...]
    parameters: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The layer's name, with the number of the call where it is not the first."""
        name = self.layer or self.kind
        return name if self.call == 1 else f"{name} (call {self.call})"

    @property
    def whole(self) -> bool:
        """Whether ``sample`` holds all of the first sample's output."""
        return self.sample.shape == self.sample_shape


@dataclass(frozen=True)
class OutputGradient:
    """Backward has come to the output of ``calls[call]``: the loss's gradient with respect to it.

    ``norm``: over the whole batch. ``sample``: for the batch's first sample, cut as :attr:`LayerCall.sample` is.
    """

    call: int
    norm: float
    sample: Array


@dataclass(frozen=True)
class ParameterGradient:
    """Backward has come to a parameter: ``name.grad`` was None and is there now; ``norm``: its Euclidean norm."""

    name: str
    shape: tuple[int, ...]
    norm: float


Arrival: TypeAlias = OutputGradient | ParameterGradient


@dataclass(frozen=True)
class Clipping:
    """The gradients were longer together (``norm``) than ``limit``, so each was multiplied by ``factor``."""

    norm: float
    limit: float
    factor: float


@dataclass(frozen=True)
class AutogradNode:
    """One function of the autograd graph. ``name``: what ``grad_fn.name()`` says.

    ``inputs``: its ``next_functions``, as places in :attr:`AutogradGraph.nodes`; None where an input needs no gradient
    or where the walk ended. ``variable``: of a leaf, the parameter that gets the gradient. ``saved``: what the
    function keeps for the way back, in words.
    """

    name: str
    inputs: tuple[int | None, ...] = ()
    variable: str = ""
    shape: tuple[int, ...] = ()
    saved: tuple[str, ...] = ()


@dataclass(frozen=True)
class AutogradGraph:
    """How a loss came about, from ``nodes[0]``, its ``grad_fn``, down to the leaves. ``cut``: there are more."""

    nodes: tuple[AutogradNode, ...] = ()
    cut: bool = False

    def users(self, place: int) -> list[int]:
        """The nodes among whose inputs this one is."""
        return [user for user, node in enumerate(self.nodes) if place in node.inputs]

    def leaf_of(self, parameter: str) -> int | None:
        """The place of a parameter's leaf."""
        return next((place for place, node in enumerate(self.nodes) if node.variable == parameter), None)


@dataclass(frozen=True)
class StepRecord:
    """A step that is taken apart, as far as it is.

    ``step``: its number, from 1. ``batch``: how many samples it learns from; ``loss``: theirs, in the task's unit.
    ``calls``: the layers in the order in which they were called, ``calls_left_out`` more of them are not listed.
    ``arrivals``: gradients in the order in which backward came to them. ``rate``: of the first group of parameters.
    ``changes``: parameter -> Euclidean norm of what the update changed. ``anew``: why the step was begun once more.
    """

    step: int
    phase: Phase
    batch: int
    inputs: Array
    inputs_shape: tuple[int, ...]
    parameters: Mapping[str, tuple[int, ...]]
    optimizer: str
    rate: float
    loss: float | None = None
    calls: tuple[LayerCall, ...] = ()
    calls_left_out: int = 0
    arrivals: tuple[Arrival, ...] = ()
    graph: AutogradGraph | None = None
    clipping: Clipping | None = None
    changes: Mapping[str, float] = field(default_factory=dict)
    anew: str = ""

    def gradient_norm(self, call: LayerCall) -> float | None:
        """The Euclidean norm of the gradients of a layer's parameters together; None where none has come yet."""
        wanted = set(call.parameters)
        norms = [each.norm for each in self.arrivals if isinstance(each, ParameterGradient) and each.name in wanted]
        return math.hypot(*norms) if norms else None


Value: TypeAlias = Array | float


@dataclass(frozen=True)
class ParameterNumbers:
    """All numbers of one parameter in a step that is taken apart.

    ``old``: before the update. ``gradient``: None before backward, and where none reached the parameter; after the
    update the one that was used, clipped where that was asked for. ``new``: None before the update.
    ``before`` and ``after``: what the optimizer remembers of it, such as "momentum_buffer" or "exp_avg"; empty where it
    remembers nothing yet. ``rule``: the optimizer's class in ``torch.optim``, "" for any other, and ``settings`` what
    it was set to, such as "lr". ``clips``: the gradients may still be clipped before the update.
    """

    name: str
    step: int
    phase: Phase
    old: Array
    gradient: Array | None
    rule: str
    settings: Mapping[str, object]
    new: Array | None = None
    before: Mapping[str, Value] = field(default_factory=dict)
    after: Mapping[str, Value] = field(default_factory=dict)
    clips: bool = False


@dataclass(frozen=True)
class SlowStepStopped:
    """A step that is taken apart has come to a phase, and waits there unless it was told to finish.

    After "updated" it is over.
    """

    record: StepRecord
