from __future__ import annotations

import random
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from core.augment import RandomAffine
from core.batches import Batch, Batches
from core.data import DataInfo, Split

CPU = torch.device("cpu")
INFO = DataInfo((1, 4, 4), tuple("abcdefghij"), (0.25,), (0.5,))


def numbered(count: int) -> Split:
    """Samples that can be told apart: the target is the number, and so are the pixels."""
    rows = np.arange(count)
    inputs = np.broadcast_to(rows[:, None, None, None], (count, 1, 4, 4)).astype(np.uint8)
    return Split(np.ascontiguousarray(inputs), rows.astype(np.int64))


def batches(count: int, size: int, seed: int | None = 0, **options: object) -> Batches:
    return Batches(numbered(count), INFO, size, CPU, seed=seed, **options)  # type: ignore[arg-type]


def seen(found: list[Batch]) -> list[int]:
    return [target for batch in found for target in batch.targets.tolist()]


def same(first: list[Batch], second: list[Batch]) -> bool:
    return len(first) == len(second) and all(
        torch.equal(a.inputs, b.inputs) and torch.equal(a.targets, b.targets)
        for a, b in zip(first, second, strict=True)
    )


def test_every_sample_comes_exactly_once_an_epoch_whatever_the_sizes() -> None:
    chance = random.Random(1)
    for _ in range(50):
        count, size = chance.randint(1, 120), chance.randint(1, 40)
        source = batches(count, size, seed=chance.randint(0, 1000))
        found = list(source.epoch(chance.randint(0, 9)))
        assert len(found) == len(source)
        assert all(len(batch) == size for batch in found[:-1])
        dropped = 1 if count > size and count % size == 1 else 0
        assert len(set(seen(found))) == len(seen(found)) == count - dropped


def test_a_last_batch_of_one_is_left_out_of_training_alone() -> None:
    assert [len(batch) for batch in batches(9, 4, seed=0).epoch()] == [4, 4]
    assert [len(batch) for batch in batches(9, 4, seed=None).epoch()] == [4, 4, 1]
    assert [len(batch) for batch in batches(1, 4, seed=0).epoch()] == [1], "or there would be nothing to train on"
    assert [len(batch) for batch in batches(3, 1, seed=0).epoch()] == [1, 1, 1]


def test_what_is_left_out_is_another_sample_in_each_epoch() -> None:
    source = batches(9, 4)
    missing = {next(iter(set(range(9)) - set(seen(list(source.epoch(epoch)))))) for epoch in range(20)}
    assert len(missing) > 3


def test_the_order_depends_on_seed_and_epoch_and_on_nothing_else() -> None:
    orders = {
        (seed, epoch): tuple(seen(list(batches(60, 7, seed).epoch(epoch)))) for seed in range(4) for epoch in range(4)
    }
    assert len(set(orders.values())) == 16, "each seed and each epoch has an order of its own"
    torch.manual_seed(99)
    source = batches(60, 7, seed=2)
    list(source.epoch(0))
    assert tuple(seen(list(source.epoch(3)))) == orders[2, 3]


def test_the_order_is_shuffled_in_training_and_as_it_is_without_a_seed() -> None:
    assert seen(list(batches(50, 8, seed=0).epoch())) != list(range(50))
    assert seen(list(batches(50, 8, seed=None).epoch(3))) == list(range(50))


def test_drawing_batches_leaves_the_runs_own_random_numbers_alone() -> None:
    before = torch.get_rng_state()
    list(batches(30, 4, augmentations=(RandomAffine(degrees=9, shift=0.1),)).epoch(1))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("first", [0, 1, 5, 8])
def test_an_epoch_taken_up_in_the_middle_gives_the_same_batches_and_variations(first: int) -> None:
    variation = (RandomAffine(degrees=20, scale=0.2, shift=0.2),)
    whole = list(batches(33, 4, seed=5, augmentations=variation).epoch(2))
    rest = list(batches(33, 4, seed=5, augmentations=variation).epoch(2, first))
    assert same(rest, whole[first:])
    assert not same(rest, list(batches(33, 4, seed=6, augmentations=variation).epoch(2, first))) or first == 8


