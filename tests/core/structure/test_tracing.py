"""What a network is made of: numbers worked out by hand, and whatever plugins may bring."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import fx, nn

from core.api import Config, setting
from core.config import ConfigError
from core.data import Cancelled, DataInfo
from core.discovery import discover
from core.specs import NetworkSpec
from core.structure import LayerRow, Structure, StructureError, observing
from core.structure.rows import INPUT, OUTPUT
from core.structure.tracing import Question, check_size, fresh_model, structure_of
from tests.core import tiny
from tests.core.structure import odd_networks as odd

REGISTRY = discover("plugins", installed=False)
DIGITS = tuple("0123456789")


def asked(network: str, info: DataInfo, **settings: Any) -> Question:
    spec: NetworkSpec = REGISTRY.networks[network]
    return Question(spec, REGISTRY.tasks[spec.task], settings, info)


def found(build: Callable[[], nn.Module], info: DataInfo = odd.INFO, **more: Any) -> Structure:
    return structure_of(odd.question(build, info, **more))


def row(structure: Structure, name: str) -> LayerRow:
    return structure.by_id[name]


@pytest.fixture(scope="module")
def lenet() -> Structure:
    return structure_of(asked("lenet", DataInfo((1, 32, 32), DIGITS)))


class TestLeNet:
    """1×32×32 pictures of ten classes, all of it worked out by hand."""

    def test_the_layers_have_the_shapes_and_parameters_that_they_have_on_paper(self, lenet: Structure) -> None:
        assert [(each.name, each.kind, each.outputs, each.parameters) for each in lenet.rows] == [
            ("conv1", "Conv2d", ((6, 28, 28),), 6 * (25 + 1)),
            ("relu1", "ReLU", ((6, 28, 28),), 0),
            ("pool1", "MaxPool2d", ((6, 14, 14),), 0),
            ("conv2", "Conv2d", ((16, 10, 10),), 16 * (6 * 25 + 1)),
            ("relu2", "ReLU", ((16, 10, 10),), 0),
            ("pool2", "MaxPool2d", ((16, 5, 5),), 0),
            ("flatten", "Flatten", ((400,),), 0),
            ("fc1", "Linear", ((120,),), 400 * 120 + 120),
            ("relu3", "ReLU", ((120,),), 0),
            ("fc2", "Linear", ((84,),), 120 * 84 + 84),
            ("relu4", "ReLU", ((84,),), 0),
            ("fc3", "Linear", ((10,),), 84 * 10 + 10),
        ]
        assert lenet.inputs == ((1, 32, 32),) and lenet.outputs == ((10,),)

    def test_the_whole_has_61706_parameters_in_10_tensors(self, lenet: Structure) -> None:
        assert (lenet.parameters, lenet.tensors, lenet.trainable, lenet.size) == (61_706, 10, 61_706, 4 * 61_706)

    def test_multiply_adds_and_activations_are_those_worked_out_by_hand(self, lenet: Structure) -> None:
        by_hand = {
            "conv1": 6 * 28 * 28 * 25,
            "conv2": 16 * 10 * 10 * 6 * 25,
            "fc1": 400 * 120,
            "fc2": 120 * 84,
            "fc3": 84 * 10,
        }
        assert {each.name: each.multiply_adds for each in lenet.rows if each.multiply_adds} == by_hand
        assert lenet.multiply_adds == sum(by_hand.values()) == 416_520
        maps = 2 * 6 * 28 * 28 + 6 * 14 * 14 + 2 * 16 * 10 * 10 + 16 * 5 * 5
        assert lenet.activations == maps + 400 + 2 * 120 + 2 * 84 + 10

    def test_the_arithmetic_is_put_in_words(self, lenet: Structure) -> None:
        first = {name: row(lenet, name).arithmetic[0] for name in ("conv1", "pool1", "conv2", "pool2", "flatten")}
        assert first == {
            "conv1": "28 = (32 − 5)/1 + 1.",
            "pool1": "14 = (28 − 2)/2 + 1.",
            "conv2": "10 = (14 − 5)/1 + 1.",
            "pool2": "5 = (10 − 2)/2 + 1.",
            "flatten": "400 = 16×5×5.",
        }
        assert row(lenet, "fc3").arithmetic == (
            "10 = outputs; 84×10 weights + 10 biases = 850 parameters.",
            "840 multiply-adds = 84 inputs × 10 outputs.",
        )

    def test_the_graph_is_a_chain_from_the_input_to_the_output(self, lenet: Structure) -> None:
        names = [each.id for each in lenet.rows]
        assert list(lenet.edges) == list(zip([INPUT, *names], [*names, OUTPUT], strict=True))


def test_resnet_18_for_a_thousand_classes_has_the_size_that_is_printed_everywhere() -> None:
    classes = tuple(str(number) for number in range(1000))
    resnet = structure_of(asked("resnet18", DataInfo((3, 224, 224), classes), stem="original"))
    assert resnet.parameters == 11_689_512
    assert resnet.multiply_adds == 1_814_073_344
    assert row(resnet, "conv1").arithmetic[0] == "112 = ⌊(224 + 2·3 − 7)/2⌋ + 1."
    assert [each.id for each in resnet.children[""] if each.is_block] == ["layer1", "layer2", "layer3", "layer4"]
    assert row(resnet, "layer2.0").inputs == ((64, 56, 56),) and row(resnet, "layer2.0").outputs == ((128, 28, 28),)


def test_the_shortcut_of_a_residual_block_goes_round_its_layers() -> None:
    resnet = structure_of(asked("resnet18", DataInfo((3, 64, 64), DIGITS)))
    into = {start for start, end in resnet.edges if end == "layer1.0.add"}
    assert into == {"maxpool", "layer1.0.bn2"}
    assert row(resnet, "layer1.0.relu (2)").inputs == ((64, 16, 16),), "the same ReLU in another place is another row"


def test_blocks_open_and_close_in_the_graph() -> None:
    resnet = structure_of(asked("resnet18", DataInfo((3, 64, 64), DIGITS)))
    closed = resnet.graph(())
    assert [node.id for node in closed.nodes if node.id.startswith("layer")] == ["layer1", "layer2", "layer3", "layer4"]
    assert ("layer1", "layer2") in closed.edges
    opened = resnet.graph({"layer2", "layer2.0"})
    ids = [node.id for node in opened.nodes]
    assert "layer2" not in ids and "layer2.0.conv1" in ids and "layer2.1" in ids
    assert "layer2.0.downsample" in ids, "a closed block in an open one stays closed"
    assert ("layer1", "layer2.0.conv1") in opened.edges and ("layer2.0.relu (2)", "layer2.1") in opened.edges
    assert resnet.shown_at("layer2.0.conv1", ()) == "layer2"
    assert resnet.shown_at("layer2.0.conv1", {"layer2"}) == "layer2.0"
    assert resnet.open_at_first() == {"layer1", "layer2", "layer3", "layer4"}


CHARACTERS = tuple("abcdefghij")
INFOS = {
    "image-classification": DataInfo((3, 64, 64), DIGITS),
    "language-model": DataInfo((16,), CHARACTERS, vocabulary=CHARACTERS),
    "text-classification": DataInfo((12,), ("x", "y"), vocabulary=("", *CHARACTERS)),
}


@pytest.mark.parametrize("network", REGISTRY.networks)
def test_the_flow_is_the_one_that_torch_fx_traces_where_it_can(network: str) -> None:
    question = asked(network, INFOS[REGISTRY.networks[network].task])
    model = fresh_model(question)
    try:
        traced = fx.symbolic_trace(model)
    except Exception as error:  # border: fx cannot follow code that depends on the numbers
        assert network == "name_rnn", error
        return
    structure = structure_of(question)
    boxes = [node for node in traced.graph.nodes if node.op.startswith("call") and not plumbing(node)]
    assert [each.module or each.name for each in structure.leaves] == [
        node.target if node.op == "call_module" else getattr(node.target, "__name__", node.target) for node in boxes
    ]
    names = dict(zip(boxes, (each.id for each in structure.leaves), strict=True))
    theirs = {(names[start], names[end]) for end in boxes for start in sources(end) if start in names}
    assert {edge for edge in structure.edges if INPUT not in edge and OUTPUT not in edge} == theirs


def plumbing(node: fx.Node) -> bool:
    """What fx draws as a box although the same numbers come out: parts of a tuple, and conversions."""
    return getattr(node.target, "__name__", node.target) in ("getitem", "getattr", "to")


def sources(node: fx.Node) -> set[fx.Node]:
    """Where the numbers of a box come from, past the plumbing."""
    before = set(node.all_input_nodes)
    return {source for each in before for source in (sources(each) if plumbing(each) else {each})}


def test_what_a_function_of_torch_does_in_several_steps_is_one_box() -> None:
    names = structure_of(asked("name_rnn", INFOS["text-classification"]))
    packed = row(names, "pack_padded_sequence")
    assert packed.calls == 1 and packed.inputs[0] == packed.outputs[0] == (12, 32)
    assert ("dropout", "pack_padded_sequence") in names.edges and ("pack_padded_sequence", "rnn") in names.edges
    assert row(names, "rnn").multiply_adds == 12 * 2 * 3 * 128 * (32 + 128)


def test_a_recurrent_network_counts_its_gates_and_steps() -> None:
    lstm = structure_of(asked("lstm", INFOS["language-model"], hidden=20, embedding=8, layers=2))
    cells = row(lstm, "rnn")
    first, second = 4 * 20 * (8 + 20 + 2), 4 * 20 * (20 + 20 + 2)
    assert cells.parameters == first + second
    assert cells.multiply_adds == 16 * (4 * 20 * (8 + 20) + 4 * 20 * (20 + 20))
    assert cells.arithmetic[1] == "Layer 1: 2,400 parameters = 4 gates × 20 × (8 inputs + 20 of the state + 2 biases)."
    assert cells.outputs[0] == (16, 20), "time steps and units, without the batch"


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_the_multiply_adds_of_recurrent_layers_are_those_that_torch_counts(kind: Any, both: bool, layers: int) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    info = DataInfo((6,), ("a", "b"))
    structure = found(lambda: nn.Sequential(nn.Unflatten(1, (6, 1)), kind(1, 5, layers, bidirectional=both)), info)
    with torch.no_grad(), torch.device("meta"), FlopCounterMode(display=False) as counter:
        kind(1, 5, layers, bidirectional=both)(torch.zeros(6, 1, 1))
    assert 2 * structure.multiply_adds == counter.get_total_flops()


class TestOddNetworks:
    def test_a_layer_that_stands_in_two_places_has_two_rows_and_is_counted_once(self) -> None:
        shared = found(odd.Shared)
        names = [each.id for each in shared.rows]
        assert names[:4] == ["conv", "relu", "pool", "pool (2)"] and "mix (2)" in names
        assert row(shared, "mix").parameters == 72 and row(shared, "mix (2)").parameters == 0
        assert "counted there" in row(shared, "mix (2)").arithmetic[-1]
        assert row(shared, "mix (2)").multiply_adds == 64, "but its work is done twice"
        assert sum(each.parameters for each in shared.leaves) == shared.parameters

    def test_a_loop_over_time_is_one_box_that_is_called_many_times(self) -> None:
        loop = found(odd.Loop, odd.TOKENS)
        step = row(loop, "step")
        assert step.calls == 5 and step.multiply_adds == 5 * 6 * 3
        assert "Called 5 times" in step.arithmetic[-1]
        assert ("tanh", "head") in loop.edges and ("step", "tanh") in loop.edges
        assert len(loop.rows) < 12

    def test_a_loop_over_layers_is_drawn_layer_by_layer(self) -> None:
        layered = found(odd.Layered)
        assert [each.id for each in layered.rows if each.kind == "relu"] == ["relu", "relu (2)", "relu (3)"]
        assert ("relu (2)", "layers.2") in layered.edges and ("layers.2", "relu (3)") in layered.edges
        assert row(layered, "layers").inputs == ((64,),)

    def test_shared_weights_own_parameters_and_unused_layers_add_up_to_the_whole(self) -> None:
        tied = found(odd.Tied)
        assert tied.parameters == sum(each.parameters for each in tied.leaves) == 64 * 64 + 128 + 64 + 20 + 195
        assert row(tied, "second").parameters == 64
        assert row(tied, "never").calls == 0 and "Nothing calls this layer" in row(tied, "never").arithmetic[-1]
        assert row(tied, "(own weights)").tensors == (("scale", (64,)),)
        drawn = {node.id for node in tied.graph(()).nodes}
        assert "never" not in drawn and "(own weights)" not in drawn

    def test_a_network_that_is_called_by_name_is_followed_the_way_its_task_calls_it(self) -> None:
        from dataclasses import replace

        question = odd.question(odd.Named)
        assert question.task is not None
        task = replace(question.task, loss=lambda model, batch: (model(pixels=batch.inputs)[0]["logits"].sum(), None))
        named = structure_of(replace(question, task=task))
        assert named.outputs == ((3,),) and [each.id for each in named.rows] == ["flatten", "head"]

    def test_one_that_needs_its_numbers_is_run_in_earnest(self) -> None:
        numbers = found(odd.Numbers)
        assert [each.id for each in numbers.rows if each.module] == ["first", "second"]
        assert any(end == "second" for _, end in numbers.edges), "what went through NumPy is taken up again"

    def test_a_transformer_has_its_attention_as_a_layer_with_all_weights(self) -> None:
        attentive = found(odd.Attentive, odd.TOKENS)
        attention = row(attentive, "body.layers.0.self_attn")
        assert attention.kind == "MultiheadAttention" and attention.parameters == 4 * (8 * 8 + 8)
        assert attention.multiply_adds == 4 * 5 * 8 * 8 + 2 * 5 * 5 * 8
        assert sum(each.parameters for each in attentive.leaves) == attentive.parameters
        assert row(attentive, "(own weights)").parameters == 40

    def test_a_network_of_one_layer_is_one_row(self) -> None:
        alone = found(lambda: nn.Linear(4, 2), DataInfo((4,), ("a", "b")))
        assert [(each.kind, each.multiply_adds) for each in alone.rows] == [("Linear", 8)]
        assert alone.graph(()).edges == [(INPUT, "."), (".", OUTPUT)]

    def test_what_fails_is_told_in_a_sentence_with_the_plugins_traceback(self) -> None:
        with pytest.raises(StructureError, match=r"Tiny cannot be taken apart.*RuntimeError: the cat sat on") as caught:
            found(odd.Raises)
        assert "keyboard" not in str(caught.value) and "odd_networks.py" in caught.value.details
        with pytest.raises(StructureError, match=r"must return an nn\.Module, not str"):
            found(lambda: "no network")  # type: ignore[arg-type, return-value]

    def test_what_has_no_end_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(observing, "MOST_CALLS", 50)
        with pytest.raises(StructureError, match="takes too long"):
            found(odd.Endless)

    def test_of_the_largest_the_shapes_are_found_and_no_weights_are_made(self) -> None:
        huge = found(lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 40_000), nn.Linear(40_000, 40_000)))
        assert huge.parameters == 65 * 40_000 + 40_001 * 40_000 and huge.size > 6e9
        with pytest.raises(StructureError, match=r"6\.4 GB, too much"):
            check_size(huge.size)
        with pytest.raises(StructureError, match="too much"):
            found(lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 40_000), nn.Linear(40_000, 40_000), odd.Raises()))

    def test_nobody_waits_for_what_nobody_wants_any_more(self) -> None:
        stop = threading.Event()
        stop.set()
        with pytest.raises(Cancelled):
            structure_of(odd.question(odd.Shared), stop)

    def test_a_wrong_setting_and_data_that_do_not_fit_are_refused_in_the_networks_words(self) -> None:
        class Sized(Config):
            size: int = setting(3, "Size", minimum=1)

        spec = tiny.network(config=Sized, refuses=lambda config, info: "These pictures are too small.")
        with pytest.raises(ConfigError, match="size must be at least 1"):
            structure_of(Question(spec, None, {"size": 0}, odd.INFO))
        with pytest.raises(ConfigError, match="too small"):
            structure_of(Question(spec, None, {}, odd.INFO))


class TestChance:
    @pytest.mark.parametrize("build", [odd.Drawing, odd.Shared, odd.Numbers])
    def test_looking_uses_up_no_random_number_of_anybody(self, build: Callable[[], nn.Module]) -> None:
        torch_before, python_before, numpy_before = torch.get_rng_state(), random.getstate(), np.random.get_state()
        structure_of(odd.question(build))
        fresh_model(odd.question(build))
        assert torch.equal(torch.get_rng_state(), torch_before)
        assert random.getstate() == python_before
        assert all(np.array_equal(now, then) for now, then in zip(np.random.get_state(), numpy_before, strict=True))

    def test_the_fresh_weights_are_those_that_a_run_with_that_seed_begins_with(self) -> None:
        from core.job import build_model, seed_everything

        question = odd.question(odd.Shared, seed=11)
        seed_everything(11)
        assert tiny.same_weights(fresh_model(question), build_model(question.network, {}, odd.INFO))

    def test_another_thread_may_train_meanwhile(self) -> None:
        run = tiny.job(epochs=3)
        alone = tiny.job(epochs=3)
        from core.trainer import Trainer

        torch.manual_seed(5)
        Trainer(alone).fit()
        going = threading.Event()
        looked: list[int] = []

        def look() -> None:
            while not going.is_set() or not looked:
                looked.append(structure_of(odd.question(odd.Shared)).parameters)

        looking = threading.Thread(target=look)
        looking.start()
        torch.manual_seed(5)
        Trainer(run).fit()
        going.set()
        looking.join()
        assert looked and tiny.same_weights(run.model, alone.model)


def test_nothing_stays_attached_to_a_network_that_was_watched() -> None:
    question = odd.question(odd.Shared)
    model = fresh_model(question)
    from core.structure.tracing import blank_batch, observed

    observed(model, question, blank_batch(question, "cpu"))
    assert not any(each._forward_hooks or each._forward_pre_hooks for each in model.modules())
