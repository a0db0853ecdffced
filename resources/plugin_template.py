"""A network of your own, in one file. Copy it, rename it, and change it until it is yours.

1. Copy this file into your plugin folder (in the window: File > Show the plugin folder) under a name of your own:
   small letters, and no "_" in front, since that would make it a helper that is not looked at.
2. Change the id, the title, and what ``build`` returns.
3. Start Trainyard again: the network is in the picker, and ``python main.py train my-network`` trains it.

If something is wrong with the plugin, the Problems panel says what, with the traceback; all else goes on working.
docs/plugins.md describes all that a plugin can add: data sets, optimizers, schedules, views, tasks and callbacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.api import (
    Cadence,
    Config,
    DataInfo,
    ImageGrid,
    NetworkSpec,
    Recipe,
    Snapshot,
    VisualizationSpec,
    hookimpl,
    setting,
)

# Plugins are read before torch is loaded. So import it inside functions; here it is for type checkers alone.
if TYPE_CHECKING:
    from torch import nn


class MyConfig(Config):
    """What can be set: each field gets a place in the form, and a ``--set name=value`` on the command line.

    Types: int, float, bool, str, Literal[...], and any of these | None. Each needs a default.
    """

    channels: int = setting(8, "Channels", "Feature maps of the convolution.", minimum=1, maximum=256)
    kernel: Literal[3, 5, 7] = setting(5, "Kernel", "Side of the square that slides over the picture.", unit="px")
    # "above" and "below" are limits that cannot be reached; "advanced" folds the field away.
    dropout: float = setting(
        0.1, "Dropout", "Share of the units that each step leaves out.", minimum=0.0, below=1.0, advanced=True
    )


def build(config: MyConfig, info: DataInfo) -> nn.Module:
    """The network, with random weights, for data as ``info`` describes it.

    Called before each run with the random state seeded, and again whenever a kept run is loaded. It is given
    pictures as floats, N×C×H×W, already normalised, and returns one number a class, N×classes (no softmax).
    """
    from torch import nn

    channels, height, width = info.input_shape
    pooled = (height // 2) * (width // 2)
    model = nn.Sequential()
    # Names make the weights easy to find again, in the view below and in the files of a run.
    model.add_module("conv", nn.Conv2d(channels, config.channels, config.kernel, padding=config.kernel // 2))
    model.add_module("relu", nn.ReLU())
    model.add_module("pool", nn.MaxPool2d(2))
    model.add_module("flatten", nn.Flatten())
    model.add_module("dropout", nn.Dropout(config.dropout))
    model.add_module("out", nn.Linear(config.channels * pooled, len(info.classes)))
    return model


def refuses(config: MyConfig, info: DataInfo) -> str | None:
    """Why this data cannot be used: one sentence that says what to do. None where it can."""
    if len(info.input_shape) != 3:
        return "My network looks at pictures, and this data set has none: choose another data set."
    return None


def filters(snapshot: Snapshot) -> ImageGrid:
    """A live view: what each filter of the convolution looks for.

    Called between two steps. Copy what you show, since the next step changes the weights in place; return plain
    data (LinePlot, ImageGrid, Heatmap, BarChart, ColoredText, Graph or Table), which the window draws.
    """
    weights = snapshot.model.get_parameter("conv.weight").detach().to("cpu", copy=True).numpy()
    return ImageGrid(
        images=weights.mean(axis=1),  # over the colours: N×H×W
        symmetric=True,  # two colours around zero
        caption="What each filter looks for: red where light helps, blue where it hurts.",
    )


# A hook: Trainyard finds it by its name and its mark. This one adds networks.
@hookimpl
def register_networks() -> list[NetworkSpec]:
    """As many as you like; here one."""
    return [
        NetworkSpec(
            id="my-network",  # what the command line and kept runs call it: never change it once you have runs
            title="My network",
            summary="One convolution, one pooling, one linear layer.",
            task="image-classification",  # decides which data sets fit
            build=build,
            config=MyConfig,
            refuses=refuses,
            # What Start uses when nothing is chosen; and, where it should be different, for which data set.
            recipe=Recipe(data="digits", epochs=15, batch_size=32, optimizer_settings={"lr": 3e-3}),
            recipes={"mnist": Recipe(data="mnist", epochs=3, batch_size=128)},
        )
    ]


# Another hook, in the same file. Leave it out if your network needs no view of its own.
@hookimpl
def register_visualizations() -> list[VisualizationSpec]:
    """One view, for this network alone, computed every 20 steps while somebody looks at it."""
    return [
        VisualizationSpec(
            id="my-network-filters",
            title="Filters",
            compute=filters,
            networks=("my-network",),
            cadence=Cadence("steps", n=20),
            summary="The squares that the convolution slides over a picture.",
        )
    ]
