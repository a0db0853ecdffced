"""Networks as plugins may bring them, one oddity each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.data import DataInfo
from core.structure.tracing import Question
from tests.core import tiny

INFO = DataInfo((1, 8, 8), ("a", "b", "c"))
TOKENS = DataInfo((5,), ("a", "b"), vocabulary=("", "x", "y", "z"))


def question(build: Callable[[], nn.Module], info: DataInfo = INFO, *, task: bool = True, seed: int = 0) -> Question:
    found = tiny.registry().tasks["image-classification"] if task else None
    return Question(tiny.network(build=lambda config, data: build()), found, {}, info, seed)


class Shared(nn.Module):
    """Calls one pooling and one linear layer twice, in different places."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pool = nn.Conv2d(1, 2, 3, padding=1), nn.MaxPool2d(2)
        self.mix, self.head = nn.Linear(8, 8), nn.Linear(8, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        maps = self.pool(functional.relu(self.conv(inputs)))
        units = torch.flatten(self.pool(maps), 1)
        units = self.mix(units)
        units = functional.relu(units) + self.mix(units)
        found: Tensor = self.head(units)
        return found


class Loop(nn.Module):
    """A recurrent network written out: the same code for every token."""

    def __init__(self) -> None:
        super().__init__()
        self.letters, self.step, self.head = nn.Embedding(4, 3), nn.Linear(6, 3), nn.Linear(3, 2)

    def forward(self, inputs: Tensor) -> Tensor:
        vectors, state = self.letters(inputs), torch.zeros(len(inputs), 3, device=inputs.device)
        for place in range(inputs.shape[1]):
            state = torch.tanh(self.step(torch.cat([vectors[:, place], state], dim=1)))
        found: Tensor = self.head(state)
        return found


class Layered(nn.Module):
    """A loop over different layers: nothing is repeated in it."""

    def __init__(self) -> None:
        super().__init__()
        self.layers, self.head = nn.ModuleList(nn.Linear(64, 64) for _ in range(3)), nn.Linear(64, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        units = inputs.flatten(1)
        for layer in self.layers:
            units = functional.relu(layer(units))
        found: Tensor = self.head(units)
        return found


class Tied(nn.Module):
    """Two layers with the same weights, parameters of its own, and a layer that nobody calls."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.never = nn.Linear(64, 64), nn.Linear(64, 64), nn.Linear(4, 4)
        self.second.weight = self.first.weight
        self.scale, self.head = nn.Parameter(torch.ones(64)), nn.Linear(64, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        found: Tensor = self.head(self.second(self.first(inputs.flatten(1))) * self.scale)
        return found


class Named(nn.Module):
    """Takes its input by name alone, and answers with a dictionary in a tuple."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(64, 3)

    def forward(self, **given: Any) -> Any:
        return ({"logits": self.head(given["pixels"].flatten(1))}, None, 7)


class Numbers(nn.Module):
    """Decides by the numbers, and takes them through NumPy."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(64, 4), nn.Linear(4, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        units = self.first(inputs.flatten(1))
        if units.sum().item() > 1e9:
            units = units * 2
        units = torch.from_numpy(np.tanh(units.detach().numpy()))
        found: Tensor = self.second(units)
        return found


class Endless(nn.Module):
    """Never comes to an end."""

    def forward(self, inputs: Tensor) -> Tensor:
        while True:
            inputs = inputs + 1


class Raises(nn.Module):
    """Fails in forward."""

    def forward(self, inputs: Tensor) -> Tensor:
        raise RuntimeError("the cat sat on\nthe keyboard")


class Attentive(nn.Module):
    """A transformer, whose layers have layers in them."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.letters, self.body = nn.Embedding(4, 8), nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.places, self.head = nn.Parameter(torch.zeros(5, 8)), nn.Linear(8, 2)

    def forward(self, inputs: Tensor) -> Tensor:
        found: Tensor = self.head(self.body(self.letters(inputs) + self.places).mean(1))
        return found


class Drawing(nn.Module):
    """Draws random numbers in all the ways there are while it is built."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(64, 3)
        self.noise = nn.Parameter(torch.randn(3) + torch.rand(3) + torch.rand_like(torch.ones(3)) + torch.randperm(3))
        self.more = nn.Parameter(torch.empty(3).normal_() + torch.randint(2, 9, (3,)) + torch.bernoulli(torch.ones(3)))
        self.own = nn.Parameter(torch.tensor(np.random.rand(3), dtype=torch.float32, device="cpu"))

    def forward(self, inputs: Tensor) -> Tensor:
        found: Tensor = self.head(inputs.flatten(1)) + self.noise + self.more + self.own
        return found
