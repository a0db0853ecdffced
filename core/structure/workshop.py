"""Where networks are taken apart: keeps what is needed again, such as a new model or the copy of a run's."""

from __future__ import annotations

import json
from collections.abc import Callable
from threading import Event
from typing import TypeVar

import torch
from torch import nn

from core.control import Control
from core.data import DataInfo
from core.explain.live import LiveModel
from core.home import data_folders
from core.job import make_probe
from core.registry import Registry
from core.run_config import RunConfig
from core.snapshot import Probe
from core.structure.look import LayerLook
from core.structure.looking import look, look_live
from core.structure.rows import LayerRow, Structure
from core.structure.tracing import Question, check_size, fresh_model, structure_of
from core.survey import load_what_is_there
from core.trainer import Trainer
from core.warm_up import settle

T = TypeVar("T")
UNTRAINED = "Random weights: nothing is trained yet."


class Workshop:
    """For one thread, and not the GUI's: all of it may take a while.

    ``control``: of a run that goes on, whose random numbers must not move: building then happens at a safe point.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._live: LiveModel | None = None
        self._fresh: tuple[str, nn.Module] | None = None
        self._probe: tuple[str, Probe] | None = None

    def structure(self, config: RunConfig, info: DataInfo, stop: Event, control: Control | None) -> Structure:
        """What the network is made of.

        Raises:
            ConfigError, StructureError, Cancelled: as :func:`core.structure.tracing.structure_of`.
        """
        question = self._question(config, info)
        found = _at_rest(control, lambda: structure_of(question, stop))
        settle()  # a plugin may just have imported as much as torchvision
        return found

    def look_at_run(self, trainer: Trainer, row: LayerRow) -> tuple[LayerLook, int]:
        """A layer of the run's model as it is now, and after how many steps."""
        if self._live is None or self._live.trainer is not trainer:
            self._live = LiveModel(trainer)
        self._fresh = None
        return look_live(self._question(trainer.job.config, trainer.job.info), row, self._live)

    def look_at_new(
        self, config: RunConfig, info: DataInfo, structure: Structure, row: LayerRow, control: Control | None
    ) -> LayerLook:
        """A layer of the network with the random weights that a run would begin with.

        Raises:
            DataError: where no sample can be had.
            ConfigError, StructureError: where the network cannot be built, or is too large for that.
        """
        check_size(structure.size)
        question = self._question(config, info)
        key = json.dumps([config.network, config.network_settings, info.as_dict(), config.seed], default=str)
        if self._fresh is None or self._fresh[0] != key:
            self._fresh = None  # the old one's memory first
            self._fresh = key, _at_rest(control, lambda: fresh_model(question))
        return look(question, row, self._fresh[1], self._sample(config), UNTRAINED)

    def _question(self, config: RunConfig, info: DataInfo) -> Question:
        network = self._registry.get("networks", config.network)
        task = self._registry.tasks.get(network.task)
        return Question(network, task, config.network_settings, info, config.seed)

    def _sample(self, config: RunConfig) -> Probe:
        key = json.dumps([config.data, config.data_settings], sort_keys=True, default=str)
        if self._probe is None or self._probe[0] != key:
            bundle = load_what_is_there(self._registry, config, data_folders(), _silent)
            self._probe = key, make_probe(bundle.validation, bundle.info, torch.device("cpu"))
        return self._probe[1]


def _at_rest(control: Control | None, work: Callable[[], T]) -> T:
    return work() if control is None else control.at_safe_point(work).result()


def _silent(done: int, total: int | None, text: str) -> None:
    """Nobody is told: it was loaded before, and comes quickly."""
