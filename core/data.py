"""Data as plugins hand it over: arrays with names, never loaders, since ``core`` owns the order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError

if TYPE_CHECKING:
    from torch import Generator, Tensor

PictureStyle: TypeAlias = Literal["strokes", "photo", "none"]
LARGEST_SAMPLE = 2**24
"""Numbers in one sample: a run from elsewhere shall not make us build a network that fills the memory."""
Augmentation: TypeAlias = "Callable[[Tensor, Generator], Tensor]"
"""Takes N×C×H×W floats in 0..1 and a seeded generator on the same device; returns the same shape."""


class DataError(UserError):
    """Data that cannot be had or used; the message is one sentence for the user."""


class Cancelled(Exception):
    """The user cancelled a long preparation."""


class Progress(Protocol):
    """Reports how far a long preparation is; raises :class:`Cancelled` once the user has had enough."""

    def __call__(self, done: int, total: int | None, text: str) -> None:
        """``done`` of ``total`` (None: not known), in the unit that ``text`` names."""


@dataclass(frozen=True)
class DataFolders:
    """Where data sets are looked for (``read``, in order) and where new files go (``write``)."""

    read: tuple[Path, ...]
    write: Path

    def find(self, relative: str) -> Path | None:
        """The first existing file or folder of that relative path, or None."""
        candidates = (folder / relative for folder in (*self.read, self.write))
        return next((path for path in candidates if path.exists()), None)


@dataclass(frozen=True)
class DataInfo:
    """What a network must know of the data to be built, and an answer to be put in words.

    ``input_shape``: of one sample, C×H×W for pictures. ``classes``: the name of each output.
    ``mean`` and ``std``: one a channel, of inputs scaled to 0..1. ``picture``: how a user's picture
    is made to look like the training data: "strokes" (light on black, centred, as MNIST does it) or "photo".
    ``vocabulary``: of text, what each token stands for; inputs are then tokens, ``input_shape`` is (length,), and
    where the next token is asked for ``classes`` is the vocabulary, too.
    """

    input_shape: tuple[int, ...]
    classes: tuple[str, ...]
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    picture: PictureStyle = "none"
    vocabulary: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """For ``run.json``; :meth:`from_dict` reads it back."""
        return {
            "input_shape": list(self.input_shape),
            "classes": list(self.classes),
            "mean": list(self.mean),
            "std": list(self.std),
            "picture": self.picture,
            "vocabulary": list(self.vocabulary),
        }

    @classmethod
    def from_dict(cls, saved: dict[str, object]) -> DataInfo:
        """The reverse of :meth:`as_dict`; lists become tuples again.

        Raises:
            ValueError, TypeError: where something else was saved; files may have been changed by others.
        """
        values = {key: tuple(value) if isinstance(value, list) else value for key, value in saved.items()}
        info = cls(**values)  # type: ignore[arg-type]
        _check_saved(info)
        return info


def _check_saved(info: DataInfo) -> None:
    kinds: dict[str, type | tuple[type, ...]] = {
        "input_shape": int,
        "classes": str,
        "mean": (int, float),
        "std": (int, float),
        "vocabulary": str,
    }
    for name, kind in kinds.items():
        values = getattr(info, name)
        if not isinstance(values, tuple) or not all(isinstance(value, kind) for value in values):
            raise ValueError(f"{name} must be a list of {kind}")
    if not info.input_shape or min(info.input_shape) < 1 or math.prod(info.input_shape) > LARGEST_SAMPLE:
        raise ValueError(f"no sample has the shape {info.input_shape}")
    if not all(math.isfinite(number) for number in (*info.mean, *info.std)) or 0 in info.std:
        raise ValueError("mean and std must be finite, and std not 0")
    if info.picture not in get_args(PictureStyle):
        raise ValueError(f"no picture is {info.picture!r}")


@dataclass(frozen=True)
class Split:
    """One part of a data set, sample by sample.

    Pictures: ``inputs`` uint8 N×C×H×W (0..255, scaled and normalised batch by batch), ``targets`` int64, N.
    Sequences (``info.vocabulary`` is not empty): ``inputs`` uint8 or uint16 N×T, tokens as they are; ``targets``
    int64, N (one answer a sequence; −100: none) or N×T (one a token).
    Arrays may be read-only and mapped from the disk: only what a batch needs is then ever copied.
    ``names``: N, what each sample is called, such as the file it comes from; empty where they have no names.
    """

    inputs: NDArray[np.uint8] | NDArray[np.uint16]
    targets: NDArray[np.int64]
    names: Sequence[str] = ()

    def __post_init__(self) -> None:
        if len(self.inputs) != len(self.targets):
            raise ValueError(f"{len(self.inputs)} inputs for {len(self.targets)} targets")
        if self.names and len(self.names) != len(self.targets):
            raise ValueError(f"{len(self.names)} names for {len(self.targets)} samples")

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True)
class TokenStream:
    """One part of a text: at each token the next one is asked for.

    ``tokens``: uint8 or uint16, one-dimensional, at least two; may be memory-mapped, since only the windows of
    one batch are ever copied.
    """

    tokens: NDArray[np.uint8] | NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.tokens)


@dataclass(frozen=True)
class DataBundle:
    """A data set in three parts, with what its training pictures may be varied by.

    ``test``: None where nothing is held out but what is validated with, as is the custom with texts.
    ``notes``: sentences for the person on what is odd about the data, such as files that could not be read.
    """

    info: DataInfo
    train: Split | TokenStream
    validation: Split | TokenStream
    test: Split | TokenStream | None
    augmentations: tuple[Augmentation, ...] = field(default=())
    notes: tuple[str, ...] = ()


def stratified_split(
    targets: NDArray[np.int64], shares: tuple[float, ...], seed: int = 0
) -> tuple[NDArray[np.int64], ...]:
    """Shuffled indices in ``len(shares)`` parts, each class in the same shares in every part.

    ``shares`` add up to 1. Rounding is done so that every sample is in exactly one part.
    """
    rng = np.random.default_rng(seed)
    parts: list[list[NDArray[np.int64]]] = [[] for _ in shares]
    for label in np.unique(targets):
        members = rng.permutation(np.flatnonzero(targets == label))
        edges = np.rint(np.cumsum(shares)[:-1] * len(members)).astype(int)
        for part, chunk in zip(parts, np.split(members, edges), strict=True):
            part.append(chunk)
    return tuple(rng.permutation(np.concatenate(part)) for part in parts)
