/* The magnitude of each group of channels, in half counts. */
static void STAGE_sample(const int16_t sample[INPUT_N_CHANNELS], int16_t out[STAGE_N_CHANNELS]) {
@kept@
    uint32_t member = 0U;
    for (uint_fast16_t group = 0U; group < STAGE_N_GROUPS; ++group) {
        uint32_t squares = 0U;
        for (uint_fast16_t left = READ_UINT8(STAGE_group_sizes, group); left > 0U; --left) {
            const int32_t value = sample[READ_UINT8(STAGE_members, member)];
            squares += (uint32_t)(value * value);
            ++member;
        }
        out[STAGE_N_KEPT + group] = (int16_t)((integer_sqrt(squares) + 1U) >> 1U);
    }
}
