"""The only place where arrays, labels and bands are checked.

Every function returns its argument in the form the library computes with, or raises
:class:`~common.errors.InvalidInputError` with a message that names the argument, the place
in it, and the fix. Windows are ``(n_windows, n_timesteps, n_channels)``.
"""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.int64]

# What a band may be: None, a radius in samples, or a fraction of the longer series.
Band = int | float | None


class _WrongTypeError(InvalidInputError, TypeError):
    """Not numbers at all: scikit-learn, and Python, expect a TypeError here."""


_AXES = {1: ("sample",), 2: ("sample", "channel"), 3: ("window", "timestep", "channel")}


def as_float_array(value: Any, name: str) -> FloatArray:
    """``value`` as a numeric array: float32 stays float32, everything else becomes float64."""
    try:
        array = np.asarray(value)
        if np.iscomplexobj(array):
            raise InvalidInputError(f"{name} is complex. Complex data not supported: pass magnitudes or two channels.")
        if array.dtype == object and hasattr(value, "toarray"):
            raise InvalidInputError(f"{name} is sparse. Sparse data is not supported: pass {name}.toarray()")
        return array if array.dtype == np.float32 else array.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, InvalidInputError):
            raise
        kind = _WrongTypeError if isinstance(error, TypeError) else InvalidInputError
        raise kind(
            f"{name} is not a rectangular array of numbers ({error}); windows must share one length and channel count, "
            "see har.segment"
        ) from error


def check_finite(array: FloatArray, name: str, axes: tuple[str, ...] | None = None) -> None:
    """Raise with the place of the first NaN or infinity in ``array``."""
    # One pass and no temporary in the common case: the sum of finite numbers is finite unless it overflows.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum(dtype=np.float64)):
            return
    bad = ~np.isfinite(array)
    if not bad.any():
        return
    place = np.unravel_index(int(np.argmax(bad)), array.shape)
    what = "NaN" if np.isnan(array[place]) else "infinity"
    axes = axes or _AXES.get(array.ndim, tuple(f"axis {axis}" for axis in range(array.ndim)))
    where = ", ".join(f"{axis} {index}" for axis, index in zip(axes, place, strict=True))
    raise InvalidInputError(
        f"{name} contains {what} at {where} ({int(bad.sum())} such values in all): "
        "interpolate short gaps, leave out windows with longer ones"
    )


def check_series(value: Any, name: str) -> FloatArray:
    """A single series as ``(n_samples, n_channels)``; one dimension means one channel."""
    array = as_float_array(value, name)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise InvalidInputError(
            f"{name} has {array.ndim} dimensions; a series is (n_samples,) or (n_samples, n_channels)"
        )
    if 0 in array.shape:
        raise InvalidInputError(f"{name} is empty: shape {array.shape}; a series needs one sample and one channel")
    check_finite(array, name)
    return array


def check_windows(value: Any, name: str = "X") -> FloatArray:
    """A batch as ``(n_windows, n_timesteps, n_channels)``; two dimensions mean one channel."""
    array = as_float_array(value, name)
    if array.ndim not in (2, 3):
        raise InvalidInputError(
            f"{name} has {array.ndim} dimension{'s' if array.ndim != 1 else ''}; windows are (n_windows, n_timesteps) "
            "or (n_windows, n_timesteps, n_channels). Reshape your data: a single window is x[None]"
        )
    if 0 in array.shape:
        lacking = "sample" if len(array) == 0 else "feature"
        raise InvalidInputError(
            f"{name} is empty: 0 {lacking}(s) (shape={array.shape}) while a minimum of 1 is required. "
            "Pass at least one window, timestep and channel"
        )
    if array.ndim == 2:
        array = array[:, :, None]
    check_finite(array, name)
    return array


def remember_windows(estimator: Any, X: Any, windows: FloatArray) -> None:
    """Note on ``estimator`` what it was fitted on: the shape of a window, and names if ``X`` is a data frame.

    It comes after all other checks of ``fit``, so that a refused ``fit`` leaves the estimator as it was.
    """
    from sklearn.utils.validation import validate_data

    try:
        validate_data(estimator, _as_table(X, windows), skip_check_array=True, reset=True)
    except TypeError as error:
        raise _WrongTypeError(f"X has column names of several types ({error})") from error
    estimator.n_timesteps_in_, estimator.n_channels_in_ = windows.shape[1:]


