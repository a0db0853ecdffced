from __future__ import annotations

from typing import Any

import pytest

from core.config import ConfigError
from core.run_config import RunConfig, canonical, changed, check_settings, run_config, spread_assignments
from core.specs import Preset, Recipe
from tests.core.tiny import network, registry

REGISTRY = registry()
NETWORK = network(
    recipe=Recipe(
        data="dots", epochs=3, optimizer_settings={"lr": 0.02, "beta1": 0.8}, schedule_settings={"warmup": 0.2}
    ),
    recipes={"digits": Recipe(data="ignored", epochs=9, optimizer="sgd")},
)


def test_without_a_wish_it_is_the_networks_own_recipe() -> None:
    found = run_config(NETWORK)
    assert (found.network, found.data, found.epochs, found.optimizer) == ("tiny", "dots", 3, "adamw")
    assert found.optimizer_settings == {"lr": 0.02, "beta1": 0.8}


def test_a_data_set_may_have_a_recipe_of_its_own_and_others_get_the_default_one() -> None:
    own, other = run_config(NETWORK, "digits"), run_config(NETWORK, "mnist")
    assert (own.data, own.epochs, own.optimizer) == ("digits", 9, "sgd")
    assert (other.data, other.epochs, other.data_settings) == ("mnist", 3, {})


def test_wishes_come_before_the_recipe_and_settings_are_merged_one_by_one() -> None:
    found = run_config(NETWORK, None, epochs=5, seed=None, optimizer_settings={"lr": 0.5})
    assert (found.epochs, found.seed) == (5, 0)
    assert found.optimizer_settings == {"lr": 0.5, "beta1": 0.8}


def test_the_recipes_settings_are_for_its_own_optimizer_and_schedule() -> None:
    found = run_config(NETWORK, None, optimizer="sgd", schedule="step")
    assert (found.optimizer_settings, found.schedule_settings) == ({}, {})
    assert run_config(NETWORK, None, optimizer="adamw").optimizer_settings == {"lr": 0.02, "beta1": 0.8}


PRESET = Preset(
    "As taught", "Slow.", Recipe(data="dots", batch_size=4, data_settings={"size": 8}), datasets=("digits",)
)
TAUGHT = network(recipe=Recipe(data="dots", epochs=3), presets={"tutorial": PRESET})


def test_a_preset_replaces_the_recipe_and_is_written_down() -> None:
    found = run_config(TAUGHT, None, "tutorial", epochs=5)
    assert (found.preset, found.batch_size, found.epochs) == ("tutorial", 4, 5)
    assert run_config(TAUGHT).preset == ""


def test_a_preset_keeps_its_data_settings_for_the_data_sets_that_it_names() -> None:
    assert run_config(TAUGHT, "digits", "tutorial").data_settings == {"size": 8}
    other = run_config(TAUGHT, "mnist", "tutorial")
    assert (other.data, other.batch_size, other.data_settings) == ("mnist", 4, {})


def test_an_unknown_preset_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(ConfigError, match="no preset 'fast'; there are: tutorial"):
        run_config(TAUGHT, None, "fast")


def test_the_recipe_itself_is_never_changed() -> None:
    before = NETWORK.recipe.model_dump()
    run_config(NETWORK, None, optimizer_settings={"lr": 0.5}).optimizer_settings["lr"] = 3
    assert NETWORK.recipe.model_dump() == before


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"epochs": "many"}, "epochs must be a whole number"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"threads": -1}, "threads must be at least 0"),
        ({"gradient_clip": -0.1}, "gradient_clip must be at least 0"),
        ({"colour": 3}, "'colour' is not a setting here"),
    ],
)
def test_what_cannot_be_is_refused_in_words(overrides: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        run_config(NETWORK, None, **overrides)


def test_it_survives_being_saved() -> None:
    found = run_config(NETWORK, "digits", seed=4)
    assert RunConfig.model_validate(found.model_dump()) == found
    assert RunConfig.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("key", "overrides"),
    [
        ("epochs", {"epochs": "1"}),
        ("augment", {"augment": "1"}),
        ("threads", {"threads": "1"}),
        ("beta1", {"optimizer_settings": {"beta1": "1"}}),
        ("optimizer.lr", {"optimizer_settings": {"lr": "1"}}),
        ("warmup", {"schedule_settings": {"warmup": "1"}}),
        ("schedule.warmup", {"schedule_settings": {"warmup": "1"}}),
    ],
)
def test_an_assignment_finds_the_group_that_has_the_setting(key: str, overrides: dict[str, Any]) -> None:
    assert spread_assignments(REGISTRY, run_config(NETWORK), {key: "1"}) == overrides


@pytest.mark.parametrize(
    "key",
    ["colour", "optimizer.colour", "colour.lr", "optimizer.", ".lr", "optimizer_settings", "network", "schedule.lr"],
)
def test_an_assignment_that_fits_nothing_is_answered_with_what_there_is(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        spread_assignments(REGISTRY, run_config(NETWORK), {key: "1"})
    assert repr(key) in str(caught.value)
    assert "epochs, " in str(caught.value)
    assert "optimizer.lr" in str(caught.value)


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ({"optimizer_settings": {"lr": -1}}, "lr must be greater than 0"),
        ({"schedule_settings": {"warmup": 2}}, "warmup must be less than 1"),
        ({"data_settings": {"colour": 1}}, "'colour' is not a setting here"),
        ({"network_settings": {"colour": 1}}, "'colour' is not a setting here"),
    ],
)
def test_the_settings_of_every_group_are_looked_at(group: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        check_settings(REGISTRY, run_config(NETWORK, None, **group))


def test_a_changed_run_keeps_all_but_what_is_changed() -> None:
    base = run_config(REGISTRY.get("networks", "tiny"), None, epochs=5)
    found = changed(REGISTRY, base, {"lr": 0.5, "batch_size": 4})
    assert (found.epochs, found.batch_size, found.optimizer_settings["lr"]) == (5, 4, 0.5)
    assert canonical(REGISTRY, changed(REGISTRY, base, {})) == canonical(REGISTRY, base)


def test_with_another_optimizer_the_settings_of_the_old_one_go() -> None:
    base = run_config(REGISTRY.get("networks", "tiny"), None, optimizer_settings={"lr": 0.5})
    other = changed(REGISTRY, base, {"optimizer": "sgd", "momentum": 0.3}).optimizer_settings
    assert (other["momentum"], other["lr"]) == (0.3, 0.01)
    assert changed(REGISTRY, base, {"optimizer": "adamw"}).optimizer_settings["lr"] == 0.5
