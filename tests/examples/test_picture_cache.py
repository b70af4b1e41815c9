"""Pictures on disk: drawn once for each seed, and complete or not there."""

from __future__ import annotations

import io
from pathlib import Path

import joblib
import numpy as np
import pytest

from common import DayScenario, InvalidInputError
from examples.picture_cache import PictureSource, cached_pictures
from examples.train_pictures import Images, Labels

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


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    source = PictureSource(few, DayScenario(), (2,))
    cached_pictures([source], tmp_path, jobs=1)
    (path,) = tmp_path.rglob("2.npz")
    whole = path.read_bytes()
    without_labels = io.BytesIO()
    np.savez(without_labels, images=np.zeros(2))
    for damaged in (b"", b"no archive", whole[:200], whole[:-1], without_labels.getvalue()):
        path.write_bytes(damaged)
        with pytest.raises(InvalidInputError, match=r"2\.npz is damaged \(.*delete it"):
            cached_pictures([source], tmp_path, jobs=1)
    path.unlink()
    assert len(cached_pictures([source], tmp_path, jobs=1)[0][1]) == 2


def test_what_a_killed_run_left_is_not_taken_for_pictures(tmp_path: Path) -> None:
    drawn.clear()
    source = PictureSource(few, DayScenario(), (1, 2))
    cached_pictures([source], tmp_path, jobs=1)
    (path,) = tmp_path.rglob("2.npz")
    (folder := path.with_name(".2.abcdefgh")).mkdir()
    path.rename(folder / "2.npz")
    cached_pictures([source], tmp_path, jobs=1)
    assert drawn == [1, 2, 2]


def test_two_who_draw_the_same_at_once_share_a_cache(tmp_path: Path) -> None:
    source = PictureSource(few, DayScenario(), (1, 2, 4))
    with joblib.parallel_config(backend="threading"):
        parts = cached_pictures([source, source], tmp_path, jobs=6)
    for (images, labels), seed in zip(parts, source.seeds * 2, strict=True):
        assert images.shape[0] == len(labels) == seed
        assert (images == seed).all()
