/* The RP2040 of a Raspberry Pi Pico: the vector table, the start at 12 MHz, and a serial port on pin GP0, 115,200 baud. */
#include "board.h"

#include <string.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define XOSC_CONTROL REGISTER(0x40024000U)
#define XOSC_STATUS REGISTER(0x40024004U)
#define XOSC_STARTUP REGISTER(0x4002400CU)
#define CLOCK_REFERENCE REGISTER(0x40008030U)
#define CLOCK_REFERENCE_SELECTED REGISTER(0x40008038U)
#define CLOCK_PERIPHERALS REGISTER(0x40008048U)
#define RESETS_CLEAR REGISTER(0x4000F000U)
#define RESETS_DONE REGISTER(0x4000C008U)
#define FUNCTION_OF_GP0 REGISTER(0x40014004U)
#define UART_DATA REGISTER(0x40034000U)
#define UART_FLAGS REGISTER(0x40034018U)
#define UART_INTEGER_DIVISOR REGISTER(0x40034024U)
#define UART_FRACTION REGISTER(0x40034028U)
#define UART_LINE REGISTER(0x4003402CU)
#define UART_CONTROL REGISTER(0x40034030U)

/* The pins and their pads, and the first serial port. */
#define PARTS ((1U << 5) | (1U << 8) | (1U << 22))

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

static void start_clock_and_port(void) {
    XOSC_STARTUP = 47U;
    XOSC_CONTROL = 0xFABAA0U;
    while ((XOSC_STATUS & 0x80000000U) == 0U) {
    }
    CLOCK_REFERENCE = 2U; /* the crystal, which the system clock follows */
    while ((CLOCK_REFERENCE_SELECTED & 4U) == 0U) {
    }
    CLOCK_PERIPHERALS = 1U << 11;
    RESETS_CLEAR = PARTS;
    while ((RESETS_DONE & PARTS) != PARTS) {
    }
    UART_INTEGER_DIVISOR = 6U; /* 12 MHz / (16 * 115,200) = 6 + 33/64 */
    UART_FRACTION = 33U;
    UART_LINE = 0x70U;
    UART_CONTROL = 0x301U;
    FUNCTION_OF_GP0 = 2U;
}

void reset(void) {
    (void)memcpy(data_start, data_in_flash, (uint32_t)((char *)data_end - (char *)data_start));
    (void)memset(bss_start, 0, (uint32_t)((char *)bss_end - (char *)bss_start));
    start_clock_and_port();
    (void)main();
    wait_for_ever();
}

void board_write(char character) {
    while ((UART_FLAGS & 0x20U) != 0U) { /* the queue is full */
    }
    UART_DATA = (uint32_t)(unsigned char)character;
}
