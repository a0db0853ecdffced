"""Trainyard. No argument: the window. A command (``train``, ``classify``, ...): without one."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.display import has_display

if TYPE_CHECKING:
    from gui.theme import ThemeName

PLUGINS = "plugins"
NO_DISPLAY = (
    "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set): running the demo in an offscreen window."
)


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; returns the exit status."""
    if arguments and (not arguments[0].startswith("-") or arguments[0] in ("-h", "--help")):
        from core.cli import main as command_line

        return command_line(arguments, PLUGINS)
    options = parser().parse_args(arguments)
    demo, screenshot = options.demo or options.screenshot is not None, options.screenshot
    if not has_display(os.environ, sys.platform):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        if not demo:
            print(NO_DISPLAY)
            demo, screenshot = True, _default_screenshot()
    return open_window(demo, screenshot, options.theme)


def parser() -> argparse.ArgumentParser:
    """The options of the window."""
    options = argparse.ArgumentParser(prog="main.py", description="Open the window; `main.py --help` lists commands.")
    options.add_argument("--demo", action="store_true", help="train the default network, classify a picture, and end")
    options.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="where the demo writes a picture of its window"
    )
    options.add_argument("--theme", choices=("system", "light", "dark"))
    return options


def open_window(demo: bool, screenshot: Path | None, theme: ThemeName | None) -> int:
    """The window or the demo; a missing system library is one message and status 1."""
    from gui.system_libraries import explain_import_error, startup_problem

    problem = startup_problem(os.environ, sys.platform)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    try:
        from gui import app
    except ImportError as error:
        print(explain_import_error(error) or f"Qt cannot be loaded: {error}", file=sys.stderr)
        return 1
    return app.run_demo(screenshot, theme) if demo else app.run_window(theme)


def _default_screenshot() -> Path:
    from core.home import home

    home().mkdir(parents=True, exist_ok=True)
    return home() / "demo.png"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
