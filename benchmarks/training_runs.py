"""The runs in which trainer and bare loop take turns: on the command line's way, and in the real window."""

from __future__ import annotations

from threading import Timer

from benchmarks.bare_loop import BareLoop, data_loader, same_batches
from benchmarks.duel import Duel, check_same_weights
from benchmarks.quiet import no_progress
from core.batches import Batches
from core.control import Control
from core.data import DataBundle
from core.discovery import discover
from core.home import data_folders, runs_folder
from core.job import load_data, prepare_job
from core.launch import Launch
from core.registry import Registry
from core.run_config import RunConfig, run_config
from core.runs import RunStore
from core.trainer import Trainer

NETWORK = "lenet"
PLUGINS = "plugins"
SETTLE_S = 0.15
LONGEST_S = 45.0
"""A run is stopped after this time: what a quiet machine does in half of it takes a busy one ten times as long."""


def asked(registry: Registry, data: str, epochs: int, *, varied: bool = True) -> RunConfig:
    """The network's own recipe for that data set, but for the number of epochs, on the CPU."""
    return run_config(registry.get("networks", NETWORK), data, epochs=epochs, augment=varied, device="cpu")


def rival(registry: Registry, config: RunConfig, *, loader: bool = False) -> BareLoop:
    """A bare loop with a model, an optimizer and a schedule of its own, made from the same seed."""
    job = prepare_job(registry, config, data_folders(), no_progress)
    if not isinstance(job.train, Batches):
        raise TypeError(f"{config.data} has no pictures.")
    return BareLoop(job, data_loader(job.train) if loader else same_batches(job.train))


def without_window(data: str, epochs: int, steps: int, *, loader: bool = False) -> Duel:
    """A run as the command line makes it, without Qt."""
    registry = discover(PLUGINS, installed=False)
    config = asked(registry, data, epochs, varied=not loader)
    bare = rival(registry, config, loader=loader)
    duel = Duel(bare, steps)
    duel.join(registry)
    trainers: list[Trainer] = []
    store = RunStore(runs_folder())
    control = Control()
    launch = Launch(
        *(registry, config, data_folders(), store, control), lambda event: None, no_progress, ready=trainers.append
    )
    alarm = Timer(LONGEST_S, control.stop)
    alarm.daemon = True
    alarm.start()
    ended = launch.run()
    alarm.cancel()
    if ended.state == "failed":
        raise RuntimeError(ended.error)
    if not loader:
        check_same_weights(bare.job.model, trainers[0].job.model)
    return duel


def in_the_window(data: str, epochs: int, steps: int, *, loader: bool = False) -> Duel:
    """A run in the real window, on its training thread, with its curves and views drawn."""
    from benchmarks.window import open_window, train_in

    with open_window() as workbench:
        registry = workbench.registry
        config = asked(registry, data, epochs, varied=not loader)
        bare = rival(registry, config, loader=loader)
        duel = Duel(bare, steps, settle=SETTLE_S)
        duel.join(registry)
        trainer = train_in(workbench, config, LONGEST_S)
        if not loader:
            check_same_weights(bare.job.model, trainer.job.model)
    return duel


def bundle(data: str) -> DataBundle:
    """A data set as a run gets it."""
    registry = discover(PLUGINS, installed=False)
    return load_data(registry, asked(registry, data, 1), data_folders(), no_progress)
