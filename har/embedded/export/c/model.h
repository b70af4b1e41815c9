/* Shared by the files of this library: include recognizer.h instead. */
#ifndef RECOGNIZER_MODEL_H
#define RECOGNIZER_MODEL_H

#include "recognizer.h"

#ifdef __cplusplus
extern "C" {
#endif

@private_sizes@

/* On an AVR, constants stay in flash only if they are read by special instructions. */
#ifdef __AVR__
#include <avr/pgmspace.h>
#define RECOGNIZER_FLASH PROGMEM
#else
#define RECOGNIZER_FLASH
#endif

/* A value of a prototype as it is kept. */
typedef @value_type@ recognizer_value;

@declarations@

/* Decides the window in state->window. */
void recognizer_classify(recognizer_state *state, recognizer_result *result);

#ifdef __cplusplus
}
#endif

#endif
