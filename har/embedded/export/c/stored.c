/* A sample of the window, the oldest first: what was stored when it arrived. */
static const int16_t *stored_sample(const recognizer_state *state, uint_fast16_t index) {
    uint_fast16_t slot = state->oldest + index;
    if (slot >= RECOGNIZER_LENGTH) {
        slot -= RECOGNIZER_LENGTH;
    }
    return state->samples[slot];
}

static void STAGE(const recognizer_state *state, uint_fast16_t index, int16_t out[STAGE_N_CHANNELS]) {
    (void)memcpy(out, stored_sample(state, index), STAGE_N_CHANNELS * sizeof out[0]);
}
