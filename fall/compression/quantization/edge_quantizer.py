"""Quantize a float32 .tflite file with Google's ai-edge-quantizer.

The library quantizes the file instead of the network, and stores weights in 4 bits, which TensorFlow Lite's own
converter cannot. Of what it offers, these schemes write files of standard operators that LiteRT runs correctly.
Hadamard rotations and OSCAR insert custom operators, and networks with 2-bit weights gave NaN (version 0.10).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

import numpy.typing as npt

from common.errors import InvalidInputError
from common.optional import require
from common.validation import check_choice
from fall import backend
from fall.tflite.file import Graph, Tensor, read_graph
from fall.tflite.file.sharing import share_equal_vectors

_ALL_LAYERS = ".*"
_DENSE = "FULLY_CONNECTED"
# The layers whose weights its kernels take in 4 bits. Others, such as depthwise convolutions, keep 8.
_FOUR_BIT_LAYERS = ("CONV_2D", _DENSE)
_BLOCKS = (32, 64, 128, 256)
# GPTQ inverts a matrix of that many rows and columns for each dense layer, and holds several of them in memory.
_MOST_GPTQ_INPUTS = 10_000


@dataclass(frozen=True)
class EdgeQuantization:
    """How ai-edge-quantizer stores and computes a network; the ``scheme`` of a :class:`fall.compression.Recipe`.

    Attributes
    ----------
    weights : {"int8", "int4"}
        Type of the weights, with a scale for each output channel. With "int4", layers other than convolutions and
        dense layers have int8.
    activations : {"float32", "int8"}
        "float32": the file takes and returns float32, and the kernels round activations as they come ("dynamic").
        "int8": everything is computed in int8, with ranges from sample images ("static"); not with "int4".
    algorithm : {"min_max", "octav", "gptq"}
        How int4 weights are rounded. "min_max": to the nearest, in the range of the weights. "octav": in the clipped
        range of least squared error. "gptq": one input of a dense layer after the other, the rest making up for its
        error on the sample images; convolutions as by "min_max". Its time grows with the third power of the number of
        inputs: minutes for several thousand; more than 10,000 are refused.
    block : int or None
        Give every ``block`` inputs of a dense layer a scale of their own: 32, 64, 128 or 256; with "int4" only. It
        must divide the number of inputs.

    Raises
    ------
    InvalidInputError
        If a value is none of those, or two of them do not go together.

    References
    ----------
    https://github.com/google-ai-edge/ai-edge-quantizer
    OCTAV: Sakr et al.: Optimal clipping and magnitude-aware differentiation. ICML 2022. https://arxiv.org/abs/2206.06501
    GPTQ: Frantar et al.: Accurate post-training quantization for generative pre-trained transformers. ICLR 2023.
    https://arxiv.org/abs/2210.17323

    Examples
    --------
    >>> EdgeQuantization("int4", block=32)
    EdgeQuantization(weights='int4', activations='float32', algorithm='min_max', block=32)
    >>> EdgeQuantization("int4", "int8")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    common.errors.InvalidInputError: activations="int8" needs weights="int8": ...
    """

    weights: Literal["int8", "int4"] = "int8"
    activations: Literal["float32", "int8"] = "float32"
    algorithm: Literal["min_max", "octav", "gptq"] = "min_max"
    block: int | None = None

    def __post_init__(self) -> None:
        check_choice(self.weights, "weights", ("int8", "int4"))
        check_choice(self.activations, "activations", ("float32", "int8"))
        check_choice(self.algorithm, "algorithm", ("min_max", "octav", "gptq"))
        if self.block not in (None, *_BLOCKS):
            raise InvalidInputError(f"block is {self.block!r}; it must be None, or one of {_BLOCKS}")
        if self.weights == "int8" and (self.algorithm != "min_max" or self.block is not None):
            raise InvalidInputError('algorithm and block are for 4-bit weights: pass weights="int4", or leave them out')
        if self.weights == "int4" and self.activations == "int8":
            raise InvalidInputError('activations="int8" needs weights="int8": pass one of them differently')

    def __call__(self, content: bytes, pixels: npt.NDArray[Any]) -> bytes:
        """Quantize a file.

        Parameters
        ----------
        content : bytes
            A float32 .tflite file, see :func:`fall.tflite.convert`.
        pixels : ndarray of float32 (n, height, width, 3)
            Inputs of the network, for the ranges of activations and the errors of weights.

        Returns
        -------
        bytes
            The quantized file; the same inputs give the same bytes.

        Raises
        ------
        InvalidInputError
            If ``block`` or "gptq" does not fit the network, or the library refuses it.
        MissingDependencyError
            If ai-edge-quantizer is not installed.
        """
        library = require("ai_edge_quantizer.quantizer", extra="quantizer", purpose="quantizing .tflite files")
        graph = read_graph(content)
        quantizer = library.Quantizer(bytearray(content))
        self._add_rules(quantizer, library, graph)
        try:
            with backend.quiet(), warnings.catch_warnings():  # of progress bars
                # It keeps all tensors of the interpreter on purpose, to see their ranges.
                warnings.filterwarnings("ignore", ".*experimental_preserve_all_tensors", UserWarning)
                ranges = _calibrate(quantizer, content, pixels)
                made = quantizer.quantize(ranges, enable_progress_bar=False, enable_progress_report=False)
        except (ValueError, RuntimeError) as error:
            raise InvalidInputError(
                f"model cannot be quantized by ai-edge-quantizer ({str(error).strip()[:300]}): use the layers that "
                "fall.build_network uses"
            ) from error
        return share_equal_vectors(_in_one_piece(made.quantized_model))

    def _add_rules(self, quantizer: Any, library: ModuleType, graph: Graph) -> None:
        """Say how each layer is quantized; of the rules that fit a layer, the last one counts."""
        if self.activations == "int8":
            quantizer.add_static_config(_ALL_LAYERS, "*", activation_num_bits=8, weight_num_bits=8)
            return
        quantizer.add_dynamic_config(_ALL_LAYERS, "*", num_bits=8)
        if self.weights == "int8":
            return
        names = library.AlgorithmName
        of_convolutions = names.OCTAV if self.algorithm == "octav" else names.MIN_MAX_UNIFORM_QUANT
        of_dense = names.GPTQ if self.algorithm == "gptq" else of_convolutions
        for layer in _FOUR_BIT_LAYERS:
            algorithm = of_dense if layer == _DENSE else of_convolutions
            quantizer.add_dynamic_config(_ALL_LAYERS, layer, num_bits=4, algorithm_key=algorithm)
        dense = _dense_layers(graph)
        if self.algorithm == "gptq":
            _check_gptq(dense)
        if self.block is not None:
            for output in _outputs_of_layers_in_blocks(dense, self.block):
                rule = f"^{re.escape(output.name)}"
                blocks = f"BLOCKWISE_{self.block}"
                quantizer.add_dynamic_config(rule, _DENSE, num_bits=4, granularity=blocks, algorithm_key=of_dense)


def _calibrate(quantizer: Any, content: bytes, pixels: npt.NDArray[Any]) -> Any:
    if not quantizer.need_calibration:
        return None
    litert = require("ai_edge_litert.interpreter", extra="edge", purpose="running .tflite files")
    signatures = litert.Interpreter(model_content=content).get_signature_list()
    key, signature = next(iter(signatures.items()))
    (name,) = signature["inputs"]

    def samples() -> Iterator[dict[str, Any]]:
        for image in pixels:
            yield {name: image[None]}

    return quantizer.calibrate({key: list(samples())}, num_threads=1)


def _dense_layers(graph: Graph) -> list[tuple[Tensor, Tensor]]:
    """Weights (outputs, inputs) and output of each dense layer, the one with the most weights first."""
    layers = [
        (graph.tensors[operator.inputs[1]], graph.tensors[operator.outputs[0]])
        for operator in graph.operators
        if operator.name == _DENSE
    ]
    return sorted(layers, key=lambda layer: -layer[0].size)


def _check_gptq(dense: list[tuple[Tensor, Tensor]]) -> None:
    if not dense:
        raise InvalidInputError('algorithm="gptq" needs a dense layer, and the model has none: use "octav"')
    most = max(weights.shape[1] for weights, _ in dense)
    if most > _MOST_GPTQ_INPUTS:
        raise InvalidInputError(
            f'algorithm="gptq" takes dense layers of up to {_MOST_GPTQ_INPUTS:,} inputs, and the model has one of '
            f'{most:,}: use smaller images, or "octav"'
        )


def _outputs_of_layers_in_blocks(dense: list[tuple[Tensor, Tensor]], block: int) -> list[Tensor]:
    """The outputs of the dense layers whose inputs can be divided into blocks; raises if the largest cannot."""
    if not dense:
        raise InvalidInputError(f"block={block} needs a dense layer, and the model has none: pass block=None")
    n_inputs = dense[0][0].shape[1]
    if n_inputs % block:
        raise InvalidInputError(
            f"block={block} does not divide the {n_inputs:,} inputs of the model's largest dense layer: use another "
            "image size, or block=None"
        )
    return [output for weights, output in dense if weights.shape[1] % block == 0]


def _in_one_piece(content: Any) -> bytes:
    """The library puts large constants behind the flatbuffer, where :func:`fall.tflite_cost` does not look."""
    utils = require("ai_edge_litert.tools.flatbuffer_utils", extra="edge", purpose="reading .tflite files")
    return bytes(utils.convert_object_to_bytearray(utils.read_model_from_bytearray(bytes(content))))
