"""``train``: a run on the command line."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.cli import sweep
from core.config import ConfigError, parse_assignments
from core.control import Control
from core.data import Cancelled
from core.events import EpochEnded, Event, Noted, Problem, RunEnded, RunStarted, SettingChanged, StepsLogged
from core.home import data_folders, runs_folder
from core.registry import Registry
from core.run_config import RunConfig, canonical, run_config, spread_assignments
from core.runs import RunStore, plain


def add_commands(commands: Any) -> None:
    """``train NETWORK``."""
    command = commands.add_parser("train", help="train a network")
    command.add_argument("network", metavar="NETWORK", help="its id; `networks` lists them")
    command.add_argument("--data", help="data set; `datasets` lists them")
    command.add_argument("--preset", default="", metavar="NAME", help="one of the network's further recipes")
    command.add_argument("--optimizer", help="optimizer; `optimizers` lists them")
    command.add_argument("--schedule", help="learning-rate schedule")
    command.add_argument("--epochs", type=int, metavar="N", help="how often the training data is gone through")
    command.add_argument("--lr", type=float, metavar="X", help="learning rate")
    command.add_argument("--batch-size", type=int, metavar="B", help="samples per step")
    command.add_argument("--seed", type=int, metavar="S", help="start of all randomness")
    command.add_argument("--device", help="auto, cpu, cuda, cuda:1, mps")
    command.add_argument("--threads", type=int, metavar="N", help="processor threads; 0 chooses")
    command.add_argument(
        "--set", action="append", default=[], metavar="key=value", help="any setting, by its name or group.name"
    )
    command.add_argument("--weights", type=Path, metavar="FILE", help="begin with these: .safetensors, or a .pth")
    sweep.add_options(command)
    command.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")
    command.set_defaults(run=run)


def asked(options: argparse.Namespace, registry: Registry) -> RunConfig:
    """The run that the options describe.

    Raises:
        ConfigError, UnknownId: with a sentence for the user.
    """
    network = registry.get("networks", options.network)
    assignments = parse_assignments(options.set)
    names = ("data", "optimizer", "schedule", "epochs", "batch_size", "seed", "device", "threads")
    chosen = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    # `--set optimizer=sgd` decides which settings there are, so it comes before the other assignments.
    chosen |= {name: assignments.pop(name) for name in ("data", "optimizer", "schedule") if name in assignments}
    data = chosen.pop("data", None)
    if options.lr is not None:
        chosen["optimizer_settings"] = {"lr": options.lr}
    base = run_config(network, data, options.preset, **chosen)
    further = spread_assignments(registry, base, assignments)
    merged = {**chosen, **further}
    if "optimizer_settings" in chosen and "optimizer_settings" in further:
        merged["optimizer_settings"] = {**chosen["optimizer_settings"], **further["optimizer_settings"]}
    return canonical(registry, run_config(network, data, options.preset, **merged))


def run(options: argparse.Namespace, registry: Registry) -> int:
    """Train; status 0 unless the run failed."""
    config = asked(options, registry)
    if options.sweep:
        if options.weights:
            raise ConfigError("The runs of a sweep begin with random weights: leave out --weights, or --sweep.")
        return sweep.run_sweep(options, registry, config)
    # Here and not at the top: `networks` and the like should not wait for torch.
    from core.weights_files import beginning_with

    ready = beginning_with(options.weights) if options.weights else lambda trainer: None
    return launched(options, registry, config, RunStore(runs_folder()), ready=ready)


def launched(options: argparse.Namespace, registry: Registry, config: RunConfig, store: RunStore, **more: Any) -> int:
    """Train with a progress bar and say how it ended; ``more`` is for the ``Launch``. Returns the status."""
    from core.launch import Launch

    control = Control()
    display = Display(control, live=sys.stderr.isatty())
    with display, stopped_by_interrupt(control):
        launch = Launch(registry, config, data_folders(), store, control, display.show, display.progress, **more)
        ended = launch.run()
    if ended.state == "failed" or not ended.run:
        print(ended.error, file=sys.stderr)
        if options.debug:
            print(ended.details, file=sys.stderr)
        return 1
    report(ended, options.json)
    return 0


def report(ended: RunEnded, as_json: bool) -> None:
    """The result, for a program or for a person."""
    if as_json:
        print(json.dumps(plain({**ended.summary, "state": ended.state})))
        return
    summary = ended.summary
    parts = [f"{ended.state} after {summary['steps']:,} steps in {summary['seconds']:.1f} s"]
    parts += [f"test accuracy {summary['test_accuracy']:.2%}"] if "test_accuracy" in summary else []
    parts += [f"test loss {summary['test_loss']:.4f}"] if "test_loss" in summary else []
    parts += [f"the best epoch, {summary['best_epoch']}, is kept"] if ended.kept == "best" else []
    print(f"{ended.run}: {', '.join(parts)}" + (f". {ended.reason}" if ended.reason else ""))


@contextmanager
def stopped_by_interrupt(control: Control) -> Iterator[None]:
    """Ctrl+C ends the run at the next safe point and keeps it; a second one ends the program."""
    if threading.current_thread() is not threading.main_thread():  # Python lets no other thread listen to signals
        yield
        return

    def stop(_signal: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        control.stop()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)


class Display:
    """A progress bar on a terminal; nothing where stderr goes to a file."""

    def __init__(self, control: Control, *, live: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._control = control
        # No markup: a title, a path or an error may hold square brackets.
        texts = (TextColumn(text, markup=False) for text in ("{task.description}", "{task.fields[words]}"))
        columns = (next(texts), BarColumn(), next(texts))
        self._bar = Progress(*columns, console=Console(stderr=True), disable=not live)
        self._task = self._bar.add_task("Preparing", total=None, words="")
        self._words = ""
        self._steps_per_epoch = 0

    def __enter__(self) -> Display:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def progress(self, done: int, total: int | None, text: str) -> None:
        """Preparation of the data; raises once the user pressed Ctrl+C."""
        if self._control.stopping:
            raise Cancelled
        self._bar.update(self._task, completed=done, total=total, description=text)

    def show(self, event: Event) -> None:
        """Move the bar."""
        match event:
            case RunStarted():
                title = f"{event.network} on {event.data} ({event.device})"
                self._steps_per_epoch = event.steps_per_epoch
                self._bar.update(self._task, completed=event.step, total=event.total_steps, description=title)
            case SettingChanged(name="epochs"):
                self._bar.update(self._task, total=int(event.after) * self._steps_per_epoch)
            case StepsLogged():
                pace = f"{event.steps_per_second:,.0f} steps/s  {event.eta:.0f} s left"
                words = f"loss {event.metrics['loss'][-1]:.4f}  {pace}  {self._words}"
                self._bar.update(self._task, completed=event.last_step, words=words)
            case EpochEnded():
                self._words = "  ".join(f"val {name} {value:.4f}" for name, value in event.validation.items())
                self._words += f"  {event.waiting}" if event.waiting else ""
            case Noted():
                self._bar.console.print(event.text, markup=False, highlight=False, soft_wrap=True)
            case Problem():
                self._bar.console.print(event.summary, style="yellow", markup=False, highlight=False, soft_wrap=True)
