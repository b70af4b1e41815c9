/* MAX_POOL_2D: rows of the output, from first_row on. */
static void pool_max(const layer_t *layer, const int8_t *input, int32_t first_row, int32_t n_rows, int8_t *output)
{
    const int32_t n_channels = layer->in_channels;

    for (int32_t row = first_row; row < first_row + n_rows; row++) {
        for (int32_t column = 0; column < layer->out_width; column++) {
            const window_t window = window_at(layer, row, column);
            for (int32_t channel = 0; channel < n_channels; channel++) {
                output[channel] = (int8_t)layer->least;
            }
            for (int32_t y = window.top; y < window.bottom; y++) {
                const int8_t *numbers = &input[(y * layer->in_width + window.left) * n_channels];
                for (int32_t x = window.left; x < window.right; x++) {
                    for (int32_t channel = 0; channel < n_channels; channel++) {
                        if (numbers[channel] > output[channel]) {
                            output[channel] = numbers[channel];
                        }
                    }
                    numbers = &numbers[n_channels];
                }
            }
            if (layer->greatest < INT8_MAX) {
                for (int32_t channel = 0; channel < n_channels; channel++) {
                    output[channel] = clamped(output[channel], layer->least, layer->greatest);
                }
            }
            output = &output[n_channels];
        }
    }
}
