"""Finds out what a network is made of: builds it without its numbers, and follows one sample through it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any

import torch
from torch import Tensor, nn

from core.batches import Batch
from core.config import ConfigError
from core.data import Cancelled, DataInfo
from core.errors import message
from core.job import build_model
from core.specs import NetworkSpec, TaskSpec
from core.structure.apart import own_random_numbers
from core.structure.arithmetic import arithmetic_of, own_sentences
from core.structure.observing import OWN, Call, Observer
from core.structure.rows import LayerRow, Shape, Structure, StructureError
from core.structure.sums import many
from core.structure.tensors import numbers_in

LARGEST = 2 * 2**30
"""Bytes of weights that are made to be looked at; the shapes alone, on the meta device, may be of any size."""


@dataclass(frozen=True)
class Question:
    """A network with certain settings, for certain data. ``seed``: of the weights where some are needed."""

    network: NetworkSpec
    task: TaskSpec | None
    settings: Mapping[str, Any]
    info: DataInfo
    seed: int = 0


def structure_of(question: Question, stop: Event | None = None) -> Structure:
    """What the network is made of.

    It is built on torch's "meta" device, where tensors have a shape and no numbers, so that the largest takes a
    moment and no memory; only where its code asks for numbers on the way is it built and run in earnest. Either way
    no random number of the process is used up, if nobody else draws some meanwhile.

    Raises:
        ConfigError: where a setting is wrong or the network refuses the data.
        StructureError: where its own code fails, or takes too long.
        Cancelled: once ``stop`` is set.
    """
    size = 0
    for device in ("meta", "cpu"):
        check_size(size)
        try:
            with own_random_numbers(question.seed), torch.device(device):
                model = build_model(question.network, question.settings, question.info).eval()
                size = sum(each.numel() * each.element_size() for each in model.parameters())
                observer = observed(model, question, blank_batch(question, device), stop=stop)
            return _structure(question.network.title, model, observer)
        except (ConfigError, StructureError, Cancelled):
            raise
        except Exception as error:  # border: the network is a plugin's code
            if device == "cpu":
                raise failed(question, error) from error
    raise AssertionError("one of the two devices has answered")


def fresh_model(question: Question) -> nn.Module:
    """The network with the random weights of its seed, in evaluation mode, on the processor.

    Raises:
        ConfigError, StructureError: as :func:`structure_of`.
    """
    try:
        with own_random_numbers(question.seed):
            return build_model(question.network, question.settings, question.info).eval()
    except ConfigError:
        raise
    except Exception as error:  # border: the network is a plugin's code
        raise failed(question, error) from error


def check_size(size: int) -> None:
    """Whether a network of so many bytes may be built just to be looked at.

    Raises:
        StructureError: where it would take too much of the memory.
    """
    if size > LARGEST:
        raise StructureError(
            f"The weights of this network take {size / 1e9:,.1f} GB, too much to make them only to look at them: "
            "choose smaller settings."
        )


def failed(question: Question, error: Exception) -> StructureError:
    """The sentence for a network whose own code fails."""
    reason = message(error).strip().splitlines()
    words = f"{type(error).__name__}: {reason[0]}" if reason else type(error).__name__
    sentence = f"{question.network.title} cannot be taken apart, since its own code fails ({words[:300]})."
    return StructureError(sentence, "".join(traceback.format_exception(error)))


def blank_batch(question: Question, device: str) -> Batch:
    """One sample of nothing, in the shape and type of the data."""
    info = question.info
    if info.vocabulary:
        last = len(info.vocabulary) - 1  # the first one may be what fills sequences up
        inputs = torch.full((1, *info.input_shape), last, dtype=torch.int64, device=device)
        answers = inputs.shape if info.classes == info.vocabulary else (1,)
        return Batch(inputs, torch.zeros(answers, dtype=torch.int64, device=device))
    inputs = torch.zeros((1, *info.input_shape), device=device)
    return Batch(inputs, torch.zeros(1, dtype=torch.int64, device=device))


def observed(
    model: nn.Module, question: Question, batch: Batch, *, wanted: str = "", stop: Event | None = None
) -> Observer:
    """One forward of ``batch`` (of one sample), watched; no gradient is kept.

    Raises:
        Whatever the network raises.
    """
    ways: list[Callable[[], object]] = [lambda: model(batch.inputs)]
    task = question.task
    if task is not None:  # perhaps it is called in another way
        ways.append(lambda: task.loss(model, batch))
    first: Exception | None = None
    for way in ways:
        observer = Observer(model, wanted, stop)
        try:
            with torch.no_grad(), observer.watching():
                way()
        except (StructureError, Cancelled):
            raise
        except Exception as error:  # border: the network is a plugin's code
            first = first or error
        if observer.done:
            return observer
    raise first or StructureError("This network's forward is never called, so its way cannot be followed.")


def _structure(title: str, model: nn.Module, observer: Observer) -> Structure:
    parameters = list(model.parameters())
    return Structure(
        title=title,
        rows=tuple(_Rows(model, observer).in_order()),
        edges=tuple(observer.edges),
        inputs=observer.inputs,
        outputs=observer.outputs,
        parameters=sum(each.numel() for each in parameters),
        tensors=len(parameters),
        trainable=sum(each.numel() for each in parameters if each.requires_grad),
        size=sum(each.numel() * each.element_size() for each in parameters),
    )


class _Rows:
    """Sorts what was called into the blocks, and counts every parameter once."""

    def __init__(self, model: nn.Module, observer: Observer) -> None:
        self._observer = observer
        self._modules = dict(model.named_modules(remove_duplicate=False))
        self._counted: dict[int, str] = {}
        self._inside: dict[str, list[LayerRow | str]] = {"": []}
        for call in observer.calls.values():
            self._put(call.block, self._row(call))
        for name, module in model.named_modules():
            self._put_rest(name, module)

    def in_order(self, block: str = "") -> list[LayerRow]:
        """Every block right before what is in it."""
        found: list[LayerRow] = []
        for each in self._inside[block]:
            if isinstance(each, LayerRow):
                found.append(each)
            else:
                below = self.in_order(each)
                found += [self._block(each, below), *below]
        return found

    def _put(self, block: str, row: LayerRow) -> None:
        self._open(block)
        self._inside[block].append(row)

    def _open(self, block: str) -> None:
        if block not in self._inside:
            above = block.rpartition(".")[0]
            self._open(above)
            self._inside[block] = []
            self._inside[above].append(block)

    def _row(self, call: Call) -> LayerRow:
        tensors = list(call.module.named_parameters(prefix=call.path or "")) if call.module is not None else []
        words = list(arithmetic_of(call))
        own, shared = self._count(tensors, call.name)
        if shared:
            words.append(f"Uses the weights of {shared}, which are counted there.")
        if call.count > 1:
            words.append(f"Called {call.count:,} times for one sample.")
        return LayerRow(
            id=call.id,
            name=call.name,
            kind=type(call.module).__name__ if call.module is not None else call.function,
            block=call.block,
            module=call.path,
            inputs=call.inputs,
            outputs=call.outputs,
            tensors=_shapes(tensors),
            parameters=own,
            multiply_adds=call.flops // 2,
            activations=call.count * numbers_in(call.outputs),
            arithmetic=tuple(words),
            calls=call.count,
        )

    def _put_rest(self, name: str, module: nn.Module) -> None:
        """Parameters that belong to no layer that was called: a block's own, or those of a layer left out."""
        tensors = [
            (f"{name}.{own}" if name else own, tensor)
            for own, tensor in module.named_parameters(recurse=False)
            if id(tensor) not in self._counted
        ]
        if not tensors:
            return
        leaf = bool(name) and not any(True for _ in module.children())
        used = name in self._observer.blocks or (name == "" and not leaf)
        block, title = (name.rpartition(".")[0], name.rpartition(".")[2]) if leaf else (name, OWN)
        count, _ = self._count(tensors, title)
        words = own_sentences([(each.rpartition(".")[2], tuple(tensor.shape)) for each, tensor in tensors])
        if not used:
            words.append("Nothing calls this layer; its weights may be used in another way.")
        row = LayerRow(
            id=name if leaf else f"{name}.{OWN}" if name else OWN,
            name=title,
            kind=type(module).__name__ if leaf else "Parameter",
            block=block,
            module=name,
            tensors=_shapes(tensors),
            parameters=count,
            arithmetic=tuple(words),
            calls=0,
        )
        self._put(block, row)

    def _count(self, tensors: Sequence[tuple[str, Tensor]], owner: str) -> tuple[int, str]:
        """Numbers that no row has counted yet, and which row has counted the others, "" where there are none."""
        fresh, shared = 0, ""
        for name, tensor in tensors:
            if id(tensor) in self._counted:
                shared = self._counted[id(tensor)]
            else:
                fresh += tensor.numel()
                self._counted[id(tensor)] = name.rpartition(".")[0] or owner
        return fresh, shared

    def _block(self, path: str, below: list[LayerRow]) -> LayerRow:
        leaves = [row for row in below if not row.is_block]
        called = [row for row in leaves if row.calls]
        given, made = self._observer.blocks.get(path, ((), ()))
        parts = sum(row.block == path for row in below)
        return LayerRow(
            id=path,
            name=path.rpartition(".")[2],
            kind=type(self._modules[path]).__name__ if path in self._modules else "",
            block=path.rpartition(".")[0],
            is_block=True,
            module=path,
            inputs=given or (called[0].inputs if called else ()),
            outputs=made or (called[-1].outputs if called else ()),
            tensors=tuple(dict.fromkeys(tensor for row in leaves for tensor in row.tensors)),
            parameters=sum(row.parameters for row in leaves),
            multiply_adds=sum(row.multiply_adds for row in leaves),
            activations=sum(row.activations for row in leaves),
            arithmetic=(f"A block of {many(parts, 'part')}, {many(len(leaves), 'layer')} in all.",),
        )


def _shapes(tensors: Sequence[tuple[str, Tensor]]) -> tuple[tuple[str, Shape], ...]:
    return tuple((name, tuple(int(length) for length in tensor.shape)) for name, tensor in tensors)
