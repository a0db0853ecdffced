"""Network and weights as ONNX, tried in onnxruntime before they are called done."""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import message
from core.export.request import CannotExport, Request
from core.kept import KeptModel

OPSET = 20
CLOSE = 1e-4
"""How far an answer of onnxruntime may be from the model's own, relative and absolute."""
TRIED = 2, 5
"""Samples (of a text: lanes) side by side; the first ones when it is exported, the others when it is tried."""
TOKENS = 6, 9
SEED = 0


@dataclass(frozen=True)
class Signature:
    """What goes in and comes out, by name. ``dynamic``: name -> which of its axes may have any length."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    dynamic: dict[str, dict[int, str]]


PICTURE = Signature(("input",), ("logits",), {"input": {0: "batch"}})
WHOLE_TEXT = Signature(("tokens",), ("logits",), {"tokens": {0: "batch", 1: "time"}})


class TextStep(nn.Module):
    """A recurrent network whose memory goes in and comes out as tensors: ONNX knows no optional arguments."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """Logits B×T×V, and the state after the last token."""
        logits, after = self.model(tokens, state if len(state) > 1 else state[0])
        return logits, *(after if isinstance(after, tuple) else (after,))


def write(request: Request, path: Path) -> None:
    """One ``.onnx`` file, with the names of the classes, mean and deviation in its metadata.

    Raises:
        CannotExport: where the network cannot be expressed, or does not answer alike in onnxruntime.
    """
    kept = request.kept
    kept.model.eval()
    text = bool(kept.info.vocabulary)
    remembers = text and _takes_state(kept.model)
    model = TextStep(kept.model) if remembers else kept.model
    request.progress(0, 3, "Translating the network to ONNX")
    try:
        signature = _text_signature(kept) if remembers else WHOLE_TEXT if text else PICTURE
        # Some layers are unrolled, which fixes the number of tokens: then one is read at a time.
        lengths = [TOKENS, (1, 1)] if text else [(1, 1)]
        with _quiet():
            for length in lengths:
                exported = _translated(model, signature, [_sample(kept, TRIED[at], length[at]) for at in (0, 1)])
                if exported is not None:
                    break
        if exported is None:
            raise CannotExport(f"{kept.network.title} gives other answers as ONNX: export its weights instead.")
    except CannotExport:
        raise
    except Exception as error:  # border: torch.onnx and onnxruntime, given a plugin's network
        cause = error.__cause__ or error  # around it there is much on how to mend the translator
        reason = " ".join(message(cause).split())[:120]
        raise CannotExport(
            f"{kept.network.title} cannot be expressed in ONNX ({type(cause).__name__}: {reason}): export its weights."
        ) from error
    request.progress(2, 3, "Writing")
    path.write_bytes(_with_metadata(exported, kept, signature))


def _translated(model: nn.Module, signature: Signature, samples: list[tuple[Tensor, ...]]) -> bytes | None:
    """The file's content; None where it does not answer to the second sample as the model does."""
    axes = {name: dict(found) for name, found in signature.dynamic.items()}
    if samples[0][0].shape[1:2] == (1,) and "time" in axes[signature.inputs[0]].values():
        axes[signature.inputs[0]].pop(1)
    names = {name: torch.export.Dim(name) for found in axes.values() for name in found.values()}
    shapes = [{at: names[name] for at, name in axes.get(each, {}).items()} for each in signature.inputs]
    program: Any = torch.onnx.export(
        *(model, samples[0], None),
        dynamo=True,
        verbose=False,
        opset_version=OPSET,
        input_names=list(signature.inputs),
        output_names=list(signature.outputs),
        dynamic_shapes=(shapes[0], tuple(shapes[1:])) if len(shapes) > 1 else (shapes[0],),
    )
    content: bytes = program.model_proto.SerializeToString()
    return content if _agrees(content, model, signature, samples[1]) else None


