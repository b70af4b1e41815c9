"""Validation of band, number of neighbours and number of profiles, by subject."""

from collections.abc import Iterable
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common.splits import subject_folds
from common.validation import Band, band_radius, check_class_labels, check_integer, check_vector, check_windows
from har.neighbors import DTWKNeighborsClassifier, vote
from har.prototypes import DTWPrototypeClassifier

if TYPE_CHECKING:
    import pandas as pd


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
    random_state: int | None = 0,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> "pd.DataFrame":
    """Cross-validated accuracy of each setting, subjects never on both sides.

    Parameters
    ----------
    X, y, groups
        Training windows ``(n, n_timesteps[, n_channels])``, their labels and their subjects.
    bands : iterable of None, int or float
    n_neighbors : iterable of int
        Every k is read off one search for the largest.
    n_prototypes : iterable of int, optional
        Profiles per class, made by ``method``; default: the whole training set (k-NN).
    cv : int
        Folds, made of whole subjects.
    method, random_state, n_jobs
        Of :class:`har.DTWPrototypeClassifier`.
    verbose : int
        1 prints a line for each fitted model.

    Returns
    -------
    pandas.DataFrame
        A row a setting, best first: ``band``, ``n_neighbors``, ``n_prototypes`` (missing for k-NN),
        ``accuracy`` (mean of the folds), ``std``, ``fold_1`` …, and ``macs`` of one decision (mean of the
        folds). Among equal accuracies the cheapest stands first.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.linspace(0, 1, 20)
    >>> X = np.array([np.sin(9 * t + 0.1 * i) if i % 2 else t + 0.01 * i for i in range(24)])
    >>> table = validate_neighbors(X, np.arange(24) % 2, np.arange(24) // 4, bands=[1, 3], n_neighbors=[1, 3], cv=3)
    >>> table[["band", "n_neighbors", "accuracy"]].shape
    (4, 3)
    """
    import pandas as pd

    windows = check_windows(X)
    labels = check_class_labels(y, len(windows))
    subjects = check_vector(groups, len(windows), "groups")
    ks = sorted({check_integer(k, "n_neighbors") for k in n_neighbors})
    sizes: list[int | None] = [None]
    if n_prototypes is not None:
        sizes = [check_integer(size, "n_prototypes") for size in n_prototypes]
    folds = subject_folds(subjects, n_folds=cv, y=labels, random_state=random_state)

    rows: dict[tuple[Any, int, int | None], dict[str, Any]] = {}
    for band, size in product(bands, sizes):
        band_radius(band, windows.shape[1], windows.shape[1])
        for number, (train, test) in enumerate(folds, start=1):
            model: DTWKNeighborsClassifier | DTWPrototypeClassifier
            if size is None:
                model = DTWKNeighborsClassifier(ks[-1], band=band, n_jobs=n_jobs)
                model.fit(windows[train], labels[train])
                distances, neighbours = model.kneighbors(windows[test])
                neighbour_classes = model._class_indices[neighbours]
            else:
                model = DTWPrototypeClassifier(
                    size, method=method, band=band, n_neighbors=1, random_state=random_state, n_jobs=n_jobs
                ).fit(windows[train], labels[train])
                distances, neighbour_classes = model._neighbors(windows[test])
            for k in ks:
                votes = vote(distances[:, :k], neighbour_classes[:, :k], len(model.classes_), "uniform")
                accuracy = float(np.mean(model.classes_[votes.argmax(axis=1)] == labels[test]))
                row = rows.setdefault(
                    (band, k, size), {"band": band, "n_neighbors": k, "n_prototypes": size, "macs": []}
                )
                row[f"fold_{number}"] = accuracy
                row["macs"].append(model.cost_.macs)
            if verbose:
                what = "k-NN" if size is None else f"{size} profiles per class"
                print(
                    f"band {band}, {what}: fold {number}/{len(folds)} accuracy {accuracy:.3f} (k = {ks[-1]})",
                    flush=True,
                )

    table = pd.DataFrame([{**row, "macs": float(np.mean(row["macs"]))} for row in rows.values()])
    # As objects, since a band of 1 (one sample) must not become 1.0 (no constraint) beside fractions.
    table["band"] = pd.Series([row["band"] for row in rows.values()], dtype=object)
    table["n_prototypes"] = table["n_prototypes"].astype("Int64")
    in_folds = [f"fold_{number}" for number in range(1, len(folds) + 1)]
    table["accuracy"] = table[in_folds].mean(axis=1)
    table["std"] = table[in_folds].std(axis=1, ddof=0)
    table = table.sort_values(["accuracy", "macs"], ascending=[False, True], ignore_index=True, kind="stable")
    return table[["band", "n_neighbors", "n_prototypes", "accuracy", "std", *in_folds, "macs"]]
