from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.config import ConfigError
from core.data import Cancelled, DataError, DataFolders, DataInfo
from core.home import data_folders
from core.job import build_model, prepare_job
from core.run_config import check_settings, run_config
from plugins import _resnet18
from plugins.resnet18 import ResNet18Config, initial_weights
from tests.core.tiny import no_progress
from tests.loopback import Site, serving
from tests.plugins.convolutional import COLOUR, GREY, REGISTRY, TEN, built

SPEC = REGISTRY.networks["resnet18"]
PRETRAINED = ResNet18Config(pretrained=True)
LARGE = DataInfo((3, 224, 224), TEN)


def random_weights(seed: int = 0) -> dict[str, Tensor]:
    """What torchvision's file holds, with random numbers: there is no internet in a test."""
    torch.manual_seed(seed)
    return dict(_resnet18.ResNet(_resnet18.BasicBlock, _resnet18.BLOCKS).state_dict())


def packed(weights: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(weights, buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def weights() -> dict[str, Tensor]:
    return random_weights()


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    return DataFolders((tmp_path / "read",), tmp_path / "write")


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Site]]:
    """Puts some bytes on a server of this machine, under the name that torchvision would give them."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Site({})) as site:

        def publish(content: bytes, digest: str = "") -> Site:
            name = f"/resnet18-{(digest or hashlib.sha256(content).hexdigest())[:8]}.pth"
            site.files[name] = content
            monkeypatch.setattr(_resnet18, "address", lambda: site.url + name)
            return site

        yield publish


def one_step(model: nn.Module, info: DataInfo) -> None:
    """A training step as the trainer makes it, with a rate that would be seen."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.1, fused=True)
    model.train()
    loss = nn.functional.cross_entropy(model(torch.randn(4, *info.input_shape)), torch.arange(4))
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()


def test_with_the_original_stem_it_has_the_parameters_of_torchvision_s() -> None:
    theirs = random_weights()
    ours = built("resnet18", DataInfo((3, 64, 64), tuple(map(str, range(1000))))).state_dict()
    assert {name: tensor.shape for name, tensor in ours.items()} == {n: tensor.shape for n, tensor in theirs.items()}


def test_with_torchvision_s_weights_it_answers_what_torchvision_s_answers(weights: dict[str, Tensor]) -> None:
    theirs = _resnet18.ResNet(_resnet18.BasicBlock, _resnet18.BLOCKS).eval()
    ours = built("resnet18", DataInfo((3, 64, 64), tuple(map(str, range(1000))))).eval()
    for model in (theirs, ours):
        model.load_state_dict(weights)
    inputs = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.allclose(ours(inputs), theirs(inputs), atol=1e-3)


@pytest.mark.parametrize(
    ("shape", "kernel"),
    [((3, 32, 32), 3), ((1, 8, 8), 3), ((3, 64, 64), 7), ((2, 63, 90), 3), ((1, 100, 70), 7), ((3, 224, 224), 7)],
)
def test_the_stem_fits_the_size_of_the_pictures(shape: tuple[int, int, int], kernel: int) -> None:
    model = built("resnet18", DataInfo(shape, TEN)).eval()
    assert tuple(model.get_parameter("conv1.weight").shape) == (64, shape[0], kernel, kernel)
    with torch.no_grad():
        assert model(torch.zeros(1, *shape)).shape == (1, 10)


