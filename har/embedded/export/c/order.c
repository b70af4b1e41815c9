static void swap_samples(recognizer_state *state, uint_fast16_t from, uint_fast16_t to) {
    int16_t sample[RECOGNIZER_STORED_N_CHANNELS];
    uint_fast16_t low = from;
    uint_fast16_t high = to;
    while ((low + 1U) < high) {
        --high;
        (void)memcpy(sample, state->samples[low], sizeof sample);
        (void)memcpy(state->samples[low], state->samples[high], sizeof sample);
        (void)memcpy(state->samples[high], sample, sizeof sample);
        ++low;
    }
}

/* Samples arrive in a ring: bring the oldest to its beginning, by turning over both parts and then all of it. */
static void order_samples(recognizer_state *state) {
    if (state->oldest > 0U) {
        swap_samples(state, 0U, state->oldest);
        swap_samples(state, state->oldest, RECOGNIZER_LENGTH);
        swap_samples(state, 0U, RECOGNIZER_LENGTH);
        state->oldest = 0U;
    }
}
