/* Copies n numbers. Bytes of an image become what the network is given for them. */
static int8_t *copied(const layer_t *layer, const int8_t *source, int32_t n, int8_t *patch)
{
    const int8_t *pixels = layer->pixels;
    if (pixels != NULL) {
        for (int32_t i = 0; i < n; i++) {
            patch[i] = pixels[(uint8_t)source[i]];
        }
    } else {
        for (int32_t i = 0; i < n; i++) {
            patch[i] = source[i];
        }
    }
    return &patch[n];
}

/* Writes n zeros, as the input stores them. */
static int8_t *zeros(const layer_t *layer, int32_t n, int8_t *patch)
{
    for (int32_t i = 0; i < n; i++) {
        patch[i] = (int8_t)layer->in_zero;
    }
    return &patch[n];
}

/* Copies what one window sees of n_channels channels, from one channel on; outside the input it sees zeros. */
static void gather(const layer_t *layer, const int8_t *input, int32_t top, int32_t left, int32_t channel,
                   int32_t n_channels, int8_t *patch)
{
    const int32_t width = layer->width;
    const int32_t before = (left < 0) ? -left : 0; /* columns of the window outside the input */
    const int32_t room = layer->in_width - left;
    const int32_t end = (room < width) ? room : width;
    const bool is_whole = n_channels == layer->in_channels;

    for (int32_t y = top; y < top + layer->height; y++) {
        if ((y < 0) || (y >= layer->in_height)) {
            patch = zeros(layer, width * n_channels, patch);
        } else {
            const int8_t *source = &input[(y * layer->in_width + left + before) * layer->in_channels + channel];
            patch = zeros(layer, before * n_channels, patch);
            if (is_whole) {
                patch = copied(layer, source, (end - before) * n_channels, patch);
            } else {
                for (int32_t x = before; x < end; x++) {
                    patch = copied(layer, source, n_channels, patch);
                    source = &source[layer->in_channels];
                }
            }
            patch = zeros(layer, (width - end) * n_channels, patch);
        }
    }
}
