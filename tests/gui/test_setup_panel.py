"""The pickers and forms, and the run they ask for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.discovery import discover
from core.run_config import RunConfig, run_config
from core.specs import Preset, Recipe
from gui.setup_panel import SetupPanel


@pytest.fixture
def panel(qtbot: QtBot) -> SetupPanel:
    panel = SetupPanel(discover("plugins", installed=False))
    qtbot.addWidget(panel)
    return panel


def essence(config: RunConfig | None) -> tuple[object, ...]:
    """What matters of a run; the window spells out settings that the recipe leaves at their defaults."""
    assert config is not None
    choices = (config.network, config.data, config.optimizer, config.schedule)
    return (*choices, config.epochs, config.batch_size, config.seed, config.augment, config.optimizer_settings["lr"])


def test_it_asks_for_what_the_network_recommends(panel: SetupPanel) -> None:
    assert essence(panel.config()) == essence(run_config(panel.registry.networks["lenet"]))


def test_another_data_set_brings_its_own_recipe(panel: SetupPanel) -> None:
    panel.data.pick("mnist")
    assert essence(panel.config()) == essence(run_config(panel.registry.networks["lenet"], "mnist"))


def test_what_the_person_changed_stays_when_the_data_set_changes(panel: SetupPanel) -> None:
    panel.forms["optimizer"].set_values({"lr": 0.02})
    panel.forms["training"].set_values({"seed": 7})
    panel.data.pick("mnist")
    config = panel.config()
    assert config is not None
    assert (config.optimizer_settings["lr"], config.seed, config.batch_size) == (0.02, 7, 64)


def test_an_optimizer_of_the_persons_own_choice_stays_when_the_data_set_changes(panel: SetupPanel) -> None:
    panel.optimizer.pick("sgd")
    panel.data.pick("mnist")
    config = panel.config()
    assert config is not None
    assert config.optimizer == "sgd"
    assert config.optimizer_settings["momentum"] == 0.9


def test_another_optimizer_starts_from_its_own_defaults(panel: SetupPanel) -> None:
    panel.optimizer.pick("rmsprop")
    config = panel.config()
    assert config is not None
    assert config.optimizer_settings == {"lr": 1e-3, "alpha": 0.99, "momentum": 0.0, "weight_decay": 0.0}


def test_reset_goes_back_to_the_recipe_and_not_to_the_types_defaults(panel: SetupPanel) -> None:
    panel.forms["training"].set_values({"epochs": 3})
    panel.forms["training"].reset()
    config = panel.config()
    assert config is not None
    assert config.epochs == 40


def test_a_wrong_field_means_no_config_and_a_reason(panel: SetupPanel) -> None:
    line = panel.findChild(QWidget, "setting_lr")
    editor = line if isinstance(line, QLineEdit) else line.findChild(QLineEdit) if line else None
    assert editor is not None
    editor.setText("-1")
    assert panel.config() is None
    assert "Learning rate" in panel.problems()[0]


def test_during_a_run_pickers_and_fixed_fields_are_locked(panel: SetupPanel) -> None:
    panel.set_running(True)
    locked = {
        name: panel.findChild(QWidget, name) for name in ("network_picker", "dataset_picker", "setting_batch_size")
    }
    assert {name for name, widget in locked.items() if widget and widget.isEnabled()} == set()
    panel.set_running(False)
    assert all(widget.isEnabled() for widget in locked.values() if widget)


def test_devices_are_offered_once_they_are_known(panel: SetupPanel) -> None:
    panel.set_devices({"cuda:0": "A GPU", "cpu": "Processor"})
    assert [panel.device.itemData(index) for index in range(panel.device.count())] == ["auto", "cuda:0", "cpu"]
    assert panel.device.id == "auto"


def test_without_a_network_nothing_can_be_started(qtbot: QtBot) -> None:
    panel = SetupPanel(discover(None, installed=False))
    qtbot.addWidget(panel)
    assert panel.config() is None
    assert "no network" in panel.summary.text()


def taught(qtbot: QtBot) -> SetupPanel:
    """LeNet with a preset of its own."""
    registry = discover("plugins", installed=False)
    recipe = Recipe(data="mnist", batch_size=4, epochs=2, optimizer="sgd", optimizer_settings={"lr": 1e-3})
    preset = Preset("As in the tutorial", "Slow.", recipe, datasets=("fashion-mnist",))
    registry.networks["lenet"] = replace(registry.networks["lenet"], presets={"tutorial": preset})
    panel = SetupPanel(registry)
    qtbot.addWidget(panel)
    return panel


def test_a_preset_replaces_everything_and_the_recommended_recipe_brings_it_back(qtbot: QtBot) -> None:
    panel = taught(qtbot)
    panel.forms["training"].set_values({"batch_size": 99})
    panel.preset.pick("tutorial")
    config = panel.config()
    assert config is not None
    assert (config.preset, config.data, config.batch_size, config.optimizer) == ("tutorial", "mnist", 4, "sgd")
    panel.preset.pick("")
    assert essence(panel.config()) == essence(run_config(panel.registry.networks["lenet"], "mnist"))


def test_a_preset_leaves_a_data_set_that_it_is_for(qtbot: QtBot) -> None:
    panel = taught(qtbot)
    panel.data.pick("fashion-mnist")
    panel.preset.pick("tutorial")
    assert panel.data.id == "fashion-mnist"


def test_a_network_without_presets_shows_no_picker_of_them(qtbot: QtBot) -> None:
    panel = taught(qtbot)
    panel.show()
    assert panel.preset.isVisible()
    panel.network.pick("char_rnn")
    assert not panel.preset.isVisible()


def test_it_can_ask_for_what_an_earlier_run_was_asked_for(qtbot: QtBot) -> None:
    panel = taught(qtbot)
    panel.preset.pick("tutorial")
    panel.optimizer.pick("rmsprop")
    panel.forms["optimizer"].set_values({"lr": 0.25})
    panel.forms["training"].set_values({"seed": 7, "epochs": 3})
    before = panel.config()
    assert before is not None
    panel.network.pick("char_rnn")
    assert panel.take(before)
    assert panel.config() == before


def test_a_run_of_a_network_that_is_gone_changes_no_other_network(panel: SetupPanel) -> None:
    before = panel.config()
    assert before is not None
    assert not panel.take(before.model_copy(update={"network": "gone"}))
    assert panel.network.id == "lenet"


def test_a_data_set_of_the_persons_own_choice_stays_with_its_settings_when_the_network_changes(
    panel: SetupPanel, tmp_path: Path
) -> None:
    panel.open_data(tmp_path, "pictures")
    panel.network.pick("cifar_cnn")
    assert panel.data.id == "image-folder"
    config = panel.config()
    assert config is not None
    assert config.data_settings["path"] == str(tmp_path)
    panel.network.pick("char_rnn")
    assert panel.data.id == panel.registry.networks["char_rnn"].recipe.data


def test_a_data_set_that_was_only_proposed_goes_with_the_network(panel: SetupPanel) -> None:
    panel.network.pick("cifar_cnn")
    assert panel.data.id == "shapes"
