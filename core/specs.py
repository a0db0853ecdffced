"""What a plugin registers: a frozen description of each network, data set, optimizer, view and task."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from core.config import Config, ConfigError, NoSettings, setting
from core.data import DataBundle, DataFolders, DataInfo, Progress

if TYPE_CHECKING:
    from torch import Tensor, nn, optim

    from core.batches import Batch
    from core.snapshot import Snapshot
    from core.views import View

MAX_SEED = 2**31 - 1
Precision: TypeAlias = Literal["float32", "bfloat16"]
TryIt: TypeAlias = Literal["image", "text generation", "text classification", "none"]


class TrainingSettings(Config):
    """What every run has, whatever it trains."""

    epochs: int = setting(
        *(10, "Epochs", "How often the training data is gone through."),
        unit="epochs",
        minimum=1,
        maximum=100_000,
        live=True,
    )
    batch_size: int = setting(
        32, "Batch size", "Samples per step (optimizer update).", unit="samples", minimum=1, maximum=65_536
    )
    augment: bool = setting(
        *(True, "Augment", "Vary the training pictures a little at random, so that less is learnt by heart."), live=True
    )
    gradient_clip: float = setting(
        *(0.0, "Gradient clip", "Longest gradient (L2 norm) that is let through; 0 lets all through."),
        minimum=0.0,
        live=True,
        advanced=True,
    )
    patience: int = setting(
        *(0, "Patience", "Stop after so many epochs without a better validation loss, and keep the best; 0: never."),
        unit="epochs",
        minimum=0,
        maximum=100_000,
        live=True,
        advanced=True,
    )
    checkpoint_seconds: float = setting(
        *(30.0, "Checkpoint every", "Seconds between two checkpoints: what a crash may cost at most."),
        unit="s",
        above=0.0,
        maximum=86_400.0,
        advanced=True,
    )
    checkpoint_steps: int = setting(
        *(0, "Checkpoint steps", "Steps between two checkpoints, besides those by time; 0: by time alone."),
        unit="steps",
        minimum=0,
        maximum=1_000_000_000,
        advanced=True,
    )
    average: float = setting(
        *(0.0, "Average weights", "Validates with and keeps a running mean of the weights: 0.99 of 100 steps; 0: not."),
        minimum=0.0,
        below=1.0,
        advanced=True,
    )
    precision: Precision = setting(
        *("float32", "Precision", "Numbers of the layers' arithmetic; bfloat16 is faster where the processor has it."),
        advanced=True,
    )
    seed: int = setting(
        *(0, "Seed", "Start of all randomness: the same seed gives the same run."),
        minimum=0,
        maximum=MAX_SEED,
        advanced=True,
    )


class Recipe(TrainingSettings):
    """A way to train a network: everything Start needs but the network's own id and the machine's."""

    data: str = setting("digits", "Data set")
    data_settings: dict[str, Any] = setting({}, "Data set settings")
    network_settings: dict[str, Any] = setting({}, "Network settings")
    optimizer: str = setting("adamw", "Optimizer")
    optimizer_settings: dict[str, Any] = setting({}, "Optimizer settings")
    schedule: str = setting("one-cycle", "Schedule")
    schedule_settings: dict[str, Any] = setting({}, "Schedule settings")


@dataclass(frozen=True)
class Preset:
    """A further way to train a network, beside its own recipe: a tutorial's, say.

    ``datasets``: the ids of those that the recipe's ``data_settings`` are for; on others they are left out.
    """

    title: str
    summary: str
    recipe: Recipe
    datasets: tuple[str, ...] = ()

    def recipe_for(self, data: str | None) -> Recipe:
        """The recipe, with the data set replaced."""
        data = data or self.recipe.data
        keeps = data == self.recipe.data or data in self.datasets
        return self.recipe.model_copy(
            update={"data": data, "data_settings": self.recipe.data_settings if keeps else {}}
        )


InitialWeights: TypeAlias = "Callable[[Any, DataInfo, DataFolders, Progress], Mapping[str, Tensor] | None]"


@dataclass(frozen=True)
class NetworkSpec:
    """A network: an architecture, its settings, and how it is best trained.

    ``build(config, info)`` returns a new ``nn.Module`` with random weights; it is called with the
    random state seeded. ``recipe`` is what Start uses; ``recipes`` replaces it for the data sets named in it;
    ``presets`` are further ways to train, by name, for the person to choose.
    ``initial_weights(config, info, folders, progress)`` downloads, where it must, and returns the weights that a new
    model begins with in place of random ones: a part of its state_dict, or None.
    ``refuses(config, info)`` says in one sentence why the data cannot be used, or returns None.
    ``starter``: picked when nothing else was chosen. ``evaluation_batch``: samples (of a text: lanes) side by side
    when it is evaluated.
    """

    id: str
    title: str
    summary: str
    task: str
    build: Callable[[Any, DataInfo], nn.Module]
    config: type[Config] = NoSettings
    recipe: Recipe = field(default_factory=Recipe)
    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    presets: Mapping[str, Preset] = field(default_factory=dict)
    initial_weights: InitialWeights = lambda config, info, folders, progress: None
    refuses: Callable[[Any, DataInfo], str | None] = lambda config, info: None
    evaluation_batch: int = 512
    starter: bool = False

    def recipe_for(self, data: str | None, preset: str = "") -> Recipe:
        """The recipe for that data set: its own, or the default one with the data set replaced; or a preset's.

        Raises:
            ConfigError: where there is no preset of that name.
        """
        if preset:
            if preset not in self.presets:
                known = ", ".join(self.presets) or "none"
                raise ConfigError(f"{self.title} has no preset {preset!r}; there are: {known}.")
            return self.presets[preset].recipe_for(data)
        if data is None or data == self.recipe.data:
            return self.recipe
        if data in self.recipes:
            return self.recipes[data].model_copy(update={"data": data})
        return self.recipe.model_copy(update={"data": data, "data_settings": {}})


@dataclass(frozen=True)
class DatasetSpec:
    """A data set.

    ``prepare(config, folders, progress)`` downloads or decodes what is missing and returns at once where
    nothing is; it raises ``DataError`` or ``Cancelled``. ``load(config, folders)`` reads it into memory.
    ``download_bytes``: what the first use downloads, 0 for none; ``downloads(config)``: the same, where it depends on
    the settings. ``opens``: its setting ``path`` takes a file of that kind ("pictures": a folder or a .zip of them);
    one that is dropped on the window, opened or pasted is then learnt from.
    """

    id: str
    title: str
    task: str
    licence: str
    load: Callable[[Any, DataFolders], DataBundle]
    config: type[Config] = NoSettings
    summary: str = ""
    download_bytes: int = 0
    opens: Literal["", "text", "pictures"] = ""
    prepare: Callable[[Any, DataFolders, Progress], None] = lambda config, folders, progress: None
    downloads: Callable[[Any], int] | None = None

    def bytes_for(self, config: Config) -> int:
        """What the first use with these settings downloads, in bytes; 0 for none."""
        return self.download_bytes if self.downloads is None else self.downloads(config)


@dataclass(frozen=True)
class OptimizerSpec:
    """An optimizer. ``build(parameters, config)`` returns a ``torch.optim.Optimizer``; ``config`` has an ``lr``."""

    id: str
    title: str
    build: Callable[[Iterable[nn.Parameter], Any], optim.Optimizer]
    config: type[Config]
    summary: str = ""


@dataclass(frozen=True)
class ScheduleSpec:
    """How the learning rate moves during a run.

    ``build(optimizer, config, total_steps, steps_per_epoch)`` returns a scheduler of ``torch.optim.lr_scheduler``.
    ``every``: it is stepped after each "step", or each "epoch" with the validation loss as argument.
    """

    id: str
    title: str
    build: Callable[[optim.Optimizer, Any, int, int], Any]
    config: type[Config] = NoSettings
    every: Literal["step", "epoch"] = "step"
    summary: str = ""


@dataclass(frozen=True)
class Cadence:
    """When a view is computed; ``n`` counts steps and is used by "steps" alone.

    "start": once, before the first step. "steps": every ``n`` steps. "epoch": at each epoch's end.
    "demand": when it is picked or the run pauses.
    """

    when: Literal["start", "steps", "epoch", "demand"] = "epoch"
    n: int = 50


@dataclass(frozen=True)
class VisualizationSpec:
    """A live view. ``compute(snapshot)`` runs at a safe point on the training thread and returns plain data.

    ``networks``: the ids it is for; empty: every network of ``task`` (None: of any task). ``datasets``: the ids of
    those it makes sense for; empty: all. ``config``: what the person may choose of it, shown as a form beside the
    view; the choice is in ``snapshot.settings``, which :meth:`Snapshot.chosen` hands out typed.
    """

    id: str
    title: str
    compute: Callable[[Snapshot], View]
    networks: tuple[str, ...] = ()
    task: str | None = None
    cadence: Cadence = field(default_factory=Cadence)
    summary: str = ""
    config: type[Config] = NoSettings
    datasets: tuple[str, ...] = ()

    def applies_to(self, network: NetworkSpec, data: str | None = None) -> bool:
        """Whether this view is offered for that network, trained on the data set with the id ``data`` (None: any)."""
        if self.datasets and data is not None and data not in self.datasets:
            return False
        if self.networks:
            return network.id in self.networks
        return self.task in (None, network.task)


@dataclass(frozen=True)
class TaskSpec:
    """What is asked of a network: how a batch is scored, and which "Try it" panel fits.

    ``loss(model, batch)`` returns the mean loss (a scalar with gradient) and the outputs.
    ``metrics(outputs, batch)`` returns sums over the batch's samples as tensors, for example the count of
    right answers as "accuracy"; ``core`` divides by the number of samples. ``derived(means)`` adds to a run's
    summary what follows from its mean loss and metrics, for example the perplexity. ``sample(snapshot)`` returns
    a text that the model wrote, for the run's record at each epoch's end, or "" where it has nothing to say.
    ``classifies``: its outputs are one row of logits a sample, so that what was said to each sample can be shown.
    """

    id: str
    title: str
    loss: Callable[[nn.Module, Batch], tuple[Tensor, Tensor]]
    metrics: Callable[[Tensor, Batch], dict[str, Tensor]]
    try_it: TryIt = "none"
    derived: Callable[[Mapping[str, float]], dict[str, float]] = lambda means: {}
    sample: Callable[[Snapshot], str] = lambda snapshot: ""
    classifies: bool = False


@dataclass(frozen=True)
class LessonSpec:
    """A lesson: a Markdown file in UTF-8, whose format ``docs/plugins.md`` describes.

    ``title`` is what it is called until the file, which says so itself, is read. Progress is kept under ``id``.
    """

    id: str
    title: str
    file: Path


def lesson_files(folder: Path) -> list[LessonSpec]:
    """A lesson for each ``.md`` file in ``folder``, by name: ``1-tensors.md`` is the lesson ``1-tensors``, "Tensors".

    A folder that is not there has no lessons.
    """
    found = []
    for file in sorted(folder.glob("*.md")):
        words = re.sub(r"[\W_]+", " ", file.stem).strip()
        title = re.sub(r"^\d+ ", "", words).capitalize()
        found.append(
            LessonSpec(re.sub(r"[^a-z0-9_]+", "-", file.stem.lower()).strip("-_") or "lesson", title or "Lesson", file)
        )
    return found
