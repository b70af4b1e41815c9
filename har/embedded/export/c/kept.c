/* Samples that would be computed more than once are kept where the window is prepared: there, each is read before its
   place is taken. */
static void STAGE_begin(recognizer_state *state) {
    for (uint_fast16_t index = 0U; index < STAGE_LENGTH; ++index) {
        INPUT(state, index, state->window[index]);
    }
}

static void STAGE(const recognizer_state *state, uint_fast16_t index, int16_t out[STAGE_N_CHANNELS]) {
    (void)memcpy(out, state->window[index], STAGE_N_CHANNELS * sizeof out[0]);
}
