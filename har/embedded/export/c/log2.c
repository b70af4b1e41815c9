/* log2(value) in units of 2^-11 for a value of at least 1, by a table and a line between its entries. */
static int32_t log2_of(uint32_t value) {
    uint32_t exponent = 0U; /* of the highest bit, which is found by halves */
    for (uint32_t step = 16U; step > 0U; step >>= 1U) {
        if ((value >> (exponent + step)) > 0U) {
            exponent += step;
        }
    }
    const uint32_t mantissa = (value << (31U - exponent)) & 0x7FFFFFFFU;
    const uint32_t entry = mantissa >> 25U;
    const int32_t between = (int32_t)((mantissa >> 10U) & 0x7FFFU);
    const int32_t low = (int32_t)READ_UINT16(recognizer_log2_table, entry);
    const int32_t high = (int32_t)READ_UINT16(recognizer_log2_table, entry + 1U);
    const int32_t fraction = low + shift_right((high - low) * between, 15U);
    return (int32_t)(exponent << 11U) + shift_right(fraction, 4U);
}
