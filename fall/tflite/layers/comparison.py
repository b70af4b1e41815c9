"""Where the error of a .tflite file arises: its operators against those of the float network, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, check_choice, check_images
from fall.tflite.classifier import raw_outputs
from fall.tflite.conversion import convert
from fall.tflite.file import Graph, read_classifier
from fall.tflite.input_range import find_input_range
from fall.tflite.layers.activations import RUNTIMES, mean_input, operator_outputs
from fall.tflite.layers.alignment import same_operators
from fall.tflite.layers.bias_correction import channel_shift
from fall.tflite.model import CompressedModel

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class LayerComparison:
    """The errors of a file's operators.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each operator that has its like in the float network, in the order in which they run:

        - ``layer``: the layer of the float network, ``operator``: the kind of operator, ``channels``: their number;
        - ``bias``: the mean error; ``rms``: the root of its mean square; ``max``: the largest;
        - ``snr_db``: the power of the float network's output over that of the error, in decibels; infinite if both
          agree to the bit;
        - ``shift_share``: how much of the error's power is a constant shift of whole channels. Averaging over the image
          leaves a shift as it is, and a bias can make up for it;
        - ``own_shift``: how far the operator's own weights and bias move the means of its channels if its input is
          exact, relative to its output (both as a root mean square); missing for operators without weights. Here an
          error arises, while the columns before show what has become of all errors so far;
        - ``max_steps``: the largest error in steps of the file's output; missing for outputs in floating point.
    channel_bias : tuple of ndarray of shape (n_channels,)
        The mean error of each channel of each row.

    Examples
    --------
    >>> from fall import build_network, compare_layers, tflite
    >>> images = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 3), dtype=np.uint8)
    >>> network = build_network("perceptron", (8, 8, 3), units=4)
    >>> found = compare_layers(network, tflite.convert(network, "int8", representative=images), images)
    >>> found.origin in found.table["layer"].tolist(), len(found.channel_bias) == len(found.table)
    (True, True)
    >>> figure = found.plot()
    """

    table: pd.DataFrame
    channel_bias: tuple[FloatArray, ...]

    @property
    def origin(self) -> str:
        """The layer whose own weights shift its channels most."""
        return str(self.table["layer"].iloc[int(self.table["own_shift"].fillna(0).argmax())])

    def __str__(self) -> str:
        return str(self.table.to_string(index=False, float_format=lambda number: f"{number:.4g}"))

    def _repr_html_(self) -> str:
        return str(self.table.to_html(index=False, float_format=lambda number: f"{number:.4g}"))

    def plot(self, *, title: str = "Where the error arises") -> Figure:
        """The relative error after each layer, with the part that is a constant shift of channels."""
        from fall.tflite.layers.plot import plot_layers

        return plot_layers(self.table, title=title)


def compare_layers(
    float_model: Any,
    tflite: Any,
    images: Any,
    *,
    runtime: str = "optimized",
    float_runtime: str | None = None,
) -> LayerComparison:
    """Compare each operator of a .tflite file with the float network that the file was made from.

    Parameters
    ----------
    float_model : tf_keras.Model, fitted classifier, CompressedModel, Graph or bytes
        The network before it was compressed: a model, a classifier with ``model_``, or a file. To compare two runtimes,
        the file itself.
    tflite : CompressedModel, Graph or bytes
        The file whose errors are sought.
    images : ndarray of uint8 (n, size, size, 3)
        Images of the file's size; 20 are enough to see where an error arises.
    runtime : {"optimized", "reference", "xnnpack", "micro"}
        What runs the file: LiteRT's optimized kernels, its reference kernels, XNNPACK, which is what
        :class:`fall.TFLiteFallClassifier` uses, or tflite-micro.
    float_runtime : str, optional
        What runs the float network; default: ``runtime``.

    Returns
    -------
    LayerComparison

    Raises
    ------
    InvalidInputError
        If the images do not fit, there is no such runtime, or the file has no operator in common with the network.
    ModelIntegrityError
        If a file is damaged.
    MissingDependencyError
        If a runtime is not installed.

    Notes
    -----
    Compared so, LiteRT's reference kernels and tflite-micro agree to the bit on convolutions, depthwise convolutions,
    additions, pooling and means. The operator that differs is FULLY_CONNECTED, by one step on about one image in a
    hundred: LiteRT rounds the scaled sum to the nearest step, tflite-micro first to a few binary places and then to a
    step, so that −15.491 becomes −15.5 and then −16. If the sum is a logit, SOFTMAX turns that one step into up to
    three steps of probability.

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> images = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    >>> network = build_network("separable_cnn", (32, 32, 3))
    >>> found = compare_layers(network, tflite.convert(network, "int8", representative=images), images)
    >>> found.table["layer"].iloc[0], bool(found.table["snr_db"].iloc[0] > 20)
    ('stem_relu', True)
    """
    for name, value in (("runtime", runtime), ("float_runtime", float_runtime or runtime)):
        check_choice(value, name, RUNTIMES)
    graph = read_classifier(_file(tflite))
    reference = read_classifier(_float_file(float_model, tflite, graph))
    images = check_images(images, "images", size=graph.input_size)
    if len(images) == 0:
        raise InvalidInputError("images is empty; pass at least one image")
    if reference.input.shape != graph.input.shape:
        raise InvalidInputError(
            f"float_model takes images of {reference.input.shape[1:]}, tflite of {graph.input.shape[1:]}: "
            "pass the network that the file was made from"
        )
    for file in (reference, graph):
        raw_outputs(file, images[:1])  # refuses what cannot run
    pairs = same_operators(reference, graph)
    errors = [_Error() for _ in pairs]
    runs = zip(
        operator_outputs(reference, images, float_runtime or runtime),
        operator_outputs(graph, images, runtime),
        strict=True,
    )
    for expected, found in runs:
        for error, (float_place, place) in zip(errors, pairs, strict=True):
            error.add(expected[float_place], found[place])
    means = {reference.operators[place].outputs[0]: error.mean for (place, _), error in zip(pairs, errors, strict=True)}
    means[reference.inputs[0]] = mean_input(reference, images)
    return LayerComparison(
        _table(reference, graph, pairs, errors, means), tuple(error.channel_bias for error in errors)
    )


class _Error:
    """Sums over the images of one operator's error."""

    def __init__(self) -> None:
        self._n = self._n_images = 0
        self._power = self._signal = self.largest = 0.0
        self._sum: Any = 0.0
        self._expected: Any = 0.0

    def add(self, expected: npt.NDArray[np.float32], found: npt.NDArray[np.float32]) -> None:
        rows = expected.reshape(-1, expected.shape[-1]).astype(np.float64)
        error = found.reshape(rows.shape) - rows
        self._n_images += 1
        self._expected = self._expected + expected.astype(np.float64)
        self._n += len(rows)
        self._sum = self._sum + error.sum(axis=0)
        self._power += float(np.square(error).mean(axis=1).sum())
        self._signal += float(np.square(rows).mean(axis=1).sum())
        self.largest = max(self.largest, float(np.abs(error).max()))

    @property
    def channel_bias(self) -> FloatArray:
        return np.asarray(self._sum / self._n)

    @property
    def mean(self) -> FloatArray:
        """The mean of the float network's output over the images."""
        return np.asarray(self._expected / self._n_images)

    @property
    def signal(self) -> float:
        """Root mean square of the float network's output."""
        return float(np.sqrt(self._signal / self._n))

    def columns(self) -> dict[str, float]:
        power = self._power / self._n
        with np.errstate(divide="ignore"):
            snr = float(10 * np.log10(self._signal / self._power)) if self._power else np.inf
        return {
            "bias": float(self.channel_bias.mean()),
            "rms": float(np.sqrt(power)),
            "max": self.largest,
            "snr_db": snr,
            "shift_share": float(np.square(self.channel_bias).mean() / power) if power else 0.0,
        }


