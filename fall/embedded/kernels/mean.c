/* MEAN over all pixels, for each channel. */
typedef struct {
    int32_t n_pixels, n_channels;
    int32_t in_zero, out_zero;
    int32_t multiplier, shift; /* the ratio of the scales, divided by the number of pixels */
} mean_t;

static void mean(const mean_t *layer, const int8_t *input, int8_t *output)
{
    for (int32_t channel = 0; channel < layer->n_channels; channel++) {
        int32_t sum = -layer->n_pixels * layer->in_zero;
        for (int32_t pixel = 0; pixel < layer->n_pixels; pixel++) {
            sum += input[pixel * layer->n_channels + channel];
        }
        output[channel] = clamped(scaled(sum, layer->multiplier, layer->shift) + layer->out_zero, INT8_MIN, INT8_MAX);
    }
}
