#if USE_DSP
/* Four numbers of 8 bits as two words of two numbers of 16: bytes 0 and 2, and bytes 1 and 3. */
static int32_t four(const int8_t *numbers)
{
    int32_t word;
    (void)memcpy(&word, numbers, sizeof word);
    return word;
}
#define EVEN(word) __sxtb16((int8x4_t)(word))
#define ODD(word) __sxtb16((int8x4_t)__ror((uint32_t)(word), 8U))
#endif

/* Adds the products of n numbers with those of one filter. */
static int32_t dot(const int8_t *numbers, const int8_t *weights, int32_t n, int32_t sum)
{
    for (int32_t i = 0; i < n; i++) {
        sum += (int32_t)numbers[i] * weights[i];
    }
    return sum;
}

/* The same for four filters, so that each number is read once. */
static void dot_of_four(const int8_t *numbers, const int8_t *weights, int32_t n, int32_t sums[4])
{
    const int8_t *first = weights;
    const int8_t *second = &first[n];
    const int8_t *third = &second[n];
    const int8_t *fourth = &third[n];
    int32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];
    int32_t i = 0;
#if USE_DSP
    for (; i < n - 3; i += 4) {
        const int32_t x = four(&numbers[i]);
        const int32_t p = four(&first[i]), q = four(&second[i]), r = four(&third[i]), s = four(&fourth[i]);
        const int16x2_t even = EVEN(x), odd = ODD(x);
        a = __smlad(ODD(p), odd, __smlad(EVEN(p), even, a));
        b = __smlad(ODD(q), odd, __smlad(EVEN(q), even, b));
        c = __smlad(ODD(r), odd, __smlad(EVEN(r), even, c));
        d = __smlad(ODD(s), odd, __smlad(EVEN(s), even, d));
    }
#endif
    for (; i < n; i++) {
        const int32_t x = numbers[i];
        a += x * first[i];
        b += x * second[i];
        c += x * third[i];
        d += x * fourth[i];
    }
    sums[0] = a;
    sums[1] = b;
    sums[2] = c;
    sums[3] = d;
}

/* CONV_2D and FULLY_CONNECTED: rows of the output, from first_row on. The patch has room for one window of a group. */
static void convolve(const layer_t *layer, const int8_t *input, int32_t first_row, int32_t n_rows, int8_t *patch,
                     int8_t *output)
{
    const int32_t n_channels = layer->in_channels / layer->groups;
    const int32_t n_filters = layer->out_channels / layer->groups;
    const int32_t n = layer->height * layer->width * n_channels;
    const int is_copied = (n > n_channels) || (layer->pixels != NULL);

    for (int32_t row = first_row; row < first_row + n_rows; row++) {
        for (int32_t column = 0; column < layer->out_width; column++) {
            const int32_t y = row * layer->down - layer->top;
            const int32_t x = column * layer->right - layer->left;
            for (int32_t group = 0; group < layer->groups; group++) {
                const int8_t *window = patch;
                if (is_copied) {
                    gather(layer, input, y, x, group * n_channels, n_channels, patch);
                } else {
                    window = &input[(y * layer->in_width + x) * layer->in_channels + group * n_channels];
                }
                const int32_t end = (group + 1) * n_filters;
                int32_t filter = group * n_filters;
                while (filter < end) {
                    const int32_t n_at_once = (end - filter >= 4) ? 4 : 1;
                    int32_t sums[4];
                    if (n_at_once == 4) {
                        for (int32_t i = 0; i < 4; i++) {
                            sums[i] = layer->bias[filter + i];
                        }
                        dot_of_four(window, &layer->weights[filter * n], n, sums);
                    } else {
                        sums[0] = dot(window, &layer->weights[filter * n], n, layer->bias[filter]);
                    }
                    for (int32_t i = 0; i < n_at_once; i++) {
                        const int32_t real = scaled(sums[i], layer->multiplier[filter], layer->shift[filter]);
                        *output = clamped(real + layer->out_zero, layer->least, layer->greatest);
                        output++;
                        filter++;
                    }
                }
            }
        }
    }
}
