"""The columns of a data frame and the names of channels: a frame says itself which column is which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from har.tables.units import bare_name


def columns_by_name(signal: Any, channels: Sequence[str], argument: str) -> Any:
    """The columns of a data frame in the order of ``channels``; anything else, and columns without names, as given.

    A column "ax" is the channel "ax [g]".

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
    """Refuse a data frame of windows whose columns, which are timesteps, are named as channels."""
    names = _names(X)
    known = {*channels, *map(bare_name, channels)}
    if names is not None and any(name in known for name in names):
        raise InvalidInputError(
            f"{argument} is a data frame with the columns {', '.join(map(str, names))}, but those of windows are "
            "timesteps: make Recordings of it, and cut them by har.segment"
        )


def _names(table: Any) -> list[Any] | None:
    """Names of the columns; None if it has none, or if they only count."""
    columns = getattr(table, "columns", None)
    if columns is None or callable(columns):
        return None
    names = list(columns)
    return None if names == list(range(len(names))) else names
