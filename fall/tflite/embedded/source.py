"""The source: the bytes of the file, and the stored input for each pixel value."""

from __future__ import annotations

from fall.tflite.embedded.decision import stored_pixels
from fall.tflite.embedded.literals import c_float, numbers
from fall.tflite.model import CompressedModel


def source(model: CompressedModel, name: str, sha256: str) -> str:
    """The text of ``name.c``; constants stay in flash, and tflite-micro requires the alignment."""
    table = stored_pixels(model)
    pixels = [c_float(value) for value in table] if table.dtype.kind == "f" else [str(value) for value in table]
    content = numbers([f"0x{byte:02x}" for byte in model.tflite])
    return "\n".join(
        [
            "/* Written by fall.export_c_array.",
            f"   SHA-256 {sha256} */",
            f'#include "{name}.h"',
            "",
            "#include <assert.h>",
            "#ifndef __cplusplus",
            "#include <stdalign.h>",
            "#endif",
            "",
            f"const unsigned int {name}_len = {name.upper()}_BYTES;",
            "",
            f"const {name}_input {name}_pixels[256] = {{",
            *numbers(pixels),
            "};",
            "",
            f"alignas(16) const unsigned char {name}[] = {{",
            *content,
            "};",
            "",
            f'static_assert(sizeof {name} == {name.upper()}_BYTES, "the header is of another export");',
            "",
        ]
    )
