"""A setup block is what a run is asked for, checked against what is registered."""

from __future__ import annotations

import pytest

from core.discovery import discover
from core.errors import UserError
from core.lessons import Fault, SetUp
from core.lessons.set_up import read_set_up, resolve
from core.registry import Registry
from core.run_config import RunConfig


@pytest.fixture(scope="module")
def registry() -> Registry:
    return discover("plugins", installed=False)


def asked(registry: Registry, *lines: str) -> RunConfig | None:
    block = read_set_up("\n".join(["label: a", *lines]), 1)
    assert isinstance(block, SetUp), block
    return resolve(registry, block)


def test_a_block_chooses_everything_that_a_run_is_asked_for(registry: Registry) -> None:
    lines = ("network: lenet", "data: digits", "optimizer: sgd", "optimizer.lr: 0.01", "optimizer.momentum: 0.9")
    config = asked(registry, *lines, "schedule: constant", "training.epochs: 5", "training.augment: false")
    assert config is not None
    assert (config.network, config.data, config.optimizer, config.schedule) == ("lenet", "digits", "sgd", "constant")
    assert (config.optimizer_settings["lr"], config.optimizer_settings["momentum"]) == (0.01, 0.9)
    assert (config.epochs, config.augment) == (5, False)


def test_what_a_block_does_not_name_is_as_the_network_recommends(registry: Registry) -> None:
    config = asked(registry, "network: lenet")
    assert config is not None
    assert config.data == registry.networks["lenet"].recipe.data
    assert config.epochs == registry.networks["lenet"].recipe.epochs


def test_a_block_with_a_page_alone_asks_for_no_run(registry: Registry) -> None:
    assert asked(registry, "page: runs") is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["network: lenot"], "There is no network 'lenot'"),
        (["network: lenet", "data: moon"], "There is no data set 'moon'"),
        (["network: lenet", "optimizer: sgd", "optimizer.speed: 3"], "Nothing has a setting 'optimizer.speed'"),
        (["network: lenet", "optimizer.lr: fast"], "lr"),
        (["network: lenet", "training.epochs: -1"], "epochs must be at least 1"),
        (["network: lenet", "preset: moon"], "no preset 'moon'"),
        (["network: lenet", "data: hello"], "cannot learn from"),
        (["network: lenet", "training.network: lstm"], "Nothing has a setting"),
    ],
)
def test_what_nobody_registered_or_cannot_be_is_refused_in_words(
    registry: Registry, lines: list[str], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        asked(registry, *lines)


def test_a_block_of_too_many_lines_is_a_fault() -> None:
    assert isinstance(read_set_up("\n".join(f"network.x{n}: 1" for n in range(500)), 3), Fault)
