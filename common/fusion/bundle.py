"""Save and load a fusion as a bundle (:func:`common.save_bundle`): parameters, pooling rule, calibration curves."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import sklearn
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from common.bundles.parameters import plain_names, plain_parameters, read_names, read_parameters
from common.bundles.registry import register
from common.errors import InvalidInputError
from common.fusion.calibration import Calibration, Pool
from common.fusion.classifier import FusionClassifier
from common.fusion.logistic import LogisticPool
from common.fusion.pooling import RULES, FixedPool, dempster_shafer_pool
from common.validation import check_choice, check_number, encode_labels

Array = npt.NDArray[Any]

# Larger weights would overflow to infinity.
_LARGEST = 1e100

_LOGISTIC, _DEMPSTER_SHAFER = "logistic", "dempster_shafer"


def _write(fusion: FusionClassifier) -> dict[str, Any]:
    check_is_fitted(fusion)
    fusion._check_parameters()
    pool, pool_files = _write_pool(fusion.pool_)
    curves, curve_files = _write_curves(fusion._calibration)
    parameters = plain_parameters(fusion)
    del parameters["cv"]  # numbers of training rows, which mean nothing where these are not
    return {
        "model.json": {
            "parameters": parameters,
            "feature_names": plain_names(fusion),
            "n_sensors": fusion.n_features_in_,
            "base_rate": fusion.base_rate_,
            "pool": pool,
            "curves": curves,
        },
        "classes.npy": fusion.classes_,
        "patterns.npy": fusion.patterns_,
        **pool_files,
        **curve_files,
    }


def _read(files: Mapping[str, Any]) -> FusionClassifier:
    about = files["model.json"]
    fusion = FusionClassifier(**read_parameters(about["parameters"]))
    fusion._check_parameters()
    classes, codes = encode_labels(files["classes.npy"], "classes")
    if codes.tolist() != [0, 1]:
        raise InvalidInputError("classes must be two different labels in order")
    patterns = _checked(files["patterns.npy"], "patterns", "b", (None, None))
    fusion.n_features_in_ = patterns.shape[1]
    if about["n_sensors"] != patterns.shape[1] or not patterns.shape[1]:
        raise InvalidInputError(f"patterns has {patterns.shape[1]} sensors, not the n_sensors in model.json")
    names = read_names(about["feature_names"], patterns.shape[1])
    if names is not None:
        fusion.feature_names_in_ = names
    fusion.classes_ = classes
    fusion.patterns_ = patterns
    fusion.base_rate_ = check_number(about["base_rate"], "base_rate", above=0, below=1)
    fusion.pool_ = _read_pool(about["pool"], files, patterns, fusion.base_rate_)
    fusion._calibration = _read_curves(about["curves"], files, len(patterns) + 1)
    return fusion


# ----- the pooling rule ----------------------------------------------------------------------------------------------


def _write_pool(pool: Any) -> tuple[str, dict[str, Any]]:
    """Its name and arrays. The name is not taken from ``method``, which may have been set after fit."""
    if isinstance(pool, LogisticPool):
        return _LOGISTIC, {"intercepts.npy": pool.intercepts, "weights.npy": pool.weights}
    if isinstance(pool.rule, partial):
        return _DEMPSTER_SHAFER, {"reliabilities.npy": pool.rule.keywords["reliabilities"]}
    return next(name for name, rule in RULES.items() if rule is pool.rule), {}


def _read_pool(name: Any, files: Mapping[str, Any], patterns: Array, base_rate: float) -> Pool:
    n_patterns, n_sensors = patterns.shape
    if name == _LOGISTIC:
        return LogisticPool(
            base_rate=base_rate,
            patterns=patterns,
            intercepts=_checked(files["intercepts.npy"], "intercepts", "f", (n_patterns + 1,)),
            weights=_checked(files["weights.npy"], "weights", "f", (n_patterns + 1, n_sensors, 2)),
        )
    if name == _DEMPSTER_SHAFER:
        reliabilities = _checked(files["reliabilities.npy"], "reliabilities", "f", (n_sensors,))
        if (reliabilities < 0).any() or (reliabilities > 1).any():
            raise InvalidInputError("reliabilities must be from 0 to 1")
        return FixedPool(partial(dempster_shafer_pool, reliabilities=reliabilities), base_rate)
    return FixedPool(RULES[check_choice(name, "pool", tuple(RULES))], base_rate)


# ----- the calibration -----------------------------------------------------------------------------------------------


def _write_curves(calibration: Calibration | None) -> tuple[str | None, dict[str, Any]]:
    """The type of the curves, and their numbers, concatenated over all patterns."""
    if calibration is None:
        return None, {}
    curves = calibration.curves
    if isinstance(curves[0], LogisticRegression):
        numbers = [[curve.coef_[0, 0], curve.intercept_[0]] for curve in curves]
        return "sigmoid", {"slopes_and_offsets.npy": np.array(numbers)}
    thresholds = [np.stack([curve.X_thresholds_, curve.y_thresholds_]) for curve in curves]
    return "isotonic", {
        "thresholds.npy": np.concatenate(thresholds, axis=1),
        "n_thresholds.npy": np.array([part.shape[1] for part in thresholds]),
    }


def _read_curves(name: Any, files: Mapping[str, Any], n_curves: int) -> Calibration | None:
    if name is None:
        return None
    if check_choice(name, "curves", ("sigmoid", "isotonic")) == "sigmoid":
        numbers = _checked(files["slopes_and_offsets.npy"], "slopes_and_offsets", "f", (n_curves, 2))
        return Calibration(tuple(_sigmoid(slope, offset) for slope, offset in numbers))
    thresholds = _checked(files["thresholds.npy"], "thresholds", "f", (2, None))
    lengths = _checked(files["n_thresholds.npy"], "n_thresholds", "i", (n_curves,))
    if (lengths < 1).any() or sum(lengths.tolist()) != thresholds.shape[1]:
        raise InvalidInputError(f"n_thresholds must be {n_curves} counts from 1 on with the sum {thresholds.shape[1]}")
    parts = np.split(thresholds, np.cumsum(lengths)[:-1], axis=1)
    return Calibration(tuple(_isotonic(part[0].copy(), part[1].copy()) for part in parts))


def _sigmoid(slope: float, offset: float) -> LogisticRegression:
    curve = LogisticRegression()
    curve.classes_ = np.array([False, True])
    curve.coef_, curve.intercept_ = np.array([[slope]]), np.array([offset])
    curve.n_features_in_ = 1
    return curve


def _isotonic(x: Array, y: Array) -> IsotonicRegression:
    if (np.diff(x) <= 0).any() or (np.diff(y) < 0).any() or y[0] < 0 or y[-1] > 1:
        raise InvalidInputError("thresholds must increase, with non-decreasing probabilities from 0 to 1")
    curve = IsotonicRegression(out_of_bounds="clip")
    # As when unpickling: __setstate__ also builds the interpolation between the thresholds.
    curve.__setstate__(
        {
            **vars(curve),
            "_sklearn_version": sklearn.__version__,
            "X_thresholds_": x,
            "y_thresholds_": y,
            "X_min_": x[0],
            "X_max_": x[-1],
            "increasing_": True,
        }
    )
    return curve


def _checked(array: Any, name: str, kind: str, shape: tuple[int | None, ...]) -> Array:
    """Check that an array has this kind and shape (None: any length) and finite numbers."""
    if not isinstance(array, np.ndarray) or array.dtype.kind != kind or array.ndim != len(shape):
        raise InvalidInputError(f"{name} must be an array of {len(shape)} dimension(s) and kind {kind!r}")
    if any(expected not in (None, actual) for expected, actual in zip(shape, array.shape, strict=True)):
        raise InvalidInputError(f"{name} has shape {array.shape}, not {shape}")
    if not (np.abs(array) <= _LARGEST).all():
        raise InvalidInputError(f"{name} contains NaN, or magnitudes above {_LARGEST:g}")
    return array


register("common.fusion", FusionClassifier, _write, _read)
