/* DEPTHWISE_CONV_2D with one filter for each channel: rows of the output, from first_row on. A window inside the input
   is read where it lies; one that covers an edge is copied to the patch first. Four channels are computed at once, of
   the last ones as many as are left. */
static void convolve_depthwise(const layer_t *layer, const int8_t *input, int32_t first_row, int32_t n_rows,
                               int8_t *patch, int8_t *output)
{
    const int32_t n_channels = layer->in_channels;

    for (int32_t row = first_row; row < first_row + n_rows; row++) {
        for (int32_t column = 0; column < layer->out_width; column++) {
            const int32_t y = row * layer->down - layer->top;
            const int32_t x = column * layer->right - layer->left;
            const bool is_inside = (y >= 0) && (y + layer->height <= layer->in_height) && (x >= 0) &&
                                  (x + layer->width <= layer->in_width);
            const int8_t *window = patch;
            int32_t pitch = layer->width * n_channels;
            int32_t channel = 0;
            if (is_inside) {
                window = &input[(y * layer->in_width + x) * n_channels];
                pitch = layer->in_width * n_channels;
            } else {
                gather(layer, input, y, x, 0, n_channels, patch);
            }
            for (; channel < n_channels - 3; channel += 4) {
                const int8_t *weights = &layer->weights[channel];
                int32_t a = layer->bias[channel];
                int32_t b = layer->bias[channel + 1];
                int32_t c = layer->bias[channel + 2];
                int32_t d = layer->bias[channel + 3];
                for (int32_t i = 0; i < layer->height; i++) {
                    const int8_t *numbers = &window[i * pitch + channel];
                    for (int32_t j = 0; j < layer->width; j++) {
                        a += (int32_t)numbers[0] * weights[0];
                        b += (int32_t)numbers[1] * weights[1];
                        c += (int32_t)numbers[2] * weights[2];
                        d += (int32_t)numbers[3] * weights[3];
                        numbers = &numbers[n_channels];
                        weights = &weights[n_channels];
                    }
                }
                output[0] = requantized(layer, channel, a);
                output[1] = requantized(layer, channel + 1, b);
                output[2] = requantized(layer, channel + 2, c);
                output[3] = requantized(layer, channel + 3, d);
                output = &output[4];
            }
            for (; channel < n_channels; channel++) {
                const int8_t *weights = &layer->weights[channel];
                int32_t sum = layer->bias[channel];
                for (int32_t i = 0; i < layer->height; i++) {
                    for (int32_t j = 0; j < layer->width; j++) {
                        sum += (int32_t)window[i * pitch + j * n_channels + channel] * *weights;
                        weights = &weights[n_channels];
                    }
                }
                *output = requantized(layer, channel, sum);
                output++;
            }
        }
    }
}
