/* How far a sample lies from the one before it, in units of 2^-4 counts. The differences are scaled to 16 bits, so that
   their squares fit 32 bits and the root of the sum has as many bits as can be. */
static uint32_t STAGE_size(const int16_t sample[INPUT_N_CHANNELS], const int16_t before[INPUT_N_CHANNELS]) {
    uint32_t difference[STAGE_N_AXES];
    uint32_t largest = 0U;
    uint32_t squares = 0U;
    uint32_t shift = 0U;
    for (uint_fast16_t axis = 0U; axis < STAGE_N_AXES; ++axis) {
        const int32_t value = sample[READ_UINT8(STAGE_channels, axis)];
        const int32_t other = before[READ_UINT8(STAGE_channels, axis)];
        difference[axis] = (uint32_t)((value > other) ? (value - other) : (other - value));
        if (difference[axis] > largest) {
            largest = difference[axis];
        }
    }
    while ((shift < 5U) && ((largest << (shift + 1U)) < ((uint32_t)1 << 16U))) {
        ++shift;
    }
    for (uint_fast16_t axis = 0U; axis < STAGE_N_AXES; ++axis) {
        const uint32_t scaled = (difference[axis] << shift) >> 1U;
        squares += scaled * scaled;
    }
    return integer_sqrt(squares) << (5U - shift);
}

/* The sums of all changes up to each sample, modulo 2^32: what a difference of two of them stands for fits. The first
   sample has none before it, and the change of the second. */
static void STAGE_begin(recognizer_state *state) {
    int16_t samples[2][INPUT_N_CHANNELS];
    state->STAGE_sums[0] = 0U;
    for (uint_fast16_t index = 0U; index < STAGE_LENGTH; ++index) {
        int16_t *const sample = samples[index % 2U];
        INPUT(state, index, sample);
@keep@
        if (index > 0U) {
            const uint32_t change = STAGE_size(sample, samples[(index + 1U) % 2U]);
            if (index == 1U) {
                state->STAGE_sums[1] = change;
            }
            state->STAGE_sums[index + 1U] = state->STAGE_sums[index] + change;
        }
    }
}

/* The sample, and the logarithm of the mean change around it, in units of 2^-11 about 2^12. */
static void STAGE(const recognizer_state *state, uint_fast16_t index, int16_t out[STAGE_N_CHANNELS]) {
    const uint_fast16_t first = (index > STAGE_REACH) ? (index - STAGE_REACH) : 0U;
    const uint_fast16_t after = index + STAGE_REACH + 1U;
    const uint_fast16_t end = (after < STAGE_LENGTH) ? after : STAGE_LENGTH;
    const uint32_t n = (uint32_t)(end - first);
    const uint32_t sum = (state->STAGE_sums[end] - state->STAGE_sums[first]) + (n * STAGE_FLOOR);
@pass@
    out[STAGE_N_PASSED] = (int16_t)((log2_of(sum) - log2_of(n)) - 24576);
}
