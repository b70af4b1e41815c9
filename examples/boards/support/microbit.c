/* The micro:bit (nRF51822) as it is sold: the vector table, the start, and its serial port over USB, 115,200 baud. */
#include "board.h"

#include <string.h>

#define UART(offset) (*(volatile uint32_t *)(0x40002000U + (offset)))
#define START_SENDING UART(0x008U)
#define IS_SENT UART(0x11CU)
#define ENABLE UART(0x500U)
#define PIN_OF_OUTPUT UART(0x50CU)
#define DATA UART(0x51CU)
#define BAUD_RATE UART(0x524U)

extern uint32_t stack_top[], data_in_flash[], data_start[], data_end[], bss_start[], bss_end[];
extern int main(void);

void reset(void);

static void wait_for_ever(void) {
    for (;;) {
        __asm__ volatile("wfi");
    }
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))stack_top, reset, wait_for_ever, wait_for_ever,
};

void reset(void) {
    (void)memcpy(data_start, data_in_flash, (uint32_t)((char *)data_end - (char *)data_start));
    (void)memset(bss_start, 0, (uint32_t)((char *)bss_end - (char *)bss_start));
    PIN_OF_OUTPUT = 24U;
    BAUD_RATE = 0x01D7E000U;
    ENABLE = 4U;
    START_SENDING = 1U;
    (void)main();
    wait_for_ever();
}

void board_write(char character) {
    IS_SENT = 0U;
    DATA = (uint32_t)(unsigned char)character;
    while (IS_SENT == 0U) {
    }
}
