"""The smartwatch: the published counts, mirrored arms, and a pickle that is not trusted."""

import importlib.util
import io
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from common.errors import MissingDependencyError, ModelIntegrityError
from har.datasets import load_smartwatch, smartwatch
from har.recordings import Recordings


@pytest.fixture
def installed() -> None:
    if not importlib.util.find_spec("seglearn"):
        pytest.skip("the extra 'data' is not installed")


@pytest.mark.usefixtures("installed")
def test_smartwatch_has_the_published_counts() -> None:
    recordings = load_smartwatch()
    assert len(recordings) == 140
    assert recordings.rate_hz == 50
    assert set(recordings.groups) == set(range(1, 11))
    assert set(recordings.y) == {"PEN", "ABD", "FEL", "IR", "ER", "TRAP", "ROW"}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("exercise", ["PEN", "TRAP", "ROW"])  # the arm hangs: gravity lies along x
def test_mirrored_arms_agree_about_gravity(exercise: str) -> None:
    def signs(recordings: Recordings) -> set[float]:
        chosen = recordings.subset(recordings.y == exercise)
        return {float(np.sign(signal[:, 0].mean())) for signal in chosen.signals}

    assert signs(load_smartwatch()) == {-1.0, 1.0}
    assert signs(load_smartwatch(mirror=True)) == {1.0}


@pytest.mark.usefixtures("installed")
def test_a_reflection_keeps_lengths_and_turns_rotation_as_a_pseudovector() -> None:
    plain, mirrored = load_smartwatch(), load_smartwatch(mirror=True)
    kinds = {tuple(np.round(b[0] / a[0])) for a, b in zip(plain.signals, mirrored.signals, strict=True)}
    assert kinds == {(1, 1, 1, 1, 1, 1), (-1, 1, 1, 1, -1, -1)}


class _Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., int], tuple[Path, str]]:
        return Path.write_text, (self.file, "unpickled")


def test_an_altered_pickle_is_refused_before_it_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered, sprung = tmp_path / "watch_dataset.npy", tmp_path / "sprung"
    altered.write_bytes(pickle.dumps(_Trap(sprung)))
    monkeypatch.setattr(smartwatch, "_watch_file", lambda: altered)
    with pytest.raises(ModelIntegrityError, match="was not loaded"):
        load_smartwatch()
    assert not sprung.exists()


def test_a_pickle_may_rebuild_arrays_and_call_nothing_else(tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    stream = io.BytesIO()
    np.save(stream, np.array({"X": _Trap(sprung)}, dtype=object), allow_pickle=True)
    with pytest.raises(ModelIntegrityError, match="which no array needs"):
        smartwatch._unpickle_arrays(stream.getvalue())
    assert not sprung.exists()


def test_without_seglearn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.files", lambda _: [])
    with pytest.raises(MissingDependencyError, match=r"har-fall\[data\]"):
        load_smartwatch()
