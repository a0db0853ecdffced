"""The formats that a run can be exported in. Reading this list imports no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from core.data import DataFolders, Progress
from core.errors import UserError
from core.export.request import AtRest, Request, at_once
from core.outputs import output_file, output_folder
from core.registry import Registry
from core.runs import Run


class UnknownFormat(UserError):
    """There is no format of that name; the message lists those that there are."""


@dataclass(frozen=True)
class Format:
    """One way to export a run.

    ``summary``: one sentence on what it is for. ``suffix``: of the file's name; "" where it is a folder of files.
    ``module``: in this package; its function ``write(request, path)`` writes to that new file, or into that new folder.
    """

    id: str
    title: str
    summary: str
    suffix: str
    module: str

    @property
    def folder(self) -> bool:
        """Whether several files are written, in a folder of their own."""
        return not self.suffix


FORMATS = {
    found.id: found
    for found in (
        Format(
            *("safetensors", "Weights (safetensors)"),
            *("The weights alone, in a format that cannot hold code: the best one to give away.", ".safetensors"),
            "weights",
        ),
        Format(
            *("pth", "Weights (PyTorch state_dict)"),
            *("The weights alone, as the PyTorch tutorials save and load them.", ".pth"),
            "weights",
        ),
        Format(
            *("onnx", "Network (ONNX)"),
            *(
                "Network and weights for other programs; it is tried before it is kept.",
                ".onnx",
            ),
            "onnx_model",
        ),
        Format(
            *("script", "Python script"),
            *("A folder with a script and the data: plain PyTorch that trains this very run again.", ""),
            "script",
        ),
        Format(
            *("html", "Report (HTML)"),
            *("One page with curves, settings and results, to read, print or hand in.", ".html"),
            "html_report",
        ),
        Format(
            *("csv", "Numbers (CSV)"),
            *("Every step's loss and metrics, for a spreadsheet.", ".csv"),
            "csv_table",
        ),
        Format(
            *("tensorboard", "TensorBoard log"),
            *("A folder for TensorBoard: tensorboard --logdir FOLDER.", ""),
            "tensorboard_log",
        ),
    )
}


def export_run(
    run: Run,
    registry: Registry,
    format: str,
    path: Path,
    *,
    folders: DataFolders,
    progress: Progress,
    force: bool = False,
    at_rest: AtRest = at_once,
) -> Path:
    """Write a kept run to ``path``, whole or not at all; returns where it is.

    ``at_rest``: see :class:`~core.export.request.Request`; needed where something is being trained meanwhile.

    Raises:
        UnknownFormat: where there is no such format.
        OutputExists: where something is there and ``force`` does not say that it may be replaced.
        OutputError: where it cannot be written there.
        UserError: where the run cannot be read, or not be exported in that way, with the reason.
        Cancelled: from ``progress``.
    """
    if format not in FORMATS:
        raise UnknownFormat(f"There is no format {format!r}; there are: {', '.join(FORMATS)}.")
    chosen = FORMATS[format]
    write = cast("Callable[[Request, Path], Any]", import_module(f"core.export.{chosen.module}").write)
    opened = (output_folder if chosen.folder else output_file)(path, force=force)
    request = Request(run, registry, folders, progress, format, at_rest)
    with opened as part:
        write(request, part)
    return path


def suggested_name(run: Run, format: str) -> str:
    """What a file or folder of this format is called where nobody chose a name."""
    return f"{run.id}{FORMATS[format].suffix}" if FORMATS[format].suffix else f"{run.id}-{format}"
