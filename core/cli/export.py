"""``export``: a kept run in a form for other programs and people."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from core.export import FORMATS, export_run, suggested_name
from core.home import data_folders, runs_folder
from core.registry import Registry
from core.runs import RunStore


def add_commands(commands: Any) -> None:
    """``export RUN --format F``."""
    about = "\n".join(f"  {found.id:<12} {found.summary}" for found in FORMATS.values())
    command = commands.add_parser(
        "export",
        help="write a run's weights, numbers, a report, or a script that repeats it",
        description=f"Formats:\n{about}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("name", metavar="RUN", help="a run's id, the beginning of one, or last")
    command.add_argument("--format", required=True, choices=tuple(FORMATS), help="see above")
    command.add_argument("--out", type=Path, metavar="PATH", help="file or folder (default: named after the run, here)")
    command.add_argument("--force", action="store_true", help="replace what is there")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(run=run)


def run(options: argparse.Namespace, registry: Registry) -> int:
    """Export, and say where it is."""
    kept = RunStore(runs_folder()).find(options.name)
    path = options.out or Path(suggested_name(kept, options.format))
    from core.cli.progress import shown_progress

    with shown_progress() as progress:
        written = export_run(
            *(kept, registry, options.format, path), folders=data_folders(), progress=progress, force=options.force
        )
    print(json.dumps({"run": kept.id, "format": options.format, "path": str(written)}) if options.json else written)
    return 0
