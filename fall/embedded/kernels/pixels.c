/* The stored number for each byte of an image. */
static void store_pixels(const int8_t *pixels, const uint8_t *image, int32_t n, int8_t *output)
{
    for (int32_t i = 0; i < n; i++) {
        output[i] = pixels[image[i]];
    }
}
