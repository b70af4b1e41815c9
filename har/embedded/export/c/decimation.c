/* Every STAGE_FACTOR-th sample of the low-pass filtered signal.

   The signal continues beyond the window along the line through its first and its last sample. */
static int32_t STAGE_value(const int16_t sample[INPUT_N_CHANNELS], uint_fast16_t channel) {
    return (int32_t)sample[READ_UINT8(STAGE_channels, channel)];
}

static void STAGE(const recognizer_state *state, uint_fast16_t index, int16_t out[STAGE_N_CHANNELS]) {
    int16_t sample[INPUT_N_CHANNELS];
    int32_t first[STAGE_N_CHANNELS];
    int32_t last[STAGE_N_CHANNELS];
    int32_t slope[STAGE_N_CHANNELS];
    int32_t sum[STAGE_N_CHANNELS] = {0};
    INPUT(state, 0U, sample);
    for (uint_fast16_t c = 0U; c < STAGE_N_CHANNELS; ++c) {
        first[c] = STAGE_value(sample, c);
    }
    INPUT(state, INPUT_LENGTH - 1U, sample);
    for (uint_fast16_t c = 0U; c < STAGE_N_CHANNELS; ++c) {
        last[c] = STAGE_value(sample, c);
        slope[c] = @slope@;
    }
    for (uint_fast16_t tap = 0U; tap < STAGE_N_TAPS; ++tap) {
        const int32_t weight = READ_INT16(STAGE_taps, tap);
        const int32_t position = ((int32_t)index * STAGE_FACTOR) + (int32_t)tap - STAGE_HALF;
        const bool is_before = position < 0;
        const bool is_behind = position >= INPUT_LENGTH;
        if (!is_before && !is_behind) {
            INPUT(state, (uint_fast16_t)position, sample);
        }
        for (uint_fast16_t c = 0U; c < STAGE_N_CHANNELS; ++c) {
            int32_t value;
            if (is_before) {
                value = saturate16(first[c] - shift_right(-position * slope[c], 8U));
            } else if (is_behind) {
                value = saturate16(last[c] + shift_right((position - INPUT_LENGTH + 1) * slope[c], 8U));
            } else {
                value = STAGE_value(sample, c);
            }
            sum[c] += weight * value;
        }
    }
    for (uint_fast16_t c = 0U; c < STAGE_N_CHANNELS; ++c) {
        out[c] = saturate16(shift_right(sum[c], 15U));
    }
}
