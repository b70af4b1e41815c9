"""The rule by which one recipe is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def choose_recipe(table: pd.DataFrame, *, tolerance: float = 0.01) -> str:
    """The smallest file that is nearly as good on held-out people as the one in the first row.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``raw_bytes``, ``accuracy`` and ``sensitivity``, indexed by recipe. A row of NaN is never chosen.
    tolerance : float
        How far accuracy and sensitivity may be below the first row's.

    Returns
    -------
    str
        Its name in the index.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"raw_bytes": [900, 230, 40], "accuracy": [0.93, 0.93, 0.90],
    ...                       "sensitivity": [0.9, 0.89, 0.9]}, index=["float32", "int8", "channels_int8"])
    >>> choose_recipe(table), choose_recipe(table, tolerance=0.03)
    ('int8', 'channels_int8')
    """
    measures = table[["accuracy", "sensitivity"]]
    # Slightly more, so that a loss of exactly the tolerance passes despite rounding.
    good = (measures >= measures.iloc[0] - tolerance - 1e-9).all(axis=1)
    return str(table["raw_bytes"][good].idxmin())
