"""Which label is the fall? Numbers say it by convention, words by their meaning; anything else must be told."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation.labels import check_same_kind, encode_labels

# What people call the two classes, in small letters and without separators: "Non-Fall" is "nonfall".
_FALL = frozenset({"fall", "falls", "fallen", "falling", "fell"})
_NO_FALL = frozenset(
    {"nonfall", "nofall", "notfall", "nonfalls", "nofalls", "notfalls", "notfallen", "nofallen", "nonfallen"}
    | {"notfalling", "nofalling", "nonfalling", "adl", "adls", "normal", "other", "others", "activity", "activities"}
    | {"dailyactivity", "dailyactivities", "activityofdailyliving", "activitiesofdailyliving"}
)


def positive_label(classes: npt.ArrayLike, positive: Any = None, *, name: str = "y") -> Any:
    """The label of the fall among ``classes``.

    Parameters
    ----------
    classes : array-like
        Different labels, at least two.
    positive : label, optional
        The label of the fall. None: 1 of 0 and 1, True of False and True, and of two words the one that means a fall
        if the other one plainly means none, such as "fall" and "non-fall", or "ADL" and "Fall".
    name : str
        Where the labels come from, for messages.

    Returns
    -------
    label
        One of ``classes``, as a Python value.

    Raises
    ------
    InvalidInputError
        If ``positive`` is none of the classes, or None although the labels do not say which of them is the fall.

    Examples
    --------
    >>> positive_label([0, 1]), positive_label(["fall", "non-fall"]), positive_label(["a", "b"], "a")
    (1, 'fall', 'a')
    """
    labels, _ = encode_labels(classes, name)
    known = labels.tolist()
    shown = ", ".join(map(repr, known[:10])) + (", ..." if len(known) > 10 else "")
    if positive is not None:
        (told,), _ = encode_labels([positive], "positive")
        check_same_kind(np.asarray([told]), labels, ("positive", name))
        if told not in labels:
            raise InvalidInputError(f"positive is {positive!r}, but {name} holds {shown}: name one of these")
        return known[known.index(told)]
    if known == [0, 1]:
        return known[1]
    if labels.dtype.kind in "UT" and len(known) == 2:
        words = ["".join(filter(str.isalnum, word.casefold())) for word in known]
        for fall, other in ((0, 1), (1, 0)):
            if words[fall] in _FALL and words[other] in _NO_FALL:
                return known[fall]
    raise InvalidInputError(
        f"{name} has the classes {shown}, which do not say which one is the fall: name it, such as "
        f"positive={known[-1]!r}"
    )


def fall_second(classes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Two sorted classes with the fall as the second one: reversed if their words plainly say so.

    Examples
    --------
    >>> fall_second(np.array(["fall", "non-fall"])), fall_second(np.array(["a", "b"]))
    (array(['non-fall', 'fall'], dtype='<U8'), array(['a', 'b'], dtype='<U1'))
    """
    try:
        is_first = positive_label(classes) == classes.tolist()[0]
    except InvalidInputError:
        return classes
    return classes[::-1] if is_first else classes
