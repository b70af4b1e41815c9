/* Reads samples from standard input, the counts of one sample a line, and prints each decision.

       cmake -S . -B build && cmake --build build && build/recognize < samples.txt */
#include "recognizer.h"

#include <inttypes.h>
#include <stdio.h>

int main(void) {
    static recognizer_state state;
    int16_t sample[RECOGNIZER_N_INPUTS];
    recognizer_result result;
    unsigned long n_samples = 0UL;
    unsigned int n_values = 0U;
    recognizer_start(&state);
    while (scanf("%" SCNd16 "%*[ ,;\t]", &sample[n_values]) == 1) {
        ++n_values;
        if (n_values == RECOGNIZER_N_INPUTS) {
            n_values = 0U;
            ++n_samples;
            if (recognizer_push(&state, sample, &result)) {
                const char *name = (result.class_index < 0) ? "none" : recognizer_classes[result.class_index];
                (void)printf("sample %lu: %s (distance %" PRIu32 ")\n", n_samples, name, result.distance);
            }
        }
    }
    return 0;
}
