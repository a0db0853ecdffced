"""The drawn shapes: the same everywhere, each class alike, and learnable by shape alone."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from core.api import Cancelled, DataBundle
from core.discovery import discover
from plugins import shapes
from plugins._shapes import NAMES, OUTLINES, draw
from plugins.shapes import ShapesSettings
from tests.core.tiny import NOWHERE, no_progress

SPEC = discover("plugins", installed=False).datasets["shapes"]

FIRST_TARGETS = [1, 2, 3, 0, 3, 2, 9, 3, 8, 2, 9, 8]
FIRST_PIXELS = [[70, 38, 22, 16, 84, 113], [109, 52, 40, 35, 119, 164], [104, 31, 31, 21, 109, 147]]


def load(**settings: object) -> DataBundle:
    config = ShapesSettings.model_validate({"pictures": 600, **settings})
    SPEC.prepare(config, NOWHERE, no_progress)
    return SPEC.load(config, NOWHERE)


@cache
def drawn(count: int = 600, clutter: float = 0.5, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    return draw(count, clutter, seed, no_progress)


def test_it_has_ten_classes_of_small_colour_pictures_each_as_often_as_any_other() -> None:
    bundle = load()
    assert bundle.info.input_shape == bundle.train.inputs.shape[1:] == (3, 32, 32)
    assert bundle.info.classes == NAMES
    assert bundle.info.picture == "photo"
    for part, count in ((bundle.train, 42), (bundle.validation, 9), (bundle.test, 9)):
        assert np.bincount(part.targets).tolist() == [count] * 10  # type: ignore[union-attr]


def test_no_picture_is_in_two_parts() -> None:
    bundle = load()
    parts = [
        {picture.tobytes() for picture in part.inputs}  # type: ignore[union-attr]
        for part in (bundle.train, bundle.validation, bundle.test)
    ]
    assert [len(part) for part in parts] == [420, 90, 90]
    assert len(set.union(*parts)) == 600


def test_the_same_seed_draws_the_same_and_fewer_are_the_first_of_more() -> None:
    pictures, targets = drawn()
    again, same = draw(250, 0.5, 0, no_progress)
    assert np.array_equal(again, pictures[:250])
    assert np.array_equal(same, targets[:250])
    assert not np.array_equal(draw(250, 0.5, 1, no_progress)[0], pictures[:250])


def test_pictures_are_what_they_were_on_the_machine_where_this_was_written() -> None:
    pictures, targets = drawn()
    assert targets[:12].tolist() == FIRST_TARGETS
    assert np.abs(pictures[0, :, 8, 4:28:4].astype(int) - FIRST_PIXELS).max() <= 1


def test_clutter_is_drawn_around_the_same_kind_of_scene() -> None:
    edges = [float(np.abs(np.diff(drawn(200, clutter)[0].astype(int))).mean()) for clutter in (0.0, 0.5, 1.0)]
    assert edges[0] < edges[1] < edges[2]


def test_neither_colour_nor_place_nor_the_background_tells_the_class() -> None:
    pictures, targets = drawn(2000)
    scaled = pictures / 255
    for values in (scaled.mean((2, 3)), scaled[:, :, 14:18, 14:18].mean((2, 3)), scaled[:, :, 0, 0]):
        centres = np.stack([values[:1000][targets[:1000] == label].mean(0) for label in range(10)])
        distances = ((values[1000:, None] - centres) ** 2).sum(2)
        right = (distances.argmin(1) == targets[1000:]).mean()
        assert right < 0.25, "a mean colour knows too much"


@pytest.mark.parametrize("name", NAMES)
def test_each_outline_has_an_inside_and_fits_into_its_circle(name: str) -> None:
    y, x = np.mgrid[-2:2:201j, -2:2:201j].astype(np.float32)
    inside = OUTLINES[name](x, y) < 0
    distance = np.sqrt(x * x + y * y)
    assert 0.15 < inside.sum() * 0.02**2 / np.pi < 1
    assert not inside[distance > 1.2].any()


def test_outlines_differ_from_each_other() -> None:
    y, x = np.mgrid[-1.2:1.2:81j, -1.2:1.2:81j].astype(np.float32)
    insides = [outline(x, y) < 0 for outline in OUTLINES.values()]
    for index, one in enumerate(insides):
        for other in insides[:index]:
            assert (one ^ other).sum() > 0.09 * (one | other).sum()


def test_drawing_tells_how_far_it_is_and_can_be_cancelled() -> None:
    told: list[tuple[int, int | None]] = []

    def cancel(done: int, total: int | None, text: str) -> None:
        told.append((done, total))
        if done >= 300:
            raise Cancelled

    with pytest.raises(Cancelled):
        SPEC.prepare(ShapesSettings(pictures=1000, drawing_seed=5), NOWHERE, cancel)
    assert told == [(0, 1000), (100, 1000), (200, 1000), (300, 1000)]


def test_what_was_drawn_last_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    load(drawing_seed=7)
    first = load(drawing_seed=7)
    monkeypatch.setattr(shapes, "draw", None)
    assert np.array_equal(load(drawing_seed=7).train.inputs, first.train.inputs)
    assert load(drawing_seed=7, crop=0, flip=False).augmentations == ()


def test_who_changes_a_loaded_picture_changes_it_for_nobody_else() -> None:
    first = load()
    before = first.train.inputs.copy()  # type: ignore[union-attr]
    first.train.inputs[:] = 0  # type: ignore[union-attr]
    assert np.array_equal(load().train.inputs, before)  # type: ignore[union-attr]


@pytest.mark.slow
def test_a_small_network_learns_them() -> None:
    import torch
    from torch import nn

    from core.batches import Batches

    torch.manual_seed(0)
    bundle = SPEC.load(ShapesSettings(), NOWHERE)
    widths = (3, 16, 32, 64)
    layers = [
        layer
        for before, after in pairwise(widths)
        for layer in (nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2))
    ]
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 4 * 4, 10))
    device = torch.device("cpu")
    train = Batches(bundle.train, bundle.info, 64, device, seed=0, augmentations=bundle.augmentations)  # type: ignore[arg-type]
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 8e-3, total_steps=8 * len(train))
    for epoch in range(8):
        for batch in train.epoch(epoch):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(batch.inputs), batch.targets).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    (batch,) = Batches(bundle.validation, bundle.info, 900, device).epoch()  # type: ignore[arg-type]
    with torch.no_grad():
        right = (model.eval()(batch.inputs).argmax(1) == batch.targets).float().mean()
    assert float(right) > 0.88
