static void STAGE(const recognizer_state *state, uint_fast16_t index, int16_t out[STAGE_N_CHANNELS]) {
    (void)memcpy(out, state->samples[index], STAGE_N_CHANNELS * sizeof out[0]);
}
