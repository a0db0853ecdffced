from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from core.batches import Batch
from core.data import DataInfo
from core.snapshot import Probe, Snapshot
from core.token_batches import NO_ANSWER
from plugins._recurrent import TokenModel
from plugins.language_model import SAMPLE_LENGTH, accuracy, cross_entropy, derived, sample

VOCABULARY = tuple("abc \n")


def model() -> TokenModel:
    return TokenModel("LSTM", len(VOCABULARY), 6, embedding=3, dropout=0.5)


def snapshot(net: TokenModel, targets: np.ndarray) -> Snapshot:
    info = DataInfo((4,), VOCABULARY, vocabulary=VOCABULARY)
    raw = np.array([[1, 0, 2, 1]], np.uint8)
    return Snapshot(net, Probe(torch.from_numpy(raw.astype(np.int64)), raw, targets), info, step=1, epoch=1)


def test_the_loss_is_the_mean_surprise_at_each_token() -> None:
    net = model().eval()
    batch = Batch(torch.randint(0, 5, (3, 6)), torch.randint(0, 5, (3, 6)))
    loss, logits = cross_entropy(net, batch)
    chances = net(batch.inputs)[0].softmax(-1)
    surprise = -chances.gather(-1, batch.targets[..., None]).log()
    assert loss.item() == pytest.approx(surprise.mean().item(), rel=1e-5)
    right = (chances.argmax(-1) == batch.targets).sum()
    assert accuracy(logits, batch)["accuracy"] == right


def test_where_one_answer_a_sequence_is_asked_for_it_comes_after_the_last_token() -> None:
    net = model().eval()
    batch = Batch(torch.randint(0, 5, (4, 6)), torch.randint(0, 5, (4,)))
    loss, logits = cross_entropy(net, batch)
    last = net(batch.inputs)[0][:, -1]
    torch.testing.assert_close(logits, last)
    assert loss.item() == pytest.approx(float(torch.nn.functional.cross_entropy(last, batch.targets)), rel=1e-6)


def test_what_is_not_asked_for_counts_neither_for_the_loss_nor_for_the_accuracy() -> None:
    net = model().eval()
    inputs, targets = torch.randint(0, 5, (2, 6)), torch.randint(0, 5, (2, 6))
    masked = targets.clone()
    masked[:, :4] = NO_ANSWER
    loss, logits = cross_entropy(net, Batch(inputs, masked))
    tail = net(inputs)[0][:, 4:].flatten(0, 1)
    assert loss.item() == pytest.approx(
        float(torch.nn.functional.cross_entropy(tail, targets[:, 4:].flatten())), rel=1e-5
    )
    assert accuracy(logits, Batch(inputs, masked))["accuracy"] == (tail.argmax(1) == targets[:, 4:].flatten()).sum()


def test_perplexity_and_bits_say_the_same_as_the_loss() -> None:
    found = derived({"loss": math.log(8)})
    assert found == {"perplexity": pytest.approx(8), "bits_per_char": pytest.approx(3)}
    assert math.isfinite(derived({"loss": 1e6})["perplexity"])


def test_the_same_weights_write_the_same_text_and_stay_as_they_are() -> None:
    net = model().train()
    seen = snapshot(net, np.zeros((1, 4), np.int64))
    before = {name: value.clone() for name, value in net.state_dict().items()}
    text = sample(seen)
    torch.manual_seed(99)
    assert sample(seen) == text
    assert len(text) == SAMPLE_LENGTH
    assert text[0] == VOCABULARY[1], "it begins as the text does"
    assert set(text) <= set(VOCABULARY)
    assert net.training
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_a_text_is_drawn_from_what_the_model_expects() -> None:
    net = model()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
        net.head.bias.copy_(torch.tensor([0.0, 1.6, 0.0, -99.0, -99.0]))
    text = sample(snapshot(net, np.zeros((1, 4), np.int64)))[1:]
    weights = {letter: math.exp(score / 0.8) for letter, score in zip("abc", (0, 1.6, 0), strict=True)}
    for letter, weight in weights.items():
        expected = weight / sum(weights.values())
        assert text.count(letter) / len(text) == pytest.approx(expected, abs=0.12)


def test_who_learns_to_give_one_answer_writes_nothing() -> None:
    assert sample(snapshot(model(), np.zeros(1, np.int64))) == ""
