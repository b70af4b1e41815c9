/* SOFTMAX as TensorFlow Lite's reference kernel computes it, in gemmlowp's fixed-point numbers: "QN" has N bits after
   the point. Probabilities are stored in steps of 1/256 from -128 on. */
typedef struct {
    int32_t n_classes;
    int32_t multiplier, shift; /* from a difference of stored inputs to one of logits, in Q26 */
    int32_t least_difference;  /* below it, a probability is 0 */
} softmax_t;

/* value * 2^bits, or the nearest number that fits. */
static int32_t saturated(int32_t value, int32_t bits)
{
    const int64_t product = (int64_t)value * ((int64_t)1 << bits);
    const int64_t above = (product < INT32_MIN) ? INT32_MIN : product;
    return (int32_t)((above > INT32_MAX) ? INT32_MAX : above);
}

/* exp(x) in Q31, for x in Q26 from -32 to 0. */
static int32_t exponential(int32_t x)
{
    /* exp(-1/4), exp(-1/2), exp(-1), ..., exp(-16) in Q31 */
    static const int32_t powers[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    const int32_t quarter = (int32_t)1 << 24;
    const int32_t within = (int32_t)((uint32_t)x & (uint32_t)(quarter - 1)) - quarter; /* from -1/4 to 0 */
    const int32_t quarters = within - x;

    /* exp(within) by Taylor's series around -1/8, in Q31. */
    const int32_t constant = 1895147668; /* exp(-1/8) */
    const int32_t third = 715827883;
    const int32_t t = saturated(within, 5) + ((int32_t)1 << 28);
    const int32_t t2 = high_product(t, t);
    const int32_t t3 = high_product(t2, t);
    const int32_t t4 = high_product(t2, t2);
    const int32_t rest = divided(high_product(divided(t4, 2) + t3, third) + t2, 1);
    int32_t result = constant + high_product(constant, t + rest);

    for (int32_t i = 0; i < 7; i++) {
        if (((uint32_t)quarters & ((uint32_t)1 << (24 + i))) != 0U) {
            result = high_product(result, powers[i]);
        }
    }
    return (x == 0) ? INT32_MAX : result;
}

/* 1 / (1 + x) in Q31, for x in Q31 from 0 to 1: three of Newton's steps, in Q29. */
static int32_t reciprocal(int32_t x)
{
    const int32_t half = (int32_t)(((int64_t)x + INT32_MAX + 1) / 2); /* of 1 + x */
    int32_t result = 1515870810 + high_product(half, -1010580540);    /* 48/17 - 32/17 * half */
    for (int32_t i = 0; i < 3; i++) {
        const int32_t error = ((int32_t)1 << 29) - high_product(half, result);
        result += saturated(high_product(result, error), 2);
    }
    return saturated(result, 1);
}

static void softmax(const softmax_t *layer, const int8_t *input, int8_t *output)
{
    int32_t greatest = INT8_MIN;
    for (int32_t i = 0; i < layer->n_classes; i++) {
        greatest = (input[i] > greatest) ? input[i] : greatest;
    }

    int32_t sum = 0; /* of the exponentials, in Q19 */
    for (int32_t i = 0; i < layer->n_classes; i++) {
        const int32_t difference = input[i] - greatest;
        if (difference >= layer->least_difference) {
            sum += divided(exponential(scaled(difference, layer->multiplier, layer->shift)), 12);
        }
    }

    /* The sum is at least 1: shifted to a number from 1 to 2, it becomes 1 + x. */
    int32_t zeros = 0;
    while (((uint32_t)sum << zeros) < ((uint32_t)1 << 31)) {
        zeros++;
    }
    const int32_t scale = reciprocal((int32_t)(((uint32_t)sum << zeros) - ((uint32_t)1 << 31)));
    for (int32_t i = 0; i < layer->n_classes; i++) {
        const int32_t difference = input[i] - greatest;
        output[i] = INT8_MIN;
        if (difference >= layer->least_difference) {
            const int32_t power = exponential(scaled(difference, layer->multiplier, layer->shift));
            output[i] = clamped(divided(high_product(scale, power), 12 - zeros + 31 - 8) + INT8_MIN, INT8_MIN, INT8_MAX);
        }
    }
}
