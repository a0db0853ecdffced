"""Which pixels made a network answer so: saliency, Grad-CAM, occlusion and integrated gradients, by captum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.config import Config
from core.data import DataInfo
from core.explain.explanation import ExplainError, Explanation, Tick
from core.explain.methods import LAST_CONVOLUTION, METHODS, Cover, GradCamSettings, GradientSettings, OcclusionSettings
from core.explain.recording import network_input, softmax

NO_CONVOLUTION = "Grad-CAM needs feature maps, and this network has no convolution: choose another method."
_NUMBERS_AT_ONCE = 2**19
"""Of the pictures that are evaluated together: a large network must not fill the memory."""
_MOST_AT_ONCE = 64
_NORMS = (nn.BatchNorm2d, nn.GroupNorm, nn.InstanceNorm2d, nn.Dropout2d)
_ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Hardswish, nn.Mish)


def explain(
    model: nn.Module,
    info: DataInfo,
    seen: NDArray[np.uint8],
    method: str = "grad-cam",
    target_class: int | None = None,
    settings: Config | None = None,
    tick: Tick = lambda done, total: None,
) -> Explanation:
    """Where ``model`` looks in ``seen`` (uint8 C×H×W) for the score of ``target_class`` (None: its top guess).

    ``model``: a copy made by :func:`core.explain.live.resting_copy`. ``method``: an id of
    :data:`core.explain.methods.METHODS`; ``settings``: its settings, else their defaults. ``tick`` is told how far it
    is, and may raise to give up. Scores are the network's outputs before the softmax.

    Sources: saliency, Simonyan et al. 2013; Grad-CAM, Selvaraju et al. 2017; occlusion, Zeiler and Fergus 2014;
    integrated gradients, Sundararajan et al. 2017; all as captum computes them.

    Raises:
        ExplainError: where this picture, class or method does not suit the network, with the reason.
        core.inference.NotReady: where the network answers with no numbers.
        ValueError: where ``model`` is in training mode, or there is no such method.
    """
    if model.training:
        raise ValueError("only a copy in evaluation mode can be explained: see resting_copy")
    if method not in METHODS:
        raise ValueError(f"there is no method {method!r}: choose one of {', '.join(METHODS)}")
    inputs = network_input(info, seen).requires_grad_()
    layers, logits = _traced(model, inputs)
    probabilities = softmax(logits)
    target = int(probabilities.argmax()) if target_class is None else target_class
    if not 0 <= target < len(info.classes):
        raise ExplainError(f"The network knows {len(info.classes)} classes, so none is number {target}.")
    case = _Case(model, info, inputs, target, f"“{info.classes[target]}”", layers, tick)
    found = _COMPUTE[method](case, settings or METHODS[method].config())
    heat = found.heat.detach().float().numpy().astype(np.float32, copy=False)
    if not np.isfinite(heat).all():
        raise ExplainError("The gradients of this network are no numbers here: choose occlusion, which needs none.")
    signed = METHODS[method].signed
    return Explanation(method, target, heat, signed, probabilities, found.sentence, found.note, found.layer)


def warm_up() -> None:
    """Import captum and compute one tiny map, so that the first real one is quick."""
    # Nothing in here is drawn at random: the random state of a run that goes on must not move.
    convolution = nn.utils.skip_init(nn.Conv2d, 1, 1, 3)  # type: ignore[no-untyped-call]
    linear = nn.utils.skip_init(nn.Linear, 36, 2)  # type: ignore[no-untyped-call]
    model = nn.Sequential(convolution, nn.Flatten(), linear)
    for parameter in model.parameters():
        nn.init.constant_(parameter, 0.1)
    info = DataInfo((1, 8, 8), ("a", "b"))
    explain(model.eval().requires_grad_(False), info, np.zeros((1, 8, 8), np.uint8))


@dataclass(frozen=True)
class _Case:
    """What is asked. ``layers``: name -> shape of the output, in calling order; ``inputs``: 1×C×H×W."""

    model: nn.Module
    info: DataInfo
    inputs: Tensor
    target: int
    name: str
    layers: dict[str, tuple[int, ...]]
    tick: Tick

    def at_once(self) -> int:
        """How many pictures may be evaluated together."""
        return max(1, min(_MOST_AT_ONCE, _NUMBERS_AT_ONCE // self.inputs.numel()))

    def counted(self, total: int) -> Callable[[Tensor], Tensor]:
        """The model, saying after each call how many of ``total`` pictures are done."""
        done = 0

        def forward(inputs: Tensor) -> Tensor:
            nonlocal done
            self.tick(min(done, total), total)
            logits: Tensor = self.model(inputs)
            done += len(inputs)
            return logits

        return forward

    def cover(self, cover: Cover) -> Tensor:
        """1×C×1×1: what stands for nothing, as the network takes it."""
        shape = (1, -1, 1, 1)
        mean, std = torch.tensor(self.info.mean).view(shape), torch.tensor(self.info.std).view(shape)
        shade = {"mean": mean, "black": torch.zeros_like(mean), "white": torch.ones_like(mean)}[cover]
        return (shade - mean) / std


@dataclass(frozen=True)
class _Found:
    heat: Tensor
    sentence: str
    note: str = ""
    layer: str = ""


_Compute: TypeAlias = Callable[[_Case, Any], _Found]


def _traced(model: nn.Module, inputs: Tensor) -> tuple[dict[str, tuple[int, ...]], Tensor]:
    """The layers that are called, with the shapes of their outputs; and the logits."""
    shapes: dict[str, tuple[int, ...]] = {}

    def keep(name: str, output: object) -> None:
        if isinstance(output, torch.Tensor):
            shapes.pop(name, None)
            shapes[name] = tuple(output.shape)

    handles = [
        layer.register_forward_hook(lambda _layer, _given, output, name=name: keep(name, output))
        for name, layer in model.named_modules()
        if name and not any(layer.children())
    ]
    try:
        with torch.no_grad():
            logits: Tensor = model(inputs)[0]
    finally:
        for handle in handles:
            handle.remove()
    return shapes, logits


def _saliency(case: _Case, settings: Config) -> _Found:
    from captum.attr import Saliency

    gradients = Saliency(case.model).attribute(case.inputs, target=case.target)
    return _Found(
        gradients[0].amax(dim=0),
        f"The brighter a pixel, the more a small change of it would move the score of {case.name}, up or down.",
    )


def _grad_cam(case: _Case, settings: GradCamSettings) -> _Found:
    from captum.attr import LayerAttribution, LayerGradCam

    name = _cam_layer(case, settings.layer)
    layer = case.model.get_submodule(name)
    coarse = LayerGradCam(case.model, layer).attribute(case.inputs, target=case.target, relu_attributions=True)
    height, width = case.inputs.shape[2:]
    heat = LayerAttribution.interpolate(coarse, (height, width), interpolate_mode="bilinear")[0, 0]
    rows, columns = coarse.shape[2:]
    return _Found(
        heat,
        f"Where the {rows}×{columns} feature maps of {name} that raise the score of {case.name} are active.",
        "" if bool(heat.any()) else f"Nothing in {name} raises the score of {case.name}: try another layer.",
        name,
    )


def _cam_layer(case: _Case, asked: str) -> str:
    maps = [name for name, shape in case.layers.items() if len(shape) == 4]
    if asked != LAST_CONVOLUTION and asked in maps:
        return asked
    convolutions = [name for name in maps if isinstance(case.model.get_submodule(name), nn.Conv2d)]
    if not convolutions:
        raise ExplainError(NO_CONVOLUTION)
    with_places = [name for name in convolutions if case.layers[name][2] * case.layers[name][3] > 1]
    return _activation_of((with_places or convolutions)[-1], case, maps)


def _activation_of(convolution: str, case: _Case, maps: list[str]) -> str:
    """The ReLU, or the like, behind a convolution; the convolution itself where that is no layer.

    What a ReLU cuts off is passed on to nobody, but would be weighed as well and could outweigh all the rest.
    """
    for name in maps[maps.index(convolution) + 1 :]:
        layer = case.model.get_submodule(name)
        if case.layers[name] != case.layers[convolution] or not isinstance(layer, _NORMS + _ACTIVATIONS):
            break
        if isinstance(layer, _ACTIVATIONS):
            return name
    return convolution


def _occlusion(case: _Case, settings: OcclusionSettings) -> _Found:
    from captum.attr import Occlusion

    _, channels, height, width = case.inputs.shape
    window = (min(settings.window, height), min(settings.window, width))
    stride = (min(settings.stride, window[0]), min(settings.stride, window[1]))
    places = [
        -(-(side - square) // step) + 1 for side, square, step in zip((height, width), window, stride, strict=True)
    ]
    with torch.no_grad():
        parts = Occlusion(case.counted(places[0] * places[1] + 1)).attribute(
            case.inputs,
            target=case.target,
            sliding_window_shapes=(channels, *window),
            strides=(channels, *stride),
            baselines=case.cover(settings.cover).expand_as(case.inputs),
            perturbations_per_eval=case.at_once(),
        )
    # captum gives each channel the fall of its whole window: they are all alike.
    return _Found(
        parts[0].mean(dim=0),
        f"How far the score of {case.name} falls when a square of {window[1]}×{window[0]} px covers the place; "
        "where it rises instead, the place spoke against it.",
    )


def _integrated_gradients(case: _Case, settings: GradientSettings) -> _Found:
    from captum.attr import IntegratedGradients

    baseline = case.cover(settings.baseline).expand_as(case.inputs)
    parts, delta = IntegratedGradients(case.counted(settings.steps + 4)).attribute(
        case.inputs,
        baselines=baseline,
        target=case.target,
        n_steps=settings.steps,
        internal_batch_size=case.at_once(),
        return_convergence_delta=True,
    )
    error, total = float(delta.detach()), float(parts.detach().sum())
    rise = total - error
    share = f", {abs(error / rise):.1%}" if abs(rise) > 1e-6 else ""
    start = {"mean": "an even picture in the mean colour", "black": "black", "white": "white"}[settings.baseline]
    return _Found(
        parts[0].sum(dim=0),
        f"What each pixel adds to the score of {case.name}, or takes from it, on the way from {start} to this picture.",
        f"All parts together: {total:+.3f}. The score rose by {rise:+.3f}: off by {abs(error):.2g}{share} "
        f"(convergence delta, {settings.steps} steps).".replace("-", "−"),
    )


_COMPUTE: dict[str, _Compute] = {
    "saliency": _saliency,
    "grad-cam": _grad_cam,
    "occlusion": _occlusion,
    "integrated-gradients": _integrated_gradients,
}
