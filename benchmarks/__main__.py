"""``python -m benchmarks [NAME ...]``: measure, print, and write ``docs/results.md``."""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from benchmarks.report import Section, write

NAMES = (
    "start_up",
    "training_speed",
    "event_loop",
    "curve_redraw",
    "run_history",
    "browser",
    "checkpointing",
    "learning",
    "tutorial_cifar",
    "cifar_resnet",
    "text_speed",
    "generation",
    "text_learning",
    "names",
    "explain",
    "health",
    "embedding",
    "picture_cache",
    "structure",
    "inside",
)


def main(arguments: Sequence[str]) -> int:
    """Run the named benchmarks, or all; status 1 where one could not be run to its end."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Trainyard against its rivals.")
    options.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; none: all of them")
    options.add_argument("--print-only", action="store_true", help="leave docs/results.md as it is")
    chosen = options.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in NAMES]
    if unknown:
        options.error(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(NAMES)}")
    if len(chosen.names) == 1:
        run(chosen.names[0], record=not chosen.print_only)
        return 0
    return run_each(chosen.names or NAMES, ["--print-only"] if chosen.print_only else [])


def run_each(names: Sequence[str], further: Sequence[str]) -> int:
    """Each in a process of its own, so that none inherits threads, caches or a crash of another."""
    failed = [
        name
        for name in names
        if subprocess.run([sys.executable, "-m", "benchmarks", name, *further], check=False).returncode != 0
    ]
    if failed:
        print(f"Not run to the end: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def run(name: str, *, record: bool) -> None:
    """One benchmark, in a home that is thrown away: the person's runs and settings are neither read nor written."""
    print(f"{name} …", flush=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["TRAINYARD_HOME"] = home
        section: Section = importlib.import_module(f"benchmarks.{name}").measure()
    print(section.terminal() + "\n", flush=True)
    if record:
        write(section)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
