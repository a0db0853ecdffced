"""A folder with a script and its data that trains a run again, with PyTorch and nothing of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn, optim

from core.batches import Batches
from core.config import validated
from core.data import DataBundle, DataInfo, Split, TokenStream
from core.evaluate import evaluate
from core.export.model_code import ModelCode, is_literal, weights_of
from core.export.request import CannotExport, Request
from core.export.script_template import ARITHMETIC, CHANGE, CHANGES, CLIP, EVERY_EPOCH, EVERY_STEP, LOOP, SAVED_START
from core.export.start import Recorded, Start, recorded, start_of
from core.export.written_out import WrittenOut
from core.job import batches_of, load_data, seed_everything
from core.live_settings import _scale_rates
from core.run_config import RunConfig
from core.specs import ScheduleSpec, TaskSpec
from core.token_batches import SequenceBatches, StreamBatches

LARGEST_DATA = 4 * 2**30
TRIED = 4
MOST_THREADS = 1024
PARTS = ("train", "validation", "test")
IMPORTS = (
    *("import json", "import random", "import sys", "from contextlib import nullcontext", "from pathlib import Path"),
    *("from types import SimpleNamespace", "import numpy as np", "import torch", "from torch import nn, optim"),
)
RESERVED = {
    "main",
    "make_model",
    "make_optimizer",
    "make_schedule",
    "arithmetic",
    "change",
    "batches",
    "HERE",
    "DEVICE",
}


def write(request: Request, path: Path) -> None:
    """``train.py`` and ``data.npz`` in the folder ``path``, and ``start.npz`` where the seed alone is not enough.

    Raises:
        CannotExport: where a part of the run cannot be written out, with the reason.
    """
    kept = request.kept
    bundle = load_data(request.registry, kept.config, request.folders, request.progress)
    request.progress(0, None, "Writing the script")
    script, start = request.quietly(lambda: _script(request, bundle))
    (path / "train.py").write_text(script, encoding="utf-8")
    if start is not None:
        np.savez_compressed(path / "start.npz", **{**weights_of(start.model), "random state": start.random_state})
    _write_data(request, bundle, path / "data.npz")


def _write_data(request: Request, bundle: DataBundle, path: Path) -> None:
    arrays: dict[str, Any] = {}
    for name in PARTS:
        part = getattr(bundle, name)
        if isinstance(part, TokenStream):
            arrays[f"{name}_tokens"] = part.tokens
        elif part is not None:
            arrays[f"{name}_inputs"], arrays[f"{name}_targets"] = part.inputs, part.targets
    if sum(array.nbytes for array in arrays.values()) > LARGEST_DATA:
        raise CannotExport(f"The data are larger than {LARGEST_DATA // 2**30} GB: too much to put beside a script.")
    request.progress(0, None, "Writing the data")
    np.savez_compressed(path, **arrays)


def _script(request: Request, bundle: DataBundle) -> tuple[str, Start | None]:
    """The text of ``train.py``, and what the run began with, where the seed alone does not give it."""
    kept, sources = request.kept, WrittenOut()
    start = start_of(request, bundle.info)
    config = kept.config
    code = ModelCode(start.model, sources)
    network = _network_code(code)
    task: TaskSpec = request.registry.get("tasks", kept.network.task)
    again, state = _executed(sources, network, config.seed)
    drawn = start.is_drawn_by(again, state)
    _check_answers(start.model, again, task, bundle)
    spec: ScheduleSpec = request.registry.get("schedules", config.schedule)
    for thing in (task.loss, task.metrics, spec.build, evaluate):
        sources.add(thing)
    made = {name: _batches(sources, bundle, name, config, kept.network.evaluation_batch) for name in PARTS}
    run = recorded(request.run)
    _check_changes(run, start.optimizer)
    loop = LOOP.format(
        **made,
        start="" if drawn else SAVED_START,
        loss=task.loss.__name__,
        changes=CHANGES if run.changes else "",
        clip=CLIP.format(clip=config.gradient_clip) if config.gradient_clip else "",
        every_step=EVERY_STEP if spec.every == "step" else "",
        every_epoch=EVERY_EPOCH if spec.every == "epoch" else "",
    )
    if run.changes:
        sources.add(_scale_rates)
    schedule = f"def make_schedule(optimizer, steps, steps_per_epoch):\n    settings = {_settings(spec, config)}\n"
    schedule += f"    return {spec.build.__name__}(optimizer, settings, steps, steps_per_epoch)"
    parts = [
        *(network, _optimizer_code(start.optimizer), schedule, ARITHMETIC[config.precision]),
        *([CHANGE] if run.changes else []),
    ]
    taken = RESERVED & sources.definitions.keys()
    if taken:
        raise CannotExport(f"Something in this run is called {taken.pop()}, as a part of the script itself is.")
    return _assembled(request, bundle.info, sources, parts, loop), None if drawn else start


def _assembled(request: Request, info: DataInfo, sources: WrittenOut, parts: list[str], loop: str) -> str:
    config, run = request.kept.config, recorded(request.run)
    task: TaskSpec = request.registry.get("tasks", request.kept.network.task)
    threads, device = _machine(request)
    constants = {
        **{"SEED": config.seed, "EPOCHS": config.epochs, "STEPS": run.steps, "THREADS": threads, "DEVICE": device},
        **({"CHANGES": run.changes} if run.changes else {}),
    }
    values = [*(f"{name} = {value!r}" for name, value in constants.items()), "HERE = Path(__file__).parent"]
    values.append(f"INFO = SimpleNamespace(input_shape={info.input_shape}, mean={info.mean}, std={info.std})")
    tasks = f"TASK = SimpleNamespace(loss={task.loss.__name__}, metrics={task.metrics.__name__})"
    imports = merged([*IMPORTS, *sources.imports])
    blocks = [_about(request, run), "from __future__ import annotations", imports, "\n".join(values)]
    return "\n\n".join(blocks) + "\n\n\n" + "\n\n\n".join([sources.text(), *parts, tasks]) + "\n\n" + loop


def _about(request: Request, run: Recorded) -> str:
    config = request.kept.config
    spec = request.registry.get("datasets", config.data)
    lines = [f"Trains {request.kept.network.title} on {spec.title}, step for step as the run {request.run.id} did.", ""]
    lines += ["Needs torch and numpy. `python train.py`, or `python train.py model.pth` to keep the weights."]
    lines += [f"Licence of the data: {spec.licence}."]
    if config.average:
        lines += [
            "The run validated with, and kept, a running mean of its weights; this script ends with the last ones."
        ]
    if getattr(config, "patience", 0):
        lines += ["The run kept the best weights that it had (patience); this script ends with its last ones."]
    text = "\n".join(lines).replace("\\", "/").replace('"""', "'''")
    return f'"""{text}\n"""'