def _table(
    reference: Graph, graph: Graph, pairs: list[tuple[int, int]], errors: list[_Error], means: dict[int, FloatArray]
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for (float_place, place), error in zip(pairs, errors, strict=True):
        operator, float_operator = graph.operators[place], reference.operators[float_place]
        output = graph.tensors[operator.outputs[0]]
        shift = channel_shift(reference, float_place, graph, place, means)
        rows.append(
            {
                "layer": _layer(reference.tensors[float_operator.outputs[0]].name, operator.name),
                "operator": operator.name,
                "channels": output.shape[-1],
                **error.columns(),
                "own_shift": np.nan if shift is None or not error.signal else _rms(shift) / error.signal,
                "max_steps": error.largest / float(output.scale[0]) if len(output.scale) else np.nan,
            }
        )
    return pd.DataFrame(rows)


def _rms(values: FloatArray) -> float:
    return float(np.sqrt(np.square(values).mean()))


def _layer(tensor: str, operator: str) -> str:
    """The layer in a tensor's name, such as "block1_relu" in "lecture_cnn/block1_relu/Relu;lecture_cnn/block1_conv"."""
    parts = tensor.partition(";")[0].split("/")
    return parts[-2] if len(parts) > 1 else operator.lower()


def _float_file(float_model: Any, tflite: Any, graph: Graph) -> Any:
    """The float network as a file that is given the same numbers for the same pixels as the file in question."""
    if isinstance(float_model, (CompressedModel, Graph, bytes, bytearray, memoryview)):
        return _file(float_model)
    input_range = getattr(float_model, "input_range_", None)
    if input_range is None:
        input_range = tflite.input_range if isinstance(tflite, CompressedModel) else find_input_range(graph)
    return convert(getattr(float_model, "model_", float_model), input_range=input_range)


def _file(tflite: Any) -> Any:
    return tflite.graph if isinstance(tflite, CompressedModel) else tflite
