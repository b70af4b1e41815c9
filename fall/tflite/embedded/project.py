"""An example that runs the model with tflite-micro, and the targets of CMake for both."""

from __future__ import annotations


def cmake(name: str, sha256: str) -> str:
    """The text of ``name.cmake``. No target has a name that CMake reserves, whatever the model's name is."""
    return f"""\
# Written by fall.export_c_array.
# SHA-256 {sha256}
# In your CMakeLists.txt: include(path/to/{name}.cmake), then target_link_libraries(your_program {name}_model).
add_library({name}_model STATIC "${{CMAKE_CURRENT_LIST_DIR}}/{name}.c")
target_include_directories({name}_model PUBLIC "${{CMAKE_CURRENT_LIST_DIR}}")
target_compile_features({name}_model PUBLIC c_std_11)

# The example needs tflite-micro: the name of your project's target for it.
if(NOT DEFINED TFLITE_MICRO_TARGET)
  set(TFLITE_MICRO_TARGET tflite-micro)
endif()
if(TARGET ${{TFLITE_MICRO_TARGET}})
  add_executable({name}_example "${{CMAKE_CURRENT_LIST_DIR}}/{name}_example.cpp")
  target_compile_features({name}_example PRIVATE cxx_std_11)
  target_link_libraries({name}_example PRIVATE {name}_model ${{TFLITE_MICRO_TARGET}})
endif()
"""


def example(name: str, sha256: str) -> str:
    """The text of ``name_example.cpp``: a sketch with ``setup`` and ``loop``, and a ``main`` for other boards."""
    prefix = name.upper()
    return f"""\
/* Written by fall.export_c_array, and anew by every export: copy it before you change it.
   SHA-256 {sha256}

   Arduino: a sketch's folder with {name}.h, {name}.c and this file, which takes the folder's name and .ino. */
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_log.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

#include "{name}.h"

namespace {{

alignas(16) uint8_t {name}_arena[{prefix}_ARENA_BYTES];
tflite::MicroInterpreter *{name}_interpreter = nullptr;

/* Your camera: the bytes of an image of {prefix}_INPUT_SIZE rows and columns, row by row, red, green, blue. */
uint8_t {name}_next_byte() {{ return 0; }}

}}  // namespace

void setup() {{
    static tflite::MicroMutableOpResolver<{prefix}_N_OPERATORS> resolver;
    if (!{prefix}_ADD_OPERATORS(resolver)) {{
        MicroPrintf("an operator could not be added");
        return;
    }}
    static tflite::MicroInterpreter interpreter(
        tflite::GetModel(::{name}), resolver, {name}_arena, {prefix}_ARENA_BYTES);
    if (interpreter.AllocateTensors() != kTfLiteOk) {{
        MicroPrintf("the arena of %d bytes is too small", {prefix}_ARENA_BYTES);
        return;
    }}
    {name}_interpreter = &interpreter;
}}

void loop() {{
    if ({name}_interpreter == nullptr) {{
        return;
    }}
    {name}_input *input = {name}_interpreter->typed_input_tensor<{name}_input>(0);
    for (int i = 0; i < {prefix}_INPUT_LEN; ++i) {{
        input[i] = {name}_pixels[{name}_next_byte()];
    }}
    if ({name}_interpreter->Invoke() != kTfLiteOk) {{
        MicroPrintf("the model could not be run");
        return;
    }}
    const {name}_output *output = {name}_interpreter->typed_output_tensor<{name}_output>(0);
    MicroPrintf("%s", {name}_is_fall(output) ? {prefix}_POSITIVE_CLASS : "-");
}}

#ifndef ARDUINO
int main() {{
    setup();
    loop();
    return 0;
}}
#endif
"""
