"""What a look measures is what plain PyTorch says, for whatever network there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.health.activity import SATURATED
from core.health.bins import BINS, KINDS, MIDDLE, Bins
from core.health.samples import LARGE, SAMPLES, Sampler, thinned
from tests.core.health.looking import Bench, always, by_layer

__all__ = ["always"]
pytestmark = pytest.mark.usefixtures("always")


def small() -> nn.Sequential:
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4), nn.Tanh(), nn.Linear(4, 2))


def norm(tensors: list[Tensor]) -> float:
    return float(torch.cat([tensor.reshape(-1) for tensor in tensors]).norm())


def test_norms_and_updates_are_those_of_plain_pytorch() -> None:
    model = small()
    inputs = torch.randn(16, 6)
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    event = Bench(model, momentum=0.9).look(inputs)
    assert event.layers == ("0", "2", "4")
    assert event.kinds == ("Linear",) * 3
    assert event.step == 1
    assert event.lr == 0.1
    assert event.sizes.tolist() == [56, 36, 10]
    for row, name in enumerate(event.layers):
        layer = model.get_submodule(name)
        old = [before[f"{name}.weight"], before[f"{name}.bias"]]
        new = [layer.weight.detach(), layer.bias.detach()]
        changes = [now - was for now, was in zip(new, old, strict=True)]
        assert event.gradient_norm[row] == pytest.approx(norm([layer.weight.grad, layer.bias.grad]), rel=1e-5)
        assert event.weight_norm[row] == pytest.approx(norm(new), rel=1e-5)
        assert event.update_ratio[row] == pytest.approx(norm(changes) / norm(old), rel=1e-4)


def test_silent_and_saturated_units_are_counted_where_they_are() -> None:
    model = small()
    with torch.no_grad():
        model[0].bias[:3] = -100
        model[2].weight.mul_(50)
    inputs = torch.randn(16, 6)
    with torch.no_grad():
        hidden = model[1](model[0](inputs))
        squashed = model[3](model[2](hidden))
    event = Bench(model).look(inputs)
    silent = int((hidden.amax(0) <= 0).sum())
    assert silent >= 3
    assert by_layer(event, "dead")["0"] == pytest.approx(silent / 8)
    assert event.units.tolist() == [8, 0, 0]
    assert by_layer(event, "saturated")["2"] == pytest.approx(float((squashed.abs() > SATURATED).float().mean()))
    assert np.isnan(event.dead[1:]).all()
    assert np.isnan(event.saturated[[0, 2]]).all()


def test_histograms_hold_every_value_of_small_tensors() -> None:
    model = small()
    outputs: list[Tensor] = []
    model[0].register_forward_hook(lambda _layer, _inputs, output: outputs.append(output.detach().clone()))
    event = Bench(model).look(torch.randn(16, 6))
    layer = model[0]
    for kind, tensors in {
        "weights": [layer.weight.detach(), layer.bias.detach()],
        "gradients": [layer.weight.grad, layer.bias.grad],
        "activations": outputs[:1],
    }.items():
        values = torch.cat([tensor.reshape(-1) for tensor in tensors]).numpy().astype(np.float64)
        edges = KINDS[kind].edges.copy()
        edges[-1] = np.inf
        positive = np.histogram(values, edges)[0] / len(values)
        negative = np.histogram(-values, edges)[0] / len(values)
        shares = event.histograms[kind][0]
        assert shares.sum() == pytest.approx(1, abs=1e-5)
        assert shares[MIDDLE + 1 :] == pytest.approx(positive, abs=1.5 / len(values))
        assert shares[:MIDDLE][::-1] == pytest.approx(negative, abs=1.5 / len(values))


@pytest.mark.parametrize(
    "relu",
    [
        lambda x: functional.relu(x),
        lambda x: functional.relu(x, inplace=True),
        lambda x: torch.relu(x),
        lambda x: torch.relu_(x),
        lambda x: x.relu(),
        lambda x: x.relu_(),
        lambda x: functional.relu6(x),
        nn.ReLU(),
        nn.ReLU(inplace=True),
        nn.ReLU6(),
    ],
)
def test_every_way_of_writing_relu_is_seen(relu: Callable[[Tensor], Tensor]) -> None:
    class Written(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 4, 3)
            self.out = nn.Linear(4 * 16, 2)

        def forward(self, x: Tensor) -> Tensor:
            return self.out(relu(self.conv(x)).flatten(1))

    model = Written()
    with torch.no_grad():
        model.conv.bias[1] = -100
        model.conv.bias[[0, 2, 3]] = 100
    event = Bench(model, lr=1e-6).look(torch.rand(8, 1, 6, 6))
    assert by_layer(event, "dead")["conv"] == 0.25
    assert by_layer(event, "units") == {"conv": 4, "out": 0}
    # What the layer answered, not what an activation that works in place made of it.
    assert event.histograms["activations"][0][:MIDDLE].sum() == pytest.approx(0.25, abs=0.01)


def test_a_relu_is_put_down_to_the_branch_that_it_belongs_to() -> None:
    class Branches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.left, self.right, self.out = nn.Linear(3, 5), nn.Linear(3, 7), nn.Linear(12, 1)

        def forward(self, x: Tensor) -> Tensor:
            left, right = self.left(x), self.right(x)
            return self.out(torch.cat([torch.relu(left), torch.relu(right)], 1))

    assert by_layer(Bench(Branches()).look(torch.randn(8, 3)), "units") == {"left": 5, "right": 7, "out": 0}


def test_a_unit_is_dead_only_after_many_samples_of_silence() -> None:
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(3, 64), nn.ReLU(), nn.Linear(64, 1))
    with torch.no_grad():
        model[0].bias[:4] = -1e4
    bench = Bench(model, lr=0.0)
    first = float(bench.look(torch.randn(2, 3)).dead[0])
    for _ in range(140):
        last = float(bench.look(torch.randn(2, 3)).dead[0])
    assert first > last == pytest.approx(4 / 64), "in a batch of two many a healthy unit is silent"
    with torch.no_grad():
        model[0].bias[:4] = 1e4
    assert bench.look(torch.randn(2, 3)).dead[0] == 0, "one that wakes up is alive at once"


def test_layers_of_a_recurrent_stack_are_told_apart() -> None:
    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn = nn.RNN(3, 4, num_layers=2, batch_first=True, bidirectional=True)
            self.head = nn.Linear(8, 2)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.rnn(x)[0])

    event = Bench(Reader()).look(torch.randn(5, 7, 3))
    assert event.layers == ("rnn.l0", "rnn.l1", "head")
    assert np.isfinite(event.gradient_norm).all()
    assert list(np.isnan(event.saturated)) == [True, False, True]
    assert np.isnan(event.histograms["activations"][0]).all()
    assert event.histograms["activations"][1].sum() == pytest.approx(1, abs=1e-5)


class Odd(nn.Module):
    """Weights of its own, a shared layer that is used twice, one that is never used, and answers in a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.never = nn.Linear(2, 2)
        self.own = nn.Parameter(torch.ones(4))
        self.nothing = nn.Parameter(torch.ones(0))
        self.shared = nn.Linear(4, 4)
        self.tied = nn.Linear(4, 4)
        self.tied.weight = self.shared.weight
        self.inner = nn.ModuleDict({"dict": Wrapped()})

    def forward(self, x: Tensor) -> Tensor:
        x = self.shared(torch.relu(self.shared(x * self.own)))
        return self.tied(self.inner["dict"](x)["answer"])