@pytest.mark.parametrize(
    ("shape", "settings", "said"),
    [
        ((3, 7, 40), {}, "at least 8×8 px"),
        ((3, 31, 40), {"stem": "original"}, "at least 32×32 px"),
        ((3, 16, 16), {"pretrained": True}, "at least 32×32 px"),
        ((40,), {"pretrained": True}, "looks at pictures"),
        ((3, 32, 32), {"pretrained": True, "stem": "small"}, "for the original stem"),
        ((2, 64, 64), {"pretrained": True}, "have 2 channels"),
    ],
)
def test_it_refuses_in_words_what_it_cannot_see(shape: tuple[int, ...], settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        built("resnet18", DataInfo(shape, TEN), **settings)


@pytest.mark.parametrize("settings", [{}, {"pretrained": True}, {"stem": "original"}])
def test_when_frozen_a_step_changes_the_last_layer_and_nothing_else(settings: dict[str, Any]) -> None:
    model = built("resnet18", freeze=True, **settings)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    one_step(model, COLOUR)
    changed = {name for name, tensor in model.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed == {"fc.weight", "fc.bias"}


def test_when_not_frozen_a_step_changes_every_layer_and_the_running_statistics() -> None:
    model = built("resnet18", stem="original")
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    one_step(model, COLOUR)
    assert not [name for name, tensor in model.state_dict().items() if torch.equal(tensor, before[name])]


def test_frozen_layers_stay_in_evaluation_mode_and_the_last_one_follows() -> None:
    model = built("resnet18", freeze=True)
    for mode in (True, False, True):
        model.train(mode)
        assert model.training is mode
        assert model.get_submodule("fc").training is mode
        assert not any(layer.training for layer in model.modules() if isinstance(layer, nn.BatchNorm2d))


def test_nothing_is_downloaded_for_random_weights(folders: DataFolders) -> None:
    assert initial_weights(ResNet18Config(), COLOUR, folders, no_progress) is None


def test_pretrained_weights_are_downloaded_once_with_progress_and_lack_the_last_layer(
    published: Callable[..., Site], weights: dict[str, Tensor], folders: DataFolders
) -> None:
    site = published(packed(weights))
    told: list[str] = []
    found = initial_weights(PRETRAINED, LARGE, folders, lambda done, total, text: told.append(text))
    assert found is not None
    assert found.keys() == {name for name in weights if not name.startswith("fc.")}
    assert all(torch.equal(tensor, weights[name]) for name, tensor in found.items())
    assert any("resnet18" in text for text in told)
    initial_weights(PRETRAINED, LARGE, folders, no_progress)
    assert len(site.asked) == 1


def test_a_download_that_broke_off_or_was_cancelled_goes_on_where_it_stopped(
    published: Callable[..., Site], weights: dict[str, Tensor], folders: DataFolders
) -> None:
    content = packed(weights)
    site = published(content)
    site.breaks.append(len(content) // 2)
    with pytest.raises(DataError, match="could not be downloaded"):
        initial_weights(PRETRAINED, LARGE, folders, no_progress)

    def cancel(done: int, total: int | None, text: str) -> None:
        if done > 0.7 * len(content):
            raise Cancelled

    with pytest.raises(Cancelled):
        initial_weights(PRETRAINED, LARGE, folders, cancel)
    assert initial_weights(PRETRAINED, LARGE, folders, no_progress)
    starts = [int(wanted.removeprefix("bytes=").rstrip("-") or 0) for _, wanted in site.asked]
    assert starts[0] == 0 < starts[1] < starts[2]


def test_for_grey_pictures_the_first_kernels_are_summed(
    published: Callable[..., Site], weights: dict[str, Tensor], folders: DataFolders
) -> None:
    published(packed(weights))
    found = initial_weights(PRETRAINED, GREY, folders, no_progress)
    assert found is not None
    grey = built("resnet18", GREY, pretrained=True)
    grey.load_state_dict({**grey.state_dict(), **found})
    colour = built("resnet18", COLOUR, pretrained=True)
    colour.load_state_dict({**weights, **{n: t for n, t in grey.state_dict().items() if n.startswith("fc.")}})
    inputs = torch.rand(1, 1, 32, 32)
    with torch.no_grad():
        assert torch.allclose(grey.eval()(inputs), colour.eval()(inputs.expand(-1, 3, -1, -1)), atol=1e-3)


def test_a_file_that_came_damaged_is_told_and_fetched_anew(
    published: Callable[..., Site], weights: dict[str, Tensor], folders: DataFolders
) -> None:
    content = packed(weights)
    site = published(content[:-1] + b"?", hashlib.sha256(content).hexdigest())
    with pytest.raises(DataError, match="checksum is wrong"):
        initial_weights(PRETRAINED, LARGE, folders, no_progress)
    site.files[site.asked[0][0]] = content
    assert initial_weights(PRETRAINED, LARGE, folders, no_progress)


@pytest.mark.parametrize("content", [b"no weights at all", packed({"epoch": 3}), packed({"fc.weight": torch.ones(1)})])
def test_a_file_that_holds_something_else_is_told(
    published: Callable[..., Site], folders: DataFolders, content: bytes
) -> None:
    published(content)
    with pytest.raises(DataError, match=r"holds (no weights|the weights of another network)"):
        initial_weights(PRETRAINED, LARGE, folders, no_progress)


def test_no_code_in_the_file_is_run(published: Callable[..., Site], folders: DataFolders, tmp_path: Path) -> None:
    trace = tmp_path / "trace"

    class Trap:
        def __reduce__(self) -> Any:
            return (Path.touch, (trace,))

    published(packed({"conv1.weight": Trap()}))
    with pytest.raises(DataError, match="holds no weights"):
        initial_weights(PRETRAINED, LARGE, folders, no_progress)
    assert not trace.exists()


def test_without_a_network_one_is_told_where_to_put_the_file(
    published: Callable[..., Site], weights: dict[str, Tensor], folders: DataFolders
) -> None:
    content = packed(weights)
    site = published(content)
    name = next(iter(site.files))
    site.files.clear()
    with pytest.raises(DataError, match="put the file into the data folder yourself"):
        initial_weights(PRETRAINED, LARGE, folders, no_progress)
    placed = folders.read[0] / name.removeprefix("/")
    placed.parent.mkdir(parents=True)
    placed.write_bytes(content)
    assert initial_weights(PRETRAINED, LARGE, folders, no_progress)


def test_a_new_run_begins_with_the_pretrained_weights_and_a_random_last_layer(
    published: Callable[..., Site], weights: dict[str, Tensor], tmp_path: Path
) -> None:
    published(packed(weights))
    settings = {"network_settings": {"pretrained": True, "freeze": True}, "data_settings": {"pictures": 200}}
    config = run_config(SPEC, "shapes", device="cpu", threads=1, **settings)
    folders = DataFolders(data_folders().read, tmp_path)
    model = prepare_job(REGISTRY, config, folders, no_progress).model
    state = model.state_dict()
    assert all(torch.equal(state[name], tensor) for name, tensor in weights.items() if not name.startswith("fc."))
    assert state["fc.weight"].shape == (10, 512)


def test_a_kept_model_is_built_without_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_resnet18, "address", lambda: pytest.fail("asked for"))
    build_model(SPEC, {"pretrained": True}, COLOUR)


@pytest.mark.parametrize("preset", SPEC.presets)
def test_its_presets_name_what_there_is(preset: str) -> None:
    check_settings(REGISTRY, run_config(SPEC, None, preset=preset))


def test_torchvision_still_says_where_the_weights_are_and_how_they_are_checked() -> None:
    name = _resnet18.address().rsplit("/", 1)[-1]
    assert _resnet18.address().startswith("https://")
    assert int(name.removesuffix(".pth").rsplit("-", 1)[-1], 16) > 0
