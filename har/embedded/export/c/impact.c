/* A window ends RECOGNIZER_AFTER samples after an impact: the sample of most energy, unless a larger one follows. */
static bool ends_window(recognizer_state *state, const int16_t sample[RECOGNIZER_N_INPUTS]) {
    uint32_t energy = 0U;
    for (uint_fast16_t c = 0U; c < RECOGNIZER_N_TRIGGERS; ++c) {
        const int32_t value = sample[READ_UINT8(recognizer_triggers, c)];
        energy += (uint32_t)(value * value);
    }
    if (state->missing > 0U) {
        --state->missing;
    }
    if ((energy >= RECOGNIZER_IMPACT) && (energy > state->energy)) {
        state->energy = energy;
        state->waiting = RECOGNIZER_AFTER;
    } else if (state->waiting > 0U) {
        --state->waiting;
    } else {
        /* nothing is awaited */
    }
    const bool ends = (state->energy > 0U) && (state->waiting == 0U) && (state->missing == 0U);
    if (ends) {
        state->energy = 0U;
    }
    return ends;
}
