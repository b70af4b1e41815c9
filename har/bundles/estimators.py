"""What the kinds of all estimators of windows share: the shape of a window, and names of features."""

from typing import Any

from common.bundles.parameters import plain_names, read_names
from common.validation import check_integer


def plain_input(model: Any) -> dict[str, Any]:
    """The shape of the windows that an estimator was fitted on, and the names in a data frame, as JSON holds them."""
    return {
        "n_timesteps": int(model.n_timesteps_in_),
        "n_channels": int(model.n_channels_in_),
        "feature_names": plain_names(model),
    }


def set_input(model: Any, n_timesteps: Any, n_channels: Any, feature_names: Any) -> None:
    """Note on an estimator what :func:`plain_input` read from one."""
    model.n_timesteps_in_ = check_integer(n_timesteps, "n_timesteps")
    model.n_channels_in_ = check_integer(n_channels, "n_channels")
    model.n_features_in_ = model.n_timesteps_in_ * model.n_channels_in_
    names = read_names(feature_names, model.n_features_in_)
    if names is not None:
        model.feature_names_in_ = names
