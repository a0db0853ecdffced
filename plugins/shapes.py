"""The colour pictures that are always there: ten shapes, drawn by the program itself."""

from __future__ import annotations

import threading
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.api import Config, DataBundle, DataFolders, DatasetSpec, Progress, Split, hookimpl, setting, stratified_split
from plugins._pictures import PictureSettings, picture_bundle
from plugins._shapes import NAMES, draw

Drawn: TypeAlias = tuple[NDArray[np.uint8], NDArray[np.int64]]


class DrawingSettings(Config):
    """How many pictures, and how hard they are."""

    pictures: int = setting(
        *(6_000, "Pictures", "How many are drawn: 70% to train with, 15% each for validation and test."),
        unit="pictures",
        minimum=200,
        maximum=20_000,
    )
    clutter: float = setting(
        *(0.5, "Clutter", "Strokes and dots around the shapes: 0 none, 1 twelve in each picture."),
        unit="of 1",
        minimum=0.0,
        maximum=1.0,
    )
    drawing_seed: int = setting(
        *(0, "Drawing seed", "Start of the drawings' randomness: another seed gives other pictures."),
        minimum=0,
        maximum=2**31 - 1,
        advanced=True,
    )


class ShapesSettings(PictureSettings, DrawingSettings):
    """What is drawn (first in the form), and how it is varied and normalised."""


class Sketchbook:
    """The pictures drawn last, so that what looks at a data set again need not wait for it again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[tuple[int, float, int], Drawn] | None = None

    def drawn(self, config: ShapesSettings, progress: Progress) -> Drawn:
        """Pictures and targets as :func:`draw` returns them, read-only."""
        asked = (config.pictures, config.clutter, config.drawing_seed)
        kept = self._kept
        if kept is not None and kept[0] == asked:
            return kept[1]
        pictures, targets = draw(*asked, progress)
        pictures.setflags(write=False)
        targets.setflags(write=False)
        with self._lock:
            self._kept = (asked, (pictures, targets))
        return pictures, targets


SKETCHBOOK = Sketchbook()


def prepare(config: ShapesSettings, folders: DataFolders, progress: Progress) -> None:
    """Draw the pictures, which takes a second or two."""
    SKETCHBOOK.drawn(config, progress)


def load(config: ShapesSettings, folders: DataFolders) -> DataBundle:
    """Uint8 3×32×32 pictures, each shape as often as any other in all three parts."""
    pictures, targets = SKETCHBOOK.drawn(config, lambda done, total, text: None)
    train, validation, test = (
        Split(pictures[rows], targets[rows]) for rows in stratified_split(targets, (0.7, 0.15, 0.15))
    )
    return picture_bundle(config, NAMES, train, validation, test)


@hookimpl
def register_datasets() -> list[DatasetSpec]:
    """Shapes, the embedded data set of networks that see colours."""
    return [
        DatasetSpec(
            id="shapes",
            title="Shapes",
            task="image-classification",
            licence="CC0 1.0 (drawn by Trainyard)",
            load=load,
            config=ShapesSettings,
            summary="Ten shapes of any colour, size and turn before cluttered backgrounds, 32×32 px; no download.",
            prepare=prepare,
        )
    ]
