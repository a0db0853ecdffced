"""Weights in files: read from whoever made them without running their code, and written for others to read."""

from __future__ import annotations

import io
import pickletools
import re
import zipfile
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as to_safetensors
from torch import Tensor, nn, optim

from core.errors import UserError
from core.outputs import output_file

if TYPE_CHECKING:
    from core.trainer import Trainer

LARGEST_FILE = 2 * 2**30
"""Bytes; a small network has some millions of weights of four bytes each."""
LARGEST_PICKLE = 4 * 2**20
"""Bytes of the part of a .pth file that says which tensors there are: a hundred or so a tensor."""
TORCH_SUFFIXES = (".pth", ".pt")
NESTED = ("state_dict", "model_state_dict", "model", "weights")
"""Where a checkpoint of several things keeps the weights."""
WRAPPERS = ("module.", "_orig_mod.")
"""What DataParallel and torch.compile put before each name."""
HARMLESS = re.compile(
    r"collections OrderedDict|torch\._utils _rebuild_(tensor_v2|parameter)|torch \w+Storage|torch\.storage \w+Storage"
    r"|torch (float|bfloat|u?int|bool)\d*"
)
FIRST_WEIGHTS = "first_weights.safetensors"
"""In a run's folder: what it began with, where that was a file that somebody gave."""
COUNTER = "num_batches_tracked"
NAMED = 3


class WeightsError(UserError):
    """Weights that cannot be used; the message is one sentence. ``details``: the full list of what does not fit."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.details = details


def read_weights(path: Path) -> dict[str, Tensor]:
    """The weights in a ``.safetensors`` file or a ``.pth`` state_dict, by name, on the CPU.

    Of a checkpoint that holds more, what is under "state_dict" or "model" is taken. No code in the file is run.

    Raises:
        WeightsError: where it is too large, damaged, or holds something else.
    """
    try:
        size = path.stat().st_size if path.is_file() else -1
        if size > LARGEST_FILE:
            raise WeightsError(f"{path.name} is larger than {LARGEST_FILE // 2**30} GB: no small network has so much.")
        if size < 0:
            raise WeightsError(f"There is no file {path}: choose a .safetensors or .pth file.")
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror or error}): choose another file.") from error
    if not content:
        raise WeightsError(f"{path.name} is empty: choose another file.")
    weights = _unzipped(content, path) if content[:4] == b"PK\x03\x04" else _plain(content, path)
    _check_numbers(weights, path)
    return weights


def save_weights(path: Path, weights: Mapping[str, Tensor], about: Mapping[str, str], *, force: bool = False) -> None:
    """Write weights as safetensors, or, where ``path`` ends in .pth or .pt, as a state_dict for ``torch.load``.

    ``about``: what a safetensors file says of them, as texts.

    Raises:
        OutputError: where it cannot be written there.
    """
    as_torch = path.suffix.lower() in TORCH_SUFFIXES
    content = as_state_dict(weights) if as_torch else as_safetensors(weights, about)
    with output_file(path, force=force) as part:
        part.write_bytes(content)


def as_safetensors(weights: Mapping[str, Tensor], about: Mapping[str, str]) -> bytes:
    """The content of a ``.safetensors`` file; ``about``: what it says of itself, as texts."""
    content: bytes = to_safetensors(_apart(weights), metadata={"format": "pt", **about})
    return content


def as_state_dict(weights: Mapping[str, Tensor]) -> bytes:
    """The content of a ``.pth`` file."""
    buffer = io.BytesIO()
    torch.save(_apart(weights), buffer)
    return buffer.getvalue()


def _apart(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Cloned one by one: safetensors refuses tensors that share memory, as tied weights do."""
    form = torch.contiguous_format
    return {name: tensor.detach().cpu().clone(memory_format=form) for name, tensor in weights.items()}


