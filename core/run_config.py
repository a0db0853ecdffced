"""What is asked of a run: everything that makes it repeatable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.config import Config, ConfigError, setting, validated
from core.specs import NetworkSpec, Recipe


class RunConfig(Recipe):
    """A recipe, the network it is for, and what the machine adds: device and threads.

    The same ``RunConfig`` gives the same losses on the CPU, bit for bit, at the same number of threads.
    """

    network: str = setting("lenet", "Network")
    device: str = setting("auto", "Device", "Where the arithmetic is done.")
    preset: str = setting("", "Preset", "The named recipe that the settings began with; empty: the network's own.")
    threads: int = setting(0, "Threads", "Processor threads for the arithmetic; 0 chooses.", minimum=0, maximum=1024)


KINDS = {"network": "networks", "data": "datasets", "optimizer": "optimizers", "schedule": "schedules"}
"""The groups of settings, and what the registry calls that which has them."""


def run_config(network: NetworkSpec, data: str | None = None, preset: str = "", **overrides: Any) -> RunConfig:
    """The network's own recipe for that data set, or that of a preset, with what the user chose instead.

    Settings dictionaries (``optimizer_settings``, ...) are merged key by key; where the optimizer, schedule or data
    set is another than the recipe's, the recipe's settings for it are dropped.

    Raises:
        ConfigError: with the reason in one sentence.
    """
    recipe = network.recipe_for(data, preset).model_dump()
    for choice in ("optimizer", "schedule"):
        if overrides.get(choice, recipe[choice]) != recipe[choice]:
            recipe[f"{choice}_settings"] = {}
    values = {**recipe, "network": network.id, "preset": preset}
    for name, value in overrides.items():
        if isinstance(value, Mapping) and isinstance(values.get(name), Mapping):
            values[name] = {**values[name], **value}
        elif value is not None:
            values[name] = value
    return validated(RunConfig, values)


def spread_assignments(registry: Any, config: RunConfig, assignments: Mapping[str, Any]) -> dict[str, Any]:
    """Which settings each ``--set key=value`` is for, as overrides for :func:`run_config`.

    A key is ``group.name`` (group: network, data, optimizer, schedule) or a bare name that is looked for in the
    run's own settings, then in each group.

    Raises:
        ConfigError: where nothing has that setting, with the names that there are.
    """
    groups = _settings_classes(registry, config)
    own = [name for name in RunConfig.model_fields if name not in (*KINDS, "preset") and not name.endswith("_settings")]
    overrides: dict[str, Any] = {}
    for key, value in assignments.items():
        group, dot, name = key.partition(".")
        holders = [group] if dot else [g for g, kind in groups.items() if key in kind.model_fields]
        if key in own:
            overrides[key] = value
        elif holders and holders[0] in groups and (name or key) in groups[holders[0]].model_fields:
            overrides.setdefault(f"{holders[0]}_settings", {})[name or key] = value
        else:
            known = own + sorted({f"{g}.{field}" for g, kind in groups.items() for field in kind.model_fields})
            raise ConfigError(f"Nothing has a setting {key!r}; there are: {', '.join(known)}.")
    return overrides


def changed(registry: Any, config: RunConfig, assignments: Mapping[str, Any]) -> RunConfig:
    """``config`` with other values for some settings, named as for ``--set``.

    Where the optimizer, schedule or data set becomes another one, the settings for the old one are dropped.

    Raises:
        ConfigError, UnknownId: with the reason in one sentence.
    """
    choices = {name: value for name, value in assignments.items() if name in KINDS}
    values = config.model_dump()
    for name, value in choices.items():
        if value != values[name]:
            values |= {name: value, f"{name}_settings": {}}
    chosen = validated(RunConfig, values)
    rest = {name: value for name, value in assignments.items() if name not in KINDS}
    for name, value in spread_assignments(registry, chosen, rest).items():
        values[name] = {**values[name], **value} if isinstance(value, Mapping) else value
    return canonical(registry, validated(RunConfig, values))


def canonical(registry: Any, config: RunConfig) -> RunConfig:
    """The same run with every setting spelt out, as its type has it: 0.004 where "4e-3" was written.

    A default may change with the next version; what a run was trained with may not.

    Raises:
        ConfigError, UnknownId: as :func:`check_settings`.
    """
    exact = {}
    for group, kind in _settings_classes(registry, config).items():
        exact[f"{group}_settings"] = validated(kind, getattr(config, f"{group}_settings")).model_dump()
    return config.model_copy(update=exact)


def check_settings(registry: Any, config: RunConfig) -> None:
    """Look at the settings of network, data set, optimizer and schedule before anything long is begun.

    Raises:
        ConfigError: where one is wrong, with the reason in one sentence.
        UnknownId: where nobody registered what is asked for.
    """
    for group, kind in _settings_classes(registry, config).items():
        validated(kind, getattr(config, f"{group}_settings"))


def _settings_classes(registry: Any, config: RunConfig) -> dict[str, type[Config]]:
    return {group: registry.get(kind, getattr(config, group)).config for group, kind in KINDS.items()}
