"""Split frame tables into training and test tables that share no person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from common.errors import InvalidInputError

if TYPE_CHECKING:
    import pandas as pd


def train_test_split_by_subject(
    table: pd.DataFrame, *, test_subjects: Iterable[Any], train_subjects: Iterable[Any] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split a frame table by the people in it.

    Parameters
    ----------
    table : pandas.DataFrame
        A frame table; its column ``subject`` is used.
    test_subjects : iterable
        Who is tested on.
    train_subjects : iterable, optional
        Who is trained on; by default everybody else.

    Returns
    -------
    train, test : pandas.DataFrame
        Their rows, with the index of ``table``.

    Raises
    ------
    InvalidInputError
        If somebody is on both sides or is not in the table, or nobody is left on one side.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"path": ["a.png", "b.png", "c.png"], "subject": [1, 2, 2]})
    >>> train, test = train_test_split_by_subject(table, test_subjects=[1])
    >>> len(train), len(test)
    (2, 1)
    """
    from common.evaluation.splits import split_by_subject  # loads scikit-learn

    if "subject" not in table.columns:
        raise InvalidInputError(
            f"table has no column 'subject', only {list(table.columns)}: add the person in each image"
        )
    split = split_by_subject(table["subject"].to_numpy(), test=test_subjects, train=train_subjects)
    return table.iloc[split.train], table.iloc[split.test]


def lab_split(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The lab's split of CAUCAFall: train on subjects 1–8, and test once, at the end, on 9 and 10.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`load_caucafall`.

    Returns
    -------
    train, test : pandas.DataFrame
        Their rows, with the index of ``table``.

    Raises
    ------
    InvalidInputError
        If one of the ten is not in the table.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"path": [f"{n}.png" for n in range(1, 11)], "subject": range(1, 11)})
    >>> train, test = lab_split(table)
    >>> len(train), test["subject"].tolist()
    (8, [9, 10])
    """
    return train_test_split_by_subject(table, train_subjects=range(1, 9), test_subjects=(9, 10))
