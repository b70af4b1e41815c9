/* Decides prepared windows: their number and their values come in, a line of numbers goes out for each. */
#include "board.h"
#include "recognizer_model.h"

static recognizer_state state;

int main(void) {
    uint32_t n_windows;
    recognizer_result result;
    board_read(&n_windows, sizeof n_windows);
    recognizer_start(&state);
    board_start_count();
    const uint32_t overhead = board_count();
    for (uint32_t window = 0U; window < n_windows; ++window) {
        board_read(state.window, sizeof state.window);
        board_start_count();
        recognizer_classify(&state, &result);
        const uint32_t count = board_count() - overhead;
        board_print_signed(result.class_index);
        board_write(' ');
        board_print_signed(result.prototype);
        board_write(' ');
        board_print_unsigned(result.distance);
        board_write(' ');
        board_print_unsigned(count);
        board_write('\n');
    }
    return 0;
}
