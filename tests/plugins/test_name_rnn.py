"""The name RNN: what fills a name up changes nothing, and it learns to tell languages apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.config import ConfigError
from core.control import Control
from core.data import DataBundle, DataFolders, DataInfo
from core.discovery import discover
from core.events import Judged
from core.inference import NotReady
from core.job import build_model, prepare_job
from core.launch import Launch
from core.registry import Registry
from core.run_config import run_config
from core.runs import RunStore
from core.snapshot import Snapshot
from core.typed_answers import EMPTY, TextClassifier
from core.views import Heatmap, Table
from plugins.name_views import LettersSettings
from plugins.names import NamesConfig
from tests.core.tiny import Events, no_progress

VOCABULARY = ("", "\ufffd", *"abcdefgh")
INFO = DataInfo((10,), ("one", "two", "three"), vocabulary=VOCABULARY)
NOWHERE = DataFolders((), Path("nowhere"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    return discover("plugins", installed=False)


def model(registry: Registry, info: DataInfo = INFO, **settings: object) -> torch.nn.Module:
    torch.manual_seed(3)
    return build_model(registry.get("networks", "name_rnn"), settings, info).eval()


@pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("layers", [1, 2])
def test_padding_changes_no_answer(registry: Registry, cell: str, bidirectional: bool, layers: int) -> None:
    made = model(registry, cell=cell, bidirectional=bidirectional, layers=layers, hidden=12)
    names = [[2, 3, 4], [5], [9, 8, 7, 6, 5, 4, 3, 2]]
    with torch.no_grad():
        alone = torch.cat([made(torch.tensor([name])) for name in names])
        for width in (8, 10, 24):
            together = made(torch.tensor([name + [0] * (width - len(name)) for name in names]))
            assert torch.allclose(together, alone, atol=1e-6)
    assert alone.shape == (3, 3)
    assert not torch.allclose(alone[0], alone[1])


def test_every_letter_is_read(registry: Registry) -> None:
    made = model(registry, hidden=12)
    name = torch.tensor([[2, 3, 4, 5, 6]])
    with torch.no_grad():
        for place in range(5):
            other = name.clone()
            other[0, place] = 9
            assert not torch.allclose(made(name), made(other), atol=1e-6)


def test_a_name_without_letters_is_answered_with_numbers(registry: Registry) -> None:
    with torch.no_grad():
        assert torch.isfinite(model(registry)(torch.zeros(1, 10, dtype=torch.int64))).all()


@pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])
class TestTyped:
    """The network itself behind the "Try it" field, with what people may type into it."""

    def reader(self, registry: Registry, cell: str, bundle: DataBundle | None = None) -> TextClassifier:
        info = (bundle or registry.get("datasets", "names").load(NamesConfig(), NOWHERE)).info
        return TextClassifier(model(registry, info, cell=cell, hidden=12), info, "Name RNN")

    @pytest.mark.parametrize("text", ["", "  ", "\n", "\u200b"])
    def test_an_empty_name_is_a_sentence(self, registry: Registry, cell: str, text: str) -> None:
        with pytest.raises(NotReady, match=EMPTY):
            self.reader(registry, cell).answer(text)

    @pytest.mark.parametrize("name", ["山田", "欧阳", "김", "Иванов"])
    def test_a_name_in_letters_that_it_never_met_is_a_sentence(self, registry: Registry, cell: str, name: str) -> None:
        with pytest.raises(NotReady, match=f"does not know {name[0]}.* learnt from names in other letters"):
            self.reader(registry, cell).answer(name)

    def test_where_it_learnt_from_chinese_names_it_reads_them(
        self, registry: Registry, cell: str, tmp_path: Path
    ) -> None:
        for language, begins, ends in (("Chinese", "欧王李张刘", "阳伟芳娜敏"), ("Irish", "bcdfg", "aeiou")):
            names = "\n".join(one + other for one in begins for other in ends)
            (tmp_path / f"{language}.txt").write_text(names, "utf-8")
        bundle = registry.get("datasets", "names").load(NamesConfig(path=str(tmp_path)), NOWHERE)
        answer = self.reader(registry, cell, bundle).answer("欧阳")
        assert answer.read == ("欧", "阳") and not any(answer.unknown)
        assert np.allclose(answer.shares.sum(axis=1), 1, atol=1e-5)

    def test_of_ten_thousand_letters_the_first_24_are_read(self, registry: Registry, cell: str) -> None:
        answer = self.reader(registry, cell).answer("smith" * 2000)
        assert answer.shares.shape == (24, 8)
        assert answer.note == "Only the first 24 letters are read."


@pytest.mark.parametrize("info", [DataInfo((1, 8, 8), ("a", "b")), DataInfo((8,), ("a", "b"), vocabulary=("a", "b"))])
def test_pictures_and_texts_to_write_are_refused_in_words(registry: Registry, info: DataInfo) -> None:
    with pytest.raises(ConfigError, match="choose Surnames"):
        model(registry, info)


def test_it_learns_the_embedded_names_and_says_what_it_judged(registry: Registry, tmp_path: Path) -> None:
    events = Events()
    config = run_config(registry.get("networks", "name_rnn"), None, device="cpu", threads=1, epochs=4)
    ended = Launch(registry, config, NOWHERE, RunStore(tmp_path), Control(), events, no_progress).run()
    assert ended.state == "finished", ended.details
    assert float(str(ended.summary["train_accuracy"])) > 0.8
    assert float(str(ended.summary["test_accuracy"])) > 0.3  # guessing gets 1 in 8
    judged = events.of(Judged)
    assert [each.part for each in judged] == ["val"] * 4 + ["test"]
    assert judged[-1].logits.shape == (len(judged[-1].targets), 8)


@pytest.mark.slow
@pytest.mark.real_data
def test_on_the_real_names_four_of_five_languages_are_right(
    registry: Registry, tmp_path: Path, data_folder: Path
) -> None:
    settings = {"path": str(data_folder / "names")}
    config = run_config(registry.get("networks", "name_rnn"), "names", device="cpu", data_settings=settings)
    ended = Launch(registry, config, NOWHERE, RunStore(tmp_path), Control(), lambda event: None, no_progress).run()
    assert float(str(ended.summary["test_accuracy"])) >= 0.8


@pytest.fixture(scope="module")
def snapshot(registry: Registry) -> Snapshot:
    config = run_config(registry.get("networks", "name_rnn"), None, device="cpu", threads=1)
    job = prepare_job(registry, config, NOWHERE, no_progress)
    return Snapshot(job.model, job.probe, job.info, 0, 0)


def seen(registry: Registry, snapshot: Snapshot, **settings: object) -> Heatmap:
    chosen = Snapshot(snapshot.model, snapshot.probe, snapshot.info, 0, 0, LettersSettings(**settings))  # type: ignore[arg-type]
    view = registry.get("visualizations", "name-letters").compute(chosen)
    assert isinstance(view, Heatmap)
    return view


def test_letters_are_columns_and_languages_rows_of_probabilities(registry: Registry, snapshot: Snapshot) -> None:
    view = seen(registry, snapshot)
    assert view.values.shape == (8, len(view.column_labels))
    assert np.allclose(view.values.sum(axis=0), 1, atol=1e-5)
    length = int((snapshot.probe.raw[0] != 0).sum())
    assert len(view.column_labels) == length
    with torch.no_grad():
        final = torch.softmax(snapshot.model.eval()(snapshot.probe.inputs[:1]), 1)[0].numpy()
    assert np.allclose(view.values[:, -1], final, atol=1e-5)


def test_any_name_can_be_looked_at(registry: Registry, snapshot: Snapshot) -> None:
    assert "".join(seen(registry, snapshot, name="  Sátō! ").column_labels)[0] == "s"
    assert seen(registry, snapshot, name="山田").column_labels == ["·", "·"]
    assert len(seen(registry, snapshot, name="x" * 900).column_labels) == 24
    assert seen(registry, snapshot, name=" ").caption == seen(registry, snapshot).caption
    assert seen(registry, snapshot, probe=16).caption != seen(registry, snapshot).caption


def test_the_guesses_count_what_is_right(registry: Registry, snapshot: Snapshot) -> None:
    view = registry.get("visualizations", "name-guesses").compute(snapshot)
    assert isinstance(view, Table)
    assert len(view.rows) == len(snapshot.probe.targets)
    right = sum(str(row[2]).startswith("✓ ") for row in view.rows)
    assert view.caption.startswith(f"{right} of {len(view.rows)}")
    assert all((str(row[2])[2:] == row[1]) == str(row[2]).startswith("✓ ") for row in view.rows)