def fit_windows(estimator: Any, X: Any) -> FloatArray:
    """:func:`check_windows` and :func:`remember_windows` at once, where ``fit`` has nothing else to check."""
    windows = check_windows(X)
    remember_windows(estimator, X, windows)
    return windows


def check_fitted_windows(estimator: Any, X: Any) -> FloatArray:
    """Windows for a fitted estimator: as long, and with as many channels, as those of ``fit``."""
    from sklearn.utils.validation import check_is_fitted, validate_data

    check_is_fitted(estimator)
    windows = check_windows(X)
    try:
        validate_data(estimator, _as_table(X, windows), skip_check_array=True, reset=False)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(str(error)) from error
    fitted = (estimator.n_timesteps_in_, estimator.n_channels_in_)
    if windows.shape[1:] != fitted:
        raise InvalidInputError(
            f"X has windows of {windows.shape[1]} timesteps and {windows.shape[2]} channels, but "
            f"{type(estimator).__name__} was fitted on {fitted[0]} timesteps and {fitted[1]} channels: "
            "segment and preprocess both alike"
        )
    return windows


def _as_table(X: Any, windows: FloatArray) -> Any:
    """What scikit-learn reads names and the number of features from: a data frame itself, or flat windows."""
    return X if hasattr(X, "columns") else windows.reshape(len(windows), -1)


def check_sensors(value: Any, name: str = "X") -> FloatArray:
    """One number a sensor as float64 ``(n, n_sensors)``; NaN means that the sensor was absent, infinity is refused."""
    array = as_float_array(value, name).astype(np.float64, copy=False)
    if array.ndim != 2:
        raise InvalidInputError(
            f"{name} has {array.ndim} dimension{'s' if array.ndim != 1 else ''}; it is (n, n_sensors). "
            "Reshape your data: a single row is x[None], a single sensor x[:, None]"
        )
    if 0 in array.shape:
        lacking = "sample" if len(array) == 0 else "feature"
        raise InvalidInputError(
            f"{name} is empty: 0 {lacking}(s) (shape={array.shape}) while a minimum of 1 is required. "
            "Pass at least one row and one sensor"
        )
    infinite = np.isinf(array)
    if infinite.any():
        row, sensor = np.argwhere(infinite)[0]
        raise InvalidInputError(
            f"{name} contains infinity at row {row}, sensor {sensor} ({int(infinite.sum())} such values in all): "
            "pass NaN where a sensor is absent"
        )
    return array


def check_probabilities(value: Any, name: str = "X") -> FloatArray:
    """:func:`check_sensors` for the edges of a system: every number that is there must be a probability.

    Examples
    --------
    >>> check_probabilities([[0.2, float("nan")]])
    array([[0.2, nan]])
    """
    array = check_sensors(value, name)
    wrong = (array < 0) | (array > 1)  # a NaN is neither
    if wrong.any():
        row, sensor = np.argwhere(wrong)[0]
        raise InvalidInputError(
            f"{name} is {array[row, sensor]:g} at row {row}, sensor {sensor}; a probability lies from 0 to 1. "
            "Pass predict_proba(...)[:, 1] of each sensor, not its score or its label"
        )
    return array


def check_images(value: Any, name: str = "X", *, size: int | None = None) -> npt.NDArray[np.uint8]:
    """A batch of RGB images as uint8 ``(n_images, height, width, 3)``; ``size`` is the side a network expects."""
    try:
        images = np.asarray(value)
    except ValueError as error:
        raise InvalidInputError(f"{name} holds images of different sizes; read them with fall.read_images") from error
    if images.dtype != np.uint8:
        raise InvalidInputError(
            f"{name} is {images.dtype}; images are uint8 from 0 to 255: "
            f"(255 * {name}).astype('uint8') if yours are from 0 to 1"
        )
    if images.ndim != 4 or images.shape[3] != 3:
        raise InvalidInputError(
            f"{name} has shape {images.shape}; images are (n_images, height, width, 3) in RGB. "
            "A single image is x[None]"
        )
    if 0 in images.shape:
        raise InvalidInputError(f"{name} is empty: shape {images.shape}; it needs at least one image")
    if size is not None and images.shape[1:3] != (size, size):
        raise InvalidInputError(
            f"{name} has images of {images.shape[2]} x {images.shape[1]} pixels, but {size} x {size} are expected: "
            f"read them with size={size}"
        )
    return images


