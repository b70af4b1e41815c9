/* Pushes samples one by one: their number and their counts come in, a line of numbers goes out for each decision. */
#include "board.h"
#include "recognizer.h"

static recognizer_state state;

int main(void) {
    uint32_t n_samples;
    int16_t sample[RECOGNIZER_N_INPUTS];
    recognizer_result result;
    board_read(&n_samples, sizeof n_samples);
    recognizer_start(&state);
    board_start_count();
    const uint32_t overhead = board_count();
    for (uint32_t index = 0U; index < n_samples; ++index) {
        board_read(sample, sizeof sample);
        board_start_count();
        const bool is_due = recognizer_push(&state, sample, &result);
        const uint32_t count = board_count() - overhead;
        if (is_due) {
            board_print_unsigned(index);
            board_write(' ');
            board_print_signed(result.class_index);
            board_write(' ');
            board_print_signed(result.prototype);
            board_write(' ');
            board_print_unsigned(result.distance);
            board_write(' ');
            board_print_unsigned(count);
            board_write('\n');
        }
    }
    return 0;
}
