from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from core import devices
from core.config import ConfigError
from core.data import DataInfo
from core.devices import resolve_device, use_threads
from core.inference import Classifier, NotReady, weights_copy
from core.pictures import PictureError
from core.warm_up import warm_up

COLOURS = DataInfo((3, 8, 8), ("red", "green", "blue"), (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), "photo")


class Colours(nn.Module):
    """Says which colour there is most of; its only weight says how sure it is."""

    def __init__(self) -> None:
        super().__init__()
        self.sureness = nn.Parameter(torch.tensor(3.0))
        self.seen: Tensor | None = None

    def forward(self, inputs: Tensor) -> Tensor:
        self.seen = inputs
        return inputs.mean((2, 3)) * self.sureness


def picture(colour: str, kind: str = "PNG", size: tuple[int, int] = (30, 40)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


@pytest.fixture
def classifier() -> Classifier:
    return Classifier(Colours(), COLOURS, "Colours after 3 steps")


@pytest.mark.parametrize("colour", ["red", "green", "blue"])
def test_the_likeliest_class_comes_first(classifier: Classifier, colour: str) -> None:
    answer = classifier.classify(picture(colour))
    assert answer.labels[0] == colour
    assert answer.probabilities.tolist() == sorted(answer.probabilities.tolist(), reverse=True)
    assert answer.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert answer.model == "Colours after 3 steps"


def test_what_was_seen_is_the_picture_before_normalising(classifier: Classifier) -> None:
    answer = classifier.classify(picture("red"))
    assert answer.seen.shape == (3, 8, 8)
    assert (answer.seen[0] == 255).all() and not answer.seen[1:].any()
    given = classifier.model.seen
    assert given is not None
    assert torch.equal(given[0, :, 0, 0], torch.tensor([2.0, -2.0, -2.0]))
    assert answer.thumbnail is not None and answer.thumbnail.shape == (40, 30, 3)


def test_an_answer_is_named_after_the_file_or_as_asked(classifier: Classifier, tmp_path: Path) -> None:
    path = tmp_path / "sky.png"
    path.write_bytes(picture("blue"))
    assert classifier.classify(path).name == "sky.png"
    assert classifier.classify(path, "my sky").name == "my sky"
    assert classifier.classify(picture("blue")).name == ""


def test_a_note_says_what_was_left_out(classifier: Classifier) -> None:
    file = BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("green", "red")]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    answer = classifier.classify(file.getvalue())
    assert answer.labels[0] == "green"
    assert "only the first is used" in answer.note
    assert classifier.classify(picture("red")).note == ""


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: b"text", lambda data: data[:-30]])
def test_what_is_no_picture_is_refused(classifier: Classifier, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(PictureError):
        classifier.classify(damage(picture("red")))


def test_a_network_that_looks_at_no_pictures_says_so() -> None:
    blind = Classifier(Colours(), DataInfo((4,), ("a", "b")), "Poet")
    with pytest.raises(NotReady, match="Poet does not look at pictures"):
        blind.classify(picture("red"))


def test_a_network_whose_weights_ran_away_says_so(classifier: Classifier) -> None:
    classifier.load({"sureness": torch.tensor(float("nan"))}, "Colours after 4 steps")
    with pytest.raises(NotReady, match="Colours after 4 steps answers with no numbers"):
        classifier.classify(picture("red"))


def test_a_classifier_is_a_copy_that_training_does_not_touch_nor_it_the_training() -> None:
    model = Colours().train()
    classifier = Classifier(model, COLOURS, "copy")
    before = classifier.classify(picture("red")).probabilities
    weights = weights_copy(model)
    with torch.no_grad():
        model.sureness.fill_(0.0)
    assert np.array_equal(classifier.classify(picture("red")).probabilities, before)
    assert weights["sureness"] == 3.0, "a copy of the weights keeps its numbers, too"
    assert model.training and not classifier.model.training
    classifier.load(weights_copy(model), "newer")
    assert classifier.classify(picture("red")).probabilities == pytest.approx([1 / 3] * 3)


def test_the_device_is_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "devices", lambda: {"cuda:0": "GPU", "cuda:1": "GPU", "cpu": "Processor"})
    names = {asked: str(resolve_device(asked)) for asked in ("auto", "cpu", "cuda", "cuda:1")}
    assert names == {"auto": "cuda:0", "cpu": "cpu", "cuda": "cuda:0", "cuda:1": "cuda:1"}
    for asked in ("mps", "cuda:7", "", "CPU"):
        with pytest.raises(ConfigError, match=f"no device '{asked}'; it has: cuda:0, cuda:1, cpu"):
            resolve_device(asked)


def test_the_processor_is_always_there() -> None:
    assert list(devices.devices())[-1] == "cpu"


def test_threads_are_those_asked_for_else_all_cores_but_one(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    try:
        assert (use_threads(3), torch.get_num_threads()) == (3, 3)
        monkeypatch.setattr("os.cpu_count", lambda: 4)
        assert use_threads(0) == 3
    finally:
        torch.set_num_threads(before)


def test_warming_up_tells_the_devices_and_leaves_the_random_numbers_of_a_run_alone() -> None:
    before = torch.get_rng_state()
    assert "cpu" in warm_up()
    assert torch.equal(before, torch.get_rng_state())
