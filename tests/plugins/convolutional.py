"""Networks and snapshots for the tests of what looks at pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.data import DataInfo
from core.discovery import discover
from core.job import build_model
from core.snapshot import Probe, Snapshot

REGISTRY = discover("plugins", installed=False)
TEN = tuple("0123456789")
GREY, COLOUR = DataInfo((1, 32, 32), TEN), DataInfo((3, 32, 32), TEN)


def built(network: str, info: DataInfo = COLOUR, **settings: Any) -> nn.Module:
    torch.manual_seed(0)
    return build_model(REGISTRY.networks[network], settings, info)


def pictures(count: int, shape: tuple[int, ...], seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), dtype=np.uint8)


def snapshot(model: nn.Module, raw: NDArray[np.uint8], info: DataInfo) -> Snapshot:
    probe = Probe(torch.from_numpy(raw).float() / 255, raw, np.full(len(raw), 7))
    return Snapshot(model, probe, info, 0, 0)
