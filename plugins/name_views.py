"""Looks at how a name is recognised: the guess after each letter, and the guesses on the probe."""

from __future__ import annotations

from core.api import Cadence, Config, Snapshot, View, VisualizationSpec, hookimpl, setting

TASK = "text-classification"
MOST_PROBES = 16


class LettersSettings(Config):
    """Whose letters."""

    name: str = setting("", "Name", "Any name; empty: one of the probe's.")
    probe: int = setting(
        *(1, "Probe", "Which name of the probe, where none is written above; the last one where there are fewer."),
        minimum=1,
        maximum=MOST_PROBES,
    )


def letters(snapshot: Snapshot) -> View:
    """See :func:`plugins._name_pictures.letters`."""
    from plugins import _name_pictures  # imports torch, which is not there yet when plugins are read

    return _name_pictures.letters(snapshot, snapshot.chosen(LettersSettings))


def guesses(snapshot: Snapshot) -> View:
    """See :func:`plugins._name_pictures.guesses`."""
    from plugins import _name_pictures

    return _name_pictures.guesses(snapshot)


@hookimpl
def register_visualizations() -> list[VisualizationSpec]:
    """Views of the networks that read names."""
    return [
        VisualizationSpec(
            *("name-letters", "Guess letter by letter", letters),
            task=TASK,
            cadence=Cadence("steps", 20),
            config=LettersSettings,
            summary="How probable each language is once so many letters of a name are read.",
        ),
        VisualizationSpec(
            *("name-guesses", "Guesses on the probe", guesses),
            task=TASK,
            cadence=Cadence("steps", 20),
            summary="A few names that are not trained on, and what the network says of them now.",
        ),
    ]
