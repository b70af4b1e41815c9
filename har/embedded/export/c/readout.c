/* Class scores are weighted sums of the logarithm of each distance and of its share of their sum. */
void recognizer_classify(recognizer_state *state, recognizer_result *result) {
    uint32_t sum = 0U;
    result->prototype = 0;
    result->distance = FAR;
    for (uint_fast16_t p = 0U; p < RECOGNIZER_N_PROTOTYPES; ++p) {
        const uint32_t distance = dtw_distance(state, recognizer_prototypes[p][0], FAR);
        state->distances[p] = distance;
        sum += distance >> RECOGNIZER_SHARE_SHIFT;
        if (distance < result->distance) { /* of equals, the first */
            result->distance = distance;
            result->prototype = (int16_t)p;
        }
    }
    const scaled_root root = inverse_sqrt((sum > 0U) ? sum : 1U);
    const uint32_t inverse = ((root.root * root.root) + 16384U) >> 15U;
    for (uint_fast16_t k = 0U; k < RECOGNIZER_N_CLASSES; ++k) {
        state->scores[k] = READ_INT32(recognizer_bias, k);
    }
    for (uint_fast16_t p = 0U; p < RECOGNIZER_N_PROTOTYPES; ++p) {
        const uint32_t distance = state->distances[p];
        const uint32_t part = ((distance >> RECOGNIZER_SHARE_SHIFT) << (2U * root.shift)) >> 16U;
        const int32_t share = saturate16((int32_t)(((part * inverse) + 8192U) >> 14U));
        const int32_t logarithm = saturate16(log2_of((distance > 0U) ? distance : 1U) - 32768);
        for (uint_fast16_t k = 0U; k < RECOGNIZER_N_CLASSES; ++k) {
            const uint_fast16_t place = (k * RECOGNIZER_N_PROTOTYPES) + p;
            state->scores[k] += READ_INT16(recognizer_log_weights, place) * logarithm;
            state->scores[k] += READ_INT16(recognizer_share_weights, place) * share;
        }
    }
    int32_t best = INT32_MIN;
    for (uint_fast16_t k = 0U; k < RECOGNIZER_N_CLASSES; ++k) {
        if (state->scores[k] > best) { /* of equals, the first */
            best = state->scores[k];
            result->class_index = (int16_t)k;
        }
    }
    if (result->distance >= RECOGNIZER_THRESHOLD) {
        result->class_index = RECOGNIZER_REJECTED;
    }
}