class Wrapped(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor) -> dict[str, Any]:
        return {"note": "text", "answer": x * self.scale}


def test_odd_networks_are_measured_as_they_are() -> None:
    model = Odd()
    event = Bench(model).look(torch.randn(6, 4))
    assert set(event.layers) == {"Odd", "never", "shared", "tied", "inner.dict"}
    assert event.layers[-1] == "never" or event.layers[0] == "Odd"
    gradients = by_layer(event, "gradient_norm")
    assert np.isnan(gradients["never"])
    assert gradients["tied"] > 0
    assert by_layer(event, "units")["shared"] == 4
    assert event.trained.all()


def test_layers_come_in_the_order_in_which_they_compute() -> None:
    class Backwards(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.last, self.first = nn.Linear(3, 1), nn.Linear(2, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.last(self.first(x))

    event = Bench(Backwards()).look(torch.randn(4, 2))
    assert event.layers == ("first", "last")
    assert event.sizes.tolist() == [9, 4]


def test_frozen_weights_have_no_gradient_and_do_not_move() -> None:
    model = small()
    model[0].requires_grad_(False)
    event = Bench(model).look(torch.randn(4, 6))
    assert event.trained.tolist() == [False, True, True]
    assert np.isnan(event.gradient_norm[0])
    assert event.update_ratio[0] == 0
    assert event.weight_norm[0] > 0


def test_sparse_gradients_count_like_dense_ones() -> None:
    torch.manual_seed(0)
    tokens = torch.randint(0, 20, (4, 6))
    found = []
    for sparse in (False, True):
        torch.manual_seed(3)
        event = Bench(nn.Sequential(nn.Embedding(20, 5, sparse=sparse), nn.Linear(5, 2))).look(tokens)
        found.append(event.gradient_norm)
        assert event.histograms["gradients"][0].sum() == pytest.approx(1, abs=1e-5)
    assert found[0] == pytest.approx(found[1], rel=1e-5)


def test_weights_of_half_precision_are_measured_in_full() -> None:
    model = small().bfloat16()
    before = [parameter.detach().float().norm() for parameter in model[0].parameters()]
    event = Bench(model, lr=0.0).look(torch.randn(4, 6).bfloat16())
    assert event.weight_norm.dtype == np.float32
    assert event.weight_norm[0] == pytest.approx(float(torch.stack(before).norm()), rel=1e-4)
    assert event.gradient_norm[0] > 0


def test_what_is_no_number_is_told_as_infinite_and_breaks_nothing() -> None:
    model = small()
    with torch.no_grad():
        model[2].weight[0, 0] = float("nan")
    event = Bench(model).look(torch.randn(4, 6))
    assert np.isinf(event.weight_norm[1])
    assert np.isinf(event.gradient_norm).any()
    assert np.isinf(event.update_ratio[1])
    assert event.weight_norm[0] == 0 or np.isfinite(event.histograms["weights"]).any()
    for shares in event.histograms.values():
        assert not np.isinf(shares).any()


def test_weights_that_were_all_zero_have_no_ratio() -> None:
    model = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))
    nn.init.zeros_(model[1].weight)
    nn.init.zeros_(model[1].bias)
    event = Bench(model).look(torch.randn(4, 3), loss_of=lambda outputs: (outputs - 1).square().mean())
    assert np.isnan(event.update_ratio[1])


