"""Save and load the transformers of windows: parameters, the shape of a window, and what some of them learned."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from common.bundles.parameters import plain_parameters, read_parameters
from common.bundles.registry import register
from common.bundles.trained_on import TrainingData
from common.errors import InvalidInputError
from har.bundles.estimators import plain_input, set_input
from har.preprocessing import (
    GravityFrame,
    LogJerk,
    LowPass,
    Magnitude,
    NormalizeWindows,
    Resample,
    ScaleChannels,
    SeparateGravity,
    WindowStatistics,
)
from har.preprocessing.base import WindowTransformer

# Loading a transformer tries it on one window; even a forged one of this size takes less than a gigabyte.
_MAX_FEATURES = 2**20

_FITTED = {"n_timesteps_in_", "n_channels_in_", "n_features_in_", "feature_names_in_", "channels_in_", "rate_hz_in_"}


def _write(transformer: WindowTransformer) -> dict[str, Any]:
    check_is_fitted(transformer)
    unknown = vars(transformer).keys() - _FITTED - transformer.get_params(deep=False).keys()
    if unknown:
        raise InvalidInputError(f"a {type(transformer).__name__} with {', '.join(sorted(unknown))} cannot be saved")
    _check(transformer)
    return {"transformer.json": {"parameters": plain_parameters(transformer), **plain_input(transformer)}}


def _read(transformer_type: type[WindowTransformer], files: Mapping[str, Any]) -> WindowTransformer:
    about = dict(files["transformer.json"])
    transformer = transformer_type(**read_parameters(about.pop("parameters")))
    set_input(transformer, **about)
    _check(transformer)
    return transformer


def _check(transformer: WindowTransformer) -> None:
    """Try it on one window: that checks parameters, which may have been set to anything after fit."""
    n_timesteps, n_channels = transformer.n_timesteps_in_, transformer.n_channels_in_
    if n_timesteps * n_channels > _MAX_FEATURES:
        raise InvalidInputError(f"windows of {n_timesteps} × {n_channels} numbers are too large for a bundle")
    transformer._apply_finite(np.zeros((1, n_timesteps, n_channels)))


# ----- ScaleChannels, which also learns means and scales -------------------------------------------------------------


def _write_scales(transformer: ScaleChannels) -> dict[str, Any]:
    check_is_fitted(transformer)
    return {
        "transformer.json": {"parameters": plain_parameters(transformer), **plain_input(transformer)},
        "mean.npy": transformer.mean_,
        "scale.npy": transformer.scale_,
    }


def _read_scales(files: Mapping[str, Any]) -> ScaleChannels:
    about = dict(files["transformer.json"])
    transformer = ScaleChannels(**read_parameters(about.pop("parameters")))
    set_input(transformer, **about)
    transformer.mean_ = _channel_values(files["mean.npy"], "mean", transformer.n_channels_in_)
    transformer.scale_ = _channel_values(files["scale.npy"], "scale", transformer.n_channels_in_)
    if (transformer.scale_ <= 0).any():
        raise InvalidInputError("scale must be above 0")
    return transformer


def _channel_values(values: Any, name: str, n_channels: int) -> Any:
    if values.dtype.kind != "f" or values.shape != (n_channels,) or not np.isfinite(values).all():
        raise InvalidInputError(f"{name} must be {n_channels} finite numbers")
    return values


# ----- registration --------------------------------------------------------------------------------------------------


def _trained_on(transformer: WindowTransformer) -> TrainingData:
    """Includes the rate if it is a parameter that the method uses."""
    known = TrainingData.of_estimator(transformer)
    parameters = transformer.get_params()
    if "rate_hz" not in parameters or parameters.get("method") == "mean":
        return known
    return replace(known, rate_hz=float(parameters["rate_hz"]))


def _register(kind: str, transformer_type: type[WindowTransformer]) -> None:
    register(kind, transformer_type, _write, lambda files: _read(transformer_type, files), trained_on=_trained_on)


_register("har.gravity_frame", GravityFrame)
_register("har.log_jerk", LogJerk)
_register("har.low_pass", LowPass)
_register("har.magnitude", Magnitude)
_register("har.normalize_windows", NormalizeWindows)
_register("har.resample", Resample)
_register("har.separate_gravity", SeparateGravity)
_register("har.window_statistics", WindowStatistics)
register("har.scale_channels", ScaleChannels, _write_scales, _read_scales)