def _machine(request: Request) -> tuple[int, str]:
    """Threads and device, as far as ``run.json`` can be believed."""
    machine = request.run.asked().get("machine")
    known = machine if isinstance(machine, dict) else {}
    threads, device = known.get("threads"), known.get("device")
    return (threads if isinstance(threads, int) and 0 < threads <= MOST_THREADS else 1), str(device or "cpu")


def merged(imports: Iterable[str]) -> str:
    """Import statements in order, each module once."""
    whole, parts = set[str](), dict[str, set[str]]()
    for line in imports:
        if line.startswith("from "):
            module, _, names = line.removeprefix("from ").partition(" import ")
            parts.setdefault(module, set()).update(names.split(", "))
        else:
            whole.add(line)
    return "\n".join([*sorted(whole), *(f"from {m} import {', '.join(sorted(parts[m]))}" for m in sorted(parts))])


def _network_code(code: ModelCode) -> str:
    lines = ["def make_model():", f"    model = {code.expression}"]
    lines += [f"    model.{second} = model.{first}" for second, first in code.ties]
    if code.frozen:
        lines += [f"    for name in {code.frozen}:", "        model.get_parameter(name).requires_grad_(False)"]
    if code.channels_last:
        lines.append("    model.to(memory_format=torch.channels_last)")
    return "\n".join([*lines, "    return model"])


