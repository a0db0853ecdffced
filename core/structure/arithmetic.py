"""Why a layer gives numbers of that shape, has that many parameters and costs that much, in sentences."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from torch import nn

from core.structure.observing import Call
from core.structure.rows import Shape
from core.structure.sums import many, product, shape_text, transposed_sum, window_sum

Sentences: TypeAlias = list[str]
_AXES = {1: ("Length",), 2: ("Height", "Width"), 3: ("Depth", "Height", "Width")}
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_POOLS = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)
_ADAPTIVE = (
    *(nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d),
    *(nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d),
)
_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
_DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout)
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1, "LSTMCell": 4, "GRUCell": 3, "RNNCell": 1}
_ACTIVATIONS = (
    *(nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish, nn.Hardswish),
    *(nn.Sigmoid, nn.Tanh, nn.Softplus, nn.Hardtanh, nn.Hardsigmoid, nn.LogSigmoid),
)
_JOINING = {"add": "+", "iadd": "+", "sub": "−", "isub": "−", "mul": "·", "imul": "·", "div": "/", "truediv": "/"}


def arithmetic_of(call: Call) -> tuple[str, ...]:
    """The sentences of one row, the one on its shape first; none where there is nothing to reckon."""
    module = call.module
    if module is None:
        return tuple(_of_function(call))
    for kinds, words in _WORDS:
        if isinstance(module, kinds):
            return tuple(words(module, call))
    return tuple(own_sentences([(name, tuple(each.shape)) for name, each in module.named_parameters()]))


def own_sentences(tensors: Sequence[tuple[str, Shape]]) -> Sentences:
    """Of tensors about which nothing more is known: "pos: 960 = 16×60 parameters"."""
    return [f"{name}: {product(shape)} parameters." for name, shape in tensors]


def _convolution(module: Any, call: Call) -> Sentences:
    given, made, kernel = _shape(call.inputs), _shape(call.outputs), module.kernel_size
    if module.padding == "same":
        sums = [f"{side} = {side}: the padding “same” keeps the size" for side in made[1:]]
    else:
        padding = [0] * len(kernel) if module.padding == "valid" else module.padding
        parts = zip(given[1:], kernel, module.stride, padding, module.dilation, strict=False)
        sums = [window_sum(*numbers) for numbers in parts]
    return [*_sides(sums), *_kernels(module, call, module.in_channels // module.groups, module.out_channels)]


def _transposed(module: Any, call: Call) -> Sentences:
    given = _shape(call.inputs)
    parts = zip(
        *(given[1:], module.kernel_size, module.stride, module.padding, module.dilation, module.output_padding),
        strict=False,
    )
    sums = [transposed_sum(*numbers) for numbers in parts]
    return [*_sides(sums), *_kernels(module, call, module.in_channels, module.out_channels // module.groups)]


def _kernels(module: Any, call: Call, given: int, made: int) -> Sentences:
    """Weights and multiply-adds of kernels that turn ``given`` channels into ``made`` ones, group by group."""
    each, size = shape_text((given, *module.kernel_size)), math.prod((given, *module.kernel_size))
    maps = module.out_channels
    if module.transposed:
        weights = module.weight.numel()
        words = [f"{weights:,} = {module.in_channels} channels × {shape_text((made, *module.kernel_size))} weights"]
        words[0] += f" + {many(maps, 'bias')} = {weights + maps:,} parameters." if module.bias is not None else "."
        places = math.prod(_shape(call.inputs))
        return [*words, f"{places * made * math.prod(module.kernel_size):,} multiply-adds: every number is spread out."]
    bias = " + 1 bias" if module.bias is not None else ""
    total = maps * (size + (module.bias is not None))
    words = [f"{total:,} parameters = {maps} kernels × ({each} weights{bias})."]
    if module.groups > 1:
        words.append(f"{module.groups} groups: each kernel sees {given} of the {module.in_channels} channels.")
    numbers = math.prod(_shape(call.outputs))
    words.append(f"{numbers * size:,} multiply-adds = {shape_text(_shape(call.outputs))} numbers × {each} weights.")
    return words


def _pool(module: Any, call: Call) -> Sentences:
    axes = len(_shape(call.inputs)) - 1
    kernel, stride = _each(module.kernel_size, axes), _each(module.stride or module.kernel_size, axes)
    padding, dilation = _each(module.padding, axes), _each(getattr(module, "dilation", 1), axes)
    return _windows(call, kernel, stride, padding, dilation, ceil=bool(module.ceil_mode))


def _windows(
    call: Call,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    ceil: bool,
) -> Sentences:
    given = _shape(call.inputs)
    parts = zip(given[len(given) - len(kernel) :], kernel, stride, padding, dilation, strict=False)
    return _sides([window_sum(*numbers, ceil=ceil) for numbers in parts])


def _adaptive(module: Any, call: Call) -> Sentences:
    given, made = _shape(call.inputs), _shape(call.outputs)
    what = "largest" if "Max" in type(module).__name__ else "mean"
    pairs = list(zip(given[1:], made[1:], strict=False))
    if all(side % goal == 0 for side, goal in pairs):
        window = shape_text([side // goal for side, goal in pairs])
        return [f"{shape_text(made[1:])} is what is asked for: each number is the {what} of {window}."]
    return [f"{shape_text(made[1:])} is what is asked for: the windows are as even as they can be."]


def _linear(module: Any, call: Call) -> Sentences:
    given, made = module.in_features, module.out_features
    bias = module.bias is not None
    places = math.prod(_shape(call.outputs)[:-1])
    words = [f"{made} = outputs; {given}×{made} weights" + (f" + {many(made, 'bias')}" if bias else "")]
    words[0] += f" = {made * (given + bias):,} parameters."
    times = f" × {places} places" if places > 1 else ""
    return [*words, f"{given * made * places:,} multiply-adds = {given} inputs × {made} outputs{times}."]


def _flatten(module: Any, call: Call) -> Sentences:
    return _reshaped(call)


def _reshaped(call: Call) -> Sentences:
    given, made = _shape(call.inputs), _shape(call.outputs)
    if math.prod(given) != math.prod(made) or len(given) == len(made):
        return []
    if len(made) == 1:
        return [f"{made[0]} = {shape_text(given)}."]
    return [f"{shape_text(given)} = {shape_text(made)} = {math.prod(made):,} numbers."]


def _recurrent(module: Any, call: Call) -> Sentences:
    kind = module.mode.partition("_")[0]
    gates, hidden, ways = GATES[kind], module.hidden_size, 2 if module.bidirectional else 1
    state = module.proj_size or hidden
    words = [f"{state * ways} = {'2 directions × ' if ways > 1 else ''}{state} units, at each step."]
    doubled, matrices = "2 × " if ways > 1 else "", 0
    for layer in range(module.num_layers):
        given = module.input_size if layer == 0 else state * ways
        biases = " + 2 biases" if module.bias else ""
        total = ways * gates * hidden * (given + state + (2 if module.bias else 0))
        matrices += ways * gates * hidden * (given + state)
        if module.proj_size:
            total, matrices = total + ways * state * hidden, matrices + ways * state * hidden
        name = f"Layer {layer + 1}: " if module.num_layers > 1 else ""
        gate = f"{many(gates, 'gate')} × " if gates > 1 else ""
        shrunk = f" + {doubled}{state}×{hidden}" if module.proj_size else ""
        words.append(
            f"{name}{total:,} parameters = {doubled}{gate}{hidden} × ({given} inputs + {state} of the state{biases})"
            f"{shrunk}."
        )
    steps = math.prod(_shape(call.inputs)[:-1])
    words.append(f"{matrices * steps:,} multiply-adds = {matrices:,} weights × {many(steps, 'step')}.")
    return words


def _cell(module: Any, call: Call) -> Sentences:
    gates, hidden, given = GATES[type(module).__name__], module.hidden_size, module.input_size
    total = gates * hidden * (given + hidden + (2 if module.bias else 0))
    gate = f"{many(gates, 'gate')} × " if gates > 1 else ""
    biases = " + 2 biases" if module.bias else ""
    return [
        f"{hidden} units.",
        f"{total:,} parameters = {gate}{hidden} × ({given} inputs + {hidden} of the state{biases}).",
    ]


def _embedding(module: Any, call: Call) -> Sentences:
    count, size = module.num_embeddings, module.embedding_dim
    return [
        f"{size} numbers for each of {count:,} tokens: {count:,}×{size} = {count * size:,} parameters.",
        "A row is looked up: nothing is multiplied.",
    ]


def _batch_norm(module: Any, call: Call) -> Sentences:
    words = ["Every channel is brought to mean 0 and variance 1, then scaled and shifted; the shape stays."]
    if not module.affine:
        return ["Every channel is brought to mean 0 and variance 1; the shape stays."]
    return [*words, f"{2 * module.num_features:,} parameters = {module.num_features} channels × (1 scale + 1 shift)."]


def _layer_norm(module: Any, call: Call) -> Sentences:
    shape = tuple(module.normalized_shape)
    words = [f"Every {shape_text(shape)} numbers are brought to mean 0 and variance 1; the shape stays."]
    total = sum(parameter.numel() for parameter in module.parameters())
    if total:
        parts = "1 scale + 1 shift" if getattr(module, "bias", None) is not None else "1 scale"
        words.append(f"{total:,} parameters = {shape_text(shape)} × ({parts}).")
    return words


def _group_norm(module: Any, call: Call) -> Sentences:
    words = [f"{module.num_groups} groups of {module.num_channels // module.num_groups} channels; the shape stays."]
    if module.affine:
        words.append(f"{2 * module.num_channels:,} parameters = {module.num_channels} channels × (1 scale + 1 shift).")
    return words


def _one_by_one(module: Any, call: Call) -> Sentences:
    return ["Works on every number by itself: the shape stays."]


def _dropout(module: Any, call: Call) -> Sentences:
    return [f"In training, {module.p:g} of the numbers are set to 0 at random; in use, nothing happens."]


def _attention(module: Any, call: Call) -> Sentences:
    size, heads = module.embed_dim, module.num_heads
    total = sum(parameter.numel() for parameter in module.parameters())
    return [
        f"{heads} heads of {size // heads} = {size}/{heads} numbers each.",
        f"{total:,} parameters: query, key, value and output are linear layers of {size} to {size}.",
    ]


def _of_function(call: Call) -> Sentences:
    name, given, made = call.function, _shape(call.inputs), _shape(call.outputs)
    if name in ("flatten", "view", "reshape", "unflatten", "squeeze", "unsqueeze"):
        return _reshaped(call)
    if name in _JOINING and len(call.inputs) > 1:
        return [f"{shape_text(call.inputs[0])} {_JOINING[name]} {shape_text(call.inputs[1])}, number by number."]
    if name in ("relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh", "clamp", "exp", "log"):
        return _one_by_one(None, call)
    if name in ("cat", "concat", "concatenate"):
        return _joined(call)
    if name in ("max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d"):
        return _pool_function(call)
    if name in ("matmul", "mm", "bmm", "linear") and call.flops and given:
        inner = given[-1]
        return [f"{call.flops // 2 // max(1, call.count):,} multiply-adds = {shape_text(made)} numbers × {inner}."]
    if name in ("mean", "sum", "amax", "max") and math.prod(made) < math.prod(given):
        return [
            f"{shape_text(given)} → {shape_text(made)}: {math.prod(given) // math.prod(made):,} numbers become one."
        ]
    return []


def _joined(call: Call) -> Sentences:
    made = _shape(call.outputs)
    for axis, length in enumerate(made):
        parts = [shape[axis] for shape in call.inputs if len(shape) == len(made)]
        if len(parts) > 1 and sum(parts) == length:
            return [f"{length} = {' + '.join(map(str, parts))}: put side by side."]
    return []


def _pool_function(call: Call) -> Sentences:
    names = ("kernel_size", "stride", "padding", *(("dilation",) if "max" in call.function else ()), "ceil_mode")
    found = {**dict(zip(names, call.args[1:], strict=False)), **call.kwargs}
    axes, kernel = int(call.function[-2]), found.get("kernel_size")
    if kernel is None:
        return []
    stride = found.get("stride") or kernel
    parts = [_each(part, axes) for part in (kernel, stride, found.get("padding", 0), found.get("dilation", 1))]
    return _windows(call, parts[0], parts[1], parts[2], parts[3], ceil=bool(found.get("ceil_mode", False)))


def _sides(sums: list[str]) -> Sentences:
    """One sentence where all sides have the same sum, else one a side."""
    if len(set(sums)) == 1:
        return [f"{sums[0]}."]
    return [f"{side}: {words}." for side, words in zip(_AXES.get(len(sums), ()), sums, strict=False)]


def _each(value: Any, axes: int) -> tuple[int, ...]:
    if isinstance(value, tuple | list):
        found = tuple(int(part) for part in value)
        return found * axes if len(found) == 1 else found
    return (int(value),) * axes


def _shape(shapes: tuple[Shape, ...]) -> Shape:
    return shapes[0] if shapes else ()


_WORDS: tuple[tuple[Any, Callable[[Any, Call], Sentences]], ...] = (
    (_TRANSPOSED, _transposed),
    (_CONVOLUTIONS, _convolution),
    (_POOLS, _pool),
    (_ADAPTIVE, _adaptive),
    (nn.Linear, _linear),
    ((nn.Flatten, nn.Unflatten), _flatten),
    ((nn.RNN, nn.LSTM, nn.GRU), _recurrent),
    ((nn.RNNCell, nn.LSTMCell, nn.GRUCell), _cell),
    (nn.Embedding, _embedding),
    (_BATCH_NORMS, _batch_norm),
    ((nn.LayerNorm, nn.RMSNorm), _layer_norm),
    (nn.GroupNorm, _group_norm),
    (_DROPOUTS, _dropout),
    (nn.MultiheadAttention, _attention),
    (_ACTIVATIONS, _one_by_one),
)
