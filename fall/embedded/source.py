"""The source: kernels, constants, the array in which the network runs, and the decision."""

from __future__ import annotations

from fall.embedded.arena import ArenaPlan
from fall.embedded.calls import call_lines
from fall.embedded.chains import Chain
from fall.embedded.kernel_text import kernel_texts
from fall.embedded.layer_text import array, constants
from fall.embedded.lowering import Program
from fall.tflite.embedded.decision import positive_index, stored_pixels
from fall.tflite.model import CompressedModel


def source(
    model: CompressedModel, program: Program, chains: list[Chain], arena: ArenaPlan, name: str, sha256: str
) -> str:
    """The text of ``name.c``, for C99."""
    prefix = name.upper()
    steps = [step for chain in chains for step in chain.steps]
    layers = "\n".join(text for number, step in enumerate(steps) if (text := constants(number, step)))
    calls = "\n".join(call_lines(program, chains, arena))
    return f"""\
/* Written by fall.export_c; what it decides, and how to call it, stands in {name}.h.
   SHA-256 {sha256}

   Integers only: no floating point, no memory from a heap, no recursion, no library. */
#include "{name}.h"

#include <stddef.h>

#if defined({prefix}_USE_DSP) && ({prefix}_USE_DSP != 0)
#include <arm_acle.h>
#include <string.h>
#define USE_DSP 1
#else
#define USE_DSP 0
#endif

{kernel_texts(program)}
/* What the network is given for each byte of an image. */
{array("int8_t", "pixels", stored_pixels(model))}
{layers}
/* Everything that the network computes; what is no longer needed is overwritten. */
static int8_t arena[{prefix}_ARENA_BYTES];

static void run(const uint8_t image[{prefix}_IMAGE_BYTES])
{{
{calls}
}}

{name}_decision {name}_decide(const uint8_t image[{prefix}_IMAGE_BYTES])
{{
    {name}_decision decision;
    int32_t stored;

    run(image);
    stored = arena[{arena.tensors[program.output] + positive_index(model)}];
    decision.probability = (uint8_t)(stored + 128);
    decision.is_fall = stored >= {prefix}_THRESHOLD_Q;
    return decision;
}}
"""
