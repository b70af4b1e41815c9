/* The root of a number, rounded down, bit by bit from the highest of 16. */
static uint32_t integer_sqrt(uint32_t value) {
    uint32_t rest = value;
    uint32_t root = 0U;
    for (uint32_t bit = (uint32_t)1 << 30U; bit > 0U; bit >>= 2U) {
        if (rest >= (root + bit)) {
            rest -= root + bit;
            root = (root >> 1U) + bit;
        } else {
            root >>= 1U;
        }
    }
    return root;
}
