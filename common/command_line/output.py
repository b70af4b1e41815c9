"""Results on standard output: a text for people, or one JSON document for programs."""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from common.evaluation.decisions import Evaluation
    from common.evaluation.intervals import Intervals


def print_result(text: Any, document: dict[str, Any], *, as_json: bool) -> None:
    """Print the document if ``as_json``, else the text."""
    print(to_json(document, indent=2) if as_json else text, file=sys.stdout)


def to_json(document: Any, *, indent: int | None = None) -> str:
    """JSON in which what is undefined (NaN) is null.

    Examples
    --------
    >>> to_json({"accuracy": np.float64(0.5), "sensitivity": float("nan"), "labels": np.array(["é"])})
    '{"accuracy": 0.5, "sensitivity": null, "labels": ["é"]}'
    """
    return json.dumps(_plain(document), indent=indent, ensure_ascii=False, allow_nan=False)


def evaluation_document(evaluation: Evaluation) -> dict[str, Any]:
    """The measures of an evaluation with their intervals by person: what may be quoted."""
    names = ["accuracy", "macro_f1"]
    if evaluation.positive is not None:
        names += ["sensitivity", "specificity"]
    intervals: Intervals = evaluation.by_subject or evaluation.wilson
    return {
        "decisions": int(evaluation.support.sum()),
        "people": evaluation.n_subjects,
        "interval": "95% by person" if evaluation.by_subject else "95% Wilson",
        **{
            name: {
                "value": getattr(evaluation, name),
                "low": getattr(intervals, name).low,
                "high": getattr(intervals, name).high,
            }
            for name in names
        },
        "labels": evaluation.labels,
        "confusion": evaluation.confusion,
    }


def _plain(value: Any) -> Any:
    """The same in types that JSON knows."""
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)
