/* Motion along gravity and across it, in half counts of the sensor. */
static void STAGE_sample(const int16_t sample[INPUT_N_CHANNELS], int16_t out[STAGE_N_CHANNELS]) {
    int32_t direction[STAGE_N_AXES] = {0}; /* the unit vector of gravity, in units of 2^-14 */
    uint32_t squares = 0U;
    for (uint_fast16_t axis = 0U; axis < STAGE_N_AXES; ++axis) {
        const int32_t value = sample[READ_UINT8(STAGE_gravity, axis)];
        squares += (uint32_t)(value * value);
    }
    if (squares > 0U) {
        const scaled_root inverse = inverse_sqrt(squares);
        for (uint_fast16_t axis = 0U; axis < STAGE_N_AXES; ++axis) {
            const int32_t value = sample[READ_UINT8(STAGE_gravity, axis)];
            const int32_t scaled = value * ((int32_t)1 << inverse.shift);
            direction[axis] = shift_right(scaled * (int32_t)inverse.root, 16U);
        }
    }
    for (uint_fast16_t group = 0U; group < STAGE_N_GROUPS; ++group) {
        int32_t dot = 0;
        for (uint_fast16_t axis = 0U; axis < STAGE_N_AXES; ++axis) {
            dot += sample[READ_UINT8(STAGE_groups, (group * STAGE_N_AXES) + axis)] * direction[axis];
        }
        const int32_t vertical = shift_right(dot, 14U);
        squares = 0U;
        for (uint_fast16_t axis = 0U; axis < STAGE_N_AXES; ++axis) {
            const int32_t value = sample[READ_UINT8(STAGE_groups, (group * STAGE_N_AXES) + axis)];
            const int32_t rest = value - shift_right(vertical * direction[axis], 14U);
            squares += (uint32_t)rest * (uint32_t)rest;
        }
        out[2U * group] = (int16_t)shift_right(dot, 15U);
        out[(2U * group) + 1U] = (int16_t)((integer_sqrt(squares) + 1U) >> 1U);
    }
@keep_gravity@
}
