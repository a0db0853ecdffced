"""What the views of the name networks show, computed from the model at a safe point."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from core.api import Heatmap, Snapshot, Table, View
from plugins._names import PADDING, UNKNOWN, small, tokens_of
from plugins.name_views import LettersSettings

MOST_TYPED = 1000
SHOWN = "·"
"""Stands for a letter that the network does not know."""


def letters(snapshot: Snapshot, settings: LettersSettings) -> View:
    """The probability of each class after each letter of a name, classes×letters."""
    vocabulary = snapshot.info.vocabulary
    tokens, truth = _chosen(snapshot, settings)
    tokens = tokens[: max(1, int((tokens != _padding(vocabulary)).sum()))]
    beginnings = np.full((len(tokens), snapshot.probe.raw.shape[1]), _padding(vocabulary), np.int64)
    for count in range(1, len(tokens) + 1):
        beginnings[count - 1, :count] = tokens[:count]
    shares = _shares(snapshot, beginnings)
    best = snapshot.info.classes[int(shares[-1].argmax())]
    name = _written(tokens, vocabulary)
    return Heatmap(
        values=shares.T.copy(),
        row_labels=snapshot.info.classes,
        column_labels=[_written(tokens[at : at + 1], vocabulary) for at in range(len(tokens))],
        y_label="language",
        x_label="letter",
        ends=(0.0, 1.0),
        text_axis=True,
        caption=f"“{name}”{truth}: {best}, {shares[-1].max():.0%} sure once all letters are read.",
    )


def guesses(snapshot: Snapshot) -> View:
    """Each name of the probe with its class, the likeliest class and how likely it is."""
    classes, targets = snapshot.info.classes, snapshot.probe.targets
    shares = _shares(snapshot, snapshot.probe.raw.astype(np.int64))
    rows = []
    for tokens, target, share in zip(snapshot.probe.raw, targets, shares, strict=True):
        guess = int(share.argmax())
        mark = "✓" if guess == target else "✗"
        name = _written(tokens, snapshot.info.vocabulary)
        rows.append((name, classes[target], f"{mark} {classes[guess]}", f"{share[guess]:.0%}"))
    right = int((shares.argmax(axis=1) == targets).sum())
    caption = f"{right} of {len(rows)} names of the probe are recognised."
    return Table(columns=("Name", "Language", "Guess", "Sure"), rows=rows, caption=caption)


def _chosen(snapshot: Snapshot, settings: LettersSettings) -> tuple[NDArray[np.int64], str]:
    """Its tokens, and what it truly is where that is known."""
    raw, info = snapshot.probe.raw, snapshot.info
    typed = small(settings.name[:MOST_TYPED])
    if typed and UNKNOWN in info.vocabulary and info.vocabulary[0] == PADDING:
        return tokens_of([typed], info.vocabulary, raw.shape[1])[0].astype(np.int64), ""
    row = min(settings.probe, len(raw)) - 1
    return raw[row].astype(np.int64), f" ({info.classes[snapshot.probe.targets[row]]})"


def _shares(snapshot: Snapshot, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
    """The softmax of the model's logits, N×classes; nothing is left behind in the model."""
    model = snapshot.model
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            logits = model(torch.from_numpy(tokens).to(snapshot.probe.inputs.device))
    finally:
        model.train(training)
    found: NDArray[np.float32] = torch.softmax(logits.float(), dim=1).cpu().numpy()
    return found


def _padding(vocabulary: tuple[str, ...]) -> int:
    return vocabulary.index(PADDING) if PADDING in vocabulary else -1


def _written(tokens: NDArray[np.integer], vocabulary: tuple[str, ...]) -> str:
    return "".join(SHOWN if vocabulary[token] == UNKNOWN else vocabulary[token] for token in tokens)
