"""The parts of the benchmarks that decide what their figures mean; the measuring itself is left to `make bench`."""

from __future__ import annotations

import importlib.util
import platform
import socket
from pathlib import Path
from typing import Any

import pytest

from benchmarks import report
from benchmarks.__main__ import NAMES, main
from benchmarks.report import Check, Section, replaced, spread

SECTION = Section("race", "A race", "Who is first.", ("Side", "s"), [("ours", "1.0"), ("theirs", "12.0")])


def test_a_new_section_goes_to_the_end() -> None:
    assert replaced("# Results\n", "race", "body") == "# Results\n\n<!-- begin race -->\nbody\n<!-- end race -->\n"


def test_a_section_takes_the_place_of_its_predecessor_and_of_nothing_else() -> None:
    document = replaced(replaced("# Results\n", "race", "old"), "other", "kept")
    assert replaced(document, "race", "new") == document.replace("old", "new")


def test_writing_the_same_section_twice_changes_nothing() -> None:
    once = replaced("# Results\n", "race", "body")
    assert replaced(once, "race", "body") == once


@pytest.mark.parametrize("lost", ["<!-- begin race -->", "<!-- end race -->"])
def test_a_lost_marker_is_named_and_nothing_is_overwritten(lost: str) -> None:
    document = replaced("# Results\n", "race", "body").replace(lost, "")
    with pytest.raises(ValueError, match="race"):
        replaced(document, "race", "new")


def test_the_document_is_made_and_its_sections_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "results.md"
    report.write(SECTION, path)
    report.write(Section("other", "Another", "", ("Side",), [("only",)]), path)
    before = path.read_text("utf-8")
    report.write(SECTION, path)
    assert path.read_text("utf-8") == before
    assert before.startswith("# Results")
    assert before.index("## A race") < before.index("| ours | 1.0 |") < before.index("## Another")


def test_the_machine_is_described_without_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    words = report.circumstances()
    assert platform.python_version() in words
    assert report.processor() in words
    assert not platform.node() or platform.node() not in words.split()


def test_the_terminal_table_has_aligned_columns() -> None:
    lines = SECTION.terminal().splitlines()
    assert lines == ["A race", "  Side    s", "  ours    1.0", "  theirs  12.0"]


@pytest.mark.parametrize(
    ("value", "at_least", "holds"), [(0.95, True, True), (0.94, True, False), (0.95, False, True), (0.96, False, False)]
)
def test_a_limit_may_be_reached_but_not_passed(value: float, at_least: bool, holds: bool) -> None:
    check = Check("ratio", value, 0.95, at_least=at_least)
    assert check.holds is holds
    assert ("missed" in str(check)) is not holds


def test_a_missed_check_is_shown_on_the_terminal_and_in_the_document() -> None:
    section = Section("race", "A race", "", ("Side",), [("ours",)], [Check("ratio", 0.5, 0.95, at_least=True)])
    assert "0.5, should be at least 0.95: missed" in section.terminal()
    assert "**missed**" in section.markdown("today")


def test_a_spread_shows_the_median_and_the_quartiles_or_the_range_of_a_few() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2.00 (1.00–3.00)"
    assert spread([1.0, 2.0, 3.0, 4.0, 100.0]).startswith("3.00 (1.50–")


def test_every_benchmark_can_be_found_and_measures() -> None:
    for name in NAMES:
        spec = importlib.util.find_spec(f"benchmarks.{name}")
        assert spec is not None and spec.origin is not None, name
        assert "def measure() -> Section:" in Path(spec.origin).read_text("utf-8"), name


def test_an_unknown_benchmark_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["start_down"])
    assert stopped.value.code == 2
    assert "start_up" in capsys.readouterr().err


def test_each_turn_is_compared_with_its_neighbours_on_both_sides() -> None:
    from benchmarks.duel import Duel, Turn

    duel = Duel(bare=None, steps=10)  # type: ignore[arg-type]
    for ours, theirs in ((1.0, 1.0), (5.0, 4.0), (2.0, 8.0)):
        duel.trainer_turns.append(Turn(10, 10 / ours, 0.0))
        duel.bare_turns.append(Turn(10, 10 / theirs, 10 / theirs))
    # The first of each side is left out; the last turn of the trainer has the bare loop's turn before it, too.
    assert duel.ratios() == pytest.approx([5 / 4, 2 / 8, 2 / 4])
    assert duel.ratios(with_validation=True) == pytest.approx([5 / 2, 2 / 4, 2 / 2])
    assert duel.speeds() == pytest.approx((3.5, 6.0))


def test_trainer_and_bare_loop_do_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks import training_runs

    plain = training_runs.asked
    monkeypatch.setattr(training_runs, "asked", lambda *a, **k: plain(*a, **k).model_copy(update={"threads": 1}))
    duel = training_runs.without_window("digits", 1, 10)  # raises where the two sides end in different weights
    assert sum(turn.steps for turn in duel.bare_turns) == sum(turn.steps for turn in duel.trainer_turns) > 0


def test_sides_that_were_not_trained_alike_are_told_apart() -> None:
    import torch

    from benchmarks.duel import check_same_weights

    one, other = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
    with pytest.raises(RuntimeError, match="weight"):
        check_same_weights(one, other)
    other.load_state_dict(one.state_dict())
    check_same_weights(one, other)


def test_the_delay_probe_counts_all_that_waits_while_the_event_loop_is_busy(qtbot: Any) -> None:
    from benchmarks.delay_probe import DelayProbe

    probe = DelayProbe()
    try:
        qtbot.waitUntil(lambda: bool(probe.delays))
        before = len(probe.delays)
        while len(_waiting(probe)) < 5 * 8:  # the event loop does not run here, as if the window were busy
            pass
        qtbot.waitUntil(lambda: len(probe.delays) >= before + 5)
        waited = [delay for _, delay in probe.delays[before : before + 5]]
        assert waited == sorted(waited, reverse=True)
        assert waited[0] > waited[-1] > 0
    finally:
        probe.close()


def _waiting(probe: Any) -> bytes:
    try:
        return bytes(probe._socket.recv(1024, socket.MSG_PEEK))
    except BlockingIOError:
        return b""
