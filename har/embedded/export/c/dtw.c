/* Dynamic time warping within a band.

   Cell (i, j) compares sample i of a prototype with sample j of the window; only cells with |i - j| <= radius count. The
   costs of row i are kept in `row`, cell (i, j) at k = j - i + radius + 1: before it is written, row[k] still holds cell
   (i - 1, j - 1), and row[k + 1] cell (i - 1, j). Both ends of `row` stay FAR.

   The three ways to compare two samples give the same number: with Helium (MVE), eight channels at once; with the DSP
   instructions of Cortex-M4 and later, two; in plain C, one. RECOGNIZER_PLAIN asks for plain C everywhere. */

#define FAR UINT32_MAX
#define FULL_ROW ((2U * RECOGNIZER_RADIUS) + 1U)
/* Rows between two looks at whether a prototype can still become the nearest. */
#define ROWS_BETWEEN_LOOKS 4U
/* Plain C spends most of a cell on its channels, so that only the code would grow. */
#if defined(__ARM_FEATURE_DSP) && !defined(RECOGNIZER_PLAIN)
#define UNROLL_CELLS UNROLL
#else
#define UNROLL_CELLS
#endif

#if defined(__ARM_FEATURE_MVE) && !defined(RECOGNIZER_PLAIN)

#include <arm_mve.h>

#define N_VECTORS ((RECOGNIZER_N_CHANNELS + 7U) / 8U)

typedef struct {
    int16x8_t vector[N_VECTORS];
} dtw_sample;

static inline dtw_sample load_sample(const recognizer_value *prototype) {
    dtw_sample sample;
    for (uint_fast16_t v = 0U; v < N_VECTORS; ++v) {
        const mve_pred16_t lanes = vctp16q(RECOGNIZER_N_CHANNELS - (8U * v));
#if RECOGNIZER_BITS == 8
        sample.vector[v] = vldrbq_z_s16(&prototype[8U * v], lanes);
#else
        sample.vector[v] = vldrhq_z_s16(&prototype[8U * v], lanes);
#endif
    }
    return sample;
}

static inline uint32_t add_cost(uint32_t before, const int16_t *window, const dtw_sample *sample) {
    uint32_t sum = before;
    for (uint_fast16_t v = 0U; v < N_VECTORS; ++v) {
        const mve_pred16_t lanes = vctp16q(RECOGNIZER_N_CHANNELS - (8U * v));
        const int16x8_t difference = vsubq_s16(vldrhq_z_s16(&window[8U * v], lanes), sample->vector[v]);
        sum = (uint32_t)vmladavaq_s16((int32_t)sum, difference, difference);
    }
    return sum;
}

#elif defined(__ARM_FEATURE_DSP) && !defined(RECOGNIZER_PLAIN)

#include <arm_acle.h>

#define N_PAIRS ((RECOGNIZER_N_CHANNELS + 1U) / 2U)

typedef struct {
    int16x2_t pair[N_PAIRS];
} dtw_sample;

/* Two channels of a sample in one register; an odd last one beside zero. */
static inline int16x2_t load_pair(const int16_t *values, uint_fast16_t channel) {
    int16x2_t pair;
    if ((channel + 1U) < RECOGNIZER_N_CHANNELS) {
        (void)memcpy(&pair, &values[channel], sizeof pair);
    } else {
        pair = (int16x2_t)(uint16_t)values[channel];
    }
    return pair;
}

static inline dtw_sample load_sample(const recognizer_value *prototype) {
    dtw_sample sample;
    UNROLL
    for (uint_fast16_t p = 0U; p < N_PAIRS; ++p) {
#if RECOGNIZER_BITS == 8
        const bool is_single = ((2U * p) + 1U) == RECOGNIZER_N_CHANNELS;
        const uint32_t high = is_single ? 0U : (uint32_t)prototype[(2U * p) + 1U];
        sample.pair[p] = (int16x2_t)((high << 16U) | (uint16_t)prototype[2U * p]);
#else
        sample.pair[p] = load_pair(prototype, 2U * p);
#endif
    }
    return sample;
}

static inline uint32_t add_cost(uint32_t before, const int16_t *window, const dtw_sample *sample) {
    int32_t sum = (int32_t)before;
    UNROLL
    for (uint_fast16_t p = 0U; p < N_PAIRS; ++p) {
        const int16x2_t difference = __ssub16(load_pair(window, 2U * p), sample->pair[p]);
        sum = __smlad(difference, difference, sum);
    }
    return (uint32_t)sum;
}

#else

typedef struct {
    int16_t value[RECOGNIZER_N_CHANNELS];
} dtw_sample;

