"""Everything a run needs, made from what was asked."""

from __future__ import annotations

import platform
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn, optim

from core.batches import Batches, BatchSource
from core.config import Config, ConfigError, validated
from core.data import Augmentation, DataBundle, DataError, DataFolders, DataInfo, Progress, Split, TokenStream
from core.devices import resolve_device, use_threads
from core.registry import Registry
from core.run_config import RunConfig, check_settings
from core.snapshot import Probe, probe_indices
from core.specs import NetworkSpec, ScheduleSpec, TaskSpec
from core.token_batches import SequenceBatches, StreamBatches

PROBE_TOKENS = 400


@dataclass
class Job:
    """A model, its data, its optimizer: all on the device and ready for the first step."""

    config: RunConfig
    network: NetworkSpec
    task: TaskSpec
    info: DataInfo
    model: nn.Module
    optimizer: optim.Optimizer
    schedule: Any
    schedule_every: str
    train: BatchSource
    validation: BatchSource
    test: BatchSource | None
    probe: Probe
    device: torch.device
    threads: int
    augmentations: tuple[Augmentation, ...] = ()
    """All that there are for these data, whether or not they are switched on."""
    notes: tuple[str, ...] = ()
    """Sentences for the person about the data, such as what could not be read."""
    build_schedule: Callable[[int], Any] | None = None
    """A new schedule for a run of so many steps, at its beginning and with the optimizer's present rate."""

    @property
    def machine(self) -> dict[str, Any]:
        """What ``run.json`` says of the machine: device, threads, versions, number of parameters."""
        versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
        parameters = sum(parameter.numel() for parameter in self.model.parameters())
        return {
            "device": str(self.device),
            "threads": self.threads,
            "versions": versions,
            "platform": platform.platform(),
            "parameters": parameters,
        }


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and torch on every device."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def build_model(network: NetworkSpec, settings: Mapping[str, Any], info: DataInfo) -> nn.Module:
    """The network for that data, with random weights.

    Raises:
        ConfigError: where a setting is wrong or the network refuses the data, with the reason.
    """
    config = validated(network.config, settings)
    refusal = network.refuses(config, info)
    if refusal:
        raise ConfigError(refusal)
    model = network.build(config, info)
    if not isinstance(model, nn.Module):
        raise TypeError(f"build of {network.id} must return an nn.Module, not {type(model).__name__}")
    return model


def load_data(registry: Registry, config: RunConfig, folders: DataFolders, progress: Progress) -> DataBundle:
    """Prepare (download, decode) and load the data set of a run.

    Raises:
        DataError, Cancelled: from the data set.
        ConfigError: where its settings are wrong or the network is for another task.
    """
    spec = registry.get("datasets", config.data)
    network = registry.get("networks", config.network)
    if spec.task != network.task:
        raise ConfigError(
            f"{network.title} is for {network.task}, but {spec.title} is for {spec.task}: choose another."
        )
    settings = validated(spec.config, config.data_settings)
    spec.prepare(settings, folders, progress)
    progress(0, None, f"Loading {spec.title}")
    bundle = spec.load(settings, folders)
    if not isinstance(bundle, DataBundle):
        raise TypeError(f"load of {spec.id} must return a DataBundle, not {type(bundle).__name__}")
    for part, use in ((bundle.train, "train on"), (bundle.validation, "validate with"), (bundle.test, "test with")):
        if part is not None and not len(part):
            raise DataError(f"{spec.title} has no samples to {use}: it needs more data, or choose another data set.")
    return bundle


def _new_model(
    network: NetworkSpec, config: RunConfig, info: DataInfo, folders: DataFolders, progress: Progress
) -> nn.Module:
    """A model as a run begins with it: random weights, or those that the network brings."""
    model = build_model(network, config.network_settings, info)
    weights = network.initial_weights(validated(network.config, config.network_settings), info, folders, progress)
    if weights is not None:
        model.load_state_dict({**model.state_dict(), **weights})
    return model


def prepare_job(registry: Registry, config: RunConfig, folders: DataFolders, progress: Progress) -> Job:
    """Load the data and build model, optimizer and schedule, all seeded.

    Raises:
        UnknownId, ConfigError, DataError, Cancelled: with a sentence for the user.
    """
    check_settings(registry, config)  # a typing error should not be told after a long download
    network: NetworkSpec = registry.get("networks", config.network)
    device = resolve_device(config.device)
    threads = use_threads(config.threads)
    bundle = load_data(registry, config, folders, progress)
    seed_everything(config.seed)
    model = _new_model(network, config, bundle.info, folders, progress).to(device)
    optimizer_spec = registry.get("optimizers", config.optimizer)
    optimizer = optimizer_spec.build(model.parameters(), _settings(optimizer_spec.config, config.optimizer_settings))
    augmentations = bundle.augmentations if config.augment else ()
    info = bundle.info
    train = batches_of(bundle.train, info, config.batch_size, device, seed=config.seed, augmentations=augmentations)
    schedule_spec: ScheduleSpec = registry.get("schedules", config.schedule)
    settings = _settings(schedule_spec.config, config.schedule_settings)
    build_schedule = partial(_schedule, schedule_spec, optimizer, settings, len(train))
    return Job(
        config=config,
        network=network,
        task=registry.get("tasks", network.task),
        info=bundle.info,
        model=model,
        optimizer=optimizer,
        schedule=build_schedule(len(train) * config.epochs),
        schedule_every=schedule_spec.every,
        train=train,
        validation=batches_of(bundle.validation, info, network.evaluation_batch, device),
        test=batches_of(bundle.test, info, network.evaluation_batch, device) if bundle.test is not None else None,
        probe=make_probe(bundle.validation, bundle.info, device),
        device=device,
        threads=threads,
        augmentations=bundle.augmentations,
        notes=bundle.notes,
        build_schedule=build_schedule,
    )


def _schedule(
    spec: ScheduleSpec, optimizer: optim.Optimizer, settings: Config, steps_per_epoch: int, total_steps: int
) -> Any:
    for group in optimizer.param_groups:  # schedules overwrite the rate that was asked for
        group.setdefault("base_lr", group["lr"])
    return spec.build(optimizer, settings, total_steps, steps_per_epoch)


def make_probe(part: Split | TokenStream, info: DataInfo, device: torch.device) -> Probe:
    """A few samples, one of each class first, or the beginning of a text, as the network sees them."""
    if isinstance(part, TokenStream):
        raw = part.tokens[None, :PROBE_TOKENS].copy()
        return Probe(torch.from_numpy(raw.astype(np.int64)).to(device), raw, raw[:, 1:].astype(np.int64))
    rows = probe_indices(part.targets) if part.targets.ndim == 1 else np.arange(min(16, len(part)))
    chosen = Split(part.inputs[rows], part.targets[rows])
    batch = next(batches_of(chosen, info, len(rows), device).epoch())
    return Probe(batch.inputs, chosen.inputs, chosen.targets)


def _settings(config: type[Config], values: Mapping[str, Any]) -> Config:
    return validated(config, values)


def batches_of(
    part: Split | TokenStream,
    info: DataInfo,
    batch_size: int,
    device: torch.device,
    *,
    seed: int | None = None,
    augmentations: tuple[Augmentation, ...] = (),
) -> BatchSource:
    """The batches that fit what the part holds; with a seed they are shuffled, for training."""
    if isinstance(part, TokenStream):
        return StreamBatches(part, info.input_shape[0], batch_size, device, seed=seed)
    if info.vocabulary:
        return SequenceBatches(part, batch_size, device, seed=seed)
    return Batches(part, info, batch_size, device, seed=seed, augmentations=augmentations)
