static inline int16_t saturate16(int32_t value) {
    return (int16_t)((value < INT16_MIN) ? INT16_MIN : ((value > INT16_MAX) ? INT16_MAX : value));
}
