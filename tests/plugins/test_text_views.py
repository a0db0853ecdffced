"""The views of networks that read, on networks of a few cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.api import DataInfo, Heatmap, LinePlot, RunConfig, Snapshot
from core.discovery import discover
from core.events import TextSampled
from core.past_runs import PastRun
from core.snapshot import Probe, RunSoFar
from core.views import Layer, Stack, TextCells, TextList, Unrolled
from plugins import text_views
from plugins._recurrent import TokenModel
from plugins.text_views import CellSettings, DiagramSettings, GateSettings, GradientSettings
from tests.plugins.text_runs import trained

VOCABULARY = tuple("abcdefghij\n ")
INFO = DataInfo((8,), VOCABULARY, vocabulary=VOCABULARY)


def snapshot(
    kind: Any = "LSTM", length: int = 30, layers: int = 1, rows: int = 0, model: nn.Module | None = None, **more: Any
) -> Snapshot:
    """A text of ``length`` characters, or with ``rows`` that many sequences with one answer each."""
    torch.manual_seed(1)
    chance = np.random.default_rng(0)
    raw = chance.integers(0, len(VOCABULARY), (rows or 1, length)).astype(np.uint8)
    targets = raw[:, 0].astype(np.int64) if rows else raw[:, 1:].astype(np.int64)
    probe = Probe(torch.from_numpy(raw.astype(np.int64)), raw, targets)
    network = model or TokenModel(kind, len(VOCABULARY), 8, layers, embedding=5)
    return Snapshot(network, probe, INFO, 7, 1, **more)


def text_of(found: Snapshot) -> str:
    return "".join(VOCABULARY[token] for token in found.probe.raw[0])


def layer_named(view: Unrolled, beginning: str) -> Layer:
    return next(layer for layer in view.layers if layer.name.startswith(beginning))


class TestDiagram:
    def test_after_training_hello_each_right_letter_has_the_highest_score(self) -> None:
        job, _ = trained("char_rnn", "hello", network_settings={"hidden": 6})
        view = text_views.diagram(Snapshot(job.model, job.probe, job.info, 1, 1))
        assert isinstance(view, Unrolled)
        assert list(view.inputs) == list("hell")
        assert [target[0] for target in view.targets] == list("ello")
        output = layer_named(view, "output")
        assert output.labels == ["h", "e", "l", "o"]
        assert output.marks is not None
        assert (output.marks.argmax(axis=1) == output.values.argmax(axis=1)).all()
        assert output.marks.sum(axis=1).tolist() == [-2] * 4, "one is right, three are wrong"
        np.testing.assert_array_equal(layer_named(view, "input").values, np.eye(4)[[0, 1, 2, 2]])
        with torch.no_grad():
            expected, _ = job.model.eval()(job.probe.inputs)
        np.testing.assert_allclose(output.values, expected[0].numpy(), atol=1e-5)

    def test_the_place_is_chosen_and_long_vectors_are_cut(self) -> None:
        found = snapshot(settings=DiagramSettings(first=10, steps=3), model=TokenModel("GRU", 12, 40, 2))
        view = text_views.diagram(found)
        assert isinstance(view, Unrolled)
        assert len(view.inputs) == 3
        assert view.targets[0][0] in (text_of(found)[11], "·", "↵")
        assert [layer.name for layer in view.layers] == ["hidden 1, 8 of 40", "hidden 2, 8 of 40", "output"]
        assert all(layer.values.shape[1] <= 8 for layer in view.layers)

    @pytest.mark.parametrize("settings", [DiagramSettings(first=399, steps=10), DiagramSettings(first=28, steps=4)])
    def test_a_place_beyond_the_end_is_moved_into_the_text(self, settings: DiagramSettings) -> None:
        view = text_views.diagram(snapshot(settings=settings))
        assert isinstance(view, Unrolled)
        assert len(view.inputs) == settings.steps
        assert view.targets[-1] == "", "after the last character nothing is known"

    def test_where_one_answer_is_asked_for_only_that_is_marked(self) -> None:
        view = text_views.diagram(snapshot(rows=4, length=4))
        assert isinstance(view, Unrolled)
        marks = layer_named(view, "output").marks
        assert marks is not None
        assert np.abs(marks).sum(axis=1).tolist()[:-1] == [0, 0, 0]
        assert marks[-1].max() == 1


class TestCells:
    def test_each_cell_has_its_hidden_state_at_each_character(self) -> None:
        found = snapshot()
        view = text_views.cells(found)
        assert isinstance(view, TextCells)
        assert view.text == text_of(found)
        with torch.no_grad():
            states, _ = found.model.rnn(found.model.vectors(found.probe.inputs))  # type: ignore[operator,union-attr]
        np.testing.assert_allclose(view.values, states[0].numpy(), atol=1e-5)
        assert list(view.names)[:2] == ["cell 1", "cell 2"]
        assert "line position" in view.signals

    def test_the_cell_state_can_be_shown_instead(self) -> None:
        hidden, cell, plain = (
            text_views.cells(snapshot(kind, settings=CellSettings(state=state)))
            for kind, state in (("LSTM", "hidden state"), ("LSTM", "cell state"), ("RNN", "cell state"))
        )
        assert isinstance(hidden, TextCells) and isinstance(cell, TextCells) and isinstance(plain, TextCells)
        assert (np.abs(cell.values) > np.abs(hidden.values) - 1e-6).all()
        assert "cell state" in cell.caption
        assert "hidden state" in plain.caption

    def test_sequences_stand_in_lines_and_are_told_apart_by_their_beginning(self) -> None:
        view = text_views.cells(snapshot("RNN", rows=20, length=30))
        assert isinstance(view, TextCells)
        assert len(view.text) <= 400
        assert view.text.count("\n") >= 11
        assert any(name.startswith("began with") for name in view.signals)
        np.testing.assert_array_equal(view.values[30], 0)

    def test_of_many_cells_the_liveliest_are_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from plugins import _text_pictures

        monkeypatch.setattr(_text_pictures, "MOST_CELLS", 5)
        view = text_views.cells(snapshot(layers=2))
        assert isinstance(view, TextCells)
        assert view.values.shape == (30, 5)
        assert all(name.startswith("layer ") for name in view.names)

    def test_letters_of_several_characters_keep_their_place(self) -> None:
        found = snapshot()
        info = DataInfo((8,), ("<unk>", *VOCABULARY[1:]), vocabulary=("<unk>", *VOCABULARY[1:]))
        view = text_views.cells(Snapshot(found.model, found.probe, info, 0, 0))
        assert isinstance(view, TextCells)
        assert len(view.text) == 30


class TestGates:
    @pytest.mark.parametrize(("kind", "count"), [("LSTM", 4), ("GRU", 3)])
    def test_each_gate_and_the_state_is_a_heatmap_over_the_text(self, kind: Any, count: int) -> None:
        view = text_views.gates(snapshot(kind, settings=GateSettings(first=5, length=10, cells=4)))
        assert isinstance(view, Stack)
        assert len(view.parts) == count
        for _, part in view.parts:
            assert isinstance(part, Heatmap)
            assert part.values.shape == (4, 10)
            assert len(part.column_labels) == 10
        gates = [part for _, part in view.parts[:-1] if isinstance(part, Heatmap)]
        assert all(part.ends == (0, 1) and part.values.min() >= 0 and part.values.max() <= 1 for part in gates)
        assert view.parts[0][0].startswith({"LSTM": "Forget gate", "GRU": "Reset gate"}[kind])

    def test_an_rnn_has_no_gates_and_a_layer_too_high_is_the_last(self) -> None:
        assert isinstance(text_views.gates(snapshot("RNN")), TextList)
        view = text_views.gates(snapshot(layers=2, settings=GateSettings(layer=8)))
        assert isinstance(view, Stack)
        assert view.caption.startswith("Layer 2")


class TestGradient:
    def test_it_is_followed_as_far_as_asked_for_and_the_text_reaches(self) -> None:
        for distance, expected in ((10, 11), (399, 29)):
            view = text_views.gradient(snapshot(settings=GradientSettings(distance=distance)))
            assert isinstance(view, LinePlot)
            assert view.log_y
            assert list(view.lines) == ["hidden state h", "cell state c"]
            assert all(len(x) == len(y) == expected and (y > 0).all() for x, y in view.lines.values())

    def test_of_sequences_it_begins_at_the_answer(self) -> None:
        view = text_views.gradient(snapshot("RNN", rows=6, length=12))
        assert isinstance(view, LinePlot)
        ((distance, _),) = view.lines.values()
        assert distance.tolist() == list(range(12))

    def test_a_text_too_short_has_no_curve(self) -> None:
        view = text_views.gradient(snapshot(rows=1, length=1))
        assert isinstance(view, LinePlot)
        assert view.lines == {}
        assert "too short" in view.caption

    def test_the_rnn_forgets_what_the_lstm_keeps(self) -> None:
        left = {}
        for kind in ("RNN", "LSTM"):
            network = TokenModel(kind, len(VOCABULARY), 8, forget_bias=5.0)
            with torch.no_grad():
                network.rnn.weight_hh_l0.mul_(0.5)
            view = text_views.gradient(snapshot(length=60, model=network))
            assert isinstance(view, LinePlot)
            norms = list(view.lines.values())[-1][1]
            left[kind] = norms[50] / norms[0]
        assert left["RNN"] < 1e-6 < 1e-3 < left["LSTM"]


class TestGap:
    def past(self, network: str, gap: int | None, accuracy: object, **settings: Any) -> PastRun:
        data_settings = {} if gap is None else {"gap": gap}
        config = RunConfig(network=network, data="long-memory", data_settings=data_settings, network_settings=settings)
        return PastRun(f"{network}-{gap}-{accuracy}", config, {"test_accuracy": accuracy})

    def plot(self, *runs: PastRun, **so_far: Any) -> LinePlot:
        run = RunSoFar(earlier=lambda data: runs if data == "long-memory" else (), **so_far)
        view = text_views.accuracy_by_gap(snapshot(run=run))
        assert isinstance(view, LinePlot)
        return view

    def test_each_network_has_a_curve_and_runs_with_the_same_gap_are_averaged(self) -> None:
        view = self.plot(
            *(self.past("lstm", 50, 1.0), self.past("lstm", 10, 0.9), self.past("lstm", 50, 0.8)),
            *(self.past("char_rnn", None, 0.25), self.past("lstm", 20, 0.5, cell="GRU")),
        )
        curves = {name: (x.tolist(), y.tolist()) for name, (x, y) in view.lines.items()}
        assert curves["LSTM"] == ([10, 50], [90, pytest.approx(90)])
        assert curves["RNN"] == ([50], [25])
        assert curves["GRU"] == ([20], [50])
        assert curves["guessing"][1] == [25, 25]

    def test_the_run_that_goes_on_is_a_point_until_it_is_finished(self) -> None:
        going_on = RunConfig(network="lstm", data="long-memory", data_settings={"gap": "30"})
        view = self.plot(id="now", config=going_on, validation={"accuracy": 0.4})
        assert view.lines["LSTM, this run"][1].tolist() == [40]
        done = PastRun("now", going_on, {"test_accuracy": 0.5})
        view = self.plot(done, id="now", config=going_on, validation={"accuracy": 0.4})
        assert "LSTM, this run" not in view.lines
        assert view.lines["LSTM"][0].tolist() == [30]

    def test_without_runs_it_says_what_to_do(self) -> None:
        view = self.plot()
        assert view.lines == {}
        assert "Train networks on Long memory" in view.caption

    def test_damaged_results_are_passed_over(self) -> None:
        damaged = self.past("lstm", 10, "high")
        strange = PastRun("x", RunConfig(data="long-memory", data_settings={"gap": [1]}), {"test_accuracy": 0.5})
        assert self.plot(damaged, strange, self.past("lstm", 5, 0.5)).lines["LSTM"][1].tolist() == [50]


class TestSamples:
    def test_the_newest_is_on_top(self) -> None:
        written = [TextSampled(1, 100, "first"), TextSampled(2, 2000, "second")]
        view = text_views.samples(snapshot(run=RunSoFar(samples=written)))
        assert isinstance(view, TextList)
        assert list(view.entries) == [("Epoch 2, step 2,000", "second"), ("Epoch 1, step 100", "first")]

    def test_before_the_first_it_says_when_there_will_be_one(self) -> None:
        view, answers = text_views.samples(snapshot()), text_views.samples(snapshot(rows=3))
        assert isinstance(view, TextList) and isinstance(answers, TextList)
        assert "end of each epoch" in view.caption
        assert "one answer" in answers.caption

    def test_a_run_keeps_what_it_wrote(self) -> None:
        from core.trainer import Trainer
        from tests.plugins.text_runs import job

        trainer = Trainer(job("char_rnn", "hello", epochs=2, network_settings={"hidden": 4}))
        trainer.fit()
        view = text_views.samples(trainer.snapshot())
        assert isinstance(view, TextList)
        assert [heading.split(",")[0] for heading, _ in view.entries] == ["Epoch 2", "Epoch 1"]
        assert all(len(text) > 50 for _, text in view.entries)


@pytest.mark.parametrize("compute", [text_views.diagram, text_views.cells, text_views.gates, text_views.gradient])
def test_a_network_without_recurrent_layers_is_told_so(compute: Any) -> None:
    view = compute(snapshot(model=nn.Linear(2, 2)))
    assert isinstance(view, TextList)
    assert "made in another way" in view.caption


def test_each_data_set_is_offered_the_views_that_fit() -> None:
    registry = discover("plugins", installed=False)
    offered = {
        (network, data): [
            view.id for view in registry.visualizations.values() if view.applies_to(registry.networks[network], data)
        ]
        for network, data in (("char_rnn", "hello"), ("lstm", "long-memory"), ("lstm", "python-docs"))
    }
    assert offered["char_rnn", "hello"] == ["text-diagram", "text-cells", "text-samples", "text-gradient"]
    assert offered["lstm", "long-memory"][0] == "text-gap"
    assert offered["lstm", "python-docs"] == ["text-cells", "text-samples", "text-gates", "text-gradient"]
