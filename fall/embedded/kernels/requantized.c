/* A filter's sum of products as the layer stores it: times multiplier / 2^31, halves up, then divided by 2^shift,
   halves away from zero. The shift is from 1 to 31, and the exporter has shown that the sums stay below 2^30. */
static inline int8_t requantized(const layer_t *layer, int32_t filter, int32_t sum)
{
    const int32_t shift = layer->shift[filter];
    const int32_t product = high_product(sum, layer->multiplier[filter]);
    const int32_t below = (product < 0) ? -1 : 0;
    const int32_t real = (product + below + ((int32_t)1 << (shift - 1))) >> shift;
    return clamped(real + layer->out_zero, layer->least, layer->greatest);
}
