"""The command line: the same trainer and run store as the window, without Qt."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from core.cli import classify, compare, evaluate, export, generate, listing, resume, train
from core.discovery import discover
from core.errors import UserError
from core.home import plugin_folder


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is for ``--help``."""

    def error(self, message: str) -> NoReturn:
        """Leave with status 2."""
        self.exit(2, f"{self.prog}: {message} (--help explains)\n")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    root = Parser(prog="main.py", description="Train small neural networks and watch them learn.")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (train, resume, evaluate, classify, generate, export, compare, listing):
        module.add_commands(commands)
    for command in commands.choices.values():
        command.add_argument("--debug", action="store_true", help="show tracebacks")
    return root


def main(arguments: Sequence[str], package: str | None) -> int:
    """Run one command with the plugins of ``package``; returns the exit status.

    What the user got wrong is one line on stderr and status 2.
    """
    options = parser().parse_args(arguments)
    try:
        registry = discover(package, plugin_folder())
        for problem in registry.problems:
            print(problem.summary, file=sys.stderr)
        status: int = options.run(options, registry)
        return status
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output is gone; without this Python says so, in a traceback, when it flushes at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # border: command line
        if options.debug:
            raise
        sentence = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"{sentence} (add --debug for the traceback)", file=sys.stderr)
        return 1
