#include "recognizer_model.h"

#include <string.h>

/* Constants of a few bytes, widened. */
#ifdef __AVR__
#define READ_UINT8(table, place) pgm_read_byte(&(table)[place])
#define READ_INT8(table, place) ((int8_t)pgm_read_byte(&(table)[place]))
#define READ_UINT16(table, place) pgm_read_word(&(table)[place])
#define READ_INT16(table, place) ((int16_t)pgm_read_word(&(table)[place]))
#define READ_INT32(table, place) ((int32_t)pgm_read_dword(&(table)[place]))
#else
#define READ_UINT8(table, place) ((table)[place])
#define READ_INT8(table, place) ((table)[place])
#define READ_UINT16(table, place) ((table)[place])
#define READ_INT16(table, place) ((table)[place])
#define READ_INT32(table, place) ((table)[place])
#endif

#if RECOGNIZER_BITS == 8
#define READ_VALUE READ_INT8
#else
#define READ_VALUE READ_INT16
#endif

/* A loop over few channels or cells is fastest without its counter. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__) && !defined(__AVR__)
#define UNROLL _Pragma("GCC unroll 8")
#else
#define UNROLL
#endif