def _agrees(content: bytes, model: nn.Module, signature: Signature, sample: tuple[Tensor, ...]) -> bool:
    from onnxruntime import InferenceSession, SessionOptions  # type: ignore[import-untyped]

    options = SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    session = InferenceSession(content, options, providers=["CPUExecutionProvider"])
    with torch.no_grad():
        expected = model(*sample)
    given = {name: tensor.numpy() for name, tensor in zip(signature.inputs, sample, strict=True)}
    try:
        found = session.run(list(signature.outputs), given)
    except Exception as error:  # border: onnxruntime; an axis that the translation fixed
        if "invalid dimensions" in message(error).lower():
            return False
        raise
    expected = expected if isinstance(expected, tuple) else (expected,)
    pairs = zip(found, expected, strict=True)
    return all(np.allclose(ours, theirs.numpy(), rtol=CLOSE, atol=CLOSE) for ours, theirs in pairs)


def _sample(kept: KeptModel, count: int, length: int) -> tuple[Tensor, ...]:
    """Random inputs of the right kind: pictures as the network sees them, or tokens and a memory."""
    chance = torch.Generator().manual_seed(SEED + count)
    if not kept.info.vocabulary:
        shape = (1, -1, *(1 for _ in kept.info.input_shape[1:]))
        pictures = torch.randint(0, 256, (count, *kept.info.input_shape), generator=chance).float() / 255
        return ((pictures - torch.tensor(kept.info.mean).view(shape)) / torch.tensor(kept.info.std).view(shape),)
    tokens = torch.randint(0, len(kept.info.vocabulary), (count, length), generator=chance)
    if not _takes_state(kept.model):
        return (tokens,)
    return tokens, *(torch.rand(part.shape, generator=chance) for part in _state(kept, tokens))


def _takes_state(model: nn.Module) -> bool:
    """Whether ``forward`` is given a memory besides the tokens."""
    return len(inspect.signature(model.forward).parameters) > 1


def _state(kept: KeptModel, tokens: Tensor) -> tuple[Tensor, ...]:
    """The memory after some tokens: one tensor, or several."""
    with torch.no_grad():
        _, state = kept.model(tokens, None)
    parts = state if isinstance(state, tuple) else (state,)
    if not parts or not all(isinstance(part, Tensor) and part.ndim == 3 for part in parts):
        raise CannotExport(f"The memory of {kept.network.title} has no form that ONNX knows: export its weights.")
    return parts


def _text_signature(kept: KeptModel) -> Signature:
    count = len(_state(kept, torch.zeros(1, 1, dtype=torch.int64)))
    before, after = ([f"{name}{at}" for at in range(count)] for name in ("state", "next_state"))
    dynamic = {"tokens": {0: "batch", 1: "time"}, **{name: {1: "batch"} for name in before}}
    return Signature(("tokens", *before), ("logits", *after), dynamic)


def _with_metadata(content: bytes, kept: KeptModel, signature: Signature) -> bytes:
    import onnx

    model = onnx.load_from_string(content)
    info = kept.info
    scaled = "pixels / 255, then (value - mean) / std, channel by channel: N x C x H x W, float32"
    about = {
        "run": kept.run.id,
        "network": kept.network.title,
        "step": str(kept.step),
        "input": "places in vocabulary, int64, batch x time; states, if there are any, are zeros at first"
        if info.vocabulary
        else scaled,
        "classes": json.dumps(info.classes, ensure_ascii=False),
        "mean": json.dumps(info.mean),
        "std": json.dumps(info.std),
        **({"vocabulary": json.dumps(info.vocabulary, ensure_ascii=False)} if info.vocabulary else {}),
    }
    model.producer_name = "Trainyard"
    onnx.helper.set_model_props(model, about)
    _without_paths(model)
    onnx.checker.check_model(model)
    buffer = io.BytesIO()
    buffer.write(model.SerializeToString())
    return buffer.getvalue()


def _without_paths(model: Any) -> None:
    """The translator notes for each node where in which file it comes from: nobody else's business."""
    model.graph.ClearField("doc_string")
    for node in model.graph.node:
        del node.metadata_props[:]
        node.ClearField("doc_string")
    for function in model.functions:
        for node in function.node:
            del node.metadata_props[:]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The translator talks of its insides."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
