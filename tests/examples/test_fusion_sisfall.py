"""SisFall as a stream: who is judged by whom, what is chosen on whom, and that the stream agrees with the batch."""

from pathlib import Path

import numpy as np
import pytest

from examples import fusion_sisfall, fusion_sisfall_folds
from examples.fusion_sisfall_folds import Data, best_threshold, folds_of_people, judge
from examples.fusion_sisfall_recognizers import RECOGNIZERS, MotionStatistics, PeakAcceleration, SlowChannels
from examples.fusion_sisfall_results import FoldResult, outcomes, results_table
from examples.fusion_sisfall_windows import RATE_HZ, Streams, channels, cut, labels, load


def made_up(seed: int = 0) -> Streams:
    """Ten young and five old people who walk, lie down and, if young, fall, 15 s each."""
    rng = np.random.default_rng(seed)
    signals, activities, subjects, impacts = [], [], [], []
    for person in [*(f"SA{number:02}" for number in range(1, 11)), *(f"SE{number:02}" for number in range(1, 6))]:
        for activity in ("D01", "D14", *(("F01", "F13") if person < "SE" or person == "SE05" else ())):
            signal = 0.03 * rng.normal(size=(15 * RATE_HZ, 6))
            signal[:, 1] -= 1
            start = rng.integers(5 * RATE_HZ, 7 * RATE_HZ)
            if activity != "D01":  # lies down
                signal[start:, :2] += [1, 1]
            if activity.startswith("F"):
                signal[start : start + 4, 1] -= 4
                signal[start - 8 : start, 4] += 150
            signals.append(channels(signal, 1))
            activities.append(activity)
            subjects.append(person)
            impacts.append(np.linalg.norm(signal[:, :3], axis=1).argmax() / RATE_HZ)
    return Streams(tuple(signals), np.array(activities), np.array(subjects), np.array(impacts))


@pytest.fixture(scope="module")
def data() -> Data:
    return Data(made_up())


def test_published_files_become_streams(tmp_path: Path) -> None:
    line = "17,-179,-99,-18,-504,-352,76,-697,-279;\n"
    (tmp_path / "SA01").mkdir()
    for activity in ("D01", "F01"):
        (tmp_path / "SA01" / f"{activity}_SA01_R01.txt").write_text(line * 1200)
    streams = load(tmp_path)
    assert [signal.shape for signal in streams.signals] == [(120, 9)] * 2
    assert streams.is_fall.tolist() == [False, True]
    np.testing.assert_allclose(streams.hours * 3600, 6)
    np.testing.assert_allclose(streams.signals[0][:, 1], -179 / 256)


def test_brief_peaks_survive_the_lower_rate() -> None:
    signal = np.zeros((100, 6))
    signal[52, 1] = 8.0
    assert channels(signal, 5)[10, 8] == 8.0
    assert channels(signal, 5)[10, 6] == 8.0 / 5


def test_inner_and_outer_folds_share_no_person() -> None:
    streams = made_up()
    for fold in folds_of_people(streams, 0, 5):
        assert not set(streams.subject[fold.train]) & set(streams.subject[fold.test])
        assert streams.is_old[fold.test].any()
        inner = folds_of_people(streams, 0, 3, fold.train)
        assert not {row for part in inner for row in part.test} & set(fold.test.tolist())
        assert sorted(row for part in inner for row in part.test) == fold.train.tolist()


def test_the_threshold_looks_at_its_own_rows_and_admits_no_more_alarms_than_allowed(data: Data) -> None:
    streams = data.streams
    windows = cut(streams, 4.0)
    rng = np.random.default_rng(0)
    probability = rng.uniform(size=len(windows.end_s))
    rows = np.flatnonzero(streams.subject < "SA06")
    threshold, found = best_threshold(streams, windows, probability, rows)
    daily = np.isin(windows.recording, rows) & ~streams.is_fall[windows.recording]
    assert threshold == np.nextafter(probability[daily].max(), 2.0)
    assert 0 <= found <= 1
    changed = np.where(np.isin(windows.recording, rows), probability, 1.0)
    assert best_threshold(streams, windows, changed, rows) == (threshold, found)


def test_windows_of_falls_end_well_after_the_impact() -> None:
    streams = made_up()
    (fall, *_) = np.flatnonzero(streams.is_fall)
    windows = cut(streams, 4.0)
    of_fall = windows.recording == fall
    after_s = windows.end_s[of_fall] - streams.impact_s[fall]
    y = labels(streams, windows.recording, windows.end_s)[of_fall]
    np.testing.assert_array_equal(y == 1, (after_s >= 1.5) & (after_s <= 3.5))
    np.testing.assert_array_equal(y == 0, after_s <= -0.5)


@pytest.mark.parametrize("inputs", [PeakAcceleration(), SlowChannels(), MotionStatistics()])
def test_inputs_of_one_window_are_those_of_many(inputs) -> None:
    X = np.random.default_rng(0).normal(size=(5, 100, 9))
    np.testing.assert_allclose(inputs.transform(X[2:3]), inputs.transform(X)[2:3])


@pytest.mark.parametrize("name", RECOGNIZERS)
def test_the_stream_and_the_monitor_raise_the_alarms_of_the_batch(
    data: Data, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fusion_sisfall_folds, "WINDOWS_S", (4.0,))
    fold = folds_of_people(data.streams, 0, 5)[0]
    judged = judge(data, name, fold, streamed=True)
    result = outcomes(data.streams, [FoldResult(0, fold.test, judged)])
    old = [row for row in fold.test if data.streams.is_old[row]]
    assert sorted(judged.setting["alarms"]) == sorted(map(str, old))
    highest = judged.decisions.groupby("recording")["held"].max()
    for row in old:
        assert bool(judged.setting["alarms"][str(row)]) == (highest[row] >= judged.setting["threshold"])
    if name in ("additive logistic", "extra trees"):  # few enough windows are made up for the others to fail
        assert result.found[0, fold.test][data.streams.is_fall[fold.test]].mean() > 0.7


def test_a_run_goes_on_from_what_is_kept(data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fusion_sisfall_folds, "WINDOWS_S", (4.0,))
    monkeypatch.setattr(fusion_sisfall, "RECOGNIZERS", {"peak acceleration": RECOGNIZERS["peak acceleration"]})
    judged = fusion_sisfall.judge_all(data, tmp_path, seeds=2)
    monkeypatch.setattr(fusion_sisfall, "judge", None)
    again = fusion_sisfall.judge_all(data, tmp_path, seeds=2)
    table = results_table(data.streams, judged)
    assert results_table(data.streams, again).equals(table)
    assert table.loc[0, "n falls, young"] == 20
    assert len(table.loc[0, "thresholds"].split()) == 10


@pytest.mark.real_data
def test_the_shared_old_people_are_there(real_data: Path) -> None:
    if not (real_data / "sisfall").is_dir():
        pytest.skip("SisFall is not there")
    streams = load(real_data / "sisfall")
    old = streams.is_old & ~streams.is_fall
    assert len(set(streams.subject[old])) == 8
    assert streams.hours[old].sum() == pytest.approx(2.72, abs=0.01)
