static const int16_t *STAGE_input(const recognizer_state *state, uint_fast16_t index, int16_t *buffer) {
    INPUT(state, index, buffer);
    return buffer;
}
