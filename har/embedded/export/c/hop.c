/* A window ends when the first RECOGNIZER_LENGTH samples have come, and after every RECOGNIZER_STEP more. */
static bool ends_window(recognizer_state *state, const int16_t sample[RECOGNIZER_N_INPUTS]) {
    (void)sample;
    --state->missing;
    const bool ends = state->missing == 0U;
    if (ends) {
        state->missing = RECOGNIZER_STEP;
    }
    return ends;
}
