"""Looks into the networks that read text: what their cells follow, what their gates do, how far the gradient reaches.

After Karpathy, "The Unreasonable Effectiveness of Recurrent Neural Networks" (2015), and colah's "Understanding LSTM
Networks" (2015).
"""

from __future__ import annotations

from typing import Literal

from core.api import Cadence, Config, Snapshot, View, VisualizationSpec, hookimpl, setting

TASK = "language-model"
FARTHEST = 399
"""The last place of the probe: it holds 400 characters."""


class DiagramSettings(Config):
    """Which part of the text is unrolled."""

    first: int = setting(0, "From", "The place in the text where the diagram begins.", minimum=0, maximum=FARTHEST)
    steps: int = setting(4, "Steps", "How many characters are shown.", unit="characters", minimum=1, maximum=10)


class CellSettings(Config):
    """What of a cell is shown."""

    state: Literal["hidden state", "cell state"] = setting(
        *(
            "hidden state",
            "Show",
            "What a cell shows to the others, or (LSTM only) what it keeps to itself, as tanh(c).",
        )
    )


class GateSettings(Config):
    """Which part of the text, and which cells."""

    layer: int = setting(
        1, "Layer", "Counted from the input; the last one where there are fewer.", minimum=1, maximum=8
    )
    first: int = setting(0, "From", "The place in the text where the picture begins.", minimum=0, maximum=FARTHEST)
    length: int = setting(40, "Length", "How much of the text is shown.", unit="characters", minimum=2, maximum=400)
    cells: int = setting(24, "Cells", "The liveliest cells are shown.", unit="cells", minimum=1, maximum=512)


class GradientSettings(Config):
    """How far back to look."""

    distance: int = setting(
        *(60, "Distance", "How far before the end the gradient is followed, where the text is long enough."),
        unit="characters",
        minimum=2,
        maximum=FARTHEST,
    )


def diagram(snapshot: Snapshot) -> View:
    """See :func:`plugins._text_pictures.diagram`."""
    from plugins import _text_pictures  # imports torch, which is not there yet when plugins are read

    return _text_pictures.diagram(snapshot, snapshot.chosen(DiagramSettings))


def cells(snapshot: Snapshot) -> View:
    """See :func:`plugins._text_pictures.cells`."""
    from plugins import _text_pictures

    return _text_pictures.cells(snapshot, snapshot.chosen(CellSettings))


def gates(snapshot: Snapshot) -> View:
    """See :func:`plugins._text_pictures.gates`."""
    from plugins import _text_pictures

    return _text_pictures.gates(snapshot, snapshot.chosen(GateSettings))


def gradient(snapshot: Snapshot) -> View:
    """See :func:`plugins._memory_pictures.gradient`."""
    from plugins import _memory_pictures

    return _memory_pictures.gradient(snapshot, snapshot.chosen(GradientSettings))


def accuracy_by_gap(snapshot: Snapshot) -> View:
    """See :func:`plugins._memory_pictures.accuracy_by_gap`."""
    from plugins import _memory_pictures

    return _memory_pictures.accuracy_by_gap(snapshot)


def samples(snapshot: Snapshot) -> View:
    """See :func:`plugins._memory_pictures.samples`."""
    from plugins import _text_pictures

    return _text_pictures.samples(snapshot)


@hookimpl
def register_visualizations() -> list[VisualizationSpec]:
    """Views of the recurrent networks; the diagram comes first where there are few letters, the cells elsewhere."""
    return [*first_views(), *further_views()]


def first_views() -> list[VisualizationSpec]:
    """What is offered first: the one that fits the data set, then what any text has."""
    return [
        VisualizationSpec(
            *("text-diagram", "Unrolled in time", diagram),
            task=TASK,
            datasets=("hello",),
            cadence=Cadence("steps", 2),
            config=DiagramSettings,
            summary="Input, hidden state and scores at each letter, with their numbers.",
        ),
        VisualizationSpec(
            *("text-gap", "Accuracy against gap", accuracy_by_gap),
            task=TASK,
            datasets=("long-memory",),
            summary="How far back each network remembers: every finished run on Long memory is a point.",
        ),
        VisualizationSpec(
            *("text-cells", "Cells over the text", cells),
            task=TASK,
            cadence=Cadence("steps", 20),
            config=CellSettings,
            summary="What one cell is at each character; choose the cell by what it follows, or select a phrase.",
        ),
    ]


def further_views() -> list[VisualizationSpec]:
    """What the model wrote, and what goes on behind it."""
    return [
        VisualizationSpec(
            *("text-samples", "Samples", samples),
            task=TASK,
            summary="What the model wrote at the end of each epoch.",
        ),
        VisualizationSpec(
            *("text-gates", "Gates over the text", gates, ("lstm",)),
            cadence=Cadence("steps", 20),
            config=GateSettings,
            summary="What the LSTM forgets, writes and shows at each character, and what it keeps.",
        ),
        VisualizationSpec(
            *("text-gradient", "Gradient against distance", gradient),
            task=TASK,
            cadence=Cadence("steps", 20),
            config=GradientSettings,
            summary="How much the loss at the end still depends on the memory that many characters before.",
        ),
    ]
