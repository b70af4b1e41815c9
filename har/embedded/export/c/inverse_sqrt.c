/* 1 / sqrt(value) = root * 2^shift / 2^30 for a value of at least 1: a straight line, then three of Newton's steps. */
typedef struct {
    uint32_t root;
    uint32_t shift;
} scaled_root;

static scaled_root inverse_sqrt(uint32_t value) {
    scaled_root result = {0U, 0U};
    while ((value << (2U * result.shift)) < ((uint32_t)1 << 30U)) {
        ++result.shift;
    }
    const uint32_t x = (value << (2U * result.shift)) >> 16U;
    result.root = 36045U - (((x * 21299U) + 32768U) >> 16U);
    for (uint_fast16_t step = 0U; step < 3U; ++step) {
        const uint32_t square = ((result.root * result.root) + 16384U) >> 15U;
        const uint32_t factor = 49152U - (((x * square) + 16384U) >> 15U);
        result.root = ((result.root * factor) + 16384U) >> 15U;
    }
    return result;
}
