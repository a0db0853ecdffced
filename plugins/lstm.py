"""A language model on a network with gates: the LSTM, or the GRU.

After Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997), with the forget gate of Gers et al. (2000), as
colah's "Understanding LSTM Networks" explains it; the GRU is that of Cho et al. (2014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from core.api import Config, DataInfo, NetworkSpec, Recipe, hookimpl, setting
from plugins._text import dropout_share, hello_recipe, hidden_size, layer_count, long_memory_recipe

if TYPE_CHECKING:
    from torch import Tensor, nn


class LSTMConfig(Config):
    """Which gates, and how large the network is."""

    cell: Literal["LSTM", "GRU"] = setting(
        "LSTM", "Cell", "The GRU has two gates and no cell state; the LSTM has both."
    )
    hidden: int = hidden_size()
    layers: int = layer_count()
    embedding: int = setting(
        *(64, "Embedding", "Numbers that stand for a character, and are learnt; 0: a single 1 among zeros (one-hot)."),
        minimum=0,
        maximum=1024,
    )
    dropout: float = dropout_share(0.25)
    forget_bias: float = setting(
        1.0,
        "Forget bias",
        "The higher, the more of its memory a new network keeps at each step (GRU: bias of the update gate).",
        minimum=-10.0,
        maximum=10.0,
        advanced=True,
    )


class Gates(NamedTuple):
    """What an LSTM decides at one character, H numbers each: 0..1, but ``candidate`` from −1 to 1."""

    input: Tensor
    """How much of the candidate is written."""
    forget: Tensor
    """How much of the cell state is kept."""
    candidate: Tensor
    """What might be written."""
    output: Tensor
    """How much of the cell state is shown."""


def lstm_gates(x: Tensor, h: Tensor, W_x: Tensor, W_h: Tensor, b: Tensor) -> Gates:
    """The gates, from the input ``x`` and the hidden state ``h`` of before.

    The four stand below each other in ``W_x``: 4H×E, ``W_h``: 4H×H, and ``b``: 4H, as torch keeps them.
    """
    i, f, g, o = (W_x @ x + W_h @ h + b).chunk(4)
    return Gates(i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid())


def lstm_step(x: Tensor, h: Tensor, c: Tensor, W_x: Tensor, W_h: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Gates]:
    """The next hidden state, the next cell state, and the gates that led to them."""
    gates = lstm_gates(x, h, W_x, W_h, b)
    c = gates.forget * c + gates.input * gates.candidate
    h = gates.output * c.tanh()
    return h, c, gates


def gru_step(x: Tensor, h: Tensor, W_x: Tensor, W_h: Tensor, b_x: Tensor, b_h: Tensor) -> Tensor:
    """The next hidden state; reset gate, update gate and candidate stand below each other: 3H×E, 3H×H, 3H.

    As in torch, the reset gate works on ``W_h @ h + b_h``, which is why there are two biases.
    """
    from_input, from_state = (W_x @ x + b_x).chunk(3), (W_h @ h + b_h).chunk(3)
    reset = (from_input[0] + from_state[0]).sigmoid()
    update = (from_input[1] + from_state[1]).sigmoid()
    candidate = (from_input[2] + reset * from_state[2]).tanh()
    return (1 - update) * candidate + update * h


def build(config: LSTMConfig, info: DataInfo) -> nn.Module:
    """``torch.nn.LSTM`` (or ``GRU``), which takes :func:`lstm_step` for a whole window at once, between two layers."""
    from plugins._recurrent import TokenModel

    return TokenModel(
        *(config.cell, len(info.vocabulary), config.hidden, config.layers),
        embedding=config.embedding,
        dropout=config.dropout,
        forget_bias=config.forget_bias,
    )


def refuses(config: LSTMConfig, info: DataInfo) -> str | None:
    """It reads tokens and says which one comes next."""
    if not info.vocabulary or info.classes != info.vocabulary:
        return "The LSTM asks which character comes next, and this data set does not: choose a text."
    return None


@hookimpl
def register_networks() -> list[NetworkSpec]:
    """LSTM and GRU."""
    text = Recipe(
        data="python-docs",
        epochs=15,
        batch_size=32,
        gradient_clip=1.0,
        optimizer_settings={"lr": 8e-3},
        schedule_settings={"warmup": 0.1},
    )
    small = {"hidden": 4, "embedding": 0, "dropout": 0.0}
    remembering = {"hidden": 64, "embedding": 16, "dropout": 0.0, "forget_bias": 5.0}
    return [
        NetworkSpec(
            id="lstm",
            title="LSTM",
            summary="A network that learns what to remember and what to forget; with the GRU as an option.",
            task="language-model",
            build=build,
            config=LSTMConfig,
            refuses=refuses,
            recipe=text,
            recipes={
                **dict.fromkeys(("python-source", "tiny-shakespeare"), text.model_copy(update={"epochs": 10})),
                "hello": hello_recipe(small),
                "long-memory": long_memory_recipe(remembering),
            },
            evaluation_batch=32,
        )
    ]