def _executed(sources: WrittenOut, network: str, seed: int) -> tuple[nn.Module, Any]:
    """The network that the script will make, from the source of code that runs here anyway, and the random state."""
    scope: dict[str, Any] = {"__name__": "exported"}
    lines = [merged([*IMPORTS, *sources.imports]), sources.text(), network]
    seed_everything(seed)
    try:
        exec(compile("from __future__ import annotations\n" + "\n".join(lines), "train.py", "exec"), scope)
        model: nn.Module = scope["make_model"]()
    except Exception as error:  # border: the network of a plugin, taken apart and put together again
        raise CannotExport(
            f"The network cannot be written out ({type(error).__name__}: {error}): export its weights instead."
        ) from error
    return model, torch.get_rng_state().numpy().copy()


def _check_answers(ours: nn.Module, theirs: nn.Module, task: TaskSpec, bundle: DataBundle) -> None:
    """That both networks say the same of a few samples.

    Raises:
        CannotExport: where they do not.
    """
    theirs.load_state_dict(ours.state_dict())
    losses = []
    for model in (ours, theirs):
        batch = next(iter(batches_of(bundle.validation, bundle.info, TRIED, torch.device("cpu")).epoch()))
        model.eval()
        with torch.no_grad():
            losses.append(task.loss(model, batch)[0])
    if not torch.equal(*losses):
        raise CannotExport("The network answers otherwise when it is written out: export its weights instead.")


def _optimizer_code(optimizer: optim.Optimizer) -> str:
    """As one would write it, with what is not torch's default."""
    import inspect

    kind = type(optimizer)
    if getattr(optim, kind.__name__, None) is not kind or len(optimizer.param_groups) != 1:
        raise CannotExport(
            f"The optimizer {kind.__name__} is not one of torch's own, or has several groups of weights."
        )
    known = inspect.signature(kind).parameters
    chosen = {
        name: value
        for name, value in optimizer.defaults.items()
        if name in known and (name == "lr" or value != known[name].default) and is_literal(value)
    }
    settings = "".join(f", {name}={value!r}" for name, value in chosen.items())
    return f"def make_optimizer(model):\n    return optim.{kind.__name__}(model.parameters(){settings})"


def _settings(spec: ScheduleSpec, config: RunConfig) -> str:
    values = validated(spec.config, config.schedule_settings).model_dump()
    return f"SimpleNamespace({', '.join(f'{name}={value!r}' for name, value in values.items())})"


def _check_changes(run: Recorded, optimizer: optim.Optimizer) -> None:
    for name in (name for changes in run.changes.values() for name, _, _ in changes):
        if name not in optimizer.defaults:
            raise CannotExport(f"{name} was changed while the run went on, which a script cannot repeat.")


def _batches(sources: WrittenOut, bundle: DataBundle, name: str, config: RunConfig, evaluation_batch: int) -> str:
    part = getattr(bundle, name)
    training = name == "train"
    size, seed = (config.batch_size, ", seed=SEED") if training else (evaluation_batch, "")
    if part is None:
        return "None"
    if isinstance(part, TokenStream):
        sources.add(StreamBatches)
        sources.add(TokenStream)
        return f"StreamBatches(TokenStream(data['{name}_tokens']), {bundle.info.input_shape[0]}, {size}, device{seed})"
    sources.add(Split)
    split = f"Split(data['{name}_inputs'], data['{name}_targets'])"
    if bundle.info.vocabulary:
        sources.add(SequenceBatches)
        return f"SequenceBatches({split}, {size}, device{seed})"
    sources.add(Batches)
    varied = _augmentations(sources, bundle) if training and config.augment and bundle.augmentations else ""
    return f"Batches({split}, INFO, {size}, device{seed}{varied})"


def _augmentations(sources: WrittenOut, bundle: DataBundle) -> str:
    made = []
    for augmentation in bundle.augmentations:
        kind = type(augmentation)
        fields: Mapping[str, Any] = getattr(augmentation, "__dict__", {})
        if not hasattr(kind, "__dataclass_fields__") or not all(map(is_literal, fields.values())):
            raise CannotExport(f"The augmentation {kind.__name__} is no dataclass of plain numbers: it has no words.")
        made.append(f"{sources.add(kind)}({', '.join(f'{name}={value!r}' for name, value in fields.items())})")
    sources.definitions["AUGMENTATIONS"] = f"AUGMENTATIONS = ({', '.join(made)},)"
    return ", augmentations=AUGMENTATIONS"
