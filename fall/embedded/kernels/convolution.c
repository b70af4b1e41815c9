#if USE_DSP
/* Four numbers of 8 bits in one word; then two of them in 16 bits each: bytes 0 and 2, and bytes 1 and 3. */
static uint32_t four(const int8_t *numbers)
{
    uint32_t word;
    (void)memcpy(&word, numbers, sizeof word);
    return word;
}

static int16x2_t even(uint32_t word)
{
    return __sxtb16((int8x4_t)word);
}

/* One instruction rotates and extends, but compilers make two of the intrinsics. */
static int16x2_t odd(uint32_t word)
{
    int16x2_t two;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(two) : "r"(word));
    return two;
}
#endif

/* Adds to four sums the products of one window with four filters. The weights lie in runs: four of the first filter,
   four of the second, third and fourth, then the next four of the first. The last run is filled up with zeros, and what
   lies beyond the window's end, at most three bytes of the arena, is multiplied by them. */
static void add_products(const int8_t *window, const int8_t *weights, int32_t n_runs, int32_t sums[4])
{
    int32_t a = sums[0];
    int32_t b = sums[1];
    int32_t c = sums[2];
    int32_t d = sums[3];
    for (int32_t run = 0; run < n_runs; run++) {
#if USE_DSP
        const uint32_t x = four(window);
        const int16x2_t x_even = even(x);
        const int16x2_t x_odd = odd(x);
        uint32_t w = four(&weights[0]);
        a = __smlad(odd(w), x_odd, __smlad(even(w), x_even, a));
        w = four(&weights[4]);
        b = __smlad(odd(w), x_odd, __smlad(even(w), x_even, b));
        w = four(&weights[8]);
        c = __smlad(odd(w), x_odd, __smlad(even(w), x_even, c));
        w = four(&weights[12]);
        d = __smlad(odd(w), x_odd, __smlad(even(w), x_even, d));
#else
        const int32_t x0 = window[0];
        const int32_t x1 = window[1];
        const int32_t x2 = window[2];
        const int32_t x3 = window[3];
        a += x0 * weights[0];
        a += x1 * weights[1];
        a += x2 * weights[2];
        a += x3 * weights[3];
        b += x0 * weights[4];
        b += x1 * weights[5];
        b += x2 * weights[6];
        b += x3 * weights[7];
        c += x0 * weights[8];
        c += x1 * weights[9];
        c += x2 * weights[10];
        c += x3 * weights[11];
        d += x0 * weights[12];
        d += x1 * weights[13];
        d += x2 * weights[14];
        d += x3 * weights[15];
#endif
        window = &window[4];
        weights = &weights[16];
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
    const int32_t n_runs = (n + 3) / 4;
    const bool is_copied = (n > n_channels) || (layer->pixels != NULL);

    for (int32_t row = first_row; row < first_row + n_rows; row++) {
        for (int32_t column = 0; column < layer->out_width; column++) {
            const int32_t y = row * layer->down - layer->top;
            const int32_t x = column * layer->right - layer->left;
            const int8_t *weights = layer->weights;
            int32_t filter = 0;
            for (int32_t group = 0; group < layer->groups; group++) {
                const int8_t *window = patch;
                int32_t n_left = n_filters;
                if (is_copied) {
                    gather(layer, input, y, x, group * n_channels, n_channels, patch);
                } else {
                    window = &input[(y * layer->in_width + x) * layer->in_channels + group * n_channels];
                }
                while (n_left > 0) {
                    const int32_t n_at_once = (n_left < 4) ? n_left : 4;
                    int32_t sums[4];
                    sums[0] = layer->bias[filter];
                    sums[1] = layer->bias[filter + 1];
                    sums[2] = layer->bias[filter + 2];
                    sums[3] = layer->bias[filter + 3];
                    add_products(window, weights, n_runs, sums);
                    weights = &weights[16 * n_runs];
                    for (int32_t i = 0; i < n_at_once; i++) {
                        *output = requantized(layer, filter + i, sums[i]);
                        output++;
                    }
                    filter += 4;
                    n_left -= n_at_once;
                }
            }
        }
    }
}
