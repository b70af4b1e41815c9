"""The integer recogniser in Python's own integers, operation by operation; what would not fit its C type is an error.

Written from the docstrings of :mod:`har.embedded`, cell by cell and sample by sample, with lists and no NumPy.
"""

from __future__ import annotations

import math
from typing import Any

from har.embedded.jerk import JerkLogarithm
from har.embedded.recognizer import Hop, IntegerRecognizer
from har.embedded.steps import Decimation, Frame, Magnitudes, SubtractMean

Window = list[list[int]]


def within(value: int, bits: int, *, signed: bool = True) -> int:
    """``value``, if a C integer of this many bits holds it."""
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    assert low <= value <= high, f"{value} overflows {'int' if signed else 'uint'}{bits}_t"
    return value


def i16(value: int) -> int:
    return within(value, 16)


def i32(value: int) -> int:
    return within(value, 32)


def u32(value: int) -> int:
    return within(value, 32, signed=False)


def shift_right(value: int, shift: int, check: Any = i32) -> int:
    """Rounded half up: with the floor division of Python's integers, exactly floor(value / 2**shift + 1/2)."""
    return value if shift == 0 else check(value + (1 << (shift - 1))) // (1 << shift)


def clip(value: int, limit: int = 1 << 15) -> int:
    """To int16_t, or to ±limit."""
    return max(-limit, min(value, limit - 1 if limit == 1 << 15 else limit))


def inverse_sqrt(value: int) -> tuple[int, int]:
    shift = 0
    while value << (2 * shift) < 1 << 30:
        shift += 1
    x = u32(value << (2 * shift)) >> 16
    y = 36045 - shift_right(u32(x * 21299), 16, u32)
    for _ in range(3):
        square = shift_right(u32(y * y), 15, u32)
        rest = 3 * 16384 - shift_right(u32(x * square), 15, u32)
        assert rest > 0
        y = shift_right(u32(y * rest), 15, u32)
    return within(y, 16, signed=False), shift


def log2_q11(value: int) -> int:
    exponent = value.bit_length() - 1
    mantissa = (value << (31 - exponent)) - (1 << 31)
    entry, between = mantissa >> 25, (mantissa >> 10) % (1 << 15)
    low, high = (math.floor(math.log2(1 + e / 64) * (1 << 15) + 0.5) for e in (entry, entry + 1))
    return 2048 * exponent + shift_right(low + shift_right(i32((high - low) * between), 15), 4)


# ----- steps ---------------------------------------------------------------------------------------------------------


def apply(step: Any, window: Window) -> Window:
    return {
        Decimation: decimate,
        SubtractMean: subtract_mean,
        Frame: turn,
        Magnitudes: magnitudes,
        JerkLogarithm: jerk_logarithm,
    }[type(step)](step, window)


def decimate(step: Decimation, window: Window) -> Window:
    n, taps = len(window), [int(tap) for tap in step.taps]
    half = len(taps) // 2
    outputs = []
    for c in step.channels:
        first, last = window[0][c], window[n - 1][c]
        slope = shift_right(i32((last - first) * step.reciprocal), step.reciprocal_shift)

        def extended(i: int, c: int = c, first: int = first, last: int = last, slope: int = slope) -> int:
            if i < 0:
                return clip(first - shift_right(i32(-i * slope), 8))
            if i >= n:
                return clip(last + shift_right(i32((i - n + 1) * slope), 8))
            return window[i][c]

        signal = []
        for k in range(0, n, step.factor):
            total = 0
            for j, tap in enumerate(taps):
                total = i32(total + tap * i16(extended(k + j - half)))
            signal.append(clip(shift_right(total, 15)))
        outputs.append(signal)
    return [list(values) for values in zip(*outputs, strict=True)]


def subtract_mean(step: SubtractMean, window: Window) -> Window:
    means = []
    for c in step.channels:
        total = 0
        for sample in window:
            total = i32(total + sample[c])
        means.append(i16(shift_right(total * step.reciprocal, 31, lambda value: within(value, 64))))
    return [
        [
            *(clip(sample[c] - mean) for c, mean in zip(step.channels, means, strict=True)),
            *means,
            *(sample[c] for c in step.others),
        ]
        for sample in window
    ]


def turn(step: Frame, window: Window) -> Window:
    return [_turn_sample(step, sample) for sample in window]


def _turn_sample(step: Frame, sample: list[int]) -> list[int]:
    gravity = [sample[c] for c in step.gravity]
    squares = sum_of_squares(gravity)
    direction = [0] * len(gravity)
    if squares:
        y, shift = inverse_sqrt(squares)
        direction = [shift_right(i32(i32(g * (1 << shift)) * y), 16) for g in gravity]
    outputs = []
    for group in step.groups:
        values = [sample[c] for c in group]
        dot = 0
        for a, u in zip(values, direction, strict=True):
            dot = i32(dot + i32(a * i16(u)))
        vertical = shift_right(dot, 14)
        rest = [a - shift_right(i32(vertical * u), 14) for a, u in zip(values, direction, strict=True)]
        outputs += [i16(shift_right(dot, 15)), i16(shift_right(math.isqrt(sum_of_squares(rest)), 1))]
    return outputs + (gravity if step.keep_gravity else [])


