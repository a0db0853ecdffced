"""Chance of one's own: what is built to be looked at draws nothing from the random numbers of a run that goes on."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

WORKED_S, NAP_S = 0.002, 0.0001
_FILLED_BY = {"rand_like": "uniform_", "randn_like": "normal_"}


@contextmanager
def own_random_numbers(seed: int) -> Iterator[None]:
    """On this thread, torch draws from a generator of its own with that seed, as a run with that seed begins with.

    Python's and NumPy's generators belong to all threads: they are put back afterwards, so that nobody else may draw
    from them meanwhile. Where a run goes on, this is for a safe point.
    """
    python, numpy = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed % 2**32)
    try:
        with OwnGenerator(seed):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


class Naps:
    """Lets go of the interpreter's lock now and then.

    Who waits for it, the window for instance, gets it only after 5 ms otherwise, and needs it several times to answer
    one click.
    """

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def take(self) -> None:
        """Sleep for a moment, if there was work for longer than that."""
        if time.perf_counter() - self._since > WORKED_S:
            time.sleep(NAP_S)
            self._since = time.perf_counter()


class OwnGenerator(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """On its thread, hands a generator of its own to every operation on the processor that draws random numbers."""

    def __init__(self, seed: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._generator = torch.Generator().manual_seed(seed)
        self._naps = Naps()

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self._naps.take()
        kwargs = dict(kwargs or {})
        packet = getattr(function, "overloadpacket", None)
        name = getattr(packet, "__name__", "")
        if kwargs.get("generator") is not None or not _on_processor(args, kwargs):
            return function(*args, **kwargs)
        if name in _FILLED_BY:
            empty = torch.ops.aten.empty_like.default(*args, **kwargs)
            return getattr(torch.ops.aten, _FILLED_BY[name]).default(empty, generator=self._generator)
        if any(argument.name == "generator" for argument in function._schema.arguments):
            return function(*args, **{**kwargs, "generator": self._generator})
        if "generator" in (overloads := packet.overloads() if packet is not None else ()):
            with_start = "low" in function._overloadname and "low_generator" in overloads
            overload = "low_generator" if with_start else "generator"
            return getattr(packet, overload)(*args, **{**kwargs, "generator": self._generator})
        return function(*args, **kwargs)


def _on_processor(args: Any, kwargs: dict[str, Any]) -> bool:
    device = kwargs.get("device")
    if device is not None:
        return torch.device(device).type == "cpu"
    return all(each.device.type == "cpu" for each in args if isinstance(each, torch.Tensor))