def fitted(weights: Mapping[str, Tensor], model: nn.Module, source: str, title: str) -> dict[str, Tensor]:
    """The weights under the names that ``model`` has; ``source`` and ``title`` name the file and the network.

    Raises:
        WeightsError: naming the layers that are missing, too many or of another shape.
    """
    ours = model.state_dict()
    given = {_unwrapped(name, ours): tensor for name, tensor in weights.items()}
    # Counters that only steer a running mean: older files lack them.
    given |= {name: ours[name] for name in ours if name not in given and name.endswith(COUNTER)}
    faults = [*_differences(ours, given)]
    if faults:
        first = "; ".join(faults[:NAMED])
        more = f"; and {len(faults) - NAMED} more" if len(faults) > NAMED else ""
        raise WeightsError(
            f"{source} does not fit {title}: {first}{more}. Choose the network and the data that it was trained with.",
            "\n".join(faults),
        )
    return {name: given[name] for name in ours}


def put_weights(model: nn.Module, weights: Mapping[str, Tensor], optimizer: optim.Optimizer | None = None) -> None:
    """Let a model go on from other weights, which :func:`fitted` has looked at; call at a safe point.

    What the optimizer remembers of earlier gradients (momentum, running means) belongs to the weights that were
    there before, and is forgotten; learning rate and schedule stay.
    """
    model.load_state_dict(dict(weights))
    if optimizer is not None:
        optimizer.state.clear()


def load_into(trainer: Trainer, weights: Mapping[str, Tensor], source: str) -> int:
    """Let an open run go on from other weights; returns after which step. Call at a safe point.

    It is told as an event, unless the run has not begun: then they are what it begins with.

    Raises:
        WeightsError: where they do not fit its network.
    """
    job = trainer.job
    put_weights(job.model, fitted(weights, job.model, source, job.network.title), job.optimizer)
    if trainer.step:
        trainer.weights_loaded(source)
    return trainer.step


def beginning_with(path: Path) -> Callable[[Trainer], None]:
    """What a launch does when its trainer is ready, so that the run begins with the weights in a file.

    They are kept in the run's folder, too: the run can be repeated when the file is long gone.

    Raises:
        WeightsError: at once where they cannot be read; later where they do not fit the network.
    """
    weights = read_weights(path)

    def begin(trainer: Trainer) -> None:
        load_into(trainer, weights, path.name)
        if trainer.recorder:
            kept = trainer.recorder.run.folder / FIRST_WEIGHTS
            save_weights(kept, trainer.job.model.state_dict(), {"source": path.name}, force=True)

    return begin


def _plain(content: bytes, path: Path) -> dict[str, Tensor]:
    # The length with which safetensors begins may look like a pickle; what follows it is a brace.
    if content[8:9] != b"{" and content[:1] == b"\x80":
        raise WeightsError(
            f"{path.name} is a pickle, which could run code when it is read, or was saved by a very old PyTorch; load "
            "it where you trust it and save it again with torch.save(model.state_dict(), ...)."
        )
    try:
        found: dict[str, Tensor] = load_safetensors(content)
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise WeightsError(
            f"{path.name} is damaged or holds no weights ({_shortened(error)}): choose another file."
        ) from error
    return found


