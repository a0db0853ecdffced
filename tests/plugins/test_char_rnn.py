from __future__ import annotations

import pytest

from core.config import ConfigError, validated
from core.data import DataInfo
from core.job import build_model
from plugins.char_rnn import LARGEST_ONE_HOT, CharRNNConfig, register_networks
from plugins.lstm import LSTMConfig
from plugins.lstm import register_networks as register_lstm

RNN, LSTM = register_networks()[0], register_lstm()[0]
LETTERS = tuple("abcdefgh")
TEXT = DataInfo((16,), LETTERS, vocabulary=LETTERS)


@pytest.mark.parametrize("network", [RNN, LSTM])
def test_what_does_not_ask_for_the_next_character_is_refused_in_a_sentence(network) -> None:
    pictures = DataInfo((1, 32, 32), tuple("0123456789"), picture="strokes")
    names = DataInfo((16,), ("Czech", "Dutch"), vocabulary=LETTERS)
    for info in (pictures, names):
        with pytest.raises(ConfigError, match="asks which character comes next, and this data set does not: choose"):
            build_model(network, {}, info)
    assert network.refuses(network.config(), TEXT) is None


def test_a_vocabulary_that_one_hot_inputs_would_fill_the_memory_with_is_refused() -> None:
    many = tuple(map(chr, range(0x10000, 0x10000 + LARGEST_ONE_HOT + 1)))
    sentence = RNN.refuses(CharRNNConfig(), DataInfo((16,), many, vocabulary=many))
    assert sentence is not None
    assert "16,385: choose the LSTM" in sentence
    assert LSTM.refuses(LSTMConfig(), DataInfo((16,), many, vocabulary=many)) is None


def test_the_settings_decide_what_is_built() -> None:
    model = build_model(RNN, {"hidden": 5, "layers": 2, "dropout": 0.3}, TEXT)
    rnn = model.get_submodule("rnn")
    assert (rnn.mode, rnn.hidden_size, rnn.num_layers, rnn.dropout) == ("RNN_TANH", 5, 2, 0.3)
    model = build_model(LSTM, {"cell": "GRU", "hidden": 6, "embedding": 3}, TEXT)
    rnn = model.get_submodule("rnn")
    assert (rnn.mode, rnn.input_size, rnn.hidden_size) == ("GRU", 3, 6)
    assert build_model(LSTM, {"embedding": 0}, TEXT).get_submodule("rnn").input_size == len(LETTERS)


def test_dropout_is_for_training_alone() -> None:
    import torch

    model = build_model(LSTM, {"hidden": 30, "dropout": 0.5}, TEXT)
    tokens = torch.randint(0, 8, (1, 10))
    assert not torch.equal(model.train()(tokens)[0], model(tokens)[0])
    assert torch.equal(model.eval()(tokens)[0], model(tokens)[0])


@pytest.mark.parametrize("network", [RNN, LSTM])
def test_every_recipe_is_made_of_settings_that_there_are(network) -> None:
    from core.discovery import discover
    from core.run_config import check_settings, run_config

    registry = discover("plugins", installed=False)
    for data in (network.recipe.data, *network.recipes, "python-source", "text-file"):
        config = run_config(network, data)
        check_settings(registry, config)
        assert config.gradient_clip == 1
        assert config.data == data
    assert validated(network.config, {})
