"""The pixel range that a .tflite file expects, as far as the file tells it.

Integers tell it by their scale and zero point, which come from calibration images; a network that scales pixels itself
tells it by its first operators; and :func:`fall.tflite.convert` writes it into the name of the input.
"""

from __future__ import annotations

import re
import warnings

import numpy as np
import numpy.typing as npt

from common.errors import FrugalWarning, InvalidInputError
from fall.networks.pixels import DEFAULT_RANGE, USUAL_RANGES, InputRange, Scaling, range_before
from fall.tflite.file import Graph, Tensor

_NAME = re.compile(r"(?:serving_default_)?images(?:_from_([0-9emp]+)_to_([0-9emp]+))?(?::0)?")
_NUMBER = str.maketrans({"-": "m", ".": "p", "+": None})
_SYMBOLS = str.maketrans({"m": "-", "p": "."})

# Raw pixels minus 128, as stored in int8: scale 1.
_RAW_RANGE: InputRange = (-128.0, 127.0)
_TOLERANCE = 0.05  # of the range's width
_LEAST_COVERAGE = 0.25  # of the range by calibration images that reach one of its ends
_LEAST_COVERAGE_INSIDE = 0.75  # by images that reach neither

_ARITHMETIC = {"MUL": np.multiply, "ADD": np.add, "SUB": np.subtract, "DIV": np.divide}
_KEEPING_VALUES = ("PAD", "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR", "STRIDED_SLICE", "REVERSE_V2")


def input_name(input_range: InputRange) -> str:
    """The name of the input in files of :func:`fall.tflite.convert`.

    Examples
    --------
    >>> input_name((-1.0, 1.0)), input_name((0.0, 255.0)), input_name((-0.5, 0.5))
    ('images', 'images_from_0_to_255', 'images_from_m0p5_to_0p5')
    """
    if input_range == DEFAULT_RANGE:
        return "images"
    low, high = (f"{end:.9g}".translate(_NUMBER) for end in input_range)
    return f"images_from_{low}_to_{high}"


def find_input_range(graph: Graph, stated: InputRange | None = None) -> InputRange:
    """The pixel range that a file expects, or ``stated`` if the file does not contradict it.

    Parameters
    ----------
    graph : Graph
        The file.
    stated : tuple of float, optional
        What the network expects for black and for white.

    Warns
    -----
    FrugalWarning
        If a file of floats tells nothing and no range is stated: -1 to 1 is then assumed.

    Raises
    ------
    InvalidInputError
        If the file contradicts the stated range, or does not tell its range and none is stated.
    """
    named, is_certain = _range_by_name(graph.input)
    if stated is not None and named is not None and (stated == named or is_certain):
        if stated != named:
            raise InvalidInputError(f"input_range is {stated}, but the file was converted with input_range={named}")
        return stated
    if graph.input.dtype != np.float32:
        return _range_by_quantization(graph.input, stated, named, is_certain=is_certain)
    scaling = _first_scaling(graph)
    if scaling is not None:
        return range_before(scaling, stated or (named if is_certain else None))
    quantized = _first_integers(graph)
    if quantized is not None:
        return _range_by_quantization(quantized, stated, named, is_certain=is_certain)
    if stated is None and named is None:
        warnings.warn(
            f"the file does not say which pixel range it expects, so {_argument(DEFAULT_RANGE)} is assumed: pass the "
            "range that it was trained on, such as input_range=(0, 1)",
            FrugalWarning,
            stacklevel=4,
        )
    return stated or named or DEFAULT_RANGE


def _range_by_name(images: Tensor) -> tuple[InputRange | None, bool]:
    """The range in the input's name, and whether it is certain: others may call their input "images", too."""
    match = _NAME.fullmatch(images.name)
    if match is None:
        return None, False
    if match[1] is None:
        return DEFAULT_RANGE, False
    try:
        low, high = (float(end.translate(_SYMBOLS)) for end in match.groups())
    except ValueError:
        return None, False
    return ((low, high), True) if -np.inf < low < high < np.inf else (None, False)


