/* DEPTHWISE_CONV_2D with one filter for each channel: rows of the output, from first_row on. A window inside the input
   is read where it lies; one that covers an edge is copied to the patch first. */
static void convolve_depthwise(const layer_t *layer, const int8_t *input, int32_t first_row, int32_t n_rows,
                               int8_t *patch, int8_t *output)
{
    const int32_t n_channels = layer->in_channels;

    for (int32_t row = first_row; row < first_row + n_rows; row++) {
        for (int32_t column = 0; column < layer->out_width; column++) {
            const int32_t y = row * layer->down - layer->top;
            const int32_t x = column * layer->right - layer->left;
            const int is_inside = (y >= 0) && (y + layer->height <= layer->in_height) && (x >= 0) &&
                                  (x + layer->width <= layer->in_width);
            const int8_t *window = patch;
            int32_t pitch = layer->width * n_channels;
            if (is_inside) {
                window = &input[(y * layer->in_width + x) * n_channels];
                pitch = layer->in_width * n_channels;
            } else {
                gather(layer, input, y, x, 0, n_channels, patch);
            }
            int32_t channel = 0;
            while (channel < n_channels) {
                const int32_t n_at_once = (n_channels - channel >= 4) ? 4 : 1;
                int32_t sums[4];
                for (int32_t i = 0; i < n_at_once; i++) {
                    sums[i] = layer->bias[channel + i];
                }
                const int8_t *weights = &layer->weights[channel];
                for (int32_t i = 0; i < layer->height; i++) {
                    const int8_t *numbers = &window[i * pitch + channel];
                    for (int32_t j = 0; j < layer->width; j++) {
                        sums[0] += (int32_t)numbers[0] * weights[0];
                        if (n_at_once == 4) {
                            sums[1] += (int32_t)numbers[1] * weights[1];
                            sums[2] += (int32_t)numbers[2] * weights[2];
                            sums[3] += (int32_t)numbers[3] * weights[3];
                        }
                        numbers += n_channels;
                        weights += n_channels;
                    }
                }
                for (int32_t i = 0; i < n_at_once; i++) {
                    const int32_t real = scaled(sums[i], layer->multiplier[channel], layer->shift[channel]);
                    *output = clamped(real + layer->out_zero, layer->least, layer->greatest);
                    output++;
                    channel++;
                }
            }
        }
    }
}
