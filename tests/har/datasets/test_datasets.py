"""Readers of published layouts: the published counts, both layouts alike, and errors that name file and line."""

import importlib.util
import io
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from common.errors import InvalidInputError, MissingDependencyError, ModelIntegrityError
from har.datasets import (
    UCI_HAR_TEST_SUBJECTS,
    fall_labels,
    load_motionsense,
    load_smartwatch,
    load_uci_har,
    load_umafall,
    load_weda_fall,
    smartwatch,
)
from har.recordings import Recordings

LOADERS = [load_motionsense, load_umafall, load_weda_fall, load_uci_har]


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


@pytest.mark.real_data
def test_motionsense_has_the_published_counts(real_data: Path) -> None:
    recordings = load_motionsense(real_data / "motionsense")
    assert len(recordings) == 360
    assert sum(map(len, recordings.signals)) == 1_412_865
    assert set(recordings.groups) == set(range(1, 25))
    assert set(recordings.y) == {"downstairs", "upstairs", "sitting", "standing", "walking", "jogging"}
    gravity = [np.linalg.norm(signal[:, 3:6], axis=1).mean() for signal in recordings.signals]
    np.testing.assert_allclose(gravity, 1, atol=1e-3)


@pytest.mark.real_data
def test_both_layouts_of_motionsense_agree(real_data: Path) -> None:
    compact = load_motionsense(real_data / "motionsense")
    compact = compact.subset(compact.groups <= 2)
    official = load_motionsense(real_data / "motionsense" / "official_sample")
    assert len(official) == 30
    assert official.y.tolist() == compact.y.tolist()
    assert official.groups.tolist() == compact.groups.tolist()
    for signal, rounded in zip(official.signals, compact.signals, strict=True):
        np.testing.assert_allclose(signal, rounded, rtol=0, atol=0.5001e-3)


MOTIONSENSE_HEADER = ",".join(
    f"{sensor}.{axis}"
    for sensor, axes in [
        ("attitude", ("roll", "pitch", "yaw")),
        ("gravity", "xyz"),
        ("rotationRate", "xyz"),
        ("userAcceleration", "xyz"),
    ]
    for axis in axes
)


def write_motionsense(root: Path, *rows: str, header: str = MOTIONSENSE_HEADER) -> Path:
    folder = root / "A_DeviceMotion_data" / "dws_1"
    folder.mkdir(parents=True)
    (folder / "sub_1.csv").write_text("\n".join([f",{header}", *rows]))
    return root


def test_motionsense_orders_columns_by_name(tmp_path: Path) -> None:
    root = write_motionsense(tmp_path, "0,1,2,3,4,5,6,7,8,9,10,11,12")
    recordings = load_motionsense(root)
    np.testing.assert_array_equal(recordings.signals[0], [[10, 11, 12, 4, 5, 6, 7, 8, 9]])
    assert recordings.y.tolist() == ["downstairs"]


@pytest.mark.parametrize(
    "row",
    [
        "1,1,2,3,4,5,6,7",
        "1,1,2,3,4,x,6,7,8,9,10,11,12",
        "1,1,2,3,4,,6,7,8,9,10,11,12",
        "1" + ",nan" * 12,
        "1" + ",1" * 13,
    ],
)
def test_a_damaged_line_of_motionsense_is_named(tmp_path: Path, row: str) -> None:
    root = write_motionsense(tmp_path, "0,1,2,3,4,5,6,7,8,9,10,11,12", row)
    with pytest.raises(InvalidInputError, match=r"sub_1\.csv, line 3"):
        load_motionsense(root)


def test_motionsense_without_rotation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"line 1: column 'userAcceleration\.x' is missing"):
        load_motionsense(write_motionsense(tmp_path, "0,1,2,3", header="x,y,z"))


# ----- UMAFall -------------------------------------------------------------------------------------------------------

UMAFALL_HEADER = """\
% Universidad de Malaga - ETSI de Telecomunicacion (Spain)
% Used Smartphone: LGE-lge-LG-H815-5.1.1
%f8:95:c7:f3:ba:82; 0; RIGHTPOCKET; lge-LG-H815-5.1
%C4:BE:84:70:0E:80; 3; WRIST; SensorTag

% TimeStamp; Sample No; X-Axis; Y-Axis; Z-Axis; Sensor Type; Sensor ID;
"""


