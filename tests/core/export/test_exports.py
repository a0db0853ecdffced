from __future__ import annotations

import csv
import html.parser
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch import Tensor, nn

from core.api import NetworkSpec
from core.data import Cancelled
from core.discovery import discover
from core.export import FORMATS, export_run
from core.export.formats import UnknownFormat
from core.export.request import CannotExport
from core.history import RunNotes, read_curves, write_notes
from core.kept import kept_model
from core.outputs import OutputError, OutputExists
from core.runs import Run
from core.weights_files import read_weights
from tests.core import tiny, tiny_text
from tests.core.export.export_runs import BUILT_IN, exported, last_logged, trained


@pytest.fixture(scope="module")
def lenet(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return trained(tmp_path_factory.mktemp("runs"), BUILT_IN, "lenet")


@pytest.fixture
def copied(lenet: Run, tmp_path: Path) -> Run:
    """One that may be spoilt."""
    return Run(Path(shutil.copytree(lenet.folder, tmp_path / "runs" / lenet.id)))


@pytest.mark.parametrize("format", ["safetensors", "pth"])
def test_exported_weights_are_those_of_the_run(lenet: Run, tmp_path: Path, format: str) -> None:
    path = exported(lenet, BUILT_IN, format, tmp_path / f"w.{format}")
    ours = kept_model(lenet, BUILT_IN).model.state_dict()
    found = read_weights(path)
    assert found.keys() == ours.keys()
    assert all(torch.equal(found[name], ours[name]) for name in ours)


def test_onnx_answers_as_the_model_does_for_any_number_of_pictures(lenet: Run, tmp_path: Path) -> None:
    path = exported(lenet, BUILT_IN, "onnx", tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(path)
    model = kept_model(lenet, BUILT_IN).model
    for count in (1, 7):
        pictures = torch.randn(count, 1, 32, 32)
        with torch.no_grad():
            expected = model(pictures).numpy()
        (found,) = session.run(None, {"input": pictures.numpy()})
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_onnx_says_what_it_is_and_not_where_it_was_made(lenet: Run, tmp_path: Path) -> None:
    path = exported(lenet, BUILT_IN, "onnx", tmp_path / "net.onnx")
    about = onnxruntime.InferenceSession(path).get_modelmeta().custom_metadata_map
    assert json.loads(about["classes"]) == list("0123456789")
    assert json.loads(about["mean"]) == [0.1206]
    assert "(value - mean) / std" in about["input"]
    assert onnx.load(path).opset_import[0].version == 20
    assert str(Path(__file__).parents[3]).encode() not in path.read_bytes()


@pytest.mark.parametrize(("network", "settings"), [("lstm", {"cell": "LSTM", "layers": 2}), ("lstm", {"cell": "GRU"})])
def test_a_recurrent_network_goes_on_from_its_state_in_onnx(
    tmp_path: Path, network: str, settings: dict[str, Any]
) -> None:
    run = trained(tmp_path / "runs", BUILT_IN, network, "hello", network_settings={"hidden": 6, **settings})
    session = onnxruntime.InferenceSession(exported(run, BUILT_IN, "onnx", tmp_path / "net.onnx"))
    model = kept_model(run, BUILT_IN).model
    tokens = torch.randint(0, 4, (3, 12))
    shapes = {put.name: [n if isinstance(n, int) else 3 for n in put.shape] for put in states(session)}
    given = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    first = session.run(None, {"tokens": tokens[:, :5].numpy(), **given})
    then = session.run(None, {"tokens": tokens[:, 5:].numpy(), **dict(zip(given, first[1:], strict=True))})
    with torch.no_grad():
        expected = model(tokens)[0].numpy()
    np.testing.assert_allclose(np.concatenate([first[0], then[0]], axis=1), expected, rtol=1e-4, atol=1e-4)


def test_where_a_layer_is_unrolled_one_character_is_read_at_a_time(tmp_path: Path) -> None:
    run = trained(tmp_path / "runs", BUILT_IN, "char_rnn", "hello")
    session = onnxruntime.InferenceSession(exported(run, BUILT_IN, "onnx", tmp_path / "net.onnx"))
    assert session.get_inputs()[0].shape == ["batch", 1]


class Bag(nn.Module):
    """Reads a whole text at once, whatever its length."""

    def __init__(self, vocabulary: int, classes: int) -> None:
        super().__init__()
        self.encoder = nn.Embedding(vocabulary, 8)
        self.head = nn.Linear(8, classes)

    def forward(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.head(self.encoder(inputs).mean(1))
        return logits


def test_a_network_that_reads_a_whole_text_needs_no_state(tmp_path: Path) -> None:
    found = discover("plugins", installed=False)
    spec = NetworkSpec(
        "bag", "Bag", "Small.", "text-classification", lambda _, info: Bag(len(info.vocabulary), len(info.classes))
    )
    found.add("bag", "test", lambda: tiny.plugin(register_networks=lambda: [spec]))
    run = trained(tmp_path / "runs", found, "bag", "names", batch_size=2048)
    session = onnxruntime.InferenceSession(exported(run, found, "onnx", tmp_path / "net.onnx"))
    kept = kept_model(run, found)
    tokens = torch.randint(0, len(kept.info.vocabulary), (4, 11))
    with torch.no_grad():
        expected = kept.model(tokens).numpy()
    (answer,) = session.run(None, {"tokens": tokens.numpy()})
    np.testing.assert_allclose(answer, expected, rtol=1e-4, atol=1e-4)


def states(session: onnxruntime.InferenceSession) -> list[Any]:
    return [put for put in session.get_inputs() if put.name.startswith("state")]


class Unsayable(nn.Module):
    """What it does depends on the numbers, in Python."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(64, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.layer(inputs.flatten(1))
        return logits if float(inputs.sum()) > 0 else -logits


def test_what_onnx_cannot_say_is_one_sentence_and_no_file(tmp_path: Path) -> None:
    found = tiny.registry(networks=(tiny.network(build=lambda config, info: Unsayable()),))
    run = trained(tmp_path / "runs", found, "tiny")
    with pytest.raises(CannotExport, match="Tiny") as refused:
        exported(run, found, "onnx", tmp_path / "net.onnx")
    assert str(refused.value).isprintable()
    assert "http" not in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_csv_has_every_step_and_the_validation(lenet: Run, tmp_path: Path) -> None:
    path = exported(lenet, BUILT_IN, "csv", tmp_path / "run.csv")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == list(range(1, 41))
    assert np.float32(rows[-1]["loss"]) == np.float32(last_logged(lenet))
    assert [row["val_accuracy"] != "" for row in rows] == [False] * 39 + [True]
    result = json.loads((lenet.folder / "result.json").read_text())
    assert float(rows[-1]["val_accuracy"]) == pytest.approx(result["val_accuracy"])


def test_tensorboard_reads_what_was_exported(lenet: Run, tmp_path: Path) -> None:
    folder = exported(lenet, BUILT_IN, "tensorboard", tmp_path / "log")
    log = EventAccumulator(str(folder)).Reload()
    curves = read_curves(lenet)
    assert [point.value for point in log.Scalars("train/loss")] == curves.metrics["loss"].astype(np.float32).tolist()
    assert [point.step for point in log.Scalars("val/loss")] == [40]
    assert {"lr", "train/accuracy", "val/accuracy"} <= set(log.Tags()["scalars"])


class Page(html.parser.HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.values: list[str] = []
        self.said = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.values += [f"{name}={value}" for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.said += data


def test_the_report_shows_curves_results_settings_and_confusion(lenet: Run, tmp_path: Path) -> None:
    page = Page(exported(lenet, BUILT_IN, "html", tmp_path / "run.html"))
    result = json.loads((lenet.folder / "result.json").read_text())
    assert page.tags.count("svg") == 3
    for words in ("Loss", "Confusion", "Precision", "optimizer.lr", "torch", f"{result['test_accuracy']:.2%}"):
        assert words in page.said


def test_the_report_needs_nothing_from_elsewhere(lenet: Run, tmp_path: Path) -> None:
    path = exported(lenet, BUILT_IN, "html", tmp_path / "run.html")
    page = Page(path)
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert not [value for value in page.values if value.startswith(("src=", "href="))]
    assert "url(" not in path.read_text("utf-8")


def test_what_people_wrote_is_text_in_the_report(copied: Run, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    write_notes(copied, RunNotes(name=evil, note=f"{evil} \x1b[2J & more", tags=(evil,)))
    page = Page(exported(copied, BUILT_IN, "html", tmp_path / "run.html"))
    assert "script" not in page.tags
    assert page.said.count(evil) >= 3


def test_the_report_of_a_run_that_wrote_shows_what_it_wrote(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("the cat <b>sat</b> on the mat.\n" * 60)
    settings = {"data_settings": {"path": str(text), "window": 16}, "network_settings": {"hidden": 8}}
    run = trained(tmp_path / "runs", BUILT_IN, "lstm", "text-file", **settings)
    page = Page(exported(run, BUILT_IN, "html", tmp_path / "run.html"))
    assert "What it wrote" in page.said
    assert "Confusion" not in page.said


def test_the_report_of_a_run_whose_weights_are_gone_says_so(copied: Run, tmp_path: Path) -> None:
    shutil.rmtree(copied.checkpoints)
    page = Page(exported(copied, BUILT_IN, "html", tmp_path / "run.html"))
    assert "kept no weights" in page.said
    assert page.tags.count("svg") == 3


@pytest.mark.parametrize("format", [id for id in FORMATS if id not in ("onnx", "script")])
def test_nothing_is_written_over_unless_asked(lenet: Run, tmp_path: Path, format: str) -> None:
    path = tmp_path / "out"
    mine = path / "mine.txt" if FORMATS[format].folder else path
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(OutputExists):
        exported(lenet, BUILT_IN, format, path)
    assert mine.read_text() == "mine"
    exported(lenet, BUILT_IN, format, path, force=True)
    if FORMATS[format].folder:
        assert mine.read_text() == "mine"
        assert len(list(path.iterdir())) > 1
    else:
        assert path.read_bytes() != b"mine"


@pytest.mark.parametrize("format", [id for id in FORMATS if id != "onnx"])
def test_whoever_cancels_leaves_nothing_behind(lenet: Run, tmp_path: Path, format: str) -> None:
    def enough(done: int, total: int | None, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        export_run(lenet, BUILT_IN, format, tmp_path / "out", folders=tiny.NOWHERE, progress=enough)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", [id for id in FORMATS if id != "onnx"])
def test_a_place_that_cannot_be_written_to_is_one_sentence(lenet: Run, tmp_path: Path, format: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        exported(lenet, BUILT_IN, format, tmp_path / "file" / "out")


def test_an_unknown_format_names_those_that_there_are(lenet: Run, tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match="safetensors, pth, onnx"):
        exported(lenet, BUILT_IN, "docx", tmp_path / "x")


def test_random_numbers_are_drawn_only_at_rest(lenet: Run, tmp_path: Path) -> None:
    """Whatever training goes on meanwhile shares torch's generator."""
    states = []

    def at_rest(work: Any) -> Any:
        states.append(torch.get_rng_state())
        found = work()
        assert torch.equal(torch.get_rng_state(), states[-1])
        return found

    before = torch.get_rng_state()
    export_run(
        *(lenet, BUILT_IN, "safetensors", tmp_path / "w"),
        **{"folders": tiny.NOWHERE, "progress": tiny.no_progress, "at_rest": at_rest},
    )
    assert len(states) == 1
    assert torch.equal(torch.get_rng_state(), before)


def test_a_language_model_of_another_kind_is_exported_as_weights(tmp_path: Path) -> None:
    from core.runs import RunStore

    found = tiny_text.registry()
    run = tiny_text.kept_run(RunStore(tmp_path / "runs"), found)
    path = exported(run, found, "safetensors", tmp_path / "w.safetensors")
    assert "rnn.weight_hh_l0" in read_weights(path)
