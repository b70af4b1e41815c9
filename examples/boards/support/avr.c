/* An AVR in simavr: the serial port for output, timer 1 for cycles, the input in flash behind the program (input.S). */
#include "board.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <avr/sleep.h>
#include <util/delay_basic.h>

extern int main(void);
extern const char input_start[];

void board_read(void *buffer, uint32_t n_bytes) {
    static uint32_t next = 0U;
    uint8_t *bytes = buffer;
    const uint32_t start = pgm_get_far_address(input_start) + next;
    for (uint32_t i = 0U; i < n_bytes; ++i) {
        bytes[i] = pgm_read_byte_far(start + i);
    }
    next += n_bytes;
}

/* At two million baud a character takes 80 cycles. They are waited for, since simavr sleeps whenever a program asks for
   the port's state. */
void board_write(char character) {
    UCSR0A = _BV(U2X0);
    UCSR0B = _BV(TXEN0);
    UDR0 = (uint8_t)character;
    _delay_loop_1(50U); /* of three cycles */
}

static volatile uint32_t overflows;

ISR(TIMER1_OVF_vect) { ++overflows; }

/* An overflow costs an interrupt of about 50 cycles in 65,536. */
void board_start_count(void) {
    overflows = 0U;
    TIMSK1 = _BV(TOIE1);
    TCCR1A = 0U;
    TCNT1 = 0U;
    TIFR1 = _BV(TOV1);
    sei();
    TCCR1B = _BV(CS10); /* one count a cycle */
    __asm__ volatile("" ::: "memory");
}

uint32_t board_count(void) {
    __asm__ volatile("" ::: "memory");
    cli();
    uint16_t counted = TCNT1;
    if ((TIFR1 & _BV(TOV1)) != 0) { /* it overflowed while interrupts were off, so the count is small */
        ++overflows;
        counted = TCNT1;
    }
    TCCR1B = 0U;
    return (overflows << 16) + counted;
}

/* The emulator ends when a processor without interrupts sleeps; the last characters are given time to leave. */
__attribute__((destructor)) static void stop(void) {
    for (volatile uint16_t wait = 0U; wait < 10000U; ++wait) {
    }
    cli();
    sleep_enable();
    sleep_cpu();
}
