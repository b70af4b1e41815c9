/* Multiplication by real numbers, rounded as TensorFlow Lite's reference kernels do (gemmlowp/fixedpoint/fixedpoint.h):
   a real number is multiplier / 2^31 * 2^shift. Signed right shifts are taken to keep the sign, which C99 leaves to the
   compiler; this array has a negative size, an error, where they do not. */
typedef char right_shifts_keep_the_sign[((-2) >> 1) == -1 ? 1 : -1];

/* a * b / 2^31, to the nearest; halves go up. At least one of a and b is not INT32_MIN. */
static inline int32_t high_product(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/* value / 2^exponent, to the nearest; halves go away from zero. The exponent is from 0 to 31. */
static inline int32_t divided(int32_t value, int32_t exponent)
{
    const int32_t mask = (int32_t)(((uint32_t)1 << exponent) - 1U);
    const int32_t half = (mask >> 1) + ((value < 0) ? 1 : 0);
    return (value >> exponent) + (((value & mask) > half) ? 1 : 0);
}

/* value * multiplier / 2^31 * 2^shift. The exporter has shown that value * 2^shift fits. */
static inline int32_t scaled(int32_t value, int32_t multiplier, int32_t shift)
{
    const int32_t left = (shift > 0) ? shift : 0;
    return divided(high_product(value * (int32_t)((uint32_t)1 << left), multiplier), left - shift);
}

static inline int8_t clamped(int32_t value, int32_t least, int32_t greatest)
{
    const int32_t above = (value < least) ? least : value;
    return (int8_t)((above > greatest) ? greatest : above);
}
