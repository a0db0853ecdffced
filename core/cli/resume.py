"""``resume``: go on with a run on the command line."""

from __future__ import annotations

import argparse
from typing import Any

from core.cli.train import launched
from core.config import validated
from core.home import runs_folder
from core.registry import Registry
from core.resume import Resume
from core.run_config import RunConfig
from core.runs import RunStore


def add_commands(commands: Any) -> None:
    """``resume RUN``."""
    command = commands.add_parser("resume", help="go on with a run that was stopped, broken off or has finished")
    command.add_argument("name", metavar="RUN", help='its id, the beginning of it, or "last"; `runs` lists them')
    command.add_argument("--epochs", type=int, metavar="N", help="how many epochs it shall have in the end")
    command.add_argument("--lr", type=float, metavar="X", help="another learning rate from here on")
    command.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")
    command.set_defaults(run=run)


def run(options: argparse.Namespace, registry: Registry) -> int:
    """Train on; status 0 unless the run failed or cannot go on."""
    store = RunStore(runs_folder())
    resume = Resume(store.find(options.name), options.epochs, options.lr)
    config = validated(RunConfig, resume.run.asked()["config"])
    return launched(options, registry, config, store, resume=resume)