def _unzipped(content: bytes, path: Path) -> dict[str, Tensor]:
    """A state_dict as ``torch.save`` writes it: a zip of one pickle and the numbers."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive, path)
        claimed = _loaded(content, "meta", path)
        asked = sum(tensor.numel() * tensor.element_size() for tensor in claimed.values())
        if asked > 4 * len(content):  # the same numbers may count more than once where weights are tied
            raise WeightsError(f"{path.name} is damaged: it names more numbers than it holds. Choose another file.")
        return _loaded(content, "cpu", path)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
        raise WeightsError(
            f"{path.name} is damaged, perhaps cut off ({_shortened(error)}): choose a whole one."
        ) from error


def _check_archive(archive: zipfile.ZipFile, path: Path) -> None:
    """That it holds a state_dict and nothing besides, before anything of it is unpacked."""
    entries = archive.infolist()
    packed = any(entry.compress_type != zipfile.ZIP_STORED for entry in entries)
    if packed or sum(entry.file_size for entry in entries) > LARGEST_FILE:
        raise WeightsError(f"{path.name} is not as torch.save writes it: save the weights again.")
    pickles = [entry for entry in entries if entry.filename.endswith("/data.pkl")]
    if len(pickles) != 1 or any("/code/" in entry.filename for entry in entries):
        raise WeightsError(f"{path.name} holds no state_dict: save one with torch.save(model.state_dict(), ...).")
    if pickles[0].file_size > LARGEST_PICKLE:
        raise WeightsError(f"{path.name} holds far more than weights: save the state_dict alone.")
    for wanted in _globals(archive.read(pickles[0]), path):
        if not HARMLESS.fullmatch(wanted):
            raise WeightsError(
                f"{path.name} holds more than weights ({wanted.replace(' ', '.')[:80]}), and reading that could run "
                "code; save the weights alone: torch.save(model.state_dict(), ...)."
            )


def _globals(pickled: bytes, path: Path) -> list[str]:
    """All that the pickle would import, as "module name", without importing it."""
    found = []
    try:
        for opcode, argument, _ in pickletools.genops(pickled):
            if opcode.name in ("GLOBAL", "INST"):
                found.append(str(argument))
            elif opcode.name in ("STACK_GLOBAL", "EXT1", "EXT2", "EXT4"):
                found.append("a hidden import")
    except (ValueError, IndexError, KeyError, TypeError, UnicodeError) as error:
        raise WeightsError(f"{path.name} is damaged ({_shortened(error)}): choose another file.") from error
    return found


def _loaded(content: bytes, device: str, path: Path) -> dict[str, Tensor]:
    try:
        found = torch.load(io.BytesIO(content), weights_only=True, map_location=device)
    except Exception as error:  # border: a file from anywhere; torch raises all kinds of errors for damaged ones
        raise WeightsError(
            f"{path.name} is damaged or holds more than weights ({_shortened(error)}): save the state_dict alone."
        ) from error
    return _tensors(found, path)


def _tensors(found: Any, path: Path) -> dict[str, Tensor]:
    for key in NESTED:
        if isinstance(found, Mapping) and isinstance(found.get(key), Mapping):
            found = found[key]
            break
    if not isinstance(found, Mapping) or not found or not all(isinstance(value, Tensor) for value in found.values()):
        raise WeightsError(f"{path.name} holds no state_dict: save one with torch.save(model.state_dict(), ...).")
    return {str(name): tensor.detach() for name, tensor in found.items()}


def _check_numbers(weights: Mapping[str, Tensor], path: Path) -> None:
    for name, tensor in weights.items():
        if tensor.layout != torch.strided or tensor.is_complex() or tensor.is_quantized:
            raise WeightsError(f"{path.name} holds {name[:80]} in a form that no layer here has: save plain tensors.")
        if tensor.is_floating_point() and not torch.isfinite(tensor.float()).all():
            raise WeightsError(f"{path.name} holds values in {name[:80]} that are no numbers: choose another file.")


def _unwrapped(name: str, ours: Mapping[str, Tensor]) -> str:
    bare = name
    while bare not in ours and bare.startswith(WRAPPERS):
        bare = bare.partition(".")[2]
    return bare if bare in ours else name


def _differences(ours: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> list[str]:
    shapes = (
        f"{name} is {_shape(ours[name])} here and {_shape(given[name])} in the file"
        for name in ours
        if name in given and ours[name].shape != given[name].shape
    )
    missing = (f"{name} ({_shape(ours[name])}) is not in the file" for name in ours if name not in given)
    extra = (f"the network has no {name[:80]} ({_shape(given[name])})" for name in given if name not in ours)
    return [*chain(shapes, missing, extra)]


def _shape(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "one number"


def _shortened(error: BaseException, length: int = 100) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= length else f"{text[: length - 1]}…"
