/* The board: an ATmega328P at 16 MHz that works a stack light, a buzzer and a diverter gate.
 *
 * At power-up, after a reset, without heartbeats and when the program hangs, the gate stands at
 * quarantine. Three things see to that, none of which needs the others: board.c trips when the
 * heartbeat stops; the timer's interrupt pulls the gate's pin low when its permit runs out; and the
 * watchdog resets a main loop that does not come round. A pull-down on the gate's driver holds it
 * while the pins are inputs. It is not a safety device: people are kept away by other means.
 */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <util/atomic.h>

#include "board.h"
#include "hardware.h"
#include "modbus.h"
#include "register_map.h"

#define TICKS_PER_MS (F_CPU / 64 / 1000)
#define BAUD_DIVISOR ((F_CPU + 4UL * BOARD_BAUD) / (8UL * BOARD_BAUD) - 1)

#define COIL_PINS ((1 << COIL_COUNT) - 1) /* PB0 to PB4, in the map's order */
#define ARMED_PIN (1 << PB5)
#define GATE_PIN (1 << COIL_GATE)
#define INPUT_PINS 0x0F /* PC0 to PC3, in the map's order */
#define DRIVE_PIN (1 << PD4) /* an RS-485 driver's direction: high while we send */

#define RECEIVED_BYTES 128 /* a power of two */

static volatile uint16_t permit_ms;
static volatile uint8_t elapsed_ms;
static volatile uint8_t silent_ms;
static volatile uint8_t received[RECEIVED_BYTES];
static volatile uint8_t received_in;
static uint8_t received_out;
static uint8_t reset_cause __attribute__((section(".noinit")));

/* Before anything else: the watchdog that reset us is still running. */
void keep_reset_cause(void) __attribute__((naked, used, section(".init3")));
void keep_reset_cause(void)
{
    reset_cause = MCUSR;
    MCUSR = 0;
    wdt_enable(WDTO_120MS);
}

ISR(TIMER1_COMPA_vect)
{
    if (permit_ms)
        --permit_ms;
    if (!permit_ms)
        PORTB &= (uint8_t)~GATE_PIN;
    if (elapsed_ms != UINT8_MAX)
        ++elapsed_ms;
    if (silent_ms != UINT8_MAX)
        ++silent_ms;
}

ISR(USART_RX_vect)
{
    uint8_t next = (uint8_t)(received_in + 1) & (RECEIVED_BYTES - 1);
    uint8_t byte = UDR0;

    silent_ms = 0;
    if (next != received_out) {
        received[received_in] = byte;
        received_in = next;
    }
}

void hardware_permit(uint16_t ms)
{
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE)
    {
        permit_ms = ms;
        if (!ms)
            PORTB &= (uint8_t)~GATE_PIN;
    }
}

uint16_t hardware_permit_left(void)
{
    uint16_t left;

    ATOMIC_BLOCK(ATOMIC_RESTORESTATE)
    {
        left = permit_ms;
    }
    return left;
}

void hardware_outputs(uint8_t coils, uint8_t armed)
{
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE)
    {
        if (!permit_ms)
            coils &= (uint8_t)~GATE_PIN;
        PORTB = (uint8_t)((coils & COIL_PINS) | (armed ? ARMED_PIN : 0));
    }
}

uint8_t hardware_inputs(void)
{
    return (uint8_t)(~PINC & INPUT_PINS);
}

static void start_machine(void)
{
    PORTB = 0;
    DDRB = COIL_PINS | ARMED_PIN;
    PORTC = INPUT_PINS;
    DDRD = DRIVE_PIN;

    OCR1A = TICKS_PER_MS - 1;
    TCCR1B = (1 << WGM12) | (1 << CS11) | (1 << CS10);
    TIMSK1 = 1 << OCIE1A;

    UCSR0A = 1 << U2X0;
    UBRR0 = BAUD_DIVISOR;
    UCSR0C = (1 << UCSZ01) | (1 << UCSZ00);
    UCSR0B = (1 << RXCIE0) | (1 << RXEN0) | (1 << TXEN0);

    set_sleep_mode(SLEEP_MODE_IDLE);
}

static void send(uint8_t length)
{
    uint8_t n;

    PORTD |= DRIVE_PIN;
    for (n = 0; n < length; n++) {
        loop_until_bit_is_set(UCSR0A, UDRE0);
        UCSR0A |= 1 << TXC0;
        UDR0 = modbus_reply[n];
    }
    if (length)
        loop_until_bit_is_set(UCSR0A, TXC0);
    PORTD &= (uint8_t)~DRIVE_PIN;
}

static void answer_what_came(void)
{
    uint8_t reply_bytes;

    while (received_out != received_in) {
        uint8_t byte = received[received_out];

        received_out = (uint8_t)(received_out + 1) & (RECEIVED_BYTES - 1);
        send(modbus_take(byte));
    }
    if (modbus_is_waiting() && silent_ms >= SILENCE_MS) {
        do {
            reply_bytes = modbus_silence();
            send(reply_bytes);
        } while (reply_bytes);
    }
}

static uint8_t take_elapsed_ms(void)
{
    uint8_t taken;

    ATOMIC_BLOCK(ATOMIC_RESTORESTATE)
    {
        taken = elapsed_ms;
        elapsed_ms = 0;
    }
    return taken;
}

static void sleep_unless_busy(void)
{
    cli();
    if (received_out == received_in && !elapsed_ms) {
        sleep_enable();
        sei(); /* takes effect after the next instruction: no interrupt is missed */
        sleep_cpu();
        sleep_disable();
    }
    sei();
}

int main(void)
{
    start_machine();
    modbus_start();
    board_start(reset_cause);
    sei();
    for (;;) {
        uint8_t passed_ms;

        wdt_reset();
        answer_what_came();
        passed_ms = take_elapsed_ms();
        if (passed_ms)
            board_tick(passed_ms);
        sleep_unless_busy();
    }
}
