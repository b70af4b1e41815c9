/* value / 2^shift, rounded half up, for a shift of at least 1. */
static inline int32_t shift_right(int32_t value, uint32_t shift) {
    return (value + ((int32_t)1 << (shift - 1U))) >> shift;
}
