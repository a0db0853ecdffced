"""`train` on the command line: headless, one result, one line for each mistake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest

from core.cli import main, train
from core.cli.train import Display
from core.control import Control
from core.data import Cancelled
from core.events import Problem
from core.home import runs_folder
from core.runs import RunStore
from tests.core.cli.conftest import Trained

ROOT = Path(__file__).parents[3]
PROMISED = {
    *("run", "network", "data", "epochs", "steps", "train_loss", "test_loss", "test_accuracy", "seconds"),
    "steps_per_second",
}
STEPS = 40


def train_lenet(*options: str) -> list[str]:
    return ["train", "lenet", "--epochs", "1", "--threads", "1", *options]


def result_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """The JSON on the last line."""
    assert main([*arguments, "--json"], "plugins") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def mistake(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line on stderr; nothing is trained, and nothing printed on stdout."""
    try:
        status = main(arguments, "plugins")
    except SystemExit as exit:
        status = exit.code  # type: ignore[assignment]
    said = capsys.readouterr()
    assert (status, said.out) == (2, "")
    (line,) = said.err.splitlines()
    assert not runs_folder().exists()
    return line


def test_with_all_defaults_lenet_learns_to_read(trained: Trained) -> None:
    assert trained.status == 0
    assert trained.result["test_accuracy"] >= 0.97
    assert (trained.result["network"], trained.result["data"]) == ("lenet", "digits")
    assert trained.result["state"] == "finished"


def test_the_result_is_one_json_object_with_all_that_was_promised_and_the_run_is_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = result_of(capsys, *train_lenet())
    assert set(result) >= PROMISED
    assert (result["epochs"], result["steps"]) == (1, STEPS)
    assert RunStore(runs_folder()).find("last").id == result["run"]


def test_without_json_it_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(train_lenet(), "plugins") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert f"finished after {STEPS} steps in " in line
    assert "test accuracy " in line
    assert line.startswith(RunStore(runs_folder()).find("last").id)


def test_the_same_command_gives_the_same_result(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (result_of(capsys, *train_lenet("--seed", "5")) for _ in range(2))
    other = result_of(capsys, *train_lenet("--seed", "6"))
    assert first["train_loss"] == second["train_loss"] != other["train_loss"]
    assert first["test_loss"] == second["test_loss"]


def test_settings_of_every_group_reach_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["seed=3", "optimizer.lr=0.05", "momentum=0.5", "nesterov=true", "schedule.warmup=0.2", "final=0.5"]
    chosen = ["--optimizer", "sgd", "--schedule", "cosine", "--batch-size", "64", "--device", "cpu"]
    result = result_of(capsys, *train_lenet(*chosen, *(part for s in settings for part in ("--set", s))))
    asked = RunStore(runs_folder()).find(result["run"]).asked()["config"]
    assert (asked["optimizer"], asked["schedule"], asked["batch_size"], asked["seed"]) == ("sgd", "cosine", 64, 3)
    assert {name: float(value) for name, value in asked["schedule_settings"].items()} == {"warmup": 0.2, "final": 0.5}
    assert float(asked["optimizer_settings"]["lr"]) == 0.05
    assert float(asked["optimizer_settings"]["momentum"]) == 0.5
    assert result["steps"] == 20


def configured(*options: str) -> Any:
    from core.cli import parser
    from core.discovery import discover

    return train.asked(parser().parse_args(train_lenet(*options)), discover("plugins", installed=False))


def test_an_assignment_may_choose_optimizer_schedule_and_data_too() -> None:
    found = configured(
        "--set", "momentum=0.5", "--set", "optimizer=sgd", "--set", "data=mnist", "--set", "schedule=step"
    )
    assert (found.optimizer, found.data, found.schedule) == ("sgd", "mnist", "step")
    assert found.optimizer_settings["momentum"] == 0.5


def test_the_learning_rate_goes_with_other_settings_of_the_optimizer() -> None:
    found = configured("--lr", "0.25", "--set", "beta1=0.5")
    assert (found.optimizer_settings["lr"], found.optimizer_settings["beta1"]) == (0.25, 0.5)
    assert configured("--lr", "0.25", "--set", "lr=0.5").optimizer_settings["lr"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "nonet"], "There is no network 'nonet'; there are: "),
        (["train", "lenet", "--data", "nodata"], "There is no data set 'nodata'; there are: "),
        (["train", "lenet", "--optimizer", "none"], "There is no optimizer 'none'; there are: "),
        (["train", "lenet", "--schedule", "none"], "There is no schedule 'none'; there are: "),
        (["train", "lenet", "--epochs", "0"], "epochs must be at least 1, not 0"),
        (["train", "lenet", "--epochs", "1.5"], "argument --epochs: invalid int value"),
        (["train", "lenet", "--lr", "-1"], "lr must be greater than 0"),
        (["train", "lenet", "--lr", "nan"], "lr must be a finite number"),
        (["train", "lenet", "--lr", "fast"], "argument --lr: invalid float value"),
        (["train", "lenet", "--batch-size", "0"], "batch_size must be at least 1"),
        (["train", "lenet", "--seed", "-4"], "seed must be at least 0"),
        (["train", "lenet", "--set", "colour=red"], "Nothing has a setting 'colour'; there are: "),
        (["train", "lenet", "--set", "colour"], "'colour' is not of the form key=value."),
        (["train", "lenet", "--set", "beta1=2"], "beta1 must be less than 1"),
        (["train", "lenet", "--set", "lr="], "lr must not be empty"),
        (["train", "lenet", "--set", "network=other"], "Nothing has a setting 'network'"),
        (["train", "lenet", "--set", "data=nodata"], "There is no data set 'nodata'"),
        (["train", "lenet", "--colour"], "unrecognized arguments: --colour"),
        (["train"], "the following arguments are required: NETWORK"),
        (["paint"], "invalid choice: 'paint'"),
        ([], "required: COMMAND"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert said in mistake(capsys, *arguments)


def test_a_run_that_fails_is_one_line_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    hot = ["--optimizer", "sgd", "--set", "lr=10", "--set", "momentum=0.99", "--schedule", "constant"]
    assert main(train_lenet(*hot, "--json"), "plugins") == 1
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert line.startswith("The loss stopped being a number at step ")
    assert said.out == ""


def test_a_device_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(train_lenet("--device", "abacus"), "plugins") == 1
    assert capsys.readouterr().err.startswith("This machine has no device 'abacus'; it has: ")


def test_help_lists_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["train", "--help"]):
        with pytest.raises(SystemExit) as exit:
            main(arguments, "plugins")
        assert exit.value.code == 0
    said = capsys.readouterr().out
    assert all(option in said for option in ("--batch-size", "--set", "--json", "classify", "networks"))


