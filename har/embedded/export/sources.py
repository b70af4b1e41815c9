"""The files of C: the header, the shared sizes, the constants and the code."""

from __future__ import annotations

import re
from pathlib import Path

from har.embedded.arithmetic import LOG2_TABLE
from har.embedded.export.literals import declaration, table, text
from har.embedded.export.memory import state_members
from har.embedded.export.naming import of_stage
from har.embedded.export.stages import INTEGER_SQRT, INVERSE_SQRT, LOG2, SATURATE, SHIFT_RIGHT, Plan, Table
from har.embedded.recognizer import Hop, IntegerRecognizer

_TEMPLATES = Path(__file__).parent / "c"
_HELPERS = (SHIFT_RIGHT, SATURATE, INTEGER_SQRT, INVERSE_SQRT, LOG2)


def public_header(recognizer: IntegerRecognizer, plan: Plan) -> str:
    """What a program includes."""
    sizes = {
        "N_INPUTS": recognizer.n_inputs,
        "LENGTH": recognizer.length,
        "N_CLASSES": len(recognizer.classes),
    }
    notes = {
        "N_INPUTS": "channels of the sensor",
        "LENGTH": f"samples of a window, at {recognizer.rate_hz:g} a second",
    }
    lines = [_define(name, f"{size}U", notes.get(name)) for name, size in sizes.items()]
    members = "\n".join(f"    {member.text};" for member in state_members(recognizer, plan))
    return filled(
        "recognizer.h",
        public_sizes="\n".join(lines),
        state_members=members,
        sample_comment=f"counts of the sensor, {recognizer.n_inputs} in all.",
    )


def model_header(recognizer: IntegerRecognizer, plan: Plan) -> str:
    """What the files of the library share."""
    n_prototypes, n_timesteps, n_channels = recognizer.prototypes.shape
    sizes = {
        "N_PROTOTYPES": f"{n_prototypes}U",
        "N_TIMESTEPS": f"{n_timesteps}U",
        "N_CHANNELS": f"{n_channels}U",
        "BITS": str(8 * recognizer.prototypes.itemsize),
        "RADIUS": f"{recognizer.radius}U",
        "LIMIT": str(recognizer.scaling.limit),
        "THRESHOLD": f"UINT32_C({recognizer.threshold})",
    }
    if isinstance(recognizer.schedule, Hop):
        sizes["STEP"] = f"{recognizer.schedule.step}U"
    else:
        sizes["IMPACT"] = f"UINT32_C({recognizer.schedule.threshold})"
        sizes["AFTER"] = f"{recognizer.schedule.after}U"
        sizes["N_TRIGGERS"] = f"{len(recognizer.schedule.channels)}U"
    if recognizer.readout is not None:
        sizes["SHARE_SHIFT"] = f"{recognizer.readout.share_shift}U"
    lines = [_define(name, size) for name, size in sizes.items()]
    for stage in plan.stages:
        upper = stage.name.upper()
        # The positions of a filter's taps may lie before the window, so that lengths are signed.
        own = {"LENGTH": str(stage.length), "N_CHANNELS": f"{stage.n_channels}U", **stage.sizes}
        lines += [_define(f"{upper}_{name}", size) for name, size in own.items()]
    return filled(
        "model.h",
        private_sizes="\n".join(lines),
        value_type=f"{recognizer.prototypes.dtype.name}_t",
        declarations="\n".join(declaration(name, values) for name, values in constants(recognizer, plan).items()),
    )


def model_source(recognizer: IntegerRecognizer, plan: Plan) -> str:
    """The constants."""
    names = ",\n    ".join(text(label) for label in recognizer.classes.tolist())
    parts = [
        '#include "recognizer_model.h"',
        f"const char *const recognizer_classes[RECOGNIZER_N_CLASSES] = {{\n    {names},\n}};",
        *(table(name, values) for name, values in constants(recognizer, plan).items()),
    ]
    return "\n\n".join(parts) + "\n"


