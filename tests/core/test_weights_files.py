from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core import weights_files
from core.outputs import OutputError, OutputExists
from core.weights_files import WeightsError, fitted, put_weights, read_weights, save_weights
from tests.core import tiny


def network(hidden: int = 12) -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(4, hidden), nn.BatchNorm1d(hidden), nn.Linear(hidden, 3))


def saved(tmp_path: Path, value: Any, name: str = "model.pth") -> Path:
    path = tmp_path / name
    torch.save(value, path)
    return path


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("name", ["model.safetensors", "model.pth", "model.pt"])
def test_saved_weights_are_read_back_bit_for_bit(tmp_path: Path, name: str) -> None:
    model = network()
    save_weights(tmp_path / name, model.state_dict(), {"run": "x"})
    assert same(read_weights(tmp_path / name), model.state_dict())


def test_a_saved_pth_is_what_the_tutorial_loads(tmp_path: Path) -> None:
    save_weights(tmp_path / "net.pth", network().state_dict(), {})
    other = network()
    nn.init.zeros_(other[0].weight)
    other.load_state_dict(torch.load(tmp_path / "net.pth", weights_only=True))
    assert tiny.same_weights(other, network())


def test_the_tutorials_own_file_is_read(tmp_path: Path) -> None:
    assert same(read_weights(saved(tmp_path, network().state_dict())), network().state_dict())


@pytest.mark.parametrize("key", ["state_dict", "model", "model_state_dict"])
def test_of_a_checkpoint_the_weights_are_taken(tmp_path: Path, key: str) -> None:
    model = network()
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.rand(5, 4)).sum().backward()
    optimizer.step()
    path = saved(tmp_path, {"epoch": 3, key: model.state_dict(), "optimizer": optimizer.state_dict(), "loss": 0.5})
    assert same(read_weights(path), model.state_dict())


def test_weights_that_were_trained_in_parallel_fit(tmp_path: Path) -> None:
    wrapped = {f"module.{name}": tensor for name, tensor in network().state_dict().items()}
    assert same(fitted(wrapped, network(), "a.pth", "Net"), network().state_dict())


