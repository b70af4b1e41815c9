/* The longest path may cost more than 2^32 - 1, where sums stop. */
static inline uint32_t path_cost(uint32_t before, const int16_t *window, const dtw_sample *sample) {
    const uint32_t cost = add_cost(0U, window, sample);
    const uint32_t sum = before + cost;
    return (sum < cost) ? FAR : sum;
}