@pytest.mark.parametrize("debug", [False, True])
def test_an_error_of_ours_is_one_line_and_with_debug_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, debug: bool
) -> None:
    def broken(*_: Any) -> int:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr(train, "run", broken)
    if debug:
        with pytest.raises(ZeroDivisionError):
            main(train_lenet("--debug"), "plugins")
        return
    assert main(train_lenet(), "plugins") == 1
    assert capsys.readouterr().err == "ZeroDivisionError: two lines (add --debug for the traceback)\n"


def test_an_interrupt_is_no_traceback(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "run", interrupted)
    assert main(train_lenet(), "plugins") == 130
    assert capsys.readouterr().err == ""


def test_it_may_be_called_from_any_thread(capsys: pytest.CaptureFixture[str]) -> None:
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(main(train_lenet(), "plugins")))
    thread.start()
    thread.join()
    assert statuses == [0], capsys.readouterr().err


def test_the_interrupt_is_given_back_after_the_run() -> None:
    before = signal.getsignal(signal.SIGINT)
    with train.stopped_by_interrupt(Control()):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_an_interrupt_stops_the_run_and_keeps_it(trainyard_home: Path) -> None:
    plugin = """
        from core.api import Callback, hookimpl

        class Beep(Callback):
            def on_steps(self, event):
                print("step", flush=True)

        @hookimpl
        def make_callbacks(run):
            return [Beep()]
        """
    (trainyard_home / "plugins").mkdir(parents=True)
    (trainyard_home / "plugins" / "beep.py").write_text(textwrap.dedent(plugin))
    command = [sys.executable, "main.py", "train", "lenet", "--epochs", "10000", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, "")
    result = json.loads(out.splitlines()[-1])
    assert result["state"] == "stopped"
    assert result["steps"] > 0
    kept = RunStore(runs_folder()).find("last")
    assert (kept.id, kept.state()) == (result["run"], "stopped")


def test_training_imports_neither_qt_nor_what_it_has_no_use_for() -> None:
    command = [sys.executable, "-X", "importtime", "main.py", *train_lenet("--json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert set(json.loads(done.stdout.splitlines()[-1])) >= PROMISED
    assert "core.trainer" in done.stderr
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "torch.optim.adamw" in imported
    assert not {"PySide6", "pyqtgraph", "sklearn", "scipy", "pandas"} & imported


@pytest.mark.parametrize("live", [True, False])
def test_what_is_shown_may_hold_brackets(capsys: pytest.CaptureFixture[str], live: bool) -> None:
    text = "it broke: [/red] [bold] 'x[0]' in [/tmp/some folder]" + " and so on" * 20
    with Display(Control(), live=live) as display:
        display.progress(1, 2, "Loading [/red] digits")
        display.show(Problem("x", text))
        display._bar.refresh()
    assert text in capsys.readouterr().err, "it was changed, or broken over lines"


def test_preparing_is_cancelled_by_a_stop() -> None:
    control = Control()
    display = Display(control, live=False)
    display.progress(1, 2, "Downloading")
    control.stop()
    with pytest.raises(Cancelled):
        display.progress(2, 2, "Downloading")


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_on_a_terminal_there_is_a_progress_bar() -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "main.py", *train_lenet("--json")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, text=True) as running:
        os.close(theirs)
        shown = b""
        while chunk := read_until_closed(ours):
            shown += chunk
        out, _ = running.communicate(timeout=60)
    os.close(ours)
    assert running.returncode == 0
    assert b"lenet on digits" in shown
    assert b"steps/s" in shown
    assert len(out.splitlines()) == 1, "stdout is for the result alone"


def read_until_closed(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's way of saying that the other end was closed
        return b""