static inline dtw_sample load_sample(const recognizer_value *prototype) {
    dtw_sample sample;
    UNROLL
    for (uint_fast16_t c = 0U; c < RECOGNIZER_N_CHANNELS; ++c) {
        sample.value[c] = READ_VALUE(prototype, c);
    }
    return sample;
}

static inline uint32_t squared_difference(int16_t a, int16_t b) {
#if defined(__AVR__) && (RECOGNIZER_BITS == 8)
    /* The difference fits eight bits without its sign, and the processor multiplies eight bits. */
    const uint8_t difference = (uint8_t)((a > b) ? (a - b) : (b - a));
    return (uint16_t)((uint16_t)difference * difference);
#else
    const int32_t difference = (int32_t)a - (int32_t)b;
    return (uint32_t)(difference * difference);
#endif
}

static inline uint32_t add_cost(uint32_t before, const int16_t *window, const dtw_sample *sample) {
    uint32_t sum = before;
    UNROLL
    for (uint_fast16_t c = 0U; c < RECOGNIZER_N_CHANNELS; ++c) {
        sum += squared_difference(window[c], sample->value[c]);
    }
    return sum;
}

#endif

static inline uint32_t smaller(uint32_t a, uint32_t b) { return (a < b) ? a : b; }

@path_cost@

/* Cells of one row: each adds its own cost to the least of the cells before it, above it and on its diagonal. */
static inline void next_row(uint32_t *cells, uint_fast16_t n_cells, const int16_t *window, const dtw_sample *sample) {
    uint32_t before = FAR;
    uint32_t diagonal = cells[0];
    for (uint_fast16_t k = 0U; k < n_cells; ++k) {
        const uint32_t above = cells[k + 1U];
        const uint32_t least = smaller(smaller(above, diagonal), before);
        before = path_cost(least, &window[k * RECOGNIZER_N_CHANNELS], sample);
        cells[k] = before;
        diagonal = above;
    }
}

/* The same for a row that no end of the window cuts. Most are like that, and the compiler knows how long they are. */
static inline void next_full_row(uint32_t *cells, const int16_t *window, const dtw_sample *sample) {
    uint32_t before = FAR;
    uint32_t diagonal = cells[0];
    UNROLL_CELLS
    for (uint_fast16_t k = 0U; k < FULL_ROW; ++k) {
        const uint32_t above = cells[k + 1U];
        const uint32_t least = smaller(smaller(above, diagonal), before);
        before = path_cost(least, &window[k * RECOGNIZER_N_CHANNELS], sample);
        cells[k] = before;
        diagonal = above;
    }
}

static uint32_t least_of_row(const uint32_t *row) {
    uint32_t least = row[1];
    UNROLL_CELLS
    for (uint_fast16_t k = 2U; k <= FULL_ROW; ++k) {
        least = smaller(least, row[k]);
    }
    return least;
}

/* The distance of the window to a prototype, or FAR if it is certain to reach `best`. */
static uint32_t dtw_distance(recognizer_state *state, const recognizer_value *prototype, uint32_t best) {
    uint32_t *const row = state->row;
    const recognizer_value *next = prototype;
    bool is_near = true;
    for (uint_fast16_t k = 0U; k < (FULL_ROW + 2U); ++k) {
        row[k] = FAR;
    }
    row[RECOGNIZER_RADIUS + 1U] = 0U;
    for (uint_fast16_t i = 0U; (i < RECOGNIZER_N_TIMESTEPS) && is_near; ++i) {
        const dtw_sample sample = load_sample(next);
        next = &next[RECOGNIZER_N_CHANNELS];
        if (((i + 1U) > RECOGNIZER_RADIUS) && ((i + RECOGNIZER_RADIUS) < RECOGNIZER_N_TIMESTEPS)) {
            next_full_row(&row[1], state->window[i - RECOGNIZER_RADIUS], &sample);
        } else {
            const uint_fast16_t first = (i > RECOGNIZER_RADIUS) ? (i - RECOGNIZER_RADIUS) : 0U;
            const uint_fast16_t end = i + RECOGNIZER_RADIUS + 1U;
            const uint_fast16_t n_cells = ((end < RECOGNIZER_N_TIMESTEPS) ? end : RECOGNIZER_N_TIMESTEPS) - first;
            next_row(&row[(first + RECOGNIZER_RADIUS + 1U) - i], n_cells, state->window[first], &sample);
        }
        if ((i % ROWS_BETWEEN_LOOKS) == (ROWS_BETWEEN_LOOKS - 1U)) {
            is_near = least_of_row(row) < best;
        }
    }
    return is_near ? row[RECOGNIZER_RADIUS + 1U] : FAR;
}
