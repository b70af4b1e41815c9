"""Data sets in two forms: one compact file of arrays, or the published files."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

from common.errors import FrugalWarning
from common.validation import DatasetFolder


def compact_file(folder: DatasetFolder, name: str, published: str) -> Path | None:
    """The compact file of this name, which is preferred; None where there are only the ``published`` ones.

    Warns
    -----
    FrugalWarning
        If published files, which are not read, lie elsewhere than below the compact file: they may be other data.
    """
    found = folder.find(re.escape(name))
    if not found:
        return None
    compact = found[0].path
    elsewhere = [file.path for file in folder.find(published) if compact.parent not in file.path.parents]
    if elsewhere:
        warnings.warn(
            f"{compact} is read, but not the {len(elsewhere)} published files beside it, such as {elsewhere[0]}: "
            "name their folder to read them",
            FrugalWarning,
            stacklevel=3,
        )
    return compact
