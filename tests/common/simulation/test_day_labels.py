"""Labels of a day: as many falls as asked for, in order, and in agreement with the labels of pictures."""

import numpy as np
import pytest

from common.simulation.day import DayScenario, SimulatedRecording, simulate_resident


@pytest.mark.parametrize("seed", range(4))
def test_a_day_has_as_many_falls_as_asked_for(seed: int) -> None:
    day = simulate_resident(DayScenario(n_falls=10), seed=seed)
    assert len(day.labels.falls) == 10
    for fall in day.labels.falls:
        assert fall.onset_s < fall.impact_s < fall.up_s <= day.duration_s


def test_labels_agree_with_those_of_the_falls(morning: SimulatedRecording) -> None:
    falls = [scene for scene in morning.motion.scenes_of("resident") if scene.episode.fall is not None]
    assert len(falls) == len(morning.labels.falls)
    for scene in falls:
        times = np.arange(0.0, scene.episode.duration_s, 0.5)
        of_pictures, truth = scene.episode.labels(times), morning.labels.at(scene.start_s + times)
        # In the first second after the onset a frame may show a stumble as well: labelled −1, impact or not.
        assert ((of_pictures == truth) | (of_pictures == -1)).all()


def test_the_table_has_a_row_for_every_scene_and_drop(morning: SimulatedRecording) -> None:
    table = morning.labels.table()
    assert len(table) == len(morning.labels.routine.scenes) + len(morning.labels.routine.drops)
    assert table["start_s"].is_monotonic_increasing


def test_the_resident_is_away_between_leaving_and_returning() -> None:
    labels = simulate_resident(DayScenario(n_falls=0), seed=3).labels
    assert labels.routine.away
    first, last = labels.routine.away[0]
    assert labels.is_away(np.array([first - 1, first, last - 1, last])).tolist() == [False, True, True, False]
