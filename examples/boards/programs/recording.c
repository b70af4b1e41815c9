/* Recognises a recording that is part of the program, sample by sample, and prints each decision. */
#include "board.h"
#include "recognizer.h"
#include "recording.h"

static recognizer_state state;

int main(void) {
    recognizer_result result;
    recognizer_start(&state);
    for (uint32_t index = 0U; index < RECORDING_LENGTH; ++index) {
        if (recognizer_push(&state, recording[index], &result)) {
            board_print_unsigned(index + 1U);
            board_print(" ");
            board_print((result.class_index < 0) ? "none" : recognizer_classes[result.class_index]);
            board_print(" ");
            board_print_unsigned(result.distance);
            board_print("\n");
        }
    }
    board_print("end\n");
    return 0;
}