def check_tensor(value: Any, name: str) -> FloatArray:
    """Finite numbers in an array of any shape that holds at least one: weights or activations."""
    try:
        array = as_float_array(value, name)
    except InvalidInputError as error:
        if error.__cause__ is None:  # complex or sparse: the message fits tensors too
            raise
        raise type(error)(f"{name} is not a rectangular array of numbers: pass one tensor at a time") from error
    if array.size == 0:
        raise InvalidInputError(f"{name} is empty: shape {array.shape}; it needs at least one value")
    if not np.isfinite(array).all():
        index = np.unravel_index(int(np.argmin(np.isfinite(array))), array.shape)
        raise InvalidInputError(
            f"{name} contains {array[index]} at index {tuple(map(int, index))}: leave such values out, "
            "or train again at a lower learning rate"
        )
    return array


def check_integers(value: Any, name: str, *, at_least: int, at_most: int) -> IntArray:
    """Integers in a range, in an array of any shape (bool is refused)."""
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise InvalidInputError(f"{name} is ragged: pass one rectangular array") from error
    if array.size == 0:
        return np.zeros(array.shape, np.int64)
    if array.dtype.kind not in "iu":
        raise InvalidInputError(f"{name} holds {array.dtype}; it must hold integers")
    outside = (array < at_least) | (array > at_most)
    if outside.any():
        index = np.unravel_index(int(np.argmax(outside)), array.shape)
        raise InvalidInputError(
            f"{name} is {array[index]} at index {tuple(map(int, index))}; it must lie from {at_least} to {at_most}"
        )
    return array.astype(np.int64)


def check_same_channels(x: FloatArray, y: FloatArray, names: tuple[str, str]) -> None:
    """Raise unless the last axes agree."""
    if x.shape[-1] != y.shape[-1]:
        raise InvalidInputError(
            f"{names[0]} has {x.shape[-1]} channels and {names[1]} has {y.shape[-1]}: select the same channels in both"
        )


def check_vector(value: Any, n: int, name: str, *, of: str = "X") -> npt.NDArray[Any]:
    """Labels, groups or weights: one entry for each of the ``n`` windows of ``of``, none missing."""
    array = np.asarray(value)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InvalidInputError(f"{name} has shape {array.shape}; it must be one-dimensional, one entry per window")
    if len(array) != n:
        raise InvalidInputError(
            f"{name} has {len(array)} entries but {of} has {n}: pass one entry per window, in the same order"
        )
    missing = np.isnan(array) if array.dtype.kind == "f" else np.array([entry is None for entry in array], dtype=bool)
    if missing.any():
        raise InvalidInputError(
            f"{name} contains NaN or None at entry {int(np.argmax(missing))}: leave out such windows"
        )
    return array


def encode_labels(value: Any, name: str, *, n: int | None = None, of: str = "X") -> tuple[npt.NDArray[Any], IntArray]:
    """The distinct labels or subjects in ``value``, sorted, and the place of each entry among them.

    Examples
    --------
    >>> values, codes = encode_labels(["walk", "fall", "walk"], "y")
    >>> values.tolist(), codes.tolist()
    (['fall', 'walk'], [1, 0, 1])
    """
    array = _as_labels(value, name)
    array = check_vector(array, n if n is not None else array.size, name, of=of)
    if len(array) == 0:
        raise InvalidInputError(f"{name} is empty; it needs at least one entry")
    try:
        values, codes = np.unique(array, return_inverse=True)
    except TypeError as error:
        raise InvalidInputError(f"{name} mixes types without an order ({error}): use numbers or text") from error
    return values, codes.astype(np.int64, copy=False)


