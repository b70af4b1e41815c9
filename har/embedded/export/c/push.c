void recognizer_start(recognizer_state *state) {
    (void)memset(state, 0, sizeof *state);
    state->missing = RECOGNIZER_LENGTH;
}

bool recognizer_push(recognizer_state *state, const int16_t sample[RECOGNIZER_N_INPUTS], recognizer_result *result) {
@arrive@
    ++state->oldest;
    if (state->oldest == RECOGNIZER_LENGTH) {
        state->oldest = 0U;
    }
    const bool ends = ends_window(state, sample);
    if (ends) {
        order_samples(state);
        prepare_window(state);
        recognizer_classify(state, result);
    }
    return ends;
}