class Hostile:
    """What runs when it is unpickled."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> Any:
        return (Path.touch, (self.proof,))


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("wrap", [lambda bad: bad, lambda bad: {"state_dict": network().state_dict(), "note": bad}])
def test_a_hostile_file_runs_nothing(tmp_path: Path, wrap: Any, protocol: int) -> None:
    proof, path = tmp_path / "it ran", tmp_path / "evil.pth"
    torch.save(wrap(Hostile(proof)), path, pickle_protocol=protocol)
    with pytest.raises(WeightsError, match="run"):
        read_weights(path)
    assert not proof.exists()
    torch.load(path, weights_only=False)  # the file would have worked
    assert proof.exists()


def test_a_bare_pickle_runs_nothing(tmp_path: Path) -> None:
    proof, path = tmp_path / "it ran", tmp_path / "evil.pth"
    path.write_bytes(pickle.dumps(Hostile(proof)))
    with pytest.raises(WeightsError, match="pickle"):
        read_weights(path)
    assert not proof.exists()


def test_a_whole_module_is_refused_with_how_to_save_its_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"torch\.save\(model\.state_dict\(\)") as refused:
        read_weights(saved(tmp_path, network()))
    assert "torch.nn.modules.container.Sequential" in str(refused.value)


@pytest.mark.parametrize("name", ["model.safetensors", "model.pth"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, name: str, share: float) -> None:
    path = tmp_path / name
    save_weights(path, network().state_dict(), {})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(WeightsError, match=r"model\.(safetensors|pth) is (damaged|empty)"):
        read_weights(path)


def safetensors_file(path: Path, header: Any, numbers: bytes, length: int | None = None) -> Path:
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + numbers)
    return path


@pytest.mark.parametrize(
    ("header", "length"),
    [
        ({"w": {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 16]}}, None),
        ({"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 4 * 10**12]}}, None),
        ({"w": {"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]}}, None),
        ({"w": {"dtype": "NONE", "shape": [4], "data_offsets": [0, 16]}}, None),
        ({"w": 3}, None),
        ({}, 2**60),
    ],
)
def test_a_safetensors_header_that_lies_is_refused(tmp_path: Path, header: Any, length: int | None) -> None:
    path = safetensors_file(tmp_path / "lie.safetensors", header, b"\0" * 16, length)
    with pytest.raises(WeightsError, match="damaged"):
        read_weights(path)


def test_a_tensor_larger_than_its_file_is_refused_before_it_is_made(tmp_path: Path) -> None:
    path = saved(tmp_path, {"w": torch.zeros(1).expand(10**11)})
    with pytest.raises(WeightsError, match="more numbers than it holds"):
        read_weights(path)


def test_a_file_that_is_packed_is_refused(tmp_path: Path) -> None:
    source, path = saved(tmp_path, network().state_dict()), tmp_path / "bomb.pth"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
    with pytest.raises(WeightsError, match="not as torch"):
        read_weights(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, network().state_dict())
    monkeypatch.setattr(weights_files, "LARGEST_FILE", 100)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was read"))
    with pytest.raises(WeightsError, match="larger than"):
        read_weights(path)


@pytest.mark.parametrize("value", [[1, 2], {}, {"w": 3}, torch.zeros(3), OrderedDict(a="x")])
def test_what_is_no_state_dict_is_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(WeightsError, match="no state_dict"):
        read_weights(saved(tmp_path, value))


def test_some_other_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.pth", "w") as file:
        file.writestr("word/document.xml", "hello")
    with pytest.raises(WeightsError, match="no state_dict"):
        read_weights(tmp_path / "x.pth")


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    weights = network().state_dict()
    weights["0.bias"][2] = float("nan")
    with pytest.raises(WeightsError, match=r"0\.bias"):
        read_weights(saved(tmp_path, weights))


def test_no_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="There is no file"):
        read_weights(tmp_path / "nothing.pth")


def test_a_mismatch_names_layers_and_shapes() -> None:
    weights = {**network(7).state_dict(), "head.weight": torch.zeros(2, 2)}
    del weights["2.bias"]
    with pytest.raises(WeightsError) as refused:
        fitted(weights, network(), "other.pth", "Net")
    assert str(refused.value).startswith("other.pth does not fit Net: 0.weight is 12×4 here and 7×4 in the file; ")
    assert "and 6 more" in str(refused.value)
    lines = refused.value.details.splitlines()
    assert len(lines) == 9
    assert "2.bias (3) is not in the file" in lines
    assert "the network has no head.weight (2×2)" in lines


def test_the_counter_of_a_batch_normalisation_may_be_missing() -> None:
    weights = {name: tensor for name, tensor in network().state_dict().items() if "num_batches" not in name}
    assert same(fitted(weights, network(), "old.pth", "Net"), network().state_dict())


def test_weights_that_are_put_in_make_the_optimizer_forget_its_gradients_and_keep_its_rate() -> None:
    model, source = network(), network()
    nn.init.ones_(source[0].weight)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    model(torch.rand(5, 4)).sum().backward()
    optimizer.step()
    put_weights(model, source.state_dict(), optimizer)
    assert tiny.same_weights(model, source)
    assert not optimizer.state
    assert optimizer.param_groups[0]["lr"] == 0.02
    model(torch.rand(5, 4)).sum().backward()
    optimizer.step()
    assert len(optimizer.state) == len(list(model.parameters()))


def test_nothing_is_written_over_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    path.write_text("mine")
    with pytest.raises(OutputExists):
        save_weights(path, network().state_dict(), {})
    assert path.read_text() == "mine"
    save_weights(path, network().state_dict(), {}, force=True)
    assert same(read_weights(path), network().state_dict())
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, content: Any) -> int:
        with io.FileIO(self, "w") as file:
            file.write(bytes(content)[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left on device"):
        save_weights(tmp_path / "a.safetensors", network().state_dict(), {})
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        save_weights(tmp_path / "file" / "a.pth", network().state_dict(), {})
