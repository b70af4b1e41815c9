"""The bytes of an exported recogniser: constants in flash, and the state in RAM."""

from __future__ import annotations

from dataclasses import dataclass

from har.embedded.export.stages import Plan
from har.embedded.recognizer import Hop, IntegerRecognizer

_ALIGNMENT = 4


@dataclass(frozen=True)
class Member:
    """A member of the state: its text in C, and its bytes."""

    text: str
    n_bytes: int


def state_members(recognizer: IntegerRecognizer, plan: Plan) -> list[Member]:
    """All members of the state, the largest types first, so that no padding lies between them."""
    n_prototypes, n_timesteps, n_channels = recognizer.prototypes.shape
    n_cells = 2 * recognizer.radius + 3
    words = [_array("uint32_t", "row", n_cells), _array("uint32_t", "missing")]
    if recognizer.readout is not None:
        n_classes = len(recognizer.readout.bias)
        words += [_array("uint32_t", "distances", n_prototypes), _array("int32_t", "scores", n_classes)]
    if not isinstance(recognizer.schedule, Hop):
        words += [_array("uint32_t", "energy"), _array("uint32_t", "waiting")]
    words += [_array("uint32_t", f"{stage.name}_sums", stage.n_sums) for stage in plan.in_window if stage.n_sums]
    halves = [
        _array("int16_t", "window", n_timesteps, n_channels),
        _array("int16_t", "samples", recognizer.length, plan.stored.n_channels),
    ]
    halves += [_array("int16_t", f"{stage.name}_means", stage.n_means) for stage in plan.in_window if stage.n_means]
    return [*words, *halves, _array("uint16_t", "oldest")]


def state_bytes(recognizer: IntegerRecognizer, plan: Plan) -> int:
    """The size of the state on a processor of 32 bits."""
    n_bytes = sum(member.n_bytes for member in state_members(recognizer, plan))
    return -(-n_bytes // _ALIGNMENT) * _ALIGNMENT


def _array(kind: str, name: str, *shape: int) -> Member:
    n_bytes = 2 if kind.endswith("16_t") else 4
    for size in shape:
        n_bytes *= size
    return Member(f"{kind} {name}{''.join(f'[{size}]' for size in shape)}", n_bytes)