def constants(recognizer: IntegerRecognizer, plan: Plan) -> dict[str, Table]:
    """All arrays by their names in C, the prototypes first."""
    arrays: dict[str, Table] = {
        "prototypes": recognizer.prototypes,
        "class_indices": recognizer.class_indices,
        "scaled_channels": plan.scaling.channels,
        "multiplier": plan.scaling.multiplier,
        "shift": plan.scaling.shift,
        "offset": plan.scaling.offset,
    }
    if recognizer.readout is not None:
        arrays |= {
            "log_weights": recognizer.readout.log_weights.ravel(),
            "share_weights": recognizer.readout.share_weights.ravel(),
            "bias": recognizer.readout.bias,
        }
        del arrays["class_indices"]
    if LOG2 in _helpers(recognizer, plan):
        arrays["log2_table"] = LOG2_TABLE
    if not isinstance(recognizer.schedule, Hop):
        arrays["triggers"] = recognizer.schedule.channels
    if plan.stored_channels is not None:
        arrays["stored_channels"] = plan.stored_channels
    for stage in plan.stages:
        arrays |= {f"{stage.name}_{name}": values for name, values in stage.tables.items()}
    return {f"recognizer_{name}": values for name, values in arrays.items()}


def code(recognizer: IntegerRecognizer, plan: Plan) -> str:
    """What is computed."""
    parts = [filled("code.c"), filled("arithmetic.c")]
    parts += [filled(f"{helper}.c") for helper in _helpers(recognizer, plan)]
    before = "sample"
    for stage in plan.arriving:
        text_of_stage = of_stage(filled(f"{stage.template}.c", **stage.texts), stage.name, before)
        parts.append(text_of_stage.replace("RECOGNIZER_SAMPLE_N_CHANNELS", "RECOGNIZER_N_INPUTS"))
        before = stage.name
    parts.append(filled("order.c"))
    # A decimation reads the ring itself.
    if not plan.in_window or plan.in_window[0].template != "decimation":
        parts.append(of_stage(filled("stored.c"), "stored", before))
    before = "stored"
    for stage in plan.in_window:
        texts = dict(stage.texts)
        if stage.template == "decimation":
            texts["input"] = filled("input_stored.c" if before == "stored" else "input_computed.c")
        parts.append(of_stage(filled(f"{stage.template}.c", **texts), stage.name, before))
        if stage.template in ("frame", "magnitudes"):
            parts.append(of_stage(filled("of_sample.c"), stage.name, before))
        before = stage.name
    begin = [f"    {stage.name}_begin(state);" for stage in plan.in_window if stage.begins]
    parts.append(of_stage(filled("prepare.c", begin="\n".join(begin)), "", before))
    parts.append(filled("dtw.c", path_cost=filled("saturating_path.c" if recognizer.saturates else "path.c").rstrip()))
    parts.append(filled("nearest.c" if recognizer.readout is None else "readout.c"))
    parts.append(filled("hop.c" if isinstance(recognizer.schedule, Hop) else "impact.c"))
    parts.append(filled("push.c", arrive=_arrival(plan)))
    return "\n".join(parts)


def _helpers(recognizer: IntegerRecognizer, plan: Plan) -> list[str]:
    """What other parts call, each after those that it calls itself."""
    needed = {helper for stage in plan.stages for helper in stage.needs}
    if recognizer.readout is not None:
        needed |= {SATURATE, INVERSE_SQRT, LOG2}
    if LOG2 in needed:
        needed.add(SHIFT_RIGHT)
    return [helper for helper in _HELPERS if helper in needed]


def _arrival(plan: Plan) -> str:
    """The statements that store a sample."""
    lines = [f"    int16_t {stage.name}[RECOGNIZER_{stage.name.upper()}_N_CHANNELS];" for stage in plan.arriving]
    before = "sample"
    for stage in plan.arriving:
        lines.append(f"    {stage.name}_sample({before}, {stage.name});")
        before = stage.name
    if plan.stored_channels is None:
        lines.append(
            f"    (void)memcpy(state->samples[state->oldest], {before}, sizeof state->samples[state->oldest]);"
        )
    else:
        lines += [
            "    for (uint_fast16_t c = 0U; c < RECOGNIZER_STORED_N_CHANNELS; ++c) {",
            f"        state->samples[state->oldest][c] = {before}[READ_UINT8(recognizer_stored_channels, c)];",
            "    }",
        ]
    return "\n".join(lines)


def filled(template: str, **texts: str) -> str:
    """The text of a file in ``c/`` with all its ``@places@`` filled; an empty one takes its line with it."""
    content = (_TEMPLATES / template).read_text(encoding="ascii")
    for name, replacement in texts.items():
        place = f"@{name}@"
        assert place in content, f"{template} has no {place}"
        content = (
            content.replace(place + "\n", replacement + "\n") if replacement else content.replace(place + "\n", "")
        )
        content = content.replace(place, replacement)
    assert not re.search(r"@[a-z_]+@", content), template
    return content


def _define(name: str, value: str, note: str | None = None) -> str:
    return f"#define RECOGNIZER_{name} {value}" + (f" /* {note} */" if note else "")
