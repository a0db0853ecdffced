"""All that a plugin may import.

A plugin is a Python file that imports this module, numpy and the standard library, and marks hook
implementations with :data:`hookimpl`. torch is imported inside functions, since plugins are read before
the window is painted and torch is not. ``docs/plugins.md`` walks through each hook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import model_validator

from core.activations import activations
from core.augment import ColourJitter, Cutout, RandomAffine, RandomCrop, RandomFlip
from core.callbacks import Callback
from core.config import Config, ConfigError, NoSettings, setting
from core.data import (
    Augmentation,
    Cancelled,
    DataBundle,
    DataError,
    DataFolders,
    DataInfo,
    Progress,
    Split,
    TokenStream,
    stratified_split,
)
from core.downloads import fetch, unpack_gzip
from core.events import EpochEnded, RunEnded, RunStarted, StepsLogged, TextSampled
from core.hookspecs import hookimpl
from core.picture_folders import PictureFolder, open_pictures
from core.run_config import RunConfig
from core.snapshot import Snapshot
from core.specs import (
    Cadence,
    DatasetSpec,
    LessonSpec,
    NetworkSpec,
    OptimizerSpec,
    Preset,
    Recipe,
    ScheduleSpec,
    TaskSpec,
    VisualizationSpec,
    lesson_files,
)
from core.text_files import shown_name
from core.token_files import TokenisedText, tokenise, tokenise_file
from core.views import (
    BarChart,
    ColoredText,
    Graph,
    Heatmap,
    ImageGrid,
    Layer,
    LinePlot,
    Node,
    Stack,
    Table,
    TextCells,
    TextList,
    Unrolled,
    View,
)

if TYPE_CHECKING:  # these need torch: import them under TYPE_CHECKING in a plugin, too
    from core.batches import Batch

__all__ = [
    "Augmentation",
    "BarChart",
    "Batch",
    "Cadence",
    "Callback",
    "Cancelled",
    "ColoredText",
    "ColourJitter",
    "Config",
    "ConfigError",
    "Cutout",
    "DataBundle",
    "DataError",
    "DataFolders",
    "DataInfo",
    "DatasetSpec",
    "EpochEnded",
    "Graph",
    "Heatmap",
    "ImageGrid",
    "Layer",
    "LessonSpec",
    "LinePlot",
    "NetworkSpec",
    "NoSettings",
    "Node",
    "OptimizerSpec",
    "PictureFolder",
    "Preset",
    "Progress",
    "RandomAffine",
    "RandomCrop",
    "RandomFlip",
    "Recipe",
    "RunConfig",
    "RunEnded",
    "RunStarted",
    "ScheduleSpec",
    "Snapshot",
    "Split",
    "Stack",
    "StepsLogged",
    "Table",
    "TaskSpec",
    "TextCells",
    "TextList",
    "TextSampled",
    "TokenStream",
    "TokenisedText",
    "Unrolled",
    "View",
    "VisualizationSpec",
    "activations",
    "fetch",
    "hookimpl",
    "lesson_files",
    "model_validator",
    "open_pictures",
    "setting",
    "shown_name",
    "stratified_split",
    "tokenise",
    "tokenise_file",
    "unpack_gzip",
]


def __getattr__(name: str) -> object:
    """``Batch``, when somebody does need it while the program runs: only then is torch imported."""
    if name == "Batch":
        from core.batches import Batch

        return Batch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