def _range_by_quantization(
    images: Tensor, stated: InputRange | None, named: InputRange | None, *, is_certain: bool
) -> InputRange:
    bounds = np.iinfo(images.dtype)
    scale, zero_point = float(images.scale[0]), int(images.zero_point[0])
    low, high = scale * (bounds.min - zero_point), scale * (bounds.max - zero_point)
    # Integers of 16 bits are symmetric: a range from 0 is stored like one from −high.
    is_symmetric = images.dtype == np.int16
    told = [usual for usual in USUAL_RANGES if _could_be(usual, low, high, is_symmetric=is_symmetric)]
    if not is_symmetric and np.allclose((low, high), _RAW_RANGE, atol=1):
        told = [_RAW_RANGE]
    span = f"its {images.dtype} input stands for {low:.4g} to {high:.4g}"
    if stated is not None:
        fits = _could_be(stated, low, high, is_symmetric=is_symmetric) if told else _covers(stated, low, high)
        if not fits:
            wanted = " or ".join(map(_argument, told)) or "the range that it was calibrated with"
            raise InvalidInputError(f"input_range is {stated}, but the file contradicts it: {span}. Pass {wanted}")
        return stated
    if named is not None and (is_certain or named in told or (not told and _covers(named, low, high))):
        return named
    if named is None and len(told) == 1:
        return told[0]
    possible = " or ".join(map(_argument, dict.fromkeys([*told, *([named] if named else [])])))
    raise InvalidInputError(
        f"the file does not say which pixel range it expects ({span}): pass {possible or 'input_range=(low, high)'}"
    )


def _first_integers(graph: Graph) -> Tensor | None:
    """The integers that a float input becomes before anything is computed."""
    readers = [operator for operator in graph.operators if graph.inputs[0] in operator.inputs]
    if len(readers) != 1 or readers[0].name != "QUANTIZE":
        return None
    return graph.tensors[readers[0].outputs[0]]


def _could_be(expected: InputRange, low: float, high: float, *, is_symmetric: bool) -> bool:
    """Whether calibration images in this range could have given quantized numbers from ``low`` to ``high``."""
    if is_symmetric:
        largest = max(map(abs, expected))
        # Numbers up to 128 or 151 are rather those around a subtracted mean than pixels of dark images.
        least = 1 - _TOLERANCE if expected == (0.0, 255.0) else _LEAST_COVERAGE
        return least * largest <= high <= (1 + _TOLERANCE) * largest
    width = expected[1] - expected[0]
    tolerance = _TOLERANCE * width
    if low < expected[0] - tolerance or high > expected[1] + tolerance:
        return False
    if expected[0] < 0 and low > -tolerance:  # zero is always included, so there was nothing below it
        return False
    reaches_an_end = low <= expected[0] + tolerance or high >= expected[1] - tolerance
    return high - low >= width * (_LEAST_COVERAGE if reaches_an_end else _LEAST_COVERAGE_INSIDE)


def _covers(expected: InputRange, low: float, high: float) -> bool:
    """Whether a part of the range that is not small lies between ``low`` and ``high``."""
    return min(high, expected[1]) - max(low, expected[0]) >= _LEAST_COVERAGE * (expected[1] - expected[0])


def _argument(expected: InputRange) -> str:
    return f"input_range=({expected[0]:g}, {expected[1]:g})"


def _first_scaling(graph: Graph) -> Scaling | None:
    """What the first operators make of a pixel value, if they multiply by or add constants; the mean of the colors."""
    steps: list[tuple[str, npt.NDArray[np.float64], bool]] = []
    number = graph.inputs[0]
    while True:
        readers = [operator for operator in graph.operators if number in operator.inputs]
        if len(readers) != 1 or readers[0].name not in (*_ARITHMETIC, *_KEEPING_VALUES):
            break
        (reader,) = readers
        if reader.name in _ARITHMETIC:
            other = next((one for one in reader.inputs if one != number), None)
            constant = None if other is None else _constant(graph, other)
            if constant is None or constant.size not in (1, graph.input.shape[3]):
                break
            steps.append((reader.name, constant.ravel().astype(np.float64), reader.inputs[0] == number))
        number = reader.outputs[0]
    if not steps:
        return None

    def scaling(value: float) -> float:
        result: npt.NDArray[np.float64] = np.full(graph.input.shape[3], value)
        for name, constant, is_first in steps:
            operands = (result, constant) if is_first else (constant, result)
            with np.errstate(divide="ignore", invalid="ignore"):
                result = _ARITHMETIC[name](*operands)
        return float(result.mean())

    return scaling


def _constant(graph: Graph, number: int) -> npt.NDArray[np.floating] | None:
    """A float constant, which may be stored in float16."""
    for operator in graph.operators:
        if number in operator.outputs and operator.name == "DEQUANTIZE":
            number = operator.inputs[0]
    data = graph.tensors[number].data if number >= 0 else None
    return data if data is not None and data.dtype.kind == "f" else None