def test_lazy_layers_appear_once_they_are_there() -> None:
    model = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.Linear(4, 1))
    bench = Bench(nn.Sequential(nn.Linear(1, 1)))
    bench.model = bench.monitor._model = model
    assert bench.look(torch.randn(3, 5)).layers == ("2",)
    assert bench.look(torch.randn(3, 5)).layers == ("0", "2")


def test_samples_are_spread_over_rows_and_columns_and_take_all_of_a_small_tensor() -> None:
    sampler = Sampler()
    assert torch.equal(sampler.take(torch.arange(10.0)), torch.arange(10.0))
    columns = sampler.take(torch.arange(512.0).expand(512, 512))
    assert len(columns) == SAMPLES
    counts = np.bincount(columns.long().numpy(), minlength=512)
    assert counts.min() >= 2
    assert counts.max() <= 6
    state = torch.get_rng_state()
    again = sampler.take(torch.arange(512.0).expand(512, 512))
    assert torch.equal(again, columns)
    assert torch.equal(state, torch.get_rng_state())


def test_of_a_very_large_tensor_a_part_stands_for_all() -> None:
    large = torch.arange(float(LARGE + 10))
    part = thinned(large)
    assert len(part) <= LARGE
    assert part.mean() == pytest.approx(float(large.mean()), rel=1e-3)
    assert thinned(torch.ones(5)).shape == (5,)


def test_bins_rise_without_a_gap_and_hold_what_they_say() -> None:
    bins = Bins(-2, 2)
    values = np.array([-np.inf, -1e30, -0.5, -1e-9, 0.0, 1e-9, 0.0101, 0.5, 1e30, np.inf, np.nan], np.float32)
    places = bins.place(values)
    assert list(places[:-1]) == sorted(places[:-1])
    assert places[0] == places[1] == 0
    assert list(places[3:6]) == [MIDDLE] * 3
    assert places[6] == MIDDLE + 1
    assert places[8] == places[9] == BINS - 1
    assert places[10] == -1
    assert bins.words(MIDDLE) == "nearer to 0 than 0.01"
    assert bins.words(MIDDLE + 1) == "0.01 to 0.0316"
    assert bins.words(MIDDLE - 1) == "−0.01 to −0.0316"
    assert bins.words(0).endswith("and beyond")
