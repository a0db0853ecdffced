"""All samples of a data set under one number each, to be found by part, class, file name or index."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data import DataBundle, Split

PARTS = {"train": "training", "validation": "validation", "test": "test"}
_INDICES = re.compile(r"#?\s*(\d{1,12})(?:\s*[-–]\s*(\d{1,12}))?")


@dataclass(frozen=True)
class Sample:
    """One sample. ``index``: its place in its part; ``picture``: uint8 C×H×W; ``name``: its file, or empty."""

    part: str
    index: int
    label: int
    class_name: str
    name: str
    picture: NDArray[np.uint8]


def shows_pictures(bundle: DataBundle) -> bool:
    """Whether its samples are pictures, C×H×W, with one class each."""
    return not bundle.info.vocabulary and all(
        isinstance(part, Split) and part.inputs.ndim == 4 and part.targets.ndim == 1
        for part in (bundle.train, bundle.validation, bundle.test)
        if part is not None
    )


class Catalogue:
    """The samples of a data set of pictures, part after part; a *row* is a sample's number in all of them.

    The pictures stay where they are, in memory or on disk: only those that are asked for are copied.

    Raises:
        ValueError: where the samples are not pictures with one class each.
    """

    def __init__(self, bundle: DataBundle) -> None:
        if not shows_pictures(bundle):
            raise ValueError("these samples are not pictures with one class each")
        found = {"train": bundle.train, "validation": bundle.validation, "test": bundle.test}
        self.parts: dict[str, Split] = {key: part for key, part in found.items() if isinstance(part, Split)}
        self.classes = bundle.info.classes
        self.shape: tuple[int, ...] = self.parts["train"].inputs.shape[1:]
        self._starts: dict[str, int] = {}
        for key in self.parts:
            self._starts[key] = sum(len(self.parts[earlier]) for earlier in self._starts)
        self._labels = np.concatenate([part.targets for part in self.parts.values()])
        self._lowered: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._labels)

    @property
    def named(self) -> bool:
        """Whether samples have names of their own, such as files."""
        return any(len(split.names) for split in self.parts.values())

    def counts(self, part: str = "") -> NDArray[np.int64]:
        """How many samples each class has in that part ("": in all), in the order of the classes."""
        first, last = self._range(part)
        labels = self._labels[first:last]
        known = labels[(labels >= 0) & (labels < len(self.classes))]
        return np.bincount(known, minlength=len(self.classes)).astype(np.int64)

    def labels(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The class of each row."""
        return self._labels[rows]

    def class_name(self, label: int) -> str:
        """What a class is called."""
        return self.classes[label] if 0 <= label < len(self.classes) else f"class {label}"

    def find(self, part: str = "", label: int | None = None, text: str = "") -> NDArray[np.int64]:
        """The rows, ascending, of that part ("": of all), of that class (None: of any) that ``text`` is true of.

        ``text``: an index in the part ("12"), from one to another ("100-199"), or letters that occur in the file's
        name or in the name of the class.
        """
        first, last = self._range(part)
        rows = np.arange(first, last, dtype=np.int64)
        if label is not None:
            rows = rows[self._labels[first:last] == label]
        text = text.strip()
        return rows[self._matches(text, rows)] if text and len(rows) else rows

    def row(self, part: str, index: int) -> int:
        """The row of a sample of a part.

        Raises:
            IndexError: where there is none.
        """
        if part not in self.parts or not 0 <= index < len(self.parts[part]):
            raise IndexError(f"there is no sample {index} in {part!r}")
        return self._starts[part] + index

    def place(self, row: int) -> tuple[str, int]:
        """The part that a row is in, and its index there."""
        part = next(key for key in reversed(self.parts) if self._starts[key] <= row)
        return part, row - self._starts[part]

    def sample(self, row: int) -> Sample:
        """Everything about one row."""
        part, index = self.place(row)
        split, label = self.parts[part], int(self._labels[row])
        picture = np.array(split.inputs[index], np.uint8)
        return Sample(part, index, label, self.class_name(label), self.name(row), picture)

    def name(self, row: int) -> str:
        """What a row is called, or nothing."""
        part, index = self.place(row)
        names = self.parts[part].names
        return str(names[index]) if len(names) else ""

    def pictures(self, rows: NDArray[np.int64], step: int = 1) -> NDArray[np.uint8]:
        """Copies of these pictures: uint8 N×C×H×W, of which every ``step``-th pixel is taken each way."""
        found: NDArray[np.uint8] | None = None
        for key, split in self.parts.items():
            start = self._starts[key]
            here = (rows >= start) & (rows < start + len(split))
            if here.any():
                # One after another: a list of rows would first copy whole pictures, of which few pixels are wanted.
                chosen = [split.inputs[row - start][:, ::step, ::step] for row in rows[here]]
                if found is None:
                    found = np.zeros((len(rows), *chosen[0].shape), np.uint8)
                found[here] = chosen
        return np.zeros((0, *self.shape), np.uint8) if found is None else found

    def _range(self, part: str) -> tuple[int, int]:
        if not part:
            return 0, len(self)
        start = self._starts.get(part, 0)
        return start, start + len(self.parts[part]) if part in self.parts else start

    def _matches(self, text: str, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the rows ``text`` is true of."""
        indices = _INDICES.fullmatch(text.replace(",", ""))
        lowered = text.casefold()
        if indices:
            low = int(indices[1])
            matching = self._between(rows, low, int(indices[2] or low))
        else:
            labels = [label for label, name in enumerate(self.classes) if lowered in name.casefold()]
            matching = np.isin(self._labels[rows], labels)
        for key in self.parts:
            names = self._names(key)
            if names:
                start = self._starts[key]
                hits = np.flatnonzero([lowered in name for name in names]) + start
                matching |= np.isin(rows, hits)
        return matching

    def _between(self, rows: NDArray[np.int64], low: int, high: int) -> NDArray[np.bool_]:
        matching = np.zeros(len(rows), bool)
        for key, split in self.parts.items():
            start = self._starts[key]
            last = start + min(high, len(split) - 1)
            matching |= (rows >= start + low) & (rows <= last)
        return matching

    def _names(self, part: str) -> list[str]:
        if part not in self._lowered:
            self._lowered[part] = [str(name).casefold() for name in self.parts[part].names]
        return self._lowered[part]
