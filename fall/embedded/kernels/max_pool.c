/* MAX_POOL_2D: rows of the output, from first_row on. */
static void pool_max(const layer_t *layer, const int8_t *input, int32_t first_row, int32_t n_rows, int8_t *output)
{
    for (int32_t row = first_row; row < first_row + n_rows; row++) {
        for (int32_t column = 0; column < layer->out_width; column++) {
            const window_t window = window_at(layer, row, column);
            for (int32_t channel = 0; channel < layer->in_channels; channel++) {
                int32_t greatest = INT8_MIN;
                for (int32_t y = window.top; y < window.bottom; y++) {
                    const int8_t *number = &input[(y * layer->in_width + window.left) * layer->in_channels + channel];
                    for (int32_t x = window.left; x < window.right; x++) {
                        greatest = (*number > greatest) ? *number : greatest;
                        number += layer->in_channels;
                    }
                }
                *output = clamped(greatest, layer->least, layer->greatest);
                output++;
            }
        }
    }
}
