"""The header: macros, the declaration of the arrays, and the decision."""

from __future__ import annotations

from typing import Any

import numpy as np

from fall.tflite.embedded.arena import ArenaSize
from fall.tflite.embedded.decision import positive_index, stored_threshold
from fall.tflite.embedded.literals import c_float, c_string, comment_text
from fall.tflite.embedded.operators import resolver_methods
from fall.tflite.file import Tensor
from fall.tflite.memory import peak_memory
from fall.tflite.model import CompressedModel

C_TYPES = {"int8": "int8_t", "uint8": "uint8_t", "int16": "int16_t", "float32": "float"}


def header(model: CompressedModel, name: str, sha256: str, arena: ArenaSize) -> str:
    """The text of ``name.h``, for C11, and C++11 and later."""
    prefix, graph = name.upper(), model.graph
    threshold_type = "float" if graph.output.dtype == np.float32 else "int32_t"
    return f"""\
/* Written by fall.export_c_array. {comment_text(model.recipe)}: a .tflite file of {len(model.tflite)} bytes
   SHA-256 {sha256}

   Input: one RGB image in rows, {prefix}_INPUT_LEN values. A pixel's byte p is stored as {name}_pixels[p].
   Output: {prefix}_OUTPUT_LEN values, and {name}_is_fall(output) decides.
   A stored number q stands for SCALE * (q - ZERO_POINT). */
#ifndef {prefix}_H
#define {prefix}_H

#include <stdint.h>

{_defines(prefix, _macros(model, sha256))}

/* Bytes of tflite-micro's arena: {arena.note}. */
{_defines(prefix, {"ARENA_BYTES": arena.n_bytes, "ARENA_IS_MEASURED": int(arena.is_measured)})}

/* tflite::MicroMutableOpResolver<{prefix}_N_OPERATORS> resolver; then {prefix}_ADD_OPERATORS(resolver) is true. */
{_operators(prefix, resolver_methods(graph))}

typedef {C_TYPES[graph.input.dtype.name]} {name}_input;
typedef {C_TYPES[graph.output.dtype.name]} {name}_output;

#ifdef __cplusplus
extern "C" {{
#endif
extern const unsigned char {name}[];
extern const unsigned int {name}_len;
extern const {name}_input {name}_pixels[256];
#ifdef __cplusplus
}}
#endif

/* 1 if an image is a fall, from the {prefix}_OUTPUT_LEN values of the network's output; else 0. */
static inline int {name}_is_fall(const {name}_output *output) {{
    const {threshold_type} fall = output[{prefix}_POSITIVE];
    return fall >= {prefix}_THRESHOLD_Q;
}}

#endif
"""


def _macros(model: CompressedModel, sha256: str) -> dict[str, Any]:
    graph, labels = model.graph, model.classes_.tolist()
    threshold = stored_threshold(model.threshold_, graph.output)
    positive = positive_index(model)
    return {
        "SHA256": f'"{sha256}"',
        "BYTES": len(model.tflite),
        "INPUT_SIZE": model.input_size,
        "INPUT_LEN": graph.input.size,
        **_quantization("INPUT", graph.input),
        **_quantization("OUTPUT", graph.output),
        "OUTPUT_LEN": graph.output.size,
        "N_CLASSES": len(labels),
        **{f"CLASS_{number}": c_string(label) for number, label in enumerate(labels)},
        "POSITIVE": positive,
        "POSITIVE_CLASS": c_string(labels[positive if graph.output.shape[1] > 1 else -1]),
        "THRESHOLD": c_float(model.threshold_),
        "THRESHOLD_Q": f"({threshold})" if isinstance(threshold, int) else c_float(threshold),
        "ACTIVATION_BYTES": peak_memory(graph),
    }


def _quantization(prefix: str, tensor: Tensor) -> dict[str, Any]:
    if tensor.dtype == np.float32:
        return {f"{prefix}_IS_FLOAT": 1}
    scale, zero_point = float(tensor.scale[0]), int(tensor.zero_point[0])
    return {f"{prefix}_SCALE": c_float(scale), f"{prefix}_ZERO_POINT": f"({zero_point})"}


def _operators(prefix: str, methods: list[str]) -> str:
    calls = " && \\\n     ".join(f"(resolver).{method}() == kTfLiteOk" for method in methods)
    count = _defines(prefix, {"N_OPERATORS": len(methods)})
    return f"{count}\n#define {prefix}_ADD_OPERATORS(resolver) \\\n    ({calls})"


def _defines(prefix: str, macros: dict[str, Any]) -> str:
    return "\n".join(f"#define {prefix}_{macro} {value}" for macro, value in macros.items())
