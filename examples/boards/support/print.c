/* Text and numbers, by the board's own board_write. */
#include "board.h"

void board_print(const char *text) {
    while (*text != '\0') {
        board_write(*text);
        ++text;
    }
}

void board_print_unsigned(uint32_t number) {
    char digits[10];
    uint8_t n_digits = 0U;
    do {
        digits[n_digits] = (char)('0' + (char)(number % 10U));
        ++n_digits;
        number /= 10U;
    } while (number > 0U);
    while (n_digits > 0U) {
        --n_digits;
        board_write(digits[n_digits]);
    }
}

void board_print_signed(int32_t number) {
    if (number < 0) {
        board_write('-');
        board_print_unsigned(0U - (uint32_t)number);
    } else {
        board_print_unsigned((uint32_t)number);
    }
}
