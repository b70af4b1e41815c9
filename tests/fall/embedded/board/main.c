/* Runs the exported network on a Cortex-M in QEMU: reads images.raw and writes, for each image, the probability and the
   decision; then what the first decision took in instructions and in bytes of stack. Files and text go through
   semihosting. SysTick counts a clock of 25 MHz, and with -icount shift=0 an instruction takes 1 ns: 40 a tick. */
#include <stdint.h>

#include "fall.h"

#define SYSTICK_CONTROL (*(volatile uint32_t *)0xE000E010)
#define SYSTICK_RELOAD (*(volatile uint32_t *)0xE000E014)
#define SYSTICK_VALUE (*(volatile uint32_t *)0xE000E018)
#define INSTRUCTIONS_PER_TICK 40u
#define LOOPS 1000000u
#define PAINTED_BYTES 8192
#define PAINT 0xA5u

extern uint32_t stack_end;
void reset(void);

__attribute__((section(".vectors"), used)) static void *const vectors[2] = {&stack_end, (void *)reset};

static uint8_t image[FALL_IMAGE_BYTES];

void *memcpy(void *to, const void *from, __SIZE_TYPE__ n)
{
    for (__SIZE_TYPE__ i = 0; i < n; i++) {
        ((volatile uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    }
    return to;
}

void *memset(void *to, int value, __SIZE_TYPE__ n)
{
    for (__SIZE_TYPE__ i = 0; i < n; i++) {
        ((volatile uint8_t *)to)[i] = (uint8_t)value;
    }
    return to;
}

static int host(int operation, const void *arguments)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void write_number(uint32_t number, char end)
{
    char text[12];
    int at = 10;
    text[11] = 0;
    text[10] = end;
    do {
        text[--at] = (char)('0' + number % 10u);
        number /= 10u;
    } while (number != 0u);
    host(0x04, &text[at]);
}

static uint32_t ticks_since(uint32_t start)
{
    return (start - SYSTICK_VALUE) & 0xFFFFFFu;
}

/* Two million instructions, to check the clock. */
__attribute__((noinline)) static void count_down(uint32_t n)
{
    __asm__ volatile("1: subs %0, #1\n bne 1b" : "+l"(n)::"cc", "memory");
}

/* How far below this call's frame the stack was painted over. */
__attribute__((noinline)) static uint32_t measured_stack(void)
{
    volatile uint8_t painted[PAINTED_BYTES];
    uint32_t untouched = 0;
    for (int i = 0; i < PAINTED_BYTES; i++) {
        painted[i] = PAINT;
    }
    __asm__ volatile("" ::: "memory");
    return untouched + (uint32_t)(uintptr_t)&painted[0];
}

void reset(void)
{
    static const char name[] = "images.raw";
    const struct { const char *name; int mode; int length; } opening = {name, 1, sizeof name - 1};
    const int file = host(0x01, &opening);
    const struct { int file; void *to; int n; } reading = {file, image, sizeof image};
    int is_first = 1;

    SYSTICK_RELOAD = 0xFFFFFFu;
    SYSTICK_VALUE = 0;
    SYSTICK_CONTROL = 5;
    while (file >= 0 && host(0x06, &reading) == 0) {
        const volatile uint8_t *painted = (const volatile uint8_t *)(uintptr_t)(is_first ? measured_stack() : 0u);
        const uint32_t start = SYSTICK_VALUE;
        __asm__ volatile("" ::: "memory");
        const fall_decision decision = fall_decide(image);
        __asm__ volatile("" ::: "memory");
        const uint32_t ticks = ticks_since(start);
        if (is_first) {
            uint32_t untouched = 0;
            while (painted[untouched] == PAINT) {
                untouched++;
            }
            const uint32_t loop_start = SYSTICK_VALUE;
            count_down(LOOPS);
            write_number(ticks_since(loop_start) * INSTRUCTIONS_PER_TICK, ' ');
            write_number(ticks * INSTRUCTIONS_PER_TICK, ' ');
            write_number(PAINTED_BYTES - untouched, '\n');
            is_first = 0;
        }
        write_number(decision.probability, ' ');
        write_number(decision.is_fall, '\n');
    }
    host(0x18, (const void *)0x20026);
    for (;;) {
    }
}