def write_umafall(root: Path, *rows: str) -> Path:
    name = "UMAFall_Subject_07_Fall_lateralFall_1_2016-06-13_20-49-17.csv"
    (root / name).write_text(UMAFALL_HEADER + "\n".join(rows) + "\n")
    return root


@pytest.mark.real_data
@pytest.mark.parametrize(("position", "n", "n_damaged"), [("wrist", 726, 20), ("waist", 617, 0), ("pocket", 726, 20)])
def test_umafall_leaves_out_damaged_trials(real_data: Path, position: str, n: int, n_damaged: int) -> None:
    recordings = load_umafall(real_data / "umafall", position=position)
    assert len(recordings) == n
    assert all(signal.shape == (300, 3 if position == "pocket" else 6) for signal in recordings.signals)
    assert all(np.isfinite(signal).all() for signal in recordings.signals)
    everything = load_umafall(real_data / "umafall", position=position, keep_excluded=True)
    assert len(everything) == n + n_damaged
    assert set(everything.groups) == set(range(1, 20)) - ({13} if n_damaged == 0 else set())


@pytest.mark.real_data
@pytest.mark.parametrize("position", ["wrist", "pocket"])
def test_both_layouts_of_umafall_agree(real_data: Path, position: str) -> None:
    compact = load_umafall(real_data / "umafall", position=position)
    official = load_umafall(real_data / "umafall" / "official_sample", position=position)
    assert len(official) == 19
    for signal, activity, subject in zip(official.signals, official.y, official.groups, strict=True):
        same = compact.subset((compact.y == activity) & (compact.groups == subject))
        assert min(np.abs(signal - other).max() for other in same.signals) < 2e-5


def test_umafall_on_a_uniform_clock(tmp_path: Path) -> None:
    wrist = ["0;0;0;0;1;0;3", "15000;1;1;0;1;0;3", "0;0;5;6;7;1;3"]
    recordings = load_umafall(write_umafall(tmp_path, *wrist))
    (signal,) = recordings.signals
    np.testing.assert_allclose(signal[:, 0], np.arange(300) / 300)
    np.testing.assert_array_equal(signal[:, 2:], np.tile([1.0, 5, 6, 7], (300, 1)))
    assert recordings.y.tolist() == ["Fall_lateralFall"]
    assert recordings.groups.tolist() == [7]


@pytest.mark.parametrize(
    "spoilt", ["1;1;-1.026.123;0;1;0;3", "1;1;642.8;0;0;1;3", "1;1;9.5;0;0;0;3"], ids=["points", "gyro", "acceleration"]
)
def test_umafall_recognizes_spoilt_numbers(tmp_path: Path, spoilt: str) -> None:
    root = write_umafall(tmp_path, "0;0;0;0;1;0;3", "0;0;5;6;7;1;3", spoilt)
    with pytest.raises(InvalidInputError, match="no undamaged trial"):
        load_umafall(root)
    assert len(load_umafall(root, keep_excluded=True)) == 1


def test_a_truncated_trial_of_umafall_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"20-49-17\.csv, line 8: '14892;298;-103\.33'"):
        load_umafall(write_umafall(tmp_path, "0;0;0;0;1;0;3", "14892;298;-103.33"))


def test_umafall_refuses_unknown_positions(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="'wrist'"):
        load_umafall(tmp_path, position="head")


@pytest.fixture
def uci_har(tmp_path: Path) -> Path:
    """Two windows for training, one for the test; every sample of channel c in window w is 100 c + w."""
    root = tmp_path / "UCI HAR Dataset"
    people = {"train": ([5, 5], [1, 1]), "test": ([2], [5])}
    for part, (codes, subjects) in people.items():
        signals = root / part / "Inertial Signals"
        signals.mkdir(parents=True)
        for c, name in enumerate(["total_acc", "body_acc", "body_gyro"]):
            for a, axis in enumerate("xyz"):
                rows = ["  " + "  ".join([f"{100 * (3 * c + a) + w:.7e}"] * 128) for w in range(len(codes))]
                (signals / f"{name}_{axis}_{part}.txt").write_text("\n".join(rows) + "\n")
        (root / part / f"y_{part}.txt").write_text("".join(f"{code}\n" for code in codes))
        (root / part / f"subject_{part}.txt").write_text("".join(f"{subject}\n" for subject in subjects))
    (root / "activity_labels.txt").write_text("1 WALKING\n2 WALKING_UPSTAIRS\n5 STANDING\n")
    return root


