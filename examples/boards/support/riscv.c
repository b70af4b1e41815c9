/* A 32-bit RISC-V core on QEMU's virt board: the start, and semihosting for output. `-icount` makes minstret exact. */
#include "board.h"

#include <string.h>

enum { SYS_WRITE0 = 0x04, SYS_EXIT = 0x18, APPLICATION_EXIT = 0x20026, RUN_TIME_ERROR = 0x20023 };

extern uint32_t bss_start[], bss_end[];
extern int main(void);

void start(void);

static void semihosting(uint32_t operation, const void *argument) {
    register uint32_t a0 __asm__("a0") = operation;
    register const void *a1 __asm__("a1") = argument;
    /* These three, uncompressed and within one page, are a call to the host. */
    __asm__ volatile(".option push\n.option norvc\n.balign 16\nslli x0, x0, 0x1f\nebreak\nsrai x0, x0, 7\n.option pop"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
}

static char line[128];
static uint32_t line_length;

static void flush(void) {
    line[line_length] = '\0';
    semihosting(SYS_WRITE0, line);
    line_length = 0U;
}

static void stop(int status) {
    flush();
    semihosting(SYS_EXIT, (const void *)(status == 0 ? APPLICATION_EXIT : RUN_TIME_ERROR));
    for (;;) {
    }
}

static __attribute__((aligned(4))) void fault(void) {
    board_print("\nthe processor reports a fault\n");
    stop(1);
}

static __attribute__((used)) void run(void) {
    __asm__ volatile("csrw mtvec, %0" ::"r"(fault));
    (void)memset(bss_start, 0, (uint32_t)((char *)bss_end - (char *)bss_start));
    stop(main());
}

__attribute__((naked, section(".start"))) void start(void) { __asm__ volatile("la sp, stack_top\n j run"); }

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

static uint32_t instructions(void) {
    uint32_t count;
    __asm__ volatile("csrr %0, minstret" : "=r"(count)::"memory");
    return count;
}

static uint32_t first;

void board_start_count(void) { first = instructions(); }

uint32_t board_count(void) { return instructions() - first; }