def check_class_labels(value: Any, n: int, name: str = "y") -> npt.NDArray[Any]:
    """The classes of ``n`` windows for a classifier: at least two, none missing, not a regression target."""
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import column_or_1d

    if value is None:
        raise InvalidInputError(f"fit requires {name} to be passed, but the target {name} is None: pass the classes")
    try:
        labels = column_or_1d(_as_labels(value, name), warn=True)
        check_vector(labels, n, name)
        check_classification_targets(labels)
    except (TypeError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(f"{name} does not hold one class per window: {error}") from error
    if (labels == labels[0]).all():
        raise InvalidInputError(f"{name} holds one class only, {labels[0]!r}: add windows of another class")
    return np.asarray(labels)


def _as_labels(value: Any, name: str) -> npt.NDArray[Any]:
    """Numbers or text as such: a pandas column of text, and a mix with None, arrive as objects."""
    array = _as_array(value, name)
    if array.dtype != object:
        return array
    import pandas as pd

    missing = pd.isna(array)
    if missing.any():
        raise InvalidInputError(f"{name} contains a missing value at entry {int(np.argmax(missing))}: leave it out")
    return _as_array(array.tolist(), name)


def _as_array(value: Any, name: str) -> npt.NDArray[Any]:
    try:
        return np.asarray(value)
    except ValueError as error:
        raise InvalidInputError(f"{name} is ragged; it must be one-dimensional, one entry per window") from error


def check_same_kind(first: npt.NDArray[Any], second: npt.NDArray[Any], names: tuple[str, str]) -> None:
    """Raise if one holds numbers and the other text: NumPy would make both text and 1 equal to "1"."""
    kinds = ["numbers" if array.dtype.kind in "biuf" else "text" for array in (first, second)]
    if kinds[0] != kinds[1]:
        raise InvalidInputError(
            f"{names[0]} holds {kinds[0]} and {names[1]} holds {kinds[1]}: use the same kind in both"
        )


def check_band(band: Any, name: str = "band") -> Band:
    """Refuse a band that is neither None, an integer radius >= 0, nor a float in (0, 1]."""
    if band is None:
        return None
    if isinstance(band, (bool, np.bool_)) or not isinstance(band, numbers.Real):
        raise InvalidInputError(
            f"{name} is {band!r}; use None (no constraint), an integer radius in samples, or a float in (0, 1]"
        )
    if isinstance(band, numbers.Integral):
        if band < 0:
            raise InvalidInputError(f"{name} is {band}; a radius in samples must be 0 or more")
        return int(band)
    if not 0.0 < float(band) <= 1.0:
        raise InvalidInputError(
            f"{name} is {float(band)}; a float is a fraction of the longer series and must lie in (0, 1]. "
            "Use an integer for a radius in samples"
        )
    return float(band)


def band_radius(band: Any, n: int, m: int) -> int:
    """The Sakoe-Chiba radius in samples that ``band`` means for series of ``n`` and ``m`` samples.

    Examples
    --------
    >>> band_radius(0.1, 128, 128), band_radius(3, 128, 128), band_radius(None, 128, 100)
    (12, 3, 127)
    """
    checked = check_band(band)
    longest = max(n, m)
    if checked is None:
        return longest - 1
    if isinstance(checked, float):
        return min(int(checked * longest + 1e-9), longest - 1)
    return min(checked, longest - 1)


def check_integer(value: Any, name: str, *, at_least: int = 1, at_most: int | None = None, why: str = "") -> int:
    """An integer in a range (bool is refused)."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise InvalidInputError(f"{name} is {value!r}; it must be an integer of at least {at_least}")
    number = int(value)
    if number < at_least or (at_most is not None and number > at_most):
        limit = f"at least {at_least}" + ("" if at_most is None else f" and at most {at_most}")
        raise InvalidInputError(f"{name} is {number}; it must be {limit}{' ' + why if why else ''}")
    return number


def check_number(
    value: Any, name: str, *, above: float | None = None, at_least: float | None = None, below: float | None = None
) -> float:
    """A finite real number in a range: ``above`` and ``below`` are exclusive, ``at_least`` inclusive."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise InvalidInputError(f"{name} is {value!r}; it must be a finite number")
    try:
        number = float(value)
    except OverflowError:  # an integer beyond 1e308
        number = np.inf
    if not np.isfinite(number):
        raise InvalidInputError(f"{name} is {number}; it must be a finite number")
    limits = [
        (above is not None and number <= above, f"above {above}"),
        (at_least is not None and number < at_least, f"at least {at_least}"),
        (below is not None and number >= below, f"below {below}"),
    ]
    for broken, limit in limits:
        if broken:
            raise InvalidInputError(f"{name} is {number:g}; it must be {limit}")
    return number


def check_choice(value: Any, name: str, choices: tuple[str, ...]) -> str:
    """One of a few names."""
    if not isinstance(value, str) or value not in choices:
        raise InvalidInputError(f"{name} is {value!r}; choose one of {', '.join(map(repr, choices))}")
    return value


def random_generator(value: Any, name: str = "random_state") -> np.random.Generator:
    """NumPy's generator from whatever scikit-learn accepts as ``random_state``, or from a Generator as it is."""
    if isinstance(value, np.random.Generator):
        return value
    if isinstance(value, np.random.RandomState):
        return np.random.default_rng(value.randint(0, 2**31 - 1, size=4))
    return np.random.default_rng(None if value is None else check_integer(value, name, at_least=0))
