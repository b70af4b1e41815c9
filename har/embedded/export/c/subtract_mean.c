/* The mean of each channel over the window, which is separated from the signal. */
static void STAGE_begin(recognizer_state *state) {
    int16_t sample[INPUT_N_CHANNELS];
    int64_t sum[STAGE_N_MEANS] = {0};
    for (uint_fast16_t index = 0U; index < INPUT_LENGTH; ++index) {
        INPUT(state, index, sample);
        for (uint_fast16_t c = 0U; c < STAGE_N_MEANS; ++c) {
            sum[c] += sample[READ_UINT8(STAGE_channels, c)];
        }
    }
    for (uint_fast16_t c = 0U; c < STAGE_N_MEANS; ++c) {
        state->STAGE_means[c] = (int16_t)(((sum[c] * STAGE_RECIPROCAL) + ((int64_t)1 << 30U)) >> 31U);
    }
}

/* Deviations from the means, the means, and the channels that are left as they are. */
static void STAGE(const recognizer_state *state, uint_fast16_t index, int16_t out[STAGE_N_CHANNELS]) {
    int16_t sample[INPUT_N_CHANNELS];
    INPUT(state, index, sample);
    for (uint_fast16_t c = 0U; c < STAGE_N_MEANS; ++c) {
        const int32_t mean = state->STAGE_means[c];
        out[c] = saturate16((int32_t)sample[READ_UINT8(STAGE_channels, c)] - mean);
        out[STAGE_N_MEANS + c] = (int16_t)mean;
    }
@others@
}