def magnitudes(step: Magnitudes, window: Window) -> Window:
    return [
        (sample if step.keep else [])
        + [i16(shift_right(math.isqrt(sum_of_squares([sample[c] for c in group])), 1)) for group in step.groups]
        for sample in window
    ]


def jerk_logarithm(step: JerkLogarithm, window: Window) -> Window:
    outputs = []
    for t, sample in enumerate(window):
        near = range(max(0, t - step.reach), min(len(window), t + step.reach + 1))
        total = 0
        for i in near:
            total = u32(total + u32(change(step, window[max(i, 1) - 1], window[max(i, 1)]) + step.floor))
        outputs.append([*sample, i16(log2_q11(total) - log2_q11(len(near)) - 12 * 2048)])
    return outputs


def change(step: JerkLogarithm, before: list[int], after: list[int]) -> int:
    differences = [abs(i32(after[c] - before[c])) for c in step.channels]
    shift = max(s for s in range(6) if u32(max(differences) << s) < 1 << 16)
    scaled = [(difference << shift) >> 1 for difference in differences]
    return u32(math.isqrt(sum_of_squares(scaled)) << (5 - shift))


def sum_of_squares(values: list[int]) -> int:
    total = 0
    for value in values:
        total = u32(total + u32(value * value))
    return total


def scale(recognizer: IntegerRecognizer, window: Window) -> Window:
    constants = recognizer.scaling
    columns = [
        (int(c), int(m), int(s), int(o))
        for c, m, s, o in zip(constants.channels, constants.multiplier, constants.shift, constants.offset, strict=True)
    ]
    return [
        [clip(i32(i32(sample[c] * m) + o) // (1 << s), constants.limit) for c, m, s, o in columns] for sample in window
    ]


# ----- distances and decisions ---------------------------------------------------------------------------------------


def dtw(query: Window, prototype: Window, radius: int, *, saturates: bool) -> int:
    """The whole table, cell by cell, without abandoning."""
    n = len(query)
    table: dict[tuple[int, int], int] = {}
    for i in range(n):
        for j in range(max(0, i - radius), min(n, i + radius + 1)):
            cost = 0
            for q, p in zip(query[i], prototype[j], strict=True):
                cost = u32(cost + u32(i16(q - p) ** 2))
            before = [table[at] for at in ((i - 1, j - 1), (i - 1, j), (i, j - 1)) if at in table]
            total = cost + (min(before) if before else 0)
            table[i, j] = min(total, (1 << 32) - 1) if saturates else u32(total)
    return table[n - 1, n - 1]


def scores(recognizer: IntegerRecognizer, distances: list[int]) -> list[int]:
    readout = recognizer.readout
    assert readout is not None
    shifted = [distance >> readout.share_shift for distance in distances]
    total = 0
    for distance in shifted:
        total = u32(total + distance)
    y, shift = inverse_sqrt(max(total, 1))
    z = shift_right(u32(y * y), 15, u32)
    logs = [clip(log2_q11(max(distance, 1)) - 32768) for distance in distances]
    shares = [clip(shift_right(u32((u32(d << (2 * shift)) >> 16) * z), 14, u32)) for d in shifted]
    out = []
    for k, bias in enumerate(readout.bias.tolist()):
        score = i32(bias)
        for p in range(len(distances)):
            score = i32(score + i32(int(readout.log_weights[k, p]) * i16(logs[p])))
            score = i32(score + i32(int(readout.share_weights[k, p]) * i16(shares[p])))
        out.append(score)
    return out


def decide(recognizer: IntegerRecognizer, window: Window) -> tuple[int, int, int]:
    """Class index, nearest prototype, distance to it."""
    for step in recognizer.steps:
        window = apply(step, window)
    return decide_scaled(recognizer, scale(recognizer, window))


def decide_scaled(recognizer: IntegerRecognizer, window: Window) -> tuple[int, int, int]:
    distances = [
        dtw(window, prototype, recognizer.radius, saturates=recognizer.saturates)
        for prototype in recognizer.prototypes.tolist()
    ]
    nearest = distances.index(min(distances))
    found = int(recognizer.class_indices[nearest])
    if recognizer.readout is not None:
        all_scores = scores(recognizer, distances)
        found = all_scores.index(max(all_scores))
    if distances[nearest] >= recognizer.threshold:
        found = -1
    return found, nearest, distances[nearest]


def window_ends(recognizer: IntegerRecognizer, samples: Window) -> list[int]:
    """How many samples have come when each window of a stream is decided, from all of them at once."""
    schedule, length = recognizer.schedule, recognizer.length
    if isinstance(schedule, Hop):
        return list(range(length, len(samples) + 1, schedule.step))
    energies = [sum_of_squares([sample[c] for c in schedule.channels]) for sample in samples]
    ends: list[int] = []
    impact: int | None = None
    for t in range(len(samples)):
        if energies[t] >= schedule.threshold and (impact is None or energies[t] > energies[impact]):
            impact = t
        if impact is not None and t >= impact + schedule.after and t + 1 >= length:
            ends.append(t + 1)
            impact = None
    return ends
