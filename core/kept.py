"""The model of a kept run: the weights that count as its own, in the network that they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from safetensors import SafetensorError
from torch import nn

from core.checkpoints import kept_checkpoint, load_weights, step_of
from core.config import validated
from core.data import DataInfo
from core.job import build_model
from core.registry import Registry
from core.run_config import RunConfig
from core.runs import Run, RunNotFound
from core.specs import NetworkSpec


@dataclass(frozen=True)
class KeptModel:
    """A kept run with its model, on the CPU and in evaluation mode, as it was after ``step`` steps."""

    run: Run
    config: RunConfig
    network: NetworkSpec
    info: DataInfo
    model: nn.Module
    step: int

    @property
    def name(self) -> str:
        """Whose weights these are, in words."""
        return f"{self.network.title} after {self.step:,} steps"


def asked_of(run: Run) -> tuple[RunConfig, DataInfo]:
    """What ``run.json`` says was asked, and of what kind the data were.

    Raises:
        RunNotFound, ConfigError: where it cannot be read.
    """
    asked = run.asked()
    try:
        info = DataInfo.from_dict(asked["info"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunNotFound(f"The run {run.id} cannot be read: its run.json is damaged.") from error
    return validated(RunConfig, asked["config"]), info


def kept_model(run: Run, registry: Registry) -> KeptModel:
    """The weights that count as a run's: its last ones, or its best where it was ended so.

    Raises:
        RunNotFound, UnknownId, ConfigError: where the run or its network cannot be read.
    """
    config, info = asked_of(run)
    network: NetworkSpec = registry.get("networks", config.network)
    kept = kept_checkpoint(run)
    if kept is None:
        raise RunNotFound(f"The run {run.id} kept no weights: it ended before its first checkpoint.")
    model = build_model(network, config.network_settings, info)
    try:
        model.load_state_dict(load_weights(kept))
    except (OSError, RuntimeError, SafetensorError) as error:
        raise RunNotFound(
            f"The weights of the run {run.id} cannot be read: they are damaged, or the network has changed since."
        ) from error
    return KeptModel(run, config, network, info, model.eval(), step_of(kept))
