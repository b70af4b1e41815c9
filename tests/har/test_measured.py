"""What the sensor track reaches on measured data, on people it has never met.

The settings are those of Lab 1; they were chosen on training subjects (MotionSense 1-16) or before a look at
the folds. Each figure is one run with seed 0.
"""

from pathlib import Path

import numpy as np
import pytest
from tslearn.metrics import cdist_dtw

import har
from common.evaluation.splits import check_no_leakage
from common.validation import band_radius
from examples import lab1_data, lab1_steps
from har.preprocessing import ScaleChannels
from har.selection import PROTOTYPE_SETTINGS

pytestmark = pytest.mark.slow


def measured(data: lab1_data.Data, root: Path | None) -> tuple[lab1_data.Lab, dict[str, dict[str, float]]]:
    lab = lab1_data.load(data, root, None, 5, 0)
    for train, test in lab.splits:
        check_no_leakage(lab.windows.groups[train], lab.windows.groups[test])
    steps = lab1_steps.run_steps(lab, 0).steps
    table = lab1_steps.results_table(steps, lab.positive).set_index("method")
    print(table.round(4).to_string())
    return lab, table.to_dict("index")


def test_smartwatch():
    _, table = measured(lab1_data.Data.smartwatch, None)
    assert table["8 learned profiles"]["accuracy"] >= 0.86
    assert table["8 learned profiles"]["accuracy"] >= table["1-NN DTW band, 12.5 Hz"]["accuracy"]
    assert table["4 learned, linear readout"]["accuracy"] >= 0.86
    assert table["8 learned profiles"]["macs"] < table["1-NN DTW band, 12.5 Hz"]["macs"] / 40
    assert table["4 learned jointly, jerk"]["accuracy"] >= 0.89


@pytest.mark.real_data
def test_motionsense(real_data):
    _, table = measured(lab1_data.Data.motionsense, real_data / "motionsense")
    whole = table["1-NN DTW band, 12.5 Hz"]
    assert whole["accuracy"] >= 0.885
    assert table["8 learned profiles"]["accuracy"] >= 0.925
    assert table["1 learned profile"]["accuracy"] >= 0.87
    assert table["1 learned, linear readout"]["accuracy"] >= 0.92
    assert table["4 learned jointly, jerk"]["accuracy"] >= 0.945
    assert table["8 learned profiles"]["cells"] <= whole["cells"] / 250


@pytest.mark.real_data
def test_umafall_wrist(real_data):
    _, table = measured(lab1_data.Data.umafall, real_data / "umafall")
    chosen = table["4 learned, threshold chosen"]
    assert chosen["sensitivity"] >= 0.92
    assert chosen["specificity"] >= 0.97


@pytest.mark.real_data
def test_an_independent_library_finds_the_same_neighbours(real_data):
    """tslearn's distances on a stratified sample of MotionSense: 500 test windows × 2 000 training windows."""
    lab = lab1_data.load(lab1_data.Data.motionsense, real_data / "motionsense", None, 5, 0)
    windows, split, rng = lab1_data.at_low_rate(lab), lab.splits[0], np.random.default_rng(0)

    def stratified(indices, n):
        classes = np.unique(windows.y)
        parts = [rng.choice(indices[windows.y[indices] == c], n // len(classes) + 1, replace=False) for c in classes]
        return rng.permutation(np.concatenate(parts))[:n]

    train, test = stratified(split.train, 2_000), stratified(split.test, 500)
    X = ScaleChannels().fit(windows.X[split.train]).transform(windows.X).astype(np.float64)
    radius = band_radius(lab1_steps.BAND, X.shape[1], X.shape[1])
    theirs = cdist_dtw(X[test], X[train], global_constraint="sakoe_chiba", sakoe_chiba_radius=radius, n_jobs=2)
    model = har.DTWKNeighborsClassifier(1, band=lab1_steps.BAND, n_jobs=-1).fit(X[train], windows.y[train])
    distances, indices = model.kneighbors(X[test])
    np.testing.assert_allclose(distances[:, 0], theirs.min(axis=1), rtol=1e-9)
    np.testing.assert_array_equal(indices[:, 0], theirs.argmin(axis=1))
    assert (model.predict(X[test]) == windows.y[train][theirs.argmin(axis=1)]).all()


def accuracy_by_person(lab: lab1_data.Lab, setting: str, triads: tuple[tuple[int, int, int], ...]) -> float:
    """Of one of the named settings, over all folds."""
    windows = lab1_data.at_low_rate(lab)
    X = windows.X[:, :, :6].astype(np.float32)
    right = []
    for train, test in lab.splits:
        model = PROTOTYPE_SETTINGS[setting].pipeline(rate_hz=windows.rate_hz, triads=triads)
        model.fit(X[train], windows.y[train], dtwprototypeclassifier__groups=windows.groups[train])
        right.append(model.predict(X[test]) == windows.y[test])
    return float(np.concatenate(right).mean())


SENSORS = ((0, 1, 2), (3, 4, 5))


def test_smartwatch_learned_jointly():
    lab = lab1_data.load(lab1_data.Data.smartwatch, None, None, 5, 0)
    assert accuracy_by_person(lab, "4 joint", SENSORS) >= 0.90


@pytest.mark.real_data
def test_umafall_with_the_jerk(real_data):
    lab = lab1_data.load(lab1_data.Data.umafall, real_data / "umafall", None, 5, 0)
    assert accuracy_by_person(lab, "4 nearest, little change, jerk", SENSORS) >= 0.97
