from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from core import token_batches
from core.batches import Batch
from core.data import DataInfo, Split, TokenStream
from core.job import batches_of, make_probe
from core.token_batches import NO_ANSWER, SequenceBatches, StreamBatches

CPU = torch.device("cpu")


def stream(count: int) -> TokenStream:
    return TokenStream(np.arange(count, dtype=np.uint16))


def windows(count: int, window: int, lanes: int, seed: int | None = None) -> StreamBatches:
    return StreamBatches(stream(count), window, lanes, CPU, seed=seed)


def tokens_of(batch: Batch) -> list[list[int]]:
    """What is read and, behind it, the last answer."""
    whole: list[list[int]] = torch.cat([batch.inputs, batch.targets[:, -1:]], dim=1).tolist()
    return whole


def train(source: StreamBatches, epoch: int = 0, first: int = 0) -> list[tuple[list[list[int]], object]]:
    """What each batch reads, and the state it is given; its own state names the last token of each lane."""
    seen = []
    for batch in source.epoch(epoch, first):
        seen.append((tokens_of(batch), batch.state))
        batch.state = batch.targets[:, -1].tolist()
    return seen


def test_the_targets_are_the_tokens_that_come_next() -> None:
    for batch in windows(100, 7, 3).epoch():
        assert torch.equal(batch.targets, batch.inputs + 1)
        assert batch.inputs.dtype == batch.targets.dtype == torch.int64
        assert len(batch) == batch.targets.numel()


def test_evaluation_asks_for_every_token_of_every_lane_once() -> None:
    chance = random.Random(7)
    for _ in range(60):
        count, window, lanes = chance.randint(2, 400), chance.randint(1, 50), chance.randint(1, 12)
        source = windows(count, window, lanes)
        found = [batch.targets.flatten() for batch in source.epoch()]
        assert len(found) == len(source)
        asked = torch.cat(found).tolist()
        assert sorted(asked) == list(range(1, len(asked) + 1)), "none twice, and none left out in between"
        assert count - 1 - len(asked) < source.lanes <= lanes


def test_each_lane_goes_on_where_its_last_window_ended_and_so_does_its_state() -> None:
    for seed in (None, 1):
        previous = None
        for tokens, state in train(windows(4000, 8, 4, seed)):
            assert all(row == list(range(row[0], row[0] + len(row))) for row in tokens)
            if previous is not None:
                assert [row[0] for row in tokens] == [row[-1] for row in previous]
                assert state == [row[0] for row in tokens]
            else:
                assert state is None, "nothing was read before the first window"
            previous = tokens


def test_a_new_reading_of_the_text_begins_without_a_state_and_at_another_offset() -> None:
    source = windows(3000, 7, 2, seed=0)
    starts = set()
    for epoch in range(5):
        (tokens, state), *_ = train(source, epoch)
        assert state is None
        starts.add(tokens[0][0])
    assert len(starts) > 1
    assert all(start < 7 for start in starts)


def test_training_takes_whole_windows_and_stays_within_the_text() -> None:
    chance = random.Random(8)
    for _ in range(60):
        count, window, lanes = chance.randint(2, 300), chance.randint(1, 40), chance.randint(1, 9)
        source = windows(count, window, lanes, seed=chance.randint(0, 99))
        for epoch in (0, 3):
            seen = [tokens for tokens, _ in train(source, epoch)]
            assert len(seen) == len(source)
            assert {len(row) for tokens in seen for row in tokens} == {source.window + 1}
            assert max(row[-1] for tokens in seen for row in tokens) < count


def test_an_epoch_begun_in_the_middle_goes_on_as_if_it_had_not_stopped() -> None:
    whole = train(windows(900, 5, 3, seed=4), epoch=2)
    resumed = windows(900, 5, 3, seed=4)
    resumed.state = whole[30][1]
    assert train(resumed, epoch=2, first=30) == whole[30:]


def test_an_epoch_of_a_long_text_is_a_part_and_the_next_one_goes_on_with_the_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(token_batches, "LONGEST_EPOCH", 4 * 5 * 110)
    source = windows(4 * 5 * 250 + 1, 5, 4, seed=0)
    assert (source.windows, len(source)) == (250, 110)
    seen = [pair for epoch in range(5) for pair in train(source, epoch)]
    firsts = [tokens[0][0] for tokens, _ in seen]
    assert firsts[:250] == list(range(0, 1250, 5)), "the first reading takes two epochs and a bit"
    assert [index for index, (_, state) in enumerate(seen) if state is None] == [0, 250, 500]
    assert all(state == [row[0] for row in tokens] for tokens, state in seen if state is not None)
    assert windows(4 * 5 * 250 + 1, 5, 4).windows == 250, "evaluation is over all of it"


def test_an_epoch_of_a_short_text_reads_it_again_and_again() -> None:
    source = windows(31, 5, 2, seed=0)
    assert source.windows == 3
    assert len(source) == token_batches.FEWEST_WINDOWS
    assert [state is None for _, state in train(source)][:7] == [True, False, False, True, False, False, True]
    assert len(windows(31, 5, 2)) == 3, "evaluation once is enough"


@pytest.mark.parametrize(("count", "window", "lanes"), [(2, 64, 32), (20, 64, 32), (64, 64, 8), (65, 64, 8)])
def test_a_text_shorter_than_its_window_is_one_window(count: int, window: int, lanes: int) -> None:
    for seed in (None, 0):
        source = windows(count, window, lanes, seed)
        tokens, _ = train(source)[0]
        assert tokens == [list(range(count))]


def test_one_token_cannot_be_followed_by_another() -> None:
    with pytest.raises(ValueError, match="two tokens"):
        windows(1, 4, 2)


def sequences(count: int, targets: np.ndarray) -> Split:
    return Split(np.arange(count * 3).reshape(count, 3).astype(np.uint8), targets)


def test_sequences_come_once_an_epoch_each_with_its_own_answers() -> None:
    source = SequenceBatches(sequences(10, np.arange(10)), 4, CPU, seed=3)
    found = list(source.epoch(1))
    assert [len(batch) for batch in found] == [4, 4, 2]
    rows = torch.cat([batch.targets for batch in found])
    assert sorted(rows.tolist()) == list(range(10)) != rows.tolist()
    assert torch.equal(torch.cat([batch.inputs for batch in found])[:, 0], rows * 3)
    again = list(source.epoch(1, first=1))
    assert all(torch.equal(a.inputs, b.inputs) for a, b in zip(again, found[1:], strict=True))
    assert torch.cat(
        [batch.targets for batch in SequenceBatches(sequences(5, np.arange(5)), 2, CPU).epoch()]
    ).tolist() == [*range(5)]


def test_answers_that_are_not_asked_for_do_not_count() -> None:
    targets = np.array([[1, NO_ANSWER, NO_ANSWER], [1, 2, NO_ANSWER], [1, 2, 3]])
    assert [len(batch) for batch in SequenceBatches(sequences(3, targets), 2, CPU).epoch()] == [3, 3]


def test_what_a_part_holds_decides_how_it_is_batched() -> None:
    info = DataInfo((5,), tuple("abc"), vocabulary=tuple("abc"))
    assert isinstance(batches_of(stream(50), info, 4, CPU), StreamBatches)
    assert isinstance(batches_of(sequences(4, np.arange(4)), info, 4, CPU), SequenceBatches)
    probe = make_probe(stream(1000), info, CPU)
    assert torch.equal(probe.inputs[0, 1:], torch.from_numpy(probe.targets[0]))
    with_one_answer = make_probe(sequences(4, np.arange(4)), info, CPU)
    assert with_one_answer.inputs.shape == (4, 3)
