/* The longest path costs less than 2^32: sums need no check. */
static inline uint32_t path_cost(uint32_t before, const int16_t *window, const dtw_sample *sample) {
    return add_cost(before, window, sample);
}
