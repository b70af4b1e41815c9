#ifndef RECOGNIZER_H
#define RECOGNIZER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

@public_sizes@

/* Everything that changes, and all memory that is used beside the stack. Its members are private. */
typedef struct {
@state_members@
} recognizer_state;

/* What is said of one window. */
typedef struct {
    int16_t class_index; /* of recognizer_classes; RECOGNIZER_REJECTED for a movement that is like none of them */
    int16_t prototype;   /* the nearest one */
    uint32_t distance;   /* to it: a squared DTW distance, in integers */
} recognizer_result;

#define RECOGNIZER_REJECTED (-1)

extern const char *const recognizer_classes[RECOGNIZER_N_CLASSES];

/* Begins a stream. Call it before the first sample, and after samples were lost. */
void recognizer_start(recognizer_state *state);

/* Takes one sample: @sample_comment@
   Returns whether a decision about the window that ends here is due; only then is `result` written. */
bool recognizer_push(recognizer_state *state, const int16_t sample[RECOGNIZER_N_INPUTS], recognizer_result *result);

#ifdef __cplusplus
}
#endif

#endif
