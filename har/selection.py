"""Settings to choose from by people held out: band, neighbours and profiles, and how profiles are learned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.evaluation.splits import Split, subject_folds
from common.progress import Progress
from common.validation import (
    Band,
    FloatArray,
    band_radius,
    check_class_labels,
    check_integer,
    check_vector,
    check_windows,
)
from har.dtw.threads import thread_count
from har.neighbors import DTWKNeighborsClassifier, vote
from har.preprocessing import Augmentation, LogJerk, ScaleChannels
from har.prototypes import DTWPrototypeClassifier

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline


@dataclass(frozen=True)
class PrototypeSetting:
    """How many profiles are learned, how they are read, and how windows are changed meanwhile.

    Attributes
    ----------
    n_prototypes : int
        Of each class.
    readout : str
        See :class:`har.DTWPrototypeClassifier`.
    augmentation : har.preprocessing.Augmentation or None
        Its ``triads`` are replaced by those of the sensor.
    log_jerk : bool
        Whether :class:`har.preprocessing.LogJerk` comes first.
    """

    n_prototypes: int
    readout: str
    augmentation: Augmentation | None
    log_jerk: bool = False

    def pipeline(
        self,
        *,
        rate_hz: float = 10.0,
        triads: Sequence[Sequence[int]] = (),
        band: Band = 0.1,
        bits: int | None = 8,
        random_state: int | None = 0,
        n_jobs: int | None = None,
    ) -> Pipeline:
        """An unfitted pipeline that scales and learns.

        Parameters
        ----------
        rate_hz : float
            Samples per second, of which the logarithm of the jerk makes use.
        triads : sequence of three channels each, default ()
            x, y and z of each sensor: they share a scale and are turned alike. The first is the acceleration.
        band, bits, random_state, n_jobs
            Of :class:`har.DTWPrototypeClassifier`.

        Examples
        --------
        People reach the classifier by its name, in ``fit`` as in scikit-learn's searches:

        >>> rng = np.random.default_rng(0)
        >>> X, y, people = rng.normal(size=(24, 16, 3)), np.arange(24) % 2, np.arange(24) // 6
        >>> X[y == 1, 4:8] += 2
        >>> model = PROTOTYPE_SETTINGS["1 joint"].pipeline(triads=((0, 1, 2),))
        >>> _ = model.fit(X, y, dtwprototypeclassifier__groups=people)
        >>> model.score(X, y), model[-1].readout_
        (1.0, 'linear')
        """
        from sklearn.pipeline import make_pipeline

        augmentation = self.augmentation and replace(self.augmentation, triads=triads)
        classifier = DTWPrototypeClassifier(
            self.n_prototypes, band=band, readout=self.readout, augmentation=augmentation, bits=bits,
            random_state=random_state, n_jobs=n_jobs,
        )  # fmt: skip
        if not self.log_jerk:
            return make_pipeline(ScaleChannels(groups=triads), classifier)
        jerk = LogJerk(rate_hz=rate_hz, channels=triads[0] if triads else None)
        return make_pipeline(jerk, ScaleChannels(groups=triads), classifier)


# Falls are told by the height of a short peak, which strong warps hide; activities by patterns, which they do not.
LITTLE_CHANGE = Augmentation(turn_degrees=10.0, time_warp=0.1, magnitude_warp=0.05, shift=0.05)
MUCH_CHANGE = Augmentation()

#: Settings by name, the smallest models first, to choose from by people held out. Which setting is best depends on the
#: data: joint learning and strong changes for activities; for falls small changes and the logarithm of the jerk.
PROTOTYPE_SETTINGS = {
    "1 joint": PrototypeSetting(1, "joint", MUCH_CHANGE),
    "4 nearest, little change": PrototypeSetting(4, "nearest", LITTLE_CHANGE),
    "4 nearest": PrototypeSetting(4, "nearest", MUCH_CHANGE),
    "4 nearest, little change, jerk": PrototypeSetting(4, "nearest", LITTLE_CHANGE, log_jerk=True),
    "4 joint": PrototypeSetting(4, "joint", MUCH_CHANGE),
    "8 joint, little change, jerk": PrototypeSetting(8, "joint", LITTLE_CHANGE, log_jerk=True),
    "8 joint": PrototypeSetting(8, "joint", MUCH_CHANGE),
}


def validate_neighbors(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    bands: Iterable[Band],
    n_neighbors: Iterable[int],
    n_prototypes: Iterable[int] | None = None,
    cv: int = 5,
    method: str = "learned",
    readout: str = "nearest",
    random_state: int | None = 0,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> pd.DataFrame:
    """Cross-validated accuracy of each setting; no subject is in training and test at once.

    Parameters
    ----------
    X, y, groups
        Training windows ``(n, n_timesteps[, n_channels])``, their labels and their subjects.
    bands : iterable of None, int or float
    n_neighbors : iterable of int
        One search for the largest k gives the accuracy of every k.
    n_prototypes : iterable of int, optional
        Profiles per class, made by ``method``; default: k-NN with the whole training set.
    cv : int
        Folds, made of whole subjects.
    method, readout, random_state
        As in :class:`har.DTWPrototypeClassifier`; a readout other than the nearest weighs all profiles, so that the
        only number of neighbours is then 1.
    n_jobs : int or None
        Settings and folds evaluated at once: None means one, -1 as many as there are cores. They run in threads of this
        process, or on the backend chosen by :func:`joblib.parallel_config`, such as a Dask cluster
        (``examples/scale_out.py``). The table does not depend on it.
    verbose : int
        1 shows progress on standard error: a bar on a terminal if rich is installed, else a line for each fitted
        model. The logger ``har.selection`` has these lines in any case, at level DEBUG.

    Returns
    -------
    pandas.DataFrame
        One row per setting, best first: ``band``, ``n_neighbors``, ``n_prototypes`` (missing for k-NN), ``accuracy``
        (mean over the folds), ``std``, ``fold_1`` …, and ``macs`` of one decision (mean over the folds). Of settings
        with equal accuracy, the cheapest comes first. Printed, it shows every row and column.

    Raises
    ------
    InvalidInputError
        If an argument is invalid or does not fit the others; the message names it.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.linspace(0, 1, 20)
    >>> X = np.array([np.sin(9 * t + 0.1 * i) if i % 2 else t + 0.01 * i for i in range(24)])
    >>> table = validate_neighbors(X, np.arange(24) % 2, np.arange(24) // 4, bands=[1, 3], n_neighbors=[1, 3], cv=3)
    >>> table[["band", "n_neighbors", "accuracy"]].shape
    (4, 3)
    """
    windows = check_windows(X)
    labels = check_class_labels(y, len(windows))
    subjects = check_vector(groups, len(windows), "groups")
    ks = sorted({check_integer(k, "n_neighbors") for k in n_neighbors})
    sizes: list[int | None] = [None]
    if n_prototypes is not None:
        sizes = [check_integer(size, "n_prototypes") for size in n_prototypes]
    if readout != "nearest" and (n_prototypes is None or ks != [1]):
        raise InvalidInputError(
            f"readout is {readout!r}, which weighs profiles: pass n_prototypes, and n_neighbors=[1]"
        )
    folds = subject_folds(subjects, n_folds=cv, y=labels, random_state=random_state)

    thread_count(n_jobs)  # raises for an invalid number of jobs
    settings = [_Setting(band, size, method, readout, random_state) for band, size in product(bands, sizes)]
    for setting in settings:
        band_radius(setting.band, windows.shape[1], windows.shape[1])
    jobs = list(product(settings, enumerate(folds, start=1)))
    # Threads unless the caller has configured another backend: the compiled loops release Python's lock.
    work = joblib.Parallel(n_jobs, prefer="threads", return_as="generator")
    results = work(
        joblib.delayed(_evaluate_fold)(setting, windows, labels, subjects, fold, ks) for setting, (_, fold) in jobs
    )
    rows: dict[tuple[_Setting, int], dict[str, Any]] = {}
    with Progress("validation", len(jobs), verbose=verbose, logger=__name__) as progress:
        for (setting, (number, _)), result in zip(jobs, results, strict=True):
            for k, accuracy in zip(ks, result.accuracies, strict=True):
                row = rows.setdefault(
                    (setting, k), {"band": setting.band, "n_neighbors": k, "n_prototypes": setting.size, "macs": []}
                )
                row[f"fold_{number}"] = accuracy
                row["macs"].append(result.macs)
            progress.step(f"{setting}: fold {number} accuracy {result.accuracies[-1]:.3f} (k = {ks[-1]})")
    return _best_first(rows, len(folds))


def _best_first(rows: Mapping[Any, dict[str, Any]], n_folds: int) -> pd.DataFrame:
    """The table of all settings."""
    import pandas as pd

    from har.tables.whole import WholeTable

    table = pd.DataFrame([{**row, "macs": float(np.mean(row["macs"]))} for row in rows.values()])
    # As objects: beside fractions, a band of 1 (one sample) must not become 1.0 (no constraint).
    table["band"] = pd.Series([row["band"] for row in rows.values()], dtype=object)
    table["n_prototypes"] = table["n_prototypes"].astype("Int64")
    in_folds = [f"fold_{number}" for number in range(1, n_folds + 1)]
    table["accuracy"] = table[in_folds].mean(axis=1)
    table["std"] = table[in_folds].std(axis=1, ddof=0)
    table = table.sort_values(["accuracy", "macs"], ascending=[False, True], ignore_index=True, kind="stable")
    return WholeTable(table[["band", "n_neighbors", "n_prototypes", "accuracy", "std", *in_folds, "macs"]])


@dataclass(frozen=True)
class _Setting:
    """What is fitted once per fold, for all k."""

    band: Band
    size: int | None  # profiles per class; None: the whole training set
    method: str
    readout: str
    random_state: int | None

    def __str__(self) -> str:
        return f"band {self.band}, {_profiles_per_class(self.size)}"


def _profiles_per_class(size: int | None) -> str:
    return "k-NN" if size is None else f"{size} profile{'s' * (size != 1)} per class"


@dataclass(frozen=True)
class _FoldResult:
    accuracies: list[float]  # one per k
    macs: int


def _evaluate_fold(
    setting: _Setting,
    windows: FloatArray,
    labels: npt.NDArray[Any],
    subjects: npt.NDArray[Any],
    fold: Split,
    ks: Sequence[int],
) -> _FoldResult:
    """Fit one setting on one fold, and test it for every k."""
    train, test = fold
    model: DTWKNeighborsClassifier | DTWPrototypeClassifier
    if setting.size is None:
        model = DTWKNeighborsClassifier(ks[-1], band=setting.band).fit(windows[train], labels[train])
        distances, neighbours = model.kneighbors(windows[test])
        neighbour_classes = model._class_indices[neighbours]
    else:
        model = DTWPrototypeClassifier(
            setting.size,
            method=setting.method,
            band=setting.band,
            readout=setting.readout,
            random_state=setting.random_state,
        ).fit(windows[train], labels[train], subjects[train])
        if model.readout_ == "linear":
            return _FoldResult([float(model.score(windows[test], labels[test]))], model.cost_.macs)
        distances, neighbour_classes = model._neighbors(windows[test])
    accuracies = []
    for k in ks:
        votes = vote(distances[:, :k], neighbour_classes[:, :k], len(model.classes_), "uniform")
        accuracies.append(float(np.mean(model.classes_[votes.argmax(axis=1)] == labels[test])))
    return _FoldResult(accuracies, model.cost_.macs)
