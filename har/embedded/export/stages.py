"""From the steps of a recogniser to functions in C: what is stored of a sample, and how a window is read from it.

Steps that look at single samples run when a sample arrives, as long as none comes before them that needs the whole
window. What they give is stored, and of that only the channels that are needed later. All other steps compute sample
by sample when a window is decided, each asking the one before it, so that no window is kept in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from har.embedded.arithmetic import Channels
from har.embedded.channels import channels_read
from har.embedded.jerk import JerkLogarithm
from har.embedded.recognizer import IntegerRecognizer, Scaling
from har.embedded.steps import Decimation, Frame, Magnitudes, Step, SubtractMean

Table = npt.NDArray[Any]

# Of a filter's tap on a Cortex-M4: a mean over the inner part of a window and its ends, which take more.
_TAP_INSTRUCTIONS = 18
_TAP_CHANNEL_INSTRUCTIONS = 3
# Of a change with its root, and of the logarithm of a mean; of each difference.
_JERK_INSTRUCTIONS = 310
_JERK_AXIS_INSTRUCTIONS = 30

#: Parts of the text that other parts call.
INVERSE_SQRT, INTEGER_SQRT, SHIFT_RIGHT, SATURATE = "inverse_sqrt", "integer_sqrt", "shift_right", "saturate16"
LOG2 = "log2"


@dataclass(frozen=True)
class Stage:
    """A function in C that gives one sample.

    Attributes
    ----------
    name : str
        Of the function.
    template : str
        File with its text.
    length, n_channels : int
        Samples of a window after this stage, and values of one.
    sizes : mapping of str to text
        Macros ``STAGE_NAME``, beside ``STAGE_LENGTH`` and ``STAGE_N_CHANNELS``.
    tables : mapping of str to ndarray
        Constants ``STAGE_name``.
    texts : mapping of str to str
        What takes the place of ``@name@`` in the template.
    needs : tuple of str
        Helpers that the text calls.
    n_means, n_sums : int
        Values of ``int16_t`` and of ``uint32_t`` that it keeps for a window.
    begins : bool
        Whether it has a function ``STAGE_begin``, which goes through the whole window before the first sample is asked.
    keeps : bool
        Whether that function keeps all that is needed of the stage before, which is then computed no second time.
    instructions : int
        For a window on a Cortex-M4, estimated; 0 if they are few.
    """

    name: str
    template: str
    length: int
    n_channels: int
    sizes: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    n_means: int = 0
    n_sums: int = 0
    begins: bool = False
    keeps: bool = False
    instructions: int = 0


@dataclass(frozen=True)
class Plan:
    """All stages of a recogniser.

    Attributes
    ----------
    arriving : tuple of Stage
        Applied to each sample.
    stored : Stage
        What is kept of a sample.
    stored_channels : ndarray of uint8 or None
        Which values of the last arriving stage these are; None if all of them, in their order.
    in_window : tuple of Stage
        Applied when a window is decided.
    scaling : Scaling
        Of what the last of them gives.
    """

    arriving: tuple[Stage, ...]
    stored: Stage
    stored_channels: npt.NDArray[np.uint8] | None
    in_window: tuple[Stage, ...]
    scaling: Scaling

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All, in the order of the data."""
        return (*self.arriving, self.stored, *self.in_window)

    @property
    def instructions(self) -> int:
        """Of all stages for a window: those before one that begins, and does not keep what they give, count again."""
        total, passes = 0, 1
        for stage in reversed(self.in_window):
            total += passes * stage.instructions
            passes = stage.begins + (0 if stage.keeps else passes)
        return total


def plan(recognizer: IntegerRecognizer) -> Plan:
    """The stages of a recogniser."""
    n_arriving = next(
        (i for i, step in enumerate(recognizer.steps) if isinstance(step, Decimation | SubtractMean | JerkLogarithm)),
        len(recognizer.steps),
    )
    arriving: list[Stage] = []
    n_channels = recognizer.n_inputs
    for step in recognizer.steps[:n_arriving]:
        arriving.append(_of_step(step, recognizer.length, n_channels, arriving))
        n_channels = arriving[-1].n_channels
    stored_channels, rest, scaling = channels_read(recognizer.steps[n_arriving:], recognizer.scaling, n_channels)
    stored = Stage("stored", "stored", recognizer.length, len(stored_channels))
    in_window: list[Stage] = []
    before = stored
    for step in rest:
        before = _of_step(step, before.length, before.n_channels, [*arriving, *in_window])
        in_window.append(before)
    if rest and isinstance(rest[-1], JerkLogarithm):
        *others, last = in_window
        compared, _, of_compared = channels_read((), scaling, last.n_channels)
        if last.n_channels - 1 in compared:
            in_window, scaling = [*others, _only_passed(last, compared[:-1])], of_compared
        else:
            in_window = others
    kept_whole = stored_channels.tolist() == list(range(n_channels))
    return Plan(tuple(arriving), stored, None if kept_whole else stored_channels, tuple(in_window), scaling)


def _of_step(step: Step, length: int, n_channels: int, earlier: list[Stage]) -> Stage:
    name = _NAMES[type(step)]
    n_alike = sum(stage.name.startswith(name) for stage in earlier)
    if n_alike:
        name = f"{name}_{n_alike + 1}"
    if isinstance(step, Decimation):
        return _decimation(step, name, length, n_channels)
    if isinstance(step, SubtractMean):
        return _subtract_mean(step, name, length)
    if isinstance(step, Frame):
        return _frame(step, name, length)
    if isinstance(step, JerkLogarithm):
        return _jerk(step, name, length, n_channels)
    return _magnitudes(step, name, length, n_channels)


