static void STAGE(const recognizer_state *state, uint_fast16_t index, int16_t out[STAGE_N_CHANNELS]) {
    int16_t sample[INPUT_N_CHANNELS];
    INPUT(state, index, sample);
    STAGE_sample(sample, out);
}
