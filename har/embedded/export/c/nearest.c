void recognizer_classify(recognizer_state *state, recognizer_result *result) {
    result->prototype = 0;
    result->distance = FAR;
    for (uint_fast16_t p = 0U; p < RECOGNIZER_N_PROTOTYPES; ++p) {
        const uint32_t distance = dtw_distance(state, recognizer_prototypes[p][0], result->distance);
        if (distance < result->distance) { /* of equals, the first */
            result->distance = distance;
            result->prototype = (int16_t)p;
        }
    }
    result->class_index = (int16_t)READ_UINT8(recognizer_class_indices, (uint_fast16_t)result->prototype);
    if (result->distance >= RECOGNIZER_THRESHOLD) {
        result->class_index = RECOGNIZER_REJECTED;
    }
}