@pytest.mark.parametrize("above", [False, True])
def test_uci_har_keeps_the_official_order(uci_har: Path, above: bool) -> None:
    windows = load_uci_har(uci_har.parent if above else uci_har)
    assert windows.X.shape == (3, 128, 9)
    np.testing.assert_array_equal(windows.X[:, 0], 100 * np.arange(9) + np.array([[0], [1], [0]]))
    assert windows.y.tolist() == ["STANDING", "STANDING", "WALKING_UPSTAIRS"]
    assert windows.groups.tolist() == [1, 1, 5]
    assert windows.recording.tolist() == [0, 0, 1]


def test_uci_har_tests_nine_of_thirty_people() -> None:
    assert len(UCI_HAR_TEST_SUBJECTS) == 9  # 30 % of 30, as its README says


def test_uci_har_names_what_is_wrong(uci_har: Path) -> None:
    file = uci_har / "train" / "Inertial Signals" / "body_acc_y_train.txt"
    whole = file.read_text()
    file.write_text(whole.splitlines()[0] + "\n")
    with pytest.raises(InvalidInputError, match=r"body_acc_y_train\.txt ends at line 1 of 2"):
        load_uci_har(uci_har)
    file.write_text(whole[:-40])
    with pytest.raises(InvalidInputError, match=r"body_acc_y_train\.txt, line 2"):
        load_uci_har(uci_har)
    file.write_text(whole)
    (uci_har / "test" / "y_test.txt").write_text("9\n")
    with pytest.raises(InvalidInputError, match=r"y_test\.txt, line 1: 9 is not"):
        load_uci_har(uci_har)


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("exists", [True, False])
def test_another_folder_is_answered_with_where_to_find_the_data(
    load: Callable[[Path], object], exists: bool, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInputError, match=r"root is .* Download .* from https://.* with .* Paper: "):
        load(tmp_path if exists else tmp_path / "absent")


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("root", [None, 3, b"data"])
def test_a_root_that_is_no_path_is_refused(load: Callable[[object], object], root: object) -> None:
    with pytest.raises(InvalidInputError, match=r"root is .*; pass the folder as text"):
        load(root)


@pytest.mark.parametrize(
    ("load", "name"), [(load_motionsense, "motionsense_raw.npz"), (load_umafall, "umafall_20hz.npz")]
)
def test_a_damaged_archive_is_named(load: Callable[[Path], object], name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    np.savez(file, X=np.zeros(1))
    whole = file.read_bytes()
    for content in (whole, whole[: len(whole) // 2], b""):
        file.write_bytes(content)
        with pytest.raises(InvalidInputError, match=rf"{name} cannot be read"):
            load(tmp_path)
    np.savez(file, X=np.array([{}], dtype=object))
    with pytest.raises(InvalidInputError, match=rf"{name} cannot be read"):
        load(tmp_path)


def test_arrays_that_do_not_fit_together_are_named(tmp_path: Path) -> None:
    values, one = np.zeros((4, 9), "i2"), np.array([1])
    whole = {"values_i16": values, "scale": np.ones(9), "offsets": np.array([0, 4]), "y": np.array([0])}
    whole |= {"subject": one, "trial": one, "label_names": np.array(["sitting"])}
    file = tmp_path / "motionsense_raw.npz"
    np.savez(file, **whole)
    assert len(load_motionsense(tmp_path)) == 1
    for name, value in {"offsets": np.array([0, 5]), "subject": np.array(1), "y": one, "scale": np.ones(3)}.items():
        np.savez(file, **whole | {name: value})
        with pytest.raises(InvalidInputError, match=r"motionsense_raw\.npz: its arrays do not fit together"):
            load_motionsense(tmp_path)


def test_only_known_activities_become_fall_labels() -> None:
    recordings = Recordings([np.zeros((2, 1))], np.array(["FEL"]), np.array([1]), 50, ("ax [g]",))
    with pytest.raises(InvalidInputError, match=r"recordings\.y\[0\] is 'FEL'"):
        fall_labels(recordings)
