"""The memory that tflite-micro needs for a model: measured where it is installed, estimated elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from common.errors import InvalidInputError, MissingDependencyError
from fall.tflite import micro
from fall.tflite.file import Graph
from fall.tflite.memory import ALIGNMENT, peak_memory

# tflite-micro's own tables beside the activations: more than it took for any network of this library, with pointers of
# 64 bits. Convolutions keep a multiplier and a shift for each channel of their output.
_TABLE_BYTES = 3072
_TABLE_BYTES_PER_OPERATOR = 320
_TABLE_BYTES_PER_CHANNEL = 8


@dataclass(frozen=True)
class ArenaSize:
    """Bytes for tflite-micro's arena.

    Attributes
    ----------
    n_bytes : int
        The size, a multiple of 16.
    is_measured : bool
        Whether tflite-micro ran the model in it; otherwise it is an estimate.
    note : str
        How it was found, for a comment.
    """

    n_bytes: int
    is_measured: bool
    note: str


def arena_size(graph: Graph) -> ArenaSize:
    """Measure the arena by running tflite-micro once, or estimate it where that is impossible."""
    try:
        measured = micro.arena(graph).total
    except MissingDependencyError:
        reason = "tflite-micro was not installed"
    except InvalidInputError:
        reason = "tflite-micro could not run this model on the computer that exported it"
    else:
        return ArenaSize(
            _aligned(measured), True, "measured with tflite-micro on a 64-bit computer; 32-bit pointers need less"
        )
    return ArenaSize(
        _aligned(peak_memory(graph) + _table_bytes(graph)), False, f"ESTIMATED from the activations, since {reason}"
    )


def _table_bytes(graph: Graph) -> int:
    channels = sum(
        graph.tensors[operator.outputs[0]].shape[-1] for operator in graph.operators if "CONV" in operator.name
    )
    operators = len(graph.operators)
    return _TABLE_BYTES + _TABLE_BYTES_PER_OPERATOR * operators + _TABLE_BYTES_PER_CHANNEL * channels


def _aligned(n_bytes: int) -> int:
    return -(-n_bytes // ALIGNMENT) * ALIGNMENT
