"""An example that decides about an image in a file, and the targets of CMake."""

from __future__ import annotations


def cmake(name: str, sha256: str) -> str:
    """The text of ``name.cmake``."""
    return f"""\
# Written by fall.export_c.
# SHA-256 {sha256}
# In your CMakeLists.txt: include(path/to/{name}.cmake), then target_link_libraries(your_program {name}_network).
add_library({name}_network STATIC "${{CMAKE_CURRENT_LIST_DIR}}/{name}.c")
target_include_directories({name}_network PUBLIC "${{CMAKE_CURRENT_LIST_DIR}}")
target_compile_features({name}_network PUBLIC c_std_99)

add_executable({name}_example "${{CMAKE_CURRENT_LIST_DIR}}/{name}_example.c")
target_link_libraries({name}_example PRIVATE {name}_network)
"""


def example(name: str, sha256: str) -> str:
    """The text of ``name_example.c``, a program for a computer with files."""
    prefix = name.upper()
    return f"""\
/* Written by fall.export_c, and anew by every export: copy it before you change it.
   SHA-256 {sha256}

   Decides about every image of a file: {prefix}_IMAGE_BYTES bytes each, row by row, without a header. */
#include "{name}.h"

#include <stdio.h>

int main(int n_arguments, char **arguments)
{{
    static uint8_t image[{prefix}_IMAGE_BYTES];
    FILE *file = (n_arguments == 2) ? fopen(arguments[1], "rb") : NULL;
    if (file == NULL) {{
        (void)fprintf(stderr, "name a file of images\\n");
        return 1;
    }}
    while (fread(image, sizeof image, 1, file) == 1) {{
        const {name}_decision decision = {name}_decide(image);
        (void)printf("%d %s\\n", decision.probability, decision.is_fall ? {prefix}_POSITIVE_CLASS : "-");
    }}
    (void)fclose(file);
    return 0;
}}
"""
