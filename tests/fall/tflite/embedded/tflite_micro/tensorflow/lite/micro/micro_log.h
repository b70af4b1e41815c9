// Stands in for tflite-micro, by the names and types of its interface.
#pragma once
#include <cstdarg>
#include <cstdio>

inline void MicroPrintf(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}
