"""How good a kept run's model is: on its own data, or on others of the same kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from core.characters import names_of
from core.config import validated
from core.data import DataBundle, DataError, DataFolders, DataInfo, Progress, Split, TokenStream
from core.devices import arithmetic, resolve_device
from core.evaluate import Judge, evaluate
from core.events import Judged
from core.job import batches_of, load_data
from core.kept import KeptModel
from core.registry import Registry
from core.run_config import RunConfig
from core.specs import TaskSpec

Part: TypeAlias = Literal["test", "validation", "train"]
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MOST_TOKENS = 2**24
"""Of a text that is written in other tokens, which must be copied into memory."""


@dataclass(frozen=True)
class Evaluation:
    """What a model reached on one part of a data set.

    ``means``: "loss" (nats), "accuracy", and what follows from them. ``judged``: what it said to each sample, where
    the task is to choose a class. ``samples``: answers that were asked for. ``note``: what should be known of the
    data, or "".
    """

    part: Part
    data: str
    step: int
    samples: int
    means: Mapping[str, float]
    classes: tuple[str, ...]
    judged: Judged | None = None
    note: str = ""


def evaluate_kept(
    kept: KeptModel,
    registry: Registry,
    folders: DataFolders,
    progress: Progress,
    part: Part | None = None,
    config: RunConfig | None = None,
) -> Evaluation:
    """Evaluate as the run itself does, on as many threads as torch has now.

    ``part``: None for the test part, or validation where nothing else is held out.
    ``config``: names another data set, see :func:`with_data`; None: the run's own.

    Raises:
        DataError, ConfigError, Cancelled: where the data cannot be had, or do not fit the model.
    """
    config = config or kept.config
    device = _device(config.device)
    bundle = load_data(registry, config, folders, progress)
    part = part or ("test" if bundle.test is not None else "validation")
    chosen = _part(bundle, part, registry.get("datasets", config.data).title)
    adapted, info, note = adapt(chosen, bundle.info, kept.info)
    batches = batches_of(adapted, info, kept.network.evaluation_batch, device)
    task: TaskSpec = registry.get("tasks", kept.network.task)
    judge = Judge() if task.classifies else None
    counter = _Counter(progress, len(batches), f"Evaluating {kept.network.title}")
    model = kept.model.to(device)
    means = evaluate(model, task, batches, counter.count, judge=judge, arithmetic=arithmetic(config.precision, device))
    model.to("cpu")
    judged = judge.judged(part, kept.step, 0) if judge else None
    samples = int((adapted.targets >= 0).sum()) if isinstance(adapted, Split) else len(adapted) - 1
    return Evaluation(
        *(part, config.data, kept.step, samples, {**means, **task.derived(means)}, info.classes, judged, note)
    )


def with_data(kept: KeptModel, registry: Registry, data: str | None, assignments: Mapping[str, str]) -> RunConfig:
    """The run's configuration with another data set, or other settings of its own one; "data.path" may be "path".

    Raises:
        ConfigError, UnknownId: where there is no such data set or setting.
    """
    name = data or kept.config.data
    spec = registry.get("datasets", name)
    before = kept.config.data_settings if name == kept.config.data else {}
    settings = {**before, **{key.removeprefix("data."): value for key, value in assignments.items()}}
    exact = validated(spec.config, settings).model_dump(include=set(settings))
    return kept.config.model_copy(update={"data": name, "data_settings": exact})


def adapt(part: Split | TokenStream, theirs: DataInfo, ours: DataInfo) -> tuple[Split | TokenStream, DataInfo, str]:
    """Data as the model must be shown them: its own mean and deviation, its own order of classes or characters.

    Raises:
        DataError: where they are of another shape, or have classes or characters that the model does not know.
    """
    info = replace(theirs, mean=ours.mean, std=ours.std, classes=ours.classes, vocabulary=ours.vocabulary)
    if bool(theirs.vocabulary) != bool(ours.vocabulary):
        raise DataError("The model and this data set are of different kinds: choose data like those it learnt from.")
    if ours.vocabulary:
        part, note = _in_our_tokens(part, theirs.vocabulary, ours.vocabulary)
        return part, info, note
    if theirs.input_shape != ours.input_shape:
        here, there = ("×".join(map(str, shape)) for shape in (ours.input_shape, theirs.input_shape))
        raise DataError(f"The model reads samples of {here}, and these are {there}: choose data of the same shape.")
    assert isinstance(part, Split)
    places, note = _places(theirs.classes, ours.classes)
    return (Split(part.inputs, places[part.targets]) if places is not None else part), info, note


def _places(theirs: tuple[str, ...], ours: tuple[str, ...]) -> tuple[NDArray[np.int64] | None, str]:
    """Which of our classes each of theirs is; None: the same ones."""
    if theirs == ours:
        return None, ""
    if set(theirs) <= set(ours) and len(set(ours)) == len(ours):
        return np.array([ours.index(name) for name in theirs], np.int64), ""
    if len(theirs) == len(ours):
        return None, "The classes have other names here; they are taken in their order."
    raise DataError(
        f"The model knows {len(ours)} classes, and this data set has {len(theirs)} with other names: choose data with "
        "the same classes."
    )


def _in_our_tokens(
    part: Split | TokenStream, theirs: tuple[str, ...], ours: tuple[str, ...]
) -> tuple[Split | TokenStream, str]:
    if theirs == ours:
        return part, ""
    if isinstance(part, Split):
        raise DataError("These sequences use other symbols than those that the model learnt: choose the same data set.")
    tokens = np.asarray(part.tokens[:MOST_TOKENS])
    places = {character: place for place, character in enumerate(ours)}
    unknown = [theirs[token] for token in np.unique(tokens) if theirs[token] not in places]
    if unknown and REPLACEMENT not in places:
        raise DataError(
            f"The model never saw {len(unknown)} of the characters in this text ({names_of(unknown[:5])}): choose a "
            "text with the characters it learnt from."
        )
    table = np.array([places.get(character, places.get(REPLACEMENT, 0)) for character in theirs])
    kind: type[np.uint8] | type[np.uint16] = np.uint8 if len(ours) <= 256 else np.uint16
    cut = f"Only the first {MOST_TOKENS:,} characters were read." if len(part) > MOST_TOKENS else ""
    return TokenStream(table.astype(kind)[tokens]), cut


def _part(bundle: DataBundle, part: Part, title: str) -> Split | TokenStream:
    found = {"test": bundle.test, "validation": bundle.validation, "train": bundle.train}[part]
    if found is None:
        raise DataError(f"{title} has no {part} part: choose validation.")
    return found


def _device(asked: str) -> torch.device:
    """The run's device, or where this machine has none such, what it has."""
    known = asked.partition(":")[0]
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}.get(known, True)
    return resolve_device(asked if there else "auto")


class _Counter:
    """Tells how many batches are done; whoever is told may raise ``Cancelled``."""

    def __init__(self, progress: Callable[[int, int | None, str], None], total: int, text: str) -> None:
        self._progress, self._total, self._text = progress, total, text
        self._done = 0

    def count(self) -> None:
        self._progress(self._done, self._total, self._text)
        self._done += 1
