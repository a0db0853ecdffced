from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from core.config import ConfigError
from core.control import Control
from core.data import DataInfo
from core.home import data_folders, runs_folder
from core.launch import Launch
from core.run_config import check_settings, run_config
from core.runs import RunStore
from tests.core.tiny import no_progress
from tests.plugins.convolutional import GREY, REGISTRY, built

SPEC = REGISTRY.networks["cifar_cnn"]
# As the layers of the tutorial "Training a Classifier" have them.
SHAPES = [(6, 3, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)]


def test_it_has_the_parameters_of_the_tutorial() -> None:
    parameters = list(built("cifar_cnn").parameters())
    assert [tuple(parameter.shape) for parameter in parameters] == SHAPES
    assert sum(parameter.numel() for parameter in parameters) == 62_006


def test_it_computes_what_the_tutorial_s_program_computes() -> None:
    from benchmarks.tutorial_script import Net

    model, theirs, inputs = built("cifar_cnn"), Net(), torch.randn(3, 3, 32, 32)
    theirs.load_state_dict(model.state_dict())
    assert torch.allclose(model(inputs), theirs(inputs), atol=1e-5)


def test_on_grey_pictures_it_is_lenet() -> None:
    grey, lenet, inputs = built("cifar_cnn", GREY), built("lenet", GREY), torch.randn(2, 1, 32, 32)
    assert torch.allclose(grey(inputs), lenet(inputs), atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "classes"), [((3, 32, 32), 2), ((1, 16, 16), 10), ((4, 40, 24), 5), ((3, 17, 99), 1)]
)
def test_it_fits_pictures_of_other_sizes_colours_and_classes(shape: tuple[int, int, int], classes: int) -> None:
    model = built("cifar_cnn", DataInfo(shape, tuple(map(str, range(classes)))))
    assert model(torch.zeros(4, *shape)).shape == (4, classes)


@pytest.mark.parametrize(("shape", "said"), [((3, 15, 40), "at least 16×16 px"), ((40,), "looks at pictures")])
def test_it_refuses_in_words_what_it_cannot_see(shape: tuple[int, ...], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        built("cifar_cnn", DataInfo(shape, ("a", "b")))


@pytest.mark.parametrize("data", ["cifar10", "image-folder"])
def test_the_preset_is_the_tutorial_s_recipe_on_both_kinds_of_photos(data: str) -> None:
    config = run_config(SPEC, data, preset="tutorial")
    check_settings(REGISTRY, config)
    assert (config.data, config.epochs, config.batch_size, config.augment) == (data, 2, 4, False)
    assert (config.optimizer, config.schedule) == ("sgd", "constant")
    assert config.optimizer_settings == {"lr": 0.001, "momentum": 0.9}
    assert config.data_settings["normalise"] == "half"
    assert config.data_settings["validation_share"] == 0


def test_the_preset_can_be_tried_on_shapes_too() -> None:
    check_settings(REGISTRY, run_config(SPEC, "shapes", preset="tutorial"))


def test_it_trains_from_a_seed_to_the_same_loss_twice() -> None:
    losses = []
    for _ in range(2):
        small = {"epochs": 1, "threads": 1, "device": "cpu", "data_settings": {"pictures": 400}}
        config = run_config(SPEC, None, **small)
        store = RunStore(runs_folder())
        launch = Launch(REGISTRY, config, data_folders(), store, Control(), lambda event: None, no_progress)
        ended = launch.run()
        assert ended.state == "finished", ended.error
        losses.append(ended.summary["train_loss"])
    assert losses[0] == losses[1]


@pytest.mark.slow
@pytest.mark.real_data
def test_on_real_photos_one_epoch_gets_close_to_the_tutorial() -> None:
    pictures = Path(os.environ["TRAINYARD_DATA"]) / "cifar10.zip"
    settings = {"epochs": 1, "device": "cpu", "data_settings": {"path": str(pictures)}}
    config = run_config(SPEC, "image-folder", **settings)
    ended = Launch(
        REGISTRY, config, data_folders(), RunStore(runs_folder()), Control(), lambda event: None, no_progress
    ).run()
    assert ended.state == "finished", ended.error
    assert ended.summary["test_accuracy"] > 0.45
