/* A Cortex-M: the vector table, the start, and semihosting for output.

   In QEMU, SysTick counts instructions: `-icount shift=6` gives every instruction 64 ns, which are
   TICKS_PER_1000_INSTRUCTIONS of the board's clock; its 24 bits hold ten million instructions. rp2040js counts cycles
   itself, and tells them by semihosting. */
#include "board.h"

#include <string.h>

enum { SYS_WRITE0 = 0x04, SYS_EXIT_EXTENDED = 0x20, SYS_ELAPSED = 0x30, APPLICATION_EXIT = 0x20026 };

#define SYSTICK_CONTROL (*(volatile uint32_t *)0xE000E010U)
#define SYSTICK_RELOAD (*(volatile uint32_t *)0xE000E014U)
#define SYSTICK_VALUE (*(volatile uint32_t *)0xE000E018U)
#define COPROCESSOR_ACCESS (*(volatile uint32_t *)0xE000ED88U)

extern uint32_t stack_top[], data_in_flash[], data_start[], data_end[], bss_start[], bss_end[];
extern int main(void);

void reset(void);
void fault(void);

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))stack_top, reset, fault, fault, fault, fault, fault, fault,
    0, 0, 0, fault, fault, 0, fault, fault,
};

static void semihosting(uint32_t operation, const void *argument) {
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

static char line[128];
static uint32_t line_length;

static void flush(void) {
    line[line_length] = '\0';
    semihosting(SYS_WRITE0, line);
    line_length = 0U;
}

static void stop(uint32_t status) {
    const uint32_t block[2] = {APPLICATION_EXIT, status};
    flush();
    semihosting(SYS_EXIT_EXTENDED, block);
    for (;;) {
    }
}

void fault(void) {
    board_print("\nthe processor reports a fault\n");
    stop(1U);
}

void reset(void) {
#ifdef __ARM_FEATURE_MVE
    COPROCESSOR_ACCESS |= 0xFU << 20; /* the vector unit */
#endif
    (void)memcpy(data_start, data_in_flash, (uint32_t)((char *)data_end - (char *)data_start));
    (void)memset(bss_start, 0, (uint32_t)((char *)bss_end - (char *)bss_start));
#ifdef TICKS_PER_1000_INSTRUCTIONS
    SYSTICK_RELOAD = 0xFFFFFFU;
    SYSTICK_CONTROL = 5U;
#endif
    stop((uint32_t)main());
}

void board_read(void *buffer, uint32_t n_bytes) {
    static const char *next = (const char *)INPUT_ADDRESS; /* where the emulator put the input */
    (void)memcpy(buffer, next, n_bytes);
    next += n_bytes;
}

void board_write(char character) {
    line[line_length] = character;
    ++line_length;
    if ((character == '\n') || (line_length == sizeof line - 1U)) {
        flush();
    }
}

/* The compiler must move nothing into or out of what is counted: hence the clobbered memory. */
#ifdef TICKS_PER_1000_INSTRUCTIONS

void board_start_count(void) {
    SYSTICK_VALUE = 0U; /* any write starts again from the reload value */
    __asm__ volatile("" ::: "memory");
}

uint32_t board_count(void) {
    __asm__ volatile("" ::: "memory");
    const uint32_t ticks = 0xFFFFFFU - SYSTICK_VALUE;
    return (uint32_t)(((uint64_t)ticks * 1000U) / TICKS_PER_1000_INSTRUCTIONS);
}

#else

static uint32_t elapsed[2], first;

void board_start_count(void) {
    semihosting(SYS_ELAPSED, elapsed);
    first = elapsed[0];
}

uint32_t board_count(void) {
    semihosting(SYS_ELAPSED, elapsed);
    return elapsed[0] - first;
}

#endif
