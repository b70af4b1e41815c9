/* What every board offers to a program: input, output, and a count of the work between two points. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

/* Fills the buffer with the next bytes of the program's input. */
void board_read(void *buffer, uint32_t n_bytes);

void board_write(char character);

/* Instructions, or cycles where the emulator knows them, are counted from here ... */
void board_start_count(void);

/* ... to here. At most ten million may lie between. */
uint32_t board_count(void);

/* The same on every board; see print.c. */
void board_print(const char *text);
void board_print_unsigned(uint32_t number);
void board_print_signed(int32_t number);

#endif
