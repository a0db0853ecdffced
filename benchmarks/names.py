"""How well the name RNN tells the languages of names apart, what it mixes up, and how soon it answers a key."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.report import Check, Section

if TYPE_CHECKING:
    from core.judgement import Report
    from core.typed_answer import TypedAnswer
    from gui.try_it.typing_panel import TypingPanel
    from gui.typing_answers import TypingAnswers

HOW = (
    "`python main.py train name_rnn --data names --set path=… --json` with all other defaults, seed 0, whose cell is a "
    "GRU, and the same with `--set cell=LSTM` and `--set cell=RNN`, on the surnames of 18 languages in "
    "`TRAINYARD_DATA`, each name once a language; without that folder on those that come with the program. The "
    "accuracy is that on the held-out tenth, which shares no name with the rest. A typed answer is timed from the key "
    "to the drawn panel, offscreen, while the same network is being trained in the same process and its answers are "
    "refreshed."
)
MATRIX = (
    "What the names of the held-out tenth are taken for by the GRU: a row for each language that a name is of, a "
    "column for each that the network says; empty is none."
)
HEADER = ("Cell", "Names", "Test accuracy", "Validation accuracy", "Training, s", "Steps/s")
ROOT = Path(__file__).parent.parent
CELLS = ("GRU", "LSTM", "RNN")
LEAST_ACCURACY, MOST_MS, MOST_TRAINING_S = 0.8, 20.0, 180.0
TYPED = (
    *("Satoshi", "Schmidhuber", "O'Leary", "Kowalczyk", "Papadopoulos", "Nguyen", "Rodriguez", "Dvorak", "Rossi"),
    *("Fitzgerald", "Vandenberg", "Moreau", "Ivanov", "Takahashi", "Choi", "Haddad", "Ferreira", "Mackenzie"),
)
KEYS_APART_S = 0.06
LETTERS = 3


def measure() -> Section:
    """Train with each cell, then type while another run goes on."""
    folder = names_folder()
    settings = [f"path={folder}"] if folder else []
    rows, notes = [], [] if folder else ["The 18 languages were left out: `TRAINYARD_DATA` is not set."]
    checks: list[Check] = []
    matrix = ""
    for cell in CELLS:
        summary = train([*settings, f"cell={cell}"])
        rows.append(row(cell, "18 languages" if folder else "embedded", summary))
        if folder and cell == CELLS[0]:
            checks = [
                Check("Test accuracy", summary["test_accuracy"], LEAST_ACCURACY, at_least=True),
                Check("Training", summary["seconds"], MOST_TRAINING_S, at_least=False, unit="s"),
            ]
        if cell == CELLS[0]:
            matrix = confusion(summary["run"])
    waits = typed_answers(settings)
    figures = statistics.quantiles(waits, n=100, method="inclusive")
    checks.append(Check("p95 of a typed answer during a training", figures[94], MOST_MS, at_least=False, unit="ms"))
    notes.append(f"Typed answers: p50 {figures[49]:.1f} ms, largest {max(waits):.1f} ms, {len(waits)} keys.")
    return Section("names", "The languages of names", HOW, HEADER, rows, checks, notes, matrix)


def names_folder() -> Path | None:
    """The folder with a file for each language, where there is one."""
    data = os.environ.get("TRAINYARD_DATA")
    folder = Path(data) / "names" if data else None
    return folder if folder and folder.is_dir() else None


def train(assignments: list[str]) -> dict[str, Any]:
    """The summary of a run on the command line, in the benchmark's own home."""
    settings = [part for assignment in assignments for part in ("--set", assignment)]
    command = [sys.executable, "main.py", "train", "name_rnn", "--data", "names", *settings, "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    summary: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return summary


def row(cell: str, names: str, summary: dict[str, Any]) -> tuple[str, ...]:
    """One line of the table."""
    shares = (f"{summary[f'{part}_accuracy']:.1%}" for part in ("test", "val"))
    return cell, names, *shares, f"{summary['seconds']:.1f}", f"{summary['steps_per_second']:.0f}"


def confusion(run: str) -> str:
    """The confusion matrix of a kept run's test part, as a table in Markdown."""
    from benchmarks.quiet import no_progress
    from core.discovery import discover
    from core.home import data_folders, runs_folder
    from core.judgement import report
    from core.kept import kept_model
    from core.kept_evaluation import evaluate_kept
    from core.runs import RunStore

    registry = discover("plugins", installed=False)
    kept = kept_model(RunStore(runs_folder()).find(run), registry)
    found = evaluate_kept(kept, registry, data_folders(), no_progress)
    if found.judged is None:
        raise RuntimeError("The run's task classifies nothing.")
    numbers = report(found.judged.logits, found.judged.targets, found.classes)
    columns = ["", *(name[:LETTERS] for name in numbers.classes), "names", "right"]
    rows = [columns, ["---", *["--:"] * (len(columns) - 1)]]
    rows += [matrix_row(numbers, language) for language in range(len(numbers.classes))]
    return "\n".join([MATRIX, "", *(f"| {' | '.join(cells)} |" for cells in rows)])


def matrix_row(numbers: Report, language: int) -> list[str]:
    """A language, how many of its names are taken for which, how many there are, and the share that is right."""
    counts, total = [int(count) for count in numbers.confusion[language]], int(numbers.support[language])
    cells = [str(count) if count else "" for count in counts]
    cells[language] = f"**{counts[language]}**"
    share = f"{counts[language] / total:.0%}" if total else "–"
    return [numbers.classes[language], *cells, str(total), share]


def typed_answers(assignments: list[str]) -> list[float]:
    """Milliseconds from each key to the drawn answer while a run goes on."""
    from benchmarks.window import wait_for
    from core.discovery import discover
    from core.run_config import run_config
    from gui.app import make_application
    from gui.session import Session
    from gui.theme import apply_theme
    from gui.try_it.typing_panel import TypingPanel
    from gui.typing_answers import TypingAnswers

    apply_theme(make_application(), "system")
    registry = discover("plugins", installed=False)
    panel = TypingPanel()
    session = Session(registry, panel)
    answers = TypingAnswers(session, panel)
    session.events.connect(lambda _events: answers.refresh())
    panel.resize(panel.sizeHint())
    panel.show()
    path = dict(part.split("=", 1) for part in assignments)
    config = run_config(registry.get("networks", "name_rnn"), "names", data_settings=path, epochs=1000, device="cpu")
    session.start(config)
    wait_for(session.started)
    panel.set_text("a")
    wait_for(answers.answered)  # the first answer copies the model
    waits = typed(panel, answers)
    session.stop()
    wait_for(session.ended)
    answers.close()
    panel.close()
    return waits


def typed(panel: TypingPanel, answers: TypingAnswers) -> list[float]:
    """Milliseconds from each key to the drawn answer."""
    from benchmarks.window import spin

    waits = []
    for name in TYPED:
        panel.line.clear()
        for letter in name:
            spin(KEYS_APART_S)
            began = time.perf_counter()
            panel.line.insert(letter)
            shown = ""
            while shown != panel.text():  # one that was on its way may be that to the text before
                shown = next_answer(answers)
            panel.repaint()
            waits.append((time.perf_counter() - began) * 1000)
    return waits


def next_answer(answers: TypingAnswers) -> str:
    """The text of the next answer."""
    from benchmarks.window import wait_for

    found: list[str] = []

    def take(answer: TypedAnswer) -> None:
        found.append(answer.text)

    answers.answered.connect(take)
    wait_for(answers.answered)
    answers.answered.disconnect(take)
    return found[-1]
