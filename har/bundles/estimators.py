"""Save and load what all estimators of windows share: the shape of a window, and feature names."""

from typing import Any

from common.bundles.parameters import plain_names, read_names
from common.errors import InvalidInputError
from common.validation import check_integer, check_number


def plain_input(model: Any) -> dict[str, Any]:
    """The window shape and feature names that an estimator was fitted on, as JSON values."""
    shape = {"n_timesteps": int(model.n_timesteps_in_), "n_channels": int(model.n_channels_in_)}
    known = {**shape, "feature_names": plain_names(model)}
    if hasattr(model, "channels_in_"):
        known |= {"channels": list(model.channels_in_), "rate_hz": model.rate_hz_in_}
    return known


def set_input(
    model: Any, n_timesteps: Any, n_channels: Any, feature_names: Any, channels: Any = None, rate_hz: Any = None
) -> None:
    """Set on an estimator what :func:`plain_input` returned; channels and rate are there if windows came with them."""
    model.n_timesteps_in_ = check_integer(n_timesteps, "n_timesteps")
    model.n_channels_in_ = check_integer(n_channels, "n_channels")
    model.n_features_in_ = model.n_timesteps_in_ * model.n_channels_in_
    names = read_names(feature_names, model.n_features_in_)
    if names is not None:
        model.feature_names_in_ = names
    if channels is None:
        return
    known = isinstance(channels, list) and all(isinstance(name, str) for name in channels)
    if not known or len(channels) != model.n_channels_in_ or len(set(channels)) < len(channels):
        raise InvalidInputError(f"channels must be {model.n_channels_in_} different names")
    model.channels_in_, model.rate_hz_in_ = tuple(channels), check_number(rate_hz, "rate_hz", above=0)
