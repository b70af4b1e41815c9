"""The header: the sizes, the decision, and the one function."""

from __future__ import annotations

from typing import Any

from fall.embedded.arena import ArenaPlan
from fall.embedded.report import CReport
from fall.tflite.embedded.decision import positive_index, stored_threshold
from fall.tflite.embedded.literals import c_string, comment_text
from fall.tflite.model import CompressedModel


def header(model: CompressedModel, arena: ArenaPlan, report: CReport, name: str, sha256: str) -> str:
    """The text of ``name.h``, for C99, and C++11 and later."""
    prefix, size = name.upper(), model.input_size
    channels = model.graph.input.shape[3]
    macros = "\n".join(f"#define {prefix}_{macro} {value}" for macro, value in _macros(model, arena).items())
    return f"""\
/* Written by fall.export_c. {comment_text(model.recipe)}: the network of a .tflite file as plain C99
   SHA-256 {sha256}

   {_wrapped(report)}

   Compile {name}.c with it. On a processor with the DSP extension (Cortex-M4, M7, M33), {prefix}_USE_DSP=1 makes it
   faster and changes no result. The network runs in one static array: decide about one image at a time. */
#ifndef {prefix}_H
#define {prefix}_H

#include <stdbool.h>
#include <stdint.h>

#define {prefix}_SHA256 "{sha256}"
{macros}

typedef struct {{
    uint8_t probability; /* of a fall, in steps of 1/256 */
    bool is_fall;        /* from the model's threshold on */
}} {name}_decision;

#ifdef __cplusplus
extern "C" {{
#endif
/* The image: {size} rows of {size} pixels, each of {channels} bytes{", red, green, blue" if channels == 3 else ""}. */
{name}_decision {name}_decide(const uint8_t image[{prefix}_IMAGE_BYTES]);
#ifdef __cplusplus
}}
#endif

#endif
"""


def _wrapped(report: CReport) -> str:
    """What it takes, as lines of a comment."""
    return (
        f"Flash: {report.flash_bytes} bytes. RAM: {report.arena_bytes} bytes here, and about {report.stack_bytes} of"
        f" stack, beside the\n   image of {report.image_bytes}. One decision: {report.macs} multiply-accumulates, about"
        f" {report.instructions} instructions\n   of a Cortex-M4. Flash, stack and instructions are estimates."
    )


def _macros(model: CompressedModel, arena: ArenaPlan) -> dict[str, Any]:
    return {
        "IMAGE_SIZE": model.input_size,
        "IMAGE_BYTES": model.graph.input.size,
        "ARENA_BYTES": arena.n_bytes,
        "POSITIVE_CLASS": c_string(model.classes_.tolist()[positive_index(model)]),
        "THRESHOLD_Q": f"({stored_threshold(model.threshold_, model.graph.output)})",
    }
