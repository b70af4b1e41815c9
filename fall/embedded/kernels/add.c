/* ADD of two inputs of one shape, of which n numbers are added: both are brought to twice the greater of their scales,
   with 20 more bits. */
typedef struct {
    int32_t zero[2], multiplier[2], shift[2]; /* of the inputs */
    int32_t out_zero, out_multiplier, out_shift;
    int32_t least, greatest;
} add_t;

static void add(const add_t *layer, const int8_t *first, const int8_t *second, int32_t n, int8_t *output)
{
    for (int32_t i = 0; i < n; i++) {
        const int32_t a = (first[i] - layer->zero[0]) * ((int32_t)1 << 20);
        const int32_t b = (second[i] - layer->zero[1]) * ((int32_t)1 << 20);
        const int32_t sum = scaled(a, layer->multiplier[0], layer->shift[0]) +
                            scaled(b, layer->multiplier[1], layer->shift[1]);
        const int32_t real = scaled(sum, layer->out_multiplier, layer->out_shift);
        output[i] = clamped(real + layer->out_zero, layer->least, layer->greatest);
    }
}
