/* This computer: input and output are files. Nothing is counted. */
#include "board.h"

#include <stdio.h>
#include <stdlib.h>

void board_read(void *buffer, uint32_t n_bytes) {
    if (fread(buffer, 1, n_bytes, stdin) != n_bytes) {
        (void)fputs("the input is too short\n", stderr);
        exit(1);
    }
}

void board_write(char character) { (void)putchar(character); }

void board_start_count(void) {}

uint32_t board_count(void) { return 0U; }
