/* Copies what one window sees of some channels; what lies outside the input is 0, stored as the zero point. */
static void gather(const layer_t *layer, const int8_t *input, int32_t top, int32_t left, int32_t channel,
                   int32_t n_channels, int8_t *patch)
{
    for (int32_t y = top; y < top + layer->height; y++) {
        for (int32_t x = left; x < left + layer->width; x++) {
            const int is_inside = (y >= 0) && (y < layer->in_height) && (x >= 0) && (x < layer->in_width);
            if (!is_inside) {
                for (int32_t i = 0; i < n_channels; i++) {
                    patch[i] = (int8_t)layer->in_zero;
                }
            } else {
                const int8_t *source = &input[(y * layer->in_width + x) * layer->in_channels + channel];
                if (layer->pixels != NULL) {
                    for (int32_t i = 0; i < n_channels; i++) {
                        patch[i] = layer->pixels[(uint8_t)source[i]];
                    }
                } else {
                    for (int32_t i = 0; i < n_channels; i++) {
                        patch[i] = source[i];
                    }
                }
            }
            patch += n_channels;
        }
    }
}
