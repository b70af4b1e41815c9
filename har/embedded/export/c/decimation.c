@input@
/* Where a tap lies in the filter. */
static inline int32_t STAGE_place(uint_fast16_t tap) { return (int32_t)@place@; }

/* Adds the taps `first` to `end`, which lie beyond the window: there the signal follows a line. The tap at place 0 is
   `start` samples away from its `edge`. Half a step rounds upwards behind the window, and downwards before it. */
static void STAGE_beyond(uint_fast16_t first, uint_fast16_t end, int32_t start, int32_t half, const int16_t *edge,
                         const int32_t *slope, int32_t *sum) {
    for (uint_fast16_t c = 0U; c < STAGE_N_CHANNELS; ++c) {
        int32_t of_channel = sum[c];
        for (uint_fast16_t tap = first; tap < end; ++tap) {
            const int32_t rise = (((start + STAGE_place(tap)) * slope[c]) + half) >> 8U;
            of_channel += READ_INT16(STAGE_taps, tap) * (int32_t)saturate16(edge[@channel@] + rise);
        }
        sum[c] = of_channel;
    }
}

/* Every STAGE_FACTOR-th sample of the low-pass filtered signal. Taps that are zero are left out.

   The signal continues beyond the window along the line through its first and its last sample. */
static void STAGE(const recognizer_state *state, uint_fast16_t index, int16_t out[STAGE_N_CHANNELS]) {
    int16_t buffer[INPUT_N_CHANNELS];
    int32_t sum[STAGE_N_CHANNELS] = {0};
    const int32_t start = ((int32_t)index * STAGE_FACTOR) - STAGE_HALF;
    uint_fast16_t first = 0U;
    uint_fast16_t end = STAGE_N_TAPS;
    while ((start + STAGE_place(first)) < 0) {
        ++first;
    }
    while ((start + STAGE_place(end - 1U)) >= INPUT_LENGTH) {
        --end;
    }
    if ((first > 0U) || (end < STAGE_N_TAPS)) {
        int16_t other_buffer[INPUT_N_CHANNELS];
        int32_t slope[STAGE_N_CHANNELS];
        const int16_t *const oldest = STAGE_input(state, 0U, buffer);
        const int16_t *const newest = STAGE_input(state, INPUT_LENGTH - 1U, other_buffer);
        for (uint_fast16_t c = 0U; c < STAGE_N_CHANNELS; ++c) {
            const int32_t rise = (int32_t)newest[@channel@] - oldest[@channel@];
            slope[c] = @slope@;
        }
        STAGE_beyond(0U, first, start, 127, oldest, slope, sum);
        STAGE_beyond(end, STAGE_N_TAPS, (start - INPUT_LENGTH) + 1, 128, newest, slope, sum);
    }
    for (uint_fast16_t tap = first; tap < end; ++tap) {
        const int32_t weight = READ_INT16(STAGE_taps, tap);
        const int32_t place = start + STAGE_place(tap);
        const int16_t *const sample = STAGE_input(state, (uint_fast16_t)place, buffer);
        UNROLL
        for (uint_fast16_t c = 0U; c < STAGE_N_CHANNELS; ++c) {
            sum[c] += weight * sample[@channel@];
        }
    }
    for (uint_fast16_t c = 0U; c < STAGE_N_CHANNELS; ++c) {
        out[c] = saturate16(shift_right(sum[c], 15U));
    }
}
