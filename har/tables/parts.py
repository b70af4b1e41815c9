"""Checks of the parts of recordings and windows: signals, names of channels, indices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, IntArray, as_float_array, check_number, encode_labels
from har.tables.units import bare_name


def check_signals(value: Any, channels: tuple[str, ...]) -> list[FloatArray]:
    """Signals as arrays ``(n_samples, n_channels)`` without infinity; columns of data frames are taken by name."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidInputError(f"signals is {value!r}; pass a list of arrays (n_samples, {len(channels)})")
    signals = [
        as_float_array(columns_by_name(signal, channels, f"signals[{i}]"), f"signals[{i}]")
        for i, signal in enumerate(value)
    ]
    for i, signal in enumerate(signals):
        if signal.ndim != 2 or signal.shape[1] != len(channels):
            turned = signal.ndim == 2 and signal.shape[0] == len(channels)
            raise InvalidInputError(
                f"signals[{i}] has shape {signal.shape}; it must be (n_samples, {len(channels)}), "
                f"one column for each of the channels {', '.join(channels)}"
                + (": its axes seem to be exchanged, pass signal.T" if turned else "")
            )
        infinite = np.argwhere(np.isinf(signal))
        if len(infinite):
            sample, channel = infinite[0]
            raise InvalidInputError(
                f"signals[{i}] contains infinity at sample {sample}, channel {channels[channel]}: "
                "use NaN for samples that were not measured"
            )
    return signals


def check_names(value: Any) -> tuple[str, ...]:
    """Distinct names of channels."""
    names = tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else ()
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise InvalidInputError(
            f"channels is {value!r}; pass different names, one per channel, such as ['ax [g]', 'ay [g]']"
        )
    return tuple(map(str, names))


def column_indices(names: tuple[str, ...], chosen: Any) -> list[int]:
    """The indices of the chosen channels in ``names``."""
    unknown = [name for name in check_names(chosen) if name not in names]
    if unknown:
        raise InvalidInputError(f"channels {unknown} are unknown; choose from {', '.join(names)}")
    return [names.index(name) for name in chosen]


def check_indices(chosen: npt.ArrayLike, n: int) -> IntArray:
    """Indices below ``n``, from indices or a mask."""
    try:
        array = np.asarray(chosen)
        if array.ndim != 1 or not array.size:
            raise InvalidInputError(f"chosen has shape {array.shape}; pass a list of indices, or a mask of {n} entries")
        indices: IntArray = np.arange(n)[array]
    except (IndexError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(f"chosen is neither indices below {n} nor a mask of {n} entries ({error})") from error
    if not len(indices):
        raise InvalidInputError(f"chosen is a mask without a true entry: choose at least one of {n}")
    return indices


def columns_by_name(signal: Any, channels: Sequence[str], argument: str) -> Any:
    """The columns of a data frame in the order of ``channels``; anything else, and unnamed columns, as given.

    A column "ax" matches the channel "ax [g]".

    Raises
    ------
    InvalidInputError
        If the frame's columns are not exactly the channels.

    Examples
    --------
    >>> import pandas as pd
    >>> columns_by_name(pd.DataFrame({"az": [3.0], "ax": [1.0]}), ["ax [g]", "az [g]"], "signal")
    array([[1., 3.]])
    """
    names = _names(signal)
    if names is None:
        return signal
    for wanted in (list(channels), [bare_name(channel) for channel in channels]):
        if len(set(wanted)) == len(wanted) == len(names) and set(names) == set(wanted):
            return np.asarray(signal)[:, [names.index(name) for name in wanted]]
    raise InvalidInputError(
        f"{argument} has the columns {', '.join(map(str, names))}, but the channels are {', '.join(channels)}: "
        "select and rename the columns, or pass to_numpy() if they are in this order"
    )


def refuse_names_of_channels(X: Any, channels: Sequence[str], argument: str) -> None:
    """Refuse a data frame of windows with columns named like channels; its columns must be timesteps."""
    names = _names(X)
    known = {*channels, *map(bare_name, channels)}
    if names is not None and any(name in known for name in names):
        raise InvalidInputError(
            f"{argument} is a data frame with the columns {', '.join(map(str, names))}, but columns of windows "
            "are timesteps: make Recordings from it, and cut them with har.segment"
        )


def _names(table: Any) -> list[Any] | None:
    """Names of the columns; None if there are none, or if they are just 0, 1, 2 …"""
    columns = getattr(table, "columns", None)
    if columns is None or callable(columns):
        return None
    names = list(columns)
    return None if names == list(range(len(names))) else names


def store_checked(instance: Any, of: str, n: int, **checked: Any) -> None:
    """Check the fields that recordings and windows share, and store all fields in the frozen instance."""
    for name in ("y", "groups"):
        values, codes = encode_labels(getattr(instance, name), name, n=n, of=of)
        checked[name] = values[codes]
    checked["rate_hz"] = check_number(instance.rate_hz, "rate_hz", above=0)
    for name, value in checked.items():
        object.__setattr__(instance, name, value)


def format_length(seconds: float) -> str:
    """Whole seconds; minutes from ten on."""
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"


def count_labels(data: Any) -> str:
    """Subjects and activities, counted."""
    subjects, activities = (np.unique(labels).size for labels in (data.groups, data.y))
    return (
        f"{subjects} {'subject' if subjects == 1 else 'subjects'}, "
        f"{activities} {'activity' if activities == 1 else 'activities'}"
    )


def rate_and_channels(data: Any) -> str:
    """Rate and channels, as in a representation."""
    return f"{data.rate_hz:g} Hz, channels {', '.join(data.channels)}"
