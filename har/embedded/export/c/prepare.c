/* The window as it is compared with the prototypes: every channel is scaled, so that one factor serves all of them. */
static void prepare_window(recognizer_state *state) {
    int16_t sample[LAST_N_CHANNELS];
@begin@
    for (uint_fast16_t index = 0U; index < RECOGNIZER_N_TIMESTEPS; ++index) {
        LAST(state, index, sample);
        for (uint_fast16_t c = 0U; c < RECOGNIZER_N_CHANNELS; ++c) {
            const int32_t value = sample[READ_UINT8(recognizer_scaled_channels, c)];
            const int32_t product = value * READ_INT16(recognizer_multiplier, c);
            const int32_t scaled = (product + READ_INT32(recognizer_offset, c)) >> READ_UINT8(recognizer_shift, c);
            const int32_t most = RECOGNIZER_LIMIT;
            state->window[index][c] = (int16_t)((scaled > most) ? most : ((scaled < -most) ? -most : scaled));
        }
    }
}
