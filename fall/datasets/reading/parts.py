"""The parts of a split data set, train, val and test: what would make a result in them look better than it is."""

from __future__ import annotations

import unicodedata
import warnings
from typing import TYPE_CHECKING

from common.errors import FrugalWarning

if TYPE_CHECKING:
    import pandas as pd

#: The subject of images that are in no folder of a person.
UNKNOWN = "unknown"


def person_name(folder: str) -> str:
    """The person whom a folder is named after; systems write accents in two ways, which look the same.

    Examples
    --------
    >>> person_name("Ju\N{COMBINING DIAERESIS}rgen") == person_name("J\N{LATIN SMALL LETTER U WITH DIAERESIS}rgen")
    True
    """
    return unicodedata.normalize("NFC", folder)


def check_parts(table: pd.DataFrame) -> pd.DataFrame:
    """The table without its column ``split`` if that is empty; otherwise warn of what is wrong with the parts.

    Warns
    -----
    FrugalWarning
        If a part lacks a label, or a person is in several parts.
    """
    if not table["split"].any():
        return table.drop(columns="split")
    labelled = table[table["label"] >= 0]
    n_labels = labelled.groupby("split")["label"].nunique()
    lacking = [str(split) for split in n_labels.index[n_labels < labelled["label"].nunique()]]
    if lacking:
        _warn(f"split {', '.join(lacking)} has images of one label only: no model can be evaluated there")
    people = table[table["subject"] != UNKNOWN].groupby("subject")["split"].nunique()
    shared = [str(subject) for subject in people.index[people > 1]]
    if shared:
        _warn(
            f"{len(shared)} of {len(people)} people are in more than one split, such as {shared[0]}: results "
            "look better than they are, so split by subject"
        )
    return table


def _warn(message: str) -> None:
    warnings.warn(message, FrugalWarning, stacklevel=4)
