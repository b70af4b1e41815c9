"""Pictures on disk: drawn once for each seed, and complete or not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from common import DayScenario
from examples.picture_cache import PictureSource, cached_pictures
from examples.train_pictures import Images, Labels
from examples.whole_files import write_whole

drawn: list[int] = []


def few(scenario: DayScenario, seed: int) -> tuple[Images, Labels]:
    """Pictures that tell the seed; seed 3 is interrupted the first time."""
    drawn.append(seed)
    if seed == 3 and drawn.count(3) == 1:
        raise KeyboardInterrupt
    return np.full((seed, 2, 2, 3), seed, dtype=np.uint8), np.arange(seed) % 2


def test_an_interrupted_run_goes_on_from_the_pictures_that_are_there(tmp_path: Path) -> None:
    drawn.clear()
    source = PictureSource(few, DayScenario(), (1, 2, 3))
    with pytest.raises(KeyboardInterrupt):
        cached_pictures([source], tmp_path, jobs=1)
    parts = cached_pictures([source], tmp_path, jobs=1)
    assert drawn == [1, 2, 3, 3]
    for seed, (images, labels) in zip(source.seeds, parts, strict=True):
        assert (images == few(source.scenario, seed)[0]).all()
        assert labels.tolist() == [number % 2 for number in range(seed)]


def test_another_scenario_has_pictures_of_its_own(tmp_path: Path) -> None:
    drawn.clear()
    for hours in (1.0, 2.0, 1.0):
        cached_pictures([PictureSource(few, DayScenario(hours=hours, n_falls=1), (1,))], tmp_path, jobs=1)
    assert drawn == [1, 1]


def test_a_file_that_could_not_be_completed_is_not_there(tmp_path: Path) -> None:
    def save(path: Path) -> None:
        path.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_whole(save, tmp_path / "whole.npz")
    assert not (tmp_path / "whole.npz").exists()