def test_the_same_sample_is_varied_differently_in_each_epoch_and_step() -> None:
    def noise(inputs: Tensor, generator: Generator) -> Tensor:
        return torch.rand(inputs.shape, generator=generator)

    source = batches(32, 4, augmentations=(noise,))
    found = [batch.inputs for epoch in range(3) for batch in source.epoch(epoch)]
    assert len({tuple(inputs.flatten().tolist()) for inputs in found}) == 24


def test_inputs_are_scaled_and_normalised() -> None:
    (batch,) = batches(3, 8, seed=None).epoch()
    assert batch.inputs.dtype == torch.float32
    expected = (torch.tensor([0.0, 1.0, 2.0]) / 255 - 0.25) / 0.5
    assert torch.allclose(batch.inputs[:, 0, 0, 0], expected)


def test_channels_have_a_mean_and_a_deviation_of_their_own() -> None:
    info = DataInfo((2, 1, 1), ("a",), (0.0, 0.5), (1.0, 0.25))
    split = Split(np.full((1, 2, 1, 1), 255, np.uint8), np.zeros(1, np.int64))
    (batch,) = Batches(split, info, 4, CPU).epoch()
    assert batch.inputs.flatten().tolist() == [1.0, 2.0]


def test_augmentations_see_pictures_between_0_and_1_and_come_before_normalising() -> None:
    ranges: list[tuple[float, float]] = []

    def whiten(inputs: Tensor, generator: Generator) -> Tensor:
        ranges.append((float(inputs.min()), float(inputs.max())))
        return torch.ones_like(inputs)

    split = Split(np.array([0, 255], np.uint8).repeat(16).reshape(2, 1, 4, 4), np.zeros(2, np.int64))
    (batch,) = Batches(split, INFO, 2, CPU, seed=0, augmentations=(whiten,)).epoch()
    assert ranges == [(0.0, 1.0)]
    assert (batch.inputs == 1.5).all()


def test_the_data_itself_is_never_changed() -> None:
    source = batches(8, 4, augmentations=(lambda inputs, generator: inputs.zero_(),))
    for _ in range(2):
        list(source.epoch())
    assert torch.equal(source.inputs[:, 0, 0, 0], torch.arange(8, dtype=torch.uint8))


def test_read_only_pictures_are_served_without_a_copy_or_a_warning(tmp_path: Path) -> None:
    whole = numbered(20)
    path = tmp_path / "pixels"
    whole.inputs.tofile(path)
    mapped = np.memmap(path, np.uint8, mode="r", shape=whole.inputs.shape)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = Batches(Split(mapped, whole.targets), INFO, 8, CPU, seed=3)
        found = list(source.epoch(1))
    assert same(found, list(Batches(whole, INFO, 8, CPU, seed=3).epoch(1)))
    assert np.shares_memory(source.inputs.numpy(), mapped)


def test_pictures_that_are_too_large_for_the_device_give_the_same_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = list(batches(20, 8, seed=3).epoch(1))
    monkeypatch.setattr("core.batches.MOST_RESIDENT", 20 * 16 - 1)
    assert same(list(batches(20, 8, seed=3).epoch(1)), expected)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no such device here")
def test_pictures_that_are_too_large_for_the_device_stay_in_memory_and_come_batch_by_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device = torch.device("cuda")
    whole = Batches(numbered(20), INFO, 8, device, seed=3)
    monkeypatch.setattr("core.batches.MOST_RESIDENT", 20 * 16 - 1)
    large = Batches(numbered(20), INFO, 8, device, seed=3)
    assert (whole.inputs.device.type, large.inputs.device.type) == ("cuda", "cpu")
    found = list(large.epoch(1))
    assert all(batch.inputs.device.type == batch.targets.device.type == "cuda" for batch in found)
    assert same(found, list(whole.epoch(1)))
