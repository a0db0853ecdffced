"""The numbers of a part of the data are right, also where answers are no numbers or classes are empty."""

from __future__ import annotations

import numpy as np
import pytest

from core.events import Judged
from core.judgement import NONE, Judgement, recall_of, report, wilson_interval

CLASSES = ("cat", "dog", "frog")
PREDICTED = [0, 0, 1, 1, 1, 2, 0, 2]
TARGETS = np.array([0, 0, 0, 1, 1, 2, 2, 2])


def logits_for(predicted: list[int], classes: int = 3, sure: float = 2.0) -> np.ndarray:
    """Logits that make these classes the likeliest, each sample a little surer than the one before."""
    logits = np.zeros((len(predicted), classes), np.float32)
    logits[np.arange(len(predicted)), predicted] = sure + 0.1 * np.arange(len(predicted))
    return logits


def judgement(predicted: list[int] = PREDICTED, targets: np.ndarray = TARGETS) -> Judgement:
    return Judgement(Judged("val", 10, 1, logits_for(predicted), targets), CLASSES)


def test_the_confusion_matrix_has_true_classes_as_rows_and_predicted_ones_as_columns() -> None:
    assert report(logits_for(PREDICTED), TARGETS, CLASSES).confusion.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 2]]


def test_accuracy_precision_recall_and_f1_are_those_worked_out_by_hand() -> None:
    found = report(logits_for(PREDICTED), TARGETS, CLASSES)
    assert (found.right, found.total, found.accuracy) == (6, 8, 0.75)
    assert found.support.tolist() == [3, 2, 3]
    assert found.recall.tolist() == pytest.approx([2 / 3, 1, 2 / 3])
    assert found.precision.tolist() == pytest.approx([2 / 3, 2 / 3, 1])
    assert found.f1.tolist() == pytest.approx([2 / 3, 0.8, 0.8])
    assert found.mean_precision == pytest.approx(7 / 9)
    assert found.fault == ""


def test_a_share_of_nothing_is_no_number_and_does_not_count_in_the_mean() -> None:
    found = report(logits_for([0, 0, 1]), np.array([0, 0, 0]), CLASSES)
    assert found.recall[0] == pytest.approx(2 / 3)
    assert np.isnan(found.recall[1:]).all()
    assert found.precision[:2].tolist() == [1, 0]
    assert np.isnan(found.precision[2])
    assert found.mean_recall == pytest.approx(2 / 3)


def test_no_samples_are_no_accuracy_and_no_failure() -> None:
    found = report(np.zeros((0, 3), np.float32), np.zeros(0, np.int64), CLASSES)
    assert np.isnan(found.accuracy)
    assert np.isnan(found.mean_f1)
    assert found.interval == (0.0, 1.0)


def test_samples_without_a_true_class_are_not_counted() -> None:
    targets = TARGETS.copy()
    targets[2] = -100
    found = judgement(targets=targets)
    assert (found.report.right, found.report.total) == (6, 7)
    assert 2 not in found.mistakes()


# R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_that_of_the_literature(right: int, total: int, low: float, high: float) -> None:
    assert wilson_interval(right, total) == pytest.approx((low, high), abs=5e-5)


def test_answers_that_are_no_numbers_count_as_wrong_and_are_told() -> None:
    logits = logits_for(PREDICTED)
    logits[0] = np.nan
    logits[1, 2] = np.inf
    found = Judgement(Judged("val", 1, 1, logits, TARGETS), CLASSES)
    assert found.predicted[:3].tolist() == [NONE, NONE, 1]
    assert (found.report.right, found.report.total, found.report.unanswered) == (4, 8, 2)
    assert found.report.recall[0] == 0
    assert found.report.confusion.sum() == 6
    assert found.guesses(0) == ()
    assert np.isposinf(found.losses[:2]).all()
    assert found.mistakes()[:2].tolist() == [0, 1]
    assert "2 of 8 samples is not a number" in found.report.fault


def test_only_answers_that_are_no_numbers_leave_a_report() -> None:
    found = report(np.full((8, 3), np.nan, np.float32), TARGETS, CLASSES)
    assert found.accuracy == 0
    assert found.fault.startswith("The answer to every sample is not a number")


def test_a_class_ruled_out_by_minus_infinity_is_an_answer() -> None:
    logits = np.array([[1.0, -np.inf, 0.0], [1.0, -np.inf, 0.0]], np.float32)
    found = Judgement(Judged("val", 1, 1, logits, np.array([0, 1])), CLASSES)
    assert found.predicted.tolist() == [0, 0]
    assert np.isfinite(found.losses[0])
    assert np.isposinf(found.losses[1])
    assert found.probabilities([0])[0].sum() == pytest.approx(1)


def test_the_loss_is_the_cross_entropy_also_of_huge_logits() -> None:
    logits = np.array([[1e4, 0, 0], [0, 1e4, 0], [0, 0, 0]], np.float32)
    found = Judgement(Judged("val", 1, 1, logits, np.array([0, 0, 0])), CLASSES)
    assert found.losses.tolist() == pytest.approx([0, 1e4, np.log(3)])


def test_mistakes_come_by_loss_and_right_answers_by_certainty() -> None:
    found = judgement()
    assert found.mistakes().tolist() == [6, 2]
    assert found.mistakes(1).tolist() == [6]
    assert found.surest(2).tolist() == [7, 5]
    assert (np.diff(found.losses[found.surest()]) >= 0).all()


def test_a_cell_a_row_and_a_column_name_their_samples() -> None:
    found = judgement()
    assert found.samples(2, 0).tolist() == [6]
    assert sorted(found.samples(true=0)) == [0, 1, 2]
    assert sorted(found.samples(predicted=1)) == [2, 3, 4]
    for true in range(3):
        for predicted in range(3):
            assert len(found.samples(true, predicted)) == found.report.confusion[true, predicted]


def test_the_top_guesses_come_with_their_probabilities() -> None:
    logits = np.log(np.array([[0.2, 0.5, 0.3]], np.float32))
    guesses = Judgement(Judged("val", 1, 1, logits, np.array([0])), CLASSES).guesses(0, 2)
    assert [guess.label for guess in guesses] == [1, 2]
    assert [guess.probability for guess in guesses] == pytest.approx([0.5, 0.3])


def test_fewer_classes_than_guesses_are_all_of_them() -> None:
    made = Judgement(Judged("val", 1, 1, np.array([[0.0, 1.0]], np.float32), np.array([0])), ("a", "b"))
    assert len(made.guesses(0, 3)) == 2


def test_the_quick_recall_is_that_of_the_report() -> None:
    chance = np.random.default_rng(1)
    logits, targets = chance.normal(size=(200, 5)).astype(np.float32), chance.integers(0, 4, 200)
    logits[3] = np.nan
    full = report(logits, targets, list("abcde"))
    np.testing.assert_allclose(recall_of(logits, targets, 5), full.recall)


@pytest.mark.parametrize(
    ("logits", "targets", "classes"),
    [((4, 3), [0, 1, 2], 3), ((3, 3), [0, 1, 2], 2), ((3, 3), [0, 1, 3], 3)],
)
def test_what_does_not_fit_together_is_refused(logits: tuple[int, int], targets: list[int], classes: int) -> None:
    judged = Judged("val", 1, 1, np.zeros(logits, np.float32), np.array(targets))
    with pytest.raises(ValueError, match=r"fit|no class"):
        Judgement(judged, CLASSES[:classes])
