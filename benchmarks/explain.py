"""How long an answer and its explanation take on the tutorial's network, warm, against plain captum and torch calls."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.report import Check, Section
from core.data import DataInfo
from core.explain.attribution import explain, warm_up
from core.explain.live import resting_copy
from core.explain.methods import METHODS
from core.explain.recording import record
from core.inference import Classifier

HOW = (
    "The tutorial's network (two convolutions of 5×5 with 6 and 16 maps, two poolings, linear layers of 120, 84 and "
    "10) on 3×32×32, random weights, one processor thread, warm. Ours is what the window calls: for a map, from the "
    "uint8 picture to the map of the picture's size, with the probabilities and the sentence; for a dropped file, from "
    "the path to labels and probabilities. The rival is what a notebook does with the same libraries: captum's own "
    "call, or Pillow's open and resize, and the network. Both sides take turns, call by call; the ratio is that of the "
    "medians."
)
HEADER = ("What", "Ours, p50, ms", "Ours, p95, ms", "Plain calls, p50, ms", "Ratio", "n")
INFO = DataInfo((3, 32, 32), tuple("abcdefghij"), (0.5,) * 3, (0.5,) * 3, "photo")
ROUNDS = 150
SLOW_ROUNDS = 30
WARM_UP = 5
LONGEST_MAP_MS = 300.0
LONGEST_ANSWER_MS = 50.0
MEGAPIXEL = (1250, 800)
Work: TypeAlias = Callable[[], object]


class Tutorial(nn.Module):
    """The convolutional network of the PyTorch tutorial "Training a Classifier"."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, inputs: Tensor) -> Tensor:
        """B×3×32×32 to logits B×10."""
        maps = self.pool(functional.relu(self.conv1(inputs)))
        maps = self.pool(functional.relu(self.conv2(maps)))
        units = functional.relu(self.fc1(torch.flatten(maps, 1)))
        logits: Tensor = self.fc3(functional.relu(self.fc2(units)))
        return logits


@dataclass(frozen=True)
class Duel:
    """Milliseconds of each call."""

    ours: list[float]
    plain: list[float]

    def cells(self, what: str) -> tuple[str, ...]:
        """A row of the table."""
        ours, plain = statistics.median(self.ours), statistics.median(self.plain)
        figures = (f"{ours:.2f}", f"{self.p95():.2f}", f"{plain:.2f}", f"{ours / plain:.2f}", str(len(self.ours)))
        return (what, *figures)

    def p95(self) -> float:
        """Of our calls."""
        return statistics.quantiles(self.ours, n=20, method="inclusive")[18]


def measure() -> Section:
    """Maps, then dropped files."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    began = time.perf_counter()
    warm_up()
    note = f"Importing captum and the first map of all: {time.perf_counter() - began:.1f} s, once, in the background."
    try:
        maps, answers = _maps(), _answers()
    finally:
        torch.set_num_threads(threads)
    checks = [Check("Grad-CAM, p95", maps["Grad-CAM"].p95(), LONGEST_MAP_MS, at_least=False, unit="ms")]
    checks += [
        Check(f"{what}, p95", duel.p95(), LONGEST_ANSWER_MS, at_least=False, unit="ms")
        for what, duel in answers.items()
    ]
    rows = [duel.cells(what) for what, duel in {**maps, **answers}.items()]
    return Section("explain", "Answering and explaining", HOW, HEADER, rows, checks, [note])


def _maps() -> dict[str, Duel]:
    model = resting_copy(Tutorial())
    seen = np.random.default_rng(0).integers(0, 256, INFO.input_shape, dtype=np.uint8)
    found = {}
    for method in METHODS.values():
        rounds = SLOW_ROUNDS if method.id in ("occlusion", "integrated-gradients") else ROUNDS
        found[method.title] = _duel(_our_map(model, seen, method.id), _plain_map(model, seen, method.id), rounds)
    found["Grad-CAM and all layers"] = _duel(
        lambda: (record(model, INFO, seen), explain(model, INFO, seen)), _plain_map(model, seen, "grad-cam"), ROUNDS
    )
    return found


def _our_map(model: nn.Module, seen: NDArray[np.uint8], method: str) -> Work:
    return lambda: explain(model, INFO, seen, method)


def _plain_map(model: nn.Module, seen: NDArray[np.uint8], method: str) -> Work:
    from captum import attr

    def options() -> dict[str, Any]:
        if method == "occlusion":
            shapes = {"sliding_window_shapes": (3, 8, 8), "strides": (3, 4, 4)}
            return {**shapes, "baselines": 0.0, "perturbations_per_eval": 64}
        return {"n_steps": 50, "return_convergence_delta": True} if method == "integrated-gradients" else {}

    def attribution() -> Any:
        if method == "grad-cam":
            return attr.LayerGradCam(model, model.get_submodule("conv2"))
        kinds = {"saliency": attr.Saliency, "occlusion": attr.Occlusion}
        return kinds.get(method, attr.IntegratedGradients)(model)

    def work() -> object:
        inputs = ((torch.from_numpy(seen)[None].float() / 255 - 0.5) / 0.5).requires_grad_()
        with torch.no_grad():
            target = int(model(inputs)[0].argmax())
        found = attribution().attribute(inputs, target=target, **options())
        if method != "grad-cam":
            return found
        return attr.LayerAttribution.interpolate(torch.relu(found), (32, 32), interpolate_mode="bilinear")

    return work


def _answers() -> dict[str, Duel]:
    classifier = Classifier(Tutorial(), INFO, "Tutorial")
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.png"), Path(folder, "large.jpg")
        _photo(32, 32).save(small)
        _photo(*MEGAPIXEL).save(large, quality=90)
        return {
            "Dropped PNG of 32×32": _answer_duel(classifier, small),
            "Dropped JPEG of a megapixel": _answer_duel(classifier, large),
        }


def _answer_duel(classifier: Classifier, path: Path) -> Duel:
    def plain() -> object:
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("RGB").resize((32, 32), Image.Resampling.BILINEAR))
        inputs = (torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255 - 0.5) / 0.5
        with torch.no_grad():
            return torch.softmax(classifier.model(inputs)[0], dim=0).numpy()

    return _duel(lambda: classifier.classify(path), plain, ROUNDS)


def _photo(width: int, height: int) -> Image.Image:
    """Waves of colour with a little noise: it packs about as well as a photo."""
    down, across = np.mgrid[0:height, 0:width] / max(width, height)
    waves = [np.sin(9 * across + 5 * shift * down + shift) for shift in (1.0, 2.0, 3.0)]
    noise = np.random.default_rng(0).normal(0, 6, (height, width, 3))
    pixels = np.stack(waves, axis=2) * 90 + 128 + noise
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _duel(ours: Work, plain: Work, rounds: int) -> Duel:
    for _ in range(WARM_UP):
        ours()
        plain()
    duel = Duel([], [])
    for _ in range(rounds):
        for work, figures in ((ours, duel.ours), (plain, duel.plain)):
            began = time.perf_counter()
            work()
            figures.append((time.perf_counter() - began) * 1000)
    return duel
