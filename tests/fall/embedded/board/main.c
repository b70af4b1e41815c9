/* Runs the exported network on a Cortex-M in QEMU. It writes first how many ticks a loop of two million instructions and
   the first decision took, and bytes of stack; then for each image of images.raw the probability and the decision.

   Files and text go through semihosting. SysTick counts the processor's clock of 25 or 32 MHz, and with -icount shift=0
   an instruction takes 1 ns: at 25 MHz 40 instructions a tick, and 671 million before it wraps. */
#include "fall.h"

#define SYSTICK_CONTROL (*(volatile uint32_t *)0xE000E010u)
#define SYSTICK_RELOAD (*(volatile uint32_t *)0xE000E014u)
#define SYSTICK_VALUE (*(volatile uint32_t *)0xE000E018u)
#define TURNS 1000000u
#define PAINTED_BYTES 8192u
#define PAINT 0xA5u

enum { SYS_OPEN = 0x01, SYS_WRITE0 = 0x04, SYS_READ = 0x06, SYS_EXIT = 0x18, STOPPED = 0x20026, READ_BINARY = 1 };

extern uint32_t stack_end;
void reset(void);

__attribute__((section(".vectors"), used)) static void *const vectors[2] = {&stack_end, (void *)reset};

static uint8_t image[FALL_IMAGE_BYTES];

/* GCC may call it for a loop that copies. */
void *memcpy(void *to, const void *from, __SIZE_TYPE__ n)
{
    for (__SIZE_TYPE__ i = 0; i < n; i++) {
        ((volatile uint8_t *)to)[i] = ((const uint8_t *)from)[i];
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
    (void)host(SYS_WRITE0, &text[at]);
}

static uint32_t ticks_since(uint32_t start)
{
    return (start - SYSTICK_VALUE) & 0xFFFFFFu;
}

__attribute__((noinline)) static void take_two_instructions(uint32_t n_times)
{
    __asm__ volatile(".syntax unified\n1: subs %0, #1\n bne 1b" : "+l"(n_times)::"cc", "memory");
}

__attribute__((noinline)) static void measure(void)
{
    volatile uint8_t *const frame = (volatile uint8_t *)__builtin_frame_address(0);
    volatile uint8_t *lowest = frame - PAINTED_BYTES;
    uint32_t start;
    uint32_t decision;

    for (volatile uint8_t *byte = lowest; byte < frame - 64; byte++) {
        *byte = PAINT;
    }
    start = SYSTICK_VALUE;
    take_two_instructions(TURNS);
    write_number(ticks_since(start), ' ');
    start = SYSTICK_VALUE;
    __asm__ volatile("" ::: "memory"); /* the call stays between the two readings */
    (void)fall_decide(image);
    __asm__ volatile("" ::: "memory");
    decision = ticks_since(start);
    while (*lowest == PAINT) {
        lowest++;
    }
    write_number(decision, ' ');
    write_number((uint32_t)(frame - lowest), '\n');
}

void reset(void)
{
    static const char name[] = "images.raw";
    const struct {
        const char *name;
        int mode;
        int length;
    } opening = {name, READ_BINARY, (int)sizeof name - 1};
    const int file = host(SYS_OPEN, &opening);
    const struct {
        int file;
        void *to;
        int n_bytes;
    } reading = {file, image, FALL_IMAGE_BYTES};
    int is_first = 1;

    SYSTICK_RELOAD = 0xFFFFFFu;
    SYSTICK_VALUE = 0;
    SYSTICK_CONTROL = 5; /* counts the processor's clock */
    while ((file >= 0) && (host(SYS_READ, &reading) == 0)) {
        if (is_first) {
            measure();
            is_first = 0;
        }
        const fall_decision decision = fall_decide(image);
        write_number(decision.probability, ' ');
        write_number(decision.is_fall ? 1u : 0u, '\n');
    }
    (void)host(SYS_EXIT, (const void *)STOPPED);
    for (;;) {
    }
}
