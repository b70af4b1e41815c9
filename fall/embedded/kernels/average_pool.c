/* AVERAGE_POOL_2D: rows of the output, from first_row on; halves go away from zero. */
static void pool_average(const layer_t *layer, const int8_t *input, int32_t first_row, int32_t n_rows, int8_t *output)
{
    for (int32_t row = first_row; row < first_row + n_rows; row++) {
        for (int32_t column = 0; column < layer->out_width; column++) {
            const window_t window = window_at(layer, row, column);
            const int32_t n = (window.bottom - window.top) * (window.right - window.left);
            for (int32_t channel = 0; channel < layer->in_channels; channel++) {
                int32_t sum = 0;
                for (int32_t y = window.top; y < window.bottom; y++) {
                    for (int32_t x = window.left; x < window.right; x++) {
                        sum += input[(y * layer->in_width + x) * layer->in_channels + channel];
                    }
                }
                sum += (sum > 0) ? (n / 2) : -(n / 2);
                *output = clamped(sum / n, layer->least, layer->greatest);
                output++;
            }
        }
    }
}
