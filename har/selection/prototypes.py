"""How profiles are learned, validated by person: accuracy and bytes of each setting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.evaluation.decisions import evaluate
from common.evaluation.splits import Split, subject_folds
from common.progress import Progress
from common.validation import Band, FloatArray, check_class_labels, check_vector, check_windows, rate_of
from har.dtw.threads import thread_count
from har.selection.settings import PROTOTYPE_SETTINGS, PrototypeSetting

if TYPE_CHECKING:
    import pandas as pd


def validate_prototypes(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    settings: Mapping[str, PrototypeSetting] | Iterable[str] | None = None,
    rate_hz: float | None = None,
    target_hz: float | None = None,
    triads: Sequence[Sequence[int]] = (),
    acceleration: Sequence[int] | None = None,
    band: Band = 0.1,
    bits: int | None = 8,
    positive: Any = None,
    cv: int = 5,
    random_state: int | None = 0,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> pd.DataFrame:
    """Cross-validated accuracy and bytes of ways to learn profiles; no subject is in training and test at once.

    Pass training people alone: who chooses the best row has used everybody in this table.

    Parameters
    ----------
    X, y, groups
        Training windows ``(n, n_timesteps, n_channels)``, their labels and their subjects.
    settings : mapping of PrototypeSetting, iterable of str, or None
        Ways to learn by name, or names in :data:`PROTOTYPE_SETTINGS`; None: all of these, those with the logarithm of
        the jerk only if the rate is known.
    rate_hz, target_hz : float, optional
        Samples per second of X, which :class:`har.Windows` know themselves, and of what profiles are learned from.
    triads, acceleration, band, bits, random_state
        These and both rates: as in :meth:`PrototypeSetting.pipeline`.
    positive : label, optional
        The class whose recall is the sensitivity, such as a fall.
    cv : int
        Folds, made of whole subjects.
    n_jobs, verbose
        As in :func:`har.validate_neighbors`.

    Returns
    -------
    pandas.DataFrame
        One row per setting, best first: ``setting``, ``accuracy`` (mean over the folds), ``std``, ``fold_1`` …,
        with ``positive`` also ``sensitivity`` and ``specificity`` of all windows, ``bytes`` of the profiles and their
        readout and ``macs`` of one decision (means over the folds), and ``front``: no other setting is better in both
        accuracy and bytes. Of settings with equal accuracy, the smallest comes first. Printed, it shows every row.

    Raises
    ------
    InvalidInputError
        If a name is unknown, if a rate is missing, or as by :func:`har.validate_neighbors`.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X, y, people = rng.normal(size=(48, 16, 3)), np.arange(48) % 2, np.arange(48) // 8
    >>> X[y == 1, 4:8] += 2
    >>> table = validate_prototypes(X, y, people, settings=["1 linear", "4 nearest"], triads=[(0, 1, 2)], cv=3)
    >>> table[["setting", "accuracy", "bytes", "front"]]  # doctest: +NORMALIZE_WHITESPACE
     setting accuracy bytes front
    1 linear    1.000   224  True
    4 nearest   1.000   408 False
    """
    windows, rate_hz = check_windows(X), rate_of(X, rate_hz)
    labels = check_class_labels(y, len(windows))
    subjects = check_vector(groups, len(windows), "groups")
    chosen = _chosen(settings, has_rate=rate_hz is not None)
    if positive is not None and positive not in labels:
        raise InvalidInputError(f"positive is {positive!r}, which is no label; labels are {np.unique(labels).tolist()}")
    folds = subject_folds(subjects, n_folds=cv, y=labels, random_state=random_state)
    thread_count(n_jobs)  # raises for an invalid number of jobs
    options: dict[str, Any] = {
        "rate_hz": rate_hz, "target_hz": target_hz, "triads": triads, "acceleration": acceleration,
        "band": band, "bits": bits, "random_state": random_state,
    }  # fmt: skip
    for setting in chosen.values():
        setting.pipeline(**options)  # raises for a rate that is missing
    jobs = list(product(chosen.items(), folds))
    # Threads unless the caller has configured another backend: the compiled loops release Python's lock.
    work = joblib.Parallel(n_jobs, prefer="threads", return_as="generator")
    results = work(
        joblib.delayed(_evaluate_fold)(setting, options, windows, labels, subjects, fold) for (_, setting), fold in jobs
    )
    found: dict[str, list[_FoldResult]] = {name: [] for name in chosen}
    with Progress("validation", len(jobs), verbose=verbose, logger="har.selection") as progress:
        for ((name, _), _), result in zip(jobs, results, strict=True):
            found[name].append(result)
            progress.step(f"{name}: fold {len(found[name])} accuracy {result.accuracy:.3f}")
    return _best_first(found, positive)


def _chosen(
    settings: Mapping[str, PrototypeSetting] | Iterable[str] | None, *, has_rate: bool
) -> dict[str, PrototypeSetting]:
    """Settings by name."""
    if settings is None:
        return {name: setting for name, setting in PROTOTYPE_SETTINGS.items() if has_rate or not setting.log_jerk}
    if not isinstance(settings, Mapping):
        names = [settings] if isinstance(settings, str) else list(settings)
        if unknown := [name for name in names if name not in PROTOTYPE_SETTINGS]:
            raise InvalidInputError(
                f"settings holds {unknown[0]!r}; choose among {', '.join(map(repr, PROTOTYPE_SETTINGS))}"
            )
        settings = {name: PROTOTYPE_SETTINGS[name] for name in names}
    if not settings:
        raise InvalidInputError("settings is empty: pass names of PROTOTYPE_SETTINGS, or None for all")
    return dict(settings)


@dataclass(frozen=True, eq=False)
class _FoldResult:
    y: npt.NDArray[Any]
    predicted: npt.NDArray[Any]
    n_bytes: int
    macs: int

    @property
    def accuracy(self) -> float:
        return float(np.mean(self.predicted == self.y))


def _evaluate_fold(
    setting: PrototypeSetting,
    options: Mapping[str, Any],
    windows: FloatArray,
    labels: npt.NDArray[Any],
    subjects: npt.NDArray[Any],
    fold: Split,
) -> _FoldResult:
    """Learn on the people of a fold, and judge the others."""
    train, test = fold
    model = setting.pipeline(**options)
    model.fit(windows[train], labels[train], dtwprototypeclassifier__groups=subjects[train])
    cost = model[-1].cost_
    return _FoldResult(labels[test], model.predict(windows[test]), cost.weight_bytes, cost.macs)


def _best_first(found: Mapping[str, Sequence[_FoldResult]], positive: Any) -> pd.DataFrame:
    """The table of all settings."""
    import pandas as pd

    from common.plotting.pareto import pareto_front
    from har.tables.whole import WholeTable

    table = pd.DataFrame([_row(name, results, positive) for name, results in found.items()])
    table["front"] = pareto_front(table, minimize=["bytes"], maximize=["accuracy"])
    return WholeTable(table.sort_values(["accuracy", "bytes"], ascending=[False, True], ignore_index=True))


def _row(name: str, results: Sequence[_FoldResult], positive: Any) -> dict[str, Any]:
    accuracies = [result.accuracy for result in results]
    row = {"setting": name, "accuracy": float(np.mean(accuracies)), "std": float(np.std(accuracies))}
    row |= {f"fold_{number}": accuracy for number, accuracy in enumerate(accuracies, start=1)}
    if positive is not None:
        y, predicted = (np.concatenate([getattr(result, part) for result in results]) for part in ("y", "predicted"))
        judged = evaluate(y, predicted, positive=positive)
        row |= {"sensitivity": judged.sensitivity, "specificity": judged.specificity}
    costs = {"bytes": [result.n_bytes for result in results], "macs": [result.macs for result in results]}
    return row | {cost: float(np.mean(values)) for cost, values in costs.items()}
