/* PAD: rows and columns of zeros around an image. */
typedef struct {
    int32_t in_height, in_width, out_height, out_width, n_channels;
    int32_t top, left;
    int32_t zero;
} pad_t;

static void pad(const pad_t *layer, const int8_t *input, int8_t *output)
{
    for (int32_t row = 0; row < layer->out_height; row++) {
        for (int32_t column = 0; column < layer->out_width; column++) {
            const int32_t y = row - layer->top;
            const int32_t x = column - layer->left;
            const bool is_inside = (y >= 0) && (y < layer->in_height) && (x >= 0) && (x < layer->in_width);
            for (int32_t channel = 0; channel < layer->n_channels; channel++) {
                *output = (int8_t)layer->zero;
                if (is_inside) {
                    *output = input[(y * layer->in_width + x) * layer->n_channels + channel];
                }
                output++;
            }
        }
    }
}