_NAMES = {
    Decimation: "decimated",
    SubtractMean: "deviations",
    Frame: "turned",
    Magnitudes: "magnitudes",
    JerkLogarithm: "jerk",
}


def _decimation(step: Decimation, name: str, length: int, n_channels: int) -> Stage:
    product = f"rise * {step.reciprocal}"
    slope = product if step.reciprocal_shift == 0 else f"shift_right({product}, {step.reciprocal_shift}U)"
    half = len(step.taps) // 2
    (nonzero,) = np.nonzero(step.taps)
    few = len(step.taps) <= 256
    places = nonzero.astype(np.uint8 if few else np.uint16)
    tables: dict[str, Table] = {"taps": step.taps[nonzero], "places": places}
    channel = "c"
    if step.channels.tolist() != list(range(n_channels)):
        tables["channels"] = step.channels
        channel = "READ_UINT8(STAGE_channels, c)"
    n_out = -(-length // step.factor)
    return Stage(
        name,
        "decimation",
        n_out,
        len(step.channels),
        {"FACTOR": str(step.factor), "N_TAPS": f"{len(nonzero)}U", "HALF": str(half)},
        tables,
        {"slope": slope, "channel": channel, "place": f"READ_UINT{8 if few else 16}(STAGE_places, tap)"},
        (SHIFT_RIGHT, SATURATE),
        instructions=n_out * len(nonzero) * (_TAP_INSTRUCTIONS + _TAP_CHANNEL_INSTRUCTIONS * len(step.channels)),
    )


def _subtract_mean(step: SubtractMean, name: str, length: int) -> Stage:
    n_means, n_others = len(step.channels), len(step.others)
    tables = {"channels": step.channels}
    others = ""
    if n_others:
        tables["others"] = step.others
        others = _copies(n_others, "(2U * STAGE_N_MEANS) + c", "READ_UINT8(STAGE_others, c)")
    sizes = {"N_MEANS": f"{n_means}U", "RECIPROCAL": str(step.reciprocal)}
    n_channels = 2 * n_means + n_others
    return Stage(
        name,
        "subtract_mean",
        length,
        n_channels,
        sizes,
        tables,
        {"others": others},
        (SATURATE,),
        n_means=n_means,
        begins=True,
    )


def _frame(step: Frame, name: str, length: int) -> Stage:
    n_axes, n_groups = len(step.gravity), len(step.groups)
    n_kept = n_axes if step.keep_gravity else 0
    kept = _copies(n_axes, "(2U * STAGE_N_GROUPS) + c", "READ_UINT8(STAGE_gravity, c)") if n_kept else ""
    sizes = {"N_AXES": f"{n_axes}U", "N_GROUPS": f"{n_groups}U"}
    tables = {"gravity": step.gravity, "groups": np.concatenate(step.groups).astype(np.uint8)}
    needs = (INVERSE_SQRT, INTEGER_SQRT, SHIFT_RIGHT)
    return Stage(name, "frame", length, 2 * n_groups + n_kept, sizes, tables, {"keep_gravity": kept}, needs)


def _magnitudes(step: Magnitudes, name: str, length: int, n_channels: int) -> Stage:
    n_kept = n_channels if step.keep else 0
    sizes = {"N_GROUPS": f"{len(step.groups)}U", "N_KEPT": f"{n_kept}U"}
    tables = {
        "group_sizes": np.array([len(group) for group in step.groups], dtype=np.uint8),
        "members": np.concatenate(step.groups).astype(np.uint8),
    }
    kept = _copies(n_kept, "c", "c") if n_kept else ""
    return Stage(name, "magnitudes", length, n_kept + len(step.groups), sizes, tables, {"kept": kept}, (INTEGER_SQRT,))


def _jerk(step: JerkLogarithm, name: str, length: int, n_channels: int) -> Stage:
    n_axes = len(step.channels)
    sizes = {
        "N_PASSED": f"{n_channels}U",
        "N_AXES": f"{n_axes}U",
        "REACH": f"{step.reach}U",
        "FLOOR": f"UINT32_C({step.floor})",
    }
    return Stage(
        name,
        "jerk",
        length,
        n_channels + 1,
        sizes,
        {"channels": step.channels},
        {"keep": "", "pass": "    INPUT(state, index, out);"},
        (INTEGER_SQRT, LOG2),
        n_sums=length + 1,
        begins=True,
        instructions=length * (_JERK_INSTRUCTIONS + _JERK_AXIS_INSTRUCTIONS * n_axes),
    )


def _only_passed(jerk: Stage, passed: Channels) -> Stage:
    """The same stage as the last one: it passes on only what is compared, and keeps it where the window will be.

    There, each value is read before the scaled one takes its place.
    """
    n_passed = len(passed)
    texts = {"keep": "", "pass": ""}
    tables = dict(jerk.tables)
    if n_passed:
        tables["passed"] = passed
        texts["keep"] = (
            "        for (uint_fast16_t c = 0U; c < STAGE_N_PASSED; ++c) {\n"
            "            state->window[index][c] = sample[READ_UINT8(STAGE_passed, c)];\n"
            "        }"
        )
        texts["pass"] = "    (void)memcpy(out, state->window[index], STAGE_N_PASSED * sizeof out[0]);"
    sizes = {**jerk.sizes, "N_PASSED": f"{n_passed}U"}
    return replace(jerk, n_channels=n_passed + 1, sizes=sizes, tables=tables, texts=texts, keeps=True)


def _copies(n: int, to: str, source: str) -> str:
    return f"    for (uint_fast16_t c = 0U; c < {n}U; ++c) {{\n        out[{to}] = sample[{source}];\n    }}"
