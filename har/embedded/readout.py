"""A fitted linear readout as integers."""

from __future__ import annotations

import math

import numpy as np

from common.validation import Float64Array
from har.embedded.arithmetic import INT32_MAX
from har.embedded.decisions import LinearReadout, least_shift
from har.readouts.linear import LinearReadout as FloatReadout

#: Units of the integer features: see :class:`har.embedded.decisions.LinearReadout`.
_LOG2_UNIT, _LOG2_CENTRE, _SHARE_UNIT = 2.0**-11, 16.0, 2.0**-15
#: Largest absolute value of an integer feature.
_LARGEST_FEATURE = 1 << 15


def integer_readout(readout: FloatReadout, distance_scale: float) -> LinearReadout:
    """The readout for integer distances D = d² / ``distance_scale``.

    It standardises log(d²) and d² / mean(d²) of each prototype and weighs them. All of this is linear in the integer
    features. What is added to all classes alike changes no decision and is taken out.
    """
    coef, intercept = readout.folded()
    coef, intercept = coef - coef.mean(axis=0), intercept - intercept.mean()
    n_prototypes = coef.shape[1] // 2
    log_coef, share_coef = coef[:, :n_prototypes], coef[:, n_prototypes:]
    log_weights = log_coef * math.log(2) * _LOG2_UNIT
    share_weights = share_coef * n_prototypes * _SHARE_UNIT
    bias = intercept + log_coef.sum(axis=1) * (math.log(2) * _LOG2_CENTRE + math.log(distance_scale))
    unit = _score_unit(np.hstack([log_weights, share_weights]), bias)
    return LinearReadout(
        np.floor(log_weights / unit + 0.5).astype(np.int16),
        np.floor(share_weights / unit + 0.5).astype(np.int16),
        np.floor(bias / unit + 0.5).astype(np.int32),
        least_shift(n_prototypes),
        unit,
    )


def _score_unit(weights: Float64Array, bias: Float64Array) -> float:
    """The smallest unit in which weights fit ``int16_t`` and no score leaves ``int32_t``, whatever the distances."""
    rounding = (weights.shape[1] / 2) * _LARGEST_FEATURE + 1
    largest_score = (np.abs(weights).sum(axis=1) * _LARGEST_FEATURE + np.abs(bias)).max()
    unit = max(np.abs(weights).max() / 32_767, largest_score / (INT32_MAX - rounding))
    return float(unit) if unit > 0 else 1.0
