/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the board's program in simavr, in virtual time, for the tests. Linked to libsimavr, which is
 * under the GPL, and for that reason neither built nor shipped with the station.
 *
 *     simavr_runner ELF [LINK]
 *
 * Commands come on standard input, one a line; each is answered by event lines and then
 * "ok MICROSECONDS PINS PROGRAM", where PINS is what port B drives high, in hex.
 *
 *     run US          let time pass
 *     send HEX        bytes to the UART at its line rate, then 2 ms for the answer
 *     set PIN LEVEL   drive an input of port C
 *     hang            make the next instruction a jump to itself
 *     heal            put the instruction back
 *     reset           press the reset button
 *
 * Events: "pins US HEX" when port B changes, "rx HEX" for what the UART sent.
 *
 * With LINK, a pty is made, LINK leads to it, and whatever a client writes there goes to the UART at
 * once; time stands still otherwise, so that a test on a busy machine sees the same as on an idle one.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>

#define MHZ 16
#define BYTE_US 87 /* ten bits at 115200 baud */
#define ANSWER_US 2000
#define SILENCE_US 15000 /* longer than the board waits for the rest of a frame */
#define DDRB_ADDRESS 0x24
#define PORTB_ADDRESS 0x25

static avr_t *avr;
static avr_irq_t *uart_in;
static int master_fd = -1;
static uint8_t pins;
static uint8_t sent[4096];
static size_t sent_bytes;
static uint8_t hang_kept[2];
static avr_flashaddr_t hang_at;

static void no_sleep(struct avr_t *self, avr_cycle_count_t cycles)
{
    (void)self;
    (void)cycles;
}

static void quiet(struct avr_t *self, const int level, const char *format, va_list words)
{
    (void)self;
    if (level == LOG_ERROR)
        vfprintf(stderr, format, words);
}

static uint64_t now_us(void)
{
    return avr->cycle / MHZ;
}

static void on_uart(struct avr_irq_t *irq, uint32_t value, void *param)
{
    (void)irq;
    (void)param;
    if (sent_bytes < sizeof sent)
        sent[sent_bytes++] = (uint8_t)value;
}

static void run_until(uint64_t until_us)
{
    while (now_us() < until_us) {
        int state = avr_run(avr);
        uint8_t driven = avr->data[PORTB_ADDRESS] & avr->data[DDRB_ADDRESS];

        if (driven != pins) {
            pins = driven;
            printf("pins %llu %02x\n", (unsigned long long)now_us(), pins);
        }
        if (state == cpu_Done || state == cpu_Crashed) {
            printf("crashed\n");
            exit(1);
        }
    }
}

static void deliver(const uint8_t *bytes, size_t count)
{
    size_t n;

    for (n = 0; n < count; n++) {
        avr_raise_irq(uart_in, bytes[n]);
        run_until(now_us() + BYTE_US);
    }
}

static void tell_sent(void)
{
    size_t n;

    if (!sent_bytes)
        return;
    printf("rx ");
    for (n = 0; n < sent_bytes; n++)
        printf("%02x", sent[n]);
    printf("\n");
    sent_bytes = 0;
}

/* Let the board answer: until it has sent something and then nothing, or has surely nothing to say. */
static void serve_client(void)
{
    uint8_t bytes[512];
    ssize_t count = read(master_fd, bytes, sizeof bytes);
    uint64_t give_up_us;

    if (count <= 0)
        return;
    deliver(bytes, (size_t)count);
    give_up_us = now_us() + SILENCE_US;
    while (now_us() < give_up_us) {
        size_t before = sent_bytes;

        run_until(now_us() + 4 * BYTE_US);
        if (sent_bytes && sent_bytes == before)
            break;
    }
    if (sent_bytes && write(master_fd, sent, sent_bytes) < 0 && errno != EIO)
        perror("pty");
    sent_bytes = 0;
}

static void open_pty(const char *link_path)
{
    int slave_fd;
    struct termios raw;

    if (openpty(&master_fd, &slave_fd, NULL, NULL, NULL) < 0) {
        perror("openpty");
        exit(2);
    }
    tcgetattr(slave_fd, &raw);
    cfmakeraw(&raw);
    tcsetattr(slave_fd, TCSANOW, &raw);
    unlink(link_path);
    if (symlink(ttyname(slave_fd), link_path) < 0) {
        perror("symlink");
        exit(2);
    }
}

static void command(char *line)
{
    unsigned long number;
    unsigned pin, level;

    if (sscanf(line, "run %lu", &number) == 1) {
        run_until(now_us() + number);
    } else if (strncmp(line, "send ", 5) == 0) {
        uint8_t bytes[2048];
        size_t count = 0;
        const char *at = line + 5;
        unsigned byte;

        while (count < sizeof bytes && sscanf(at, "%2x", &byte) == 1) {
            bytes[count++] = (uint8_t)byte;
            at += 2;
        }
        deliver(bytes, count);
        run_until(now_us() + ANSWER_US);
    } else if (sscanf(line, "set %u %u", &pin, &level) == 2) {
        avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('C'), (int)pin), level);
    } else if (strcmp(line, "hang") == 0) {
        hang_at = avr->pc;
        memcpy(hang_kept, avr->flash + hang_at, 2);
        memcpy(avr->flash + hang_at, "\xff\xcf", 2); /* rjmp .-2 */
    } else if (strcmp(line, "heal") == 0) {
        memcpy(avr->flash + hang_at, hang_kept, 2);
    } else if (strcmp(line, "reset") == 0) {
        avr_reset(avr);
        avr->data[0x54] |= 2; /* MCUSR, EXTRF */
    } else {
        printf("unknown\n");
        exit(2);
    }
    tell_sent();
    printf("ok %llu %02x\n", (unsigned long long)now_us(), pins);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    elf_firmware_t program;
    uint32_t flags = 0;
    char line[8192];
    size_t filled = 0;
    unsigned pin;

    memset(&program, 0, sizeof program);
    if (argc < 2 || elf_read_firmware(argv[1], &program) != 0) {
        fprintf(stderr, "usage: simavr_runner ELF [LINK]\n");
        return 2;
    }
    avr_global_logger_set(quiet);
    avr = avr_make_mcu_by_name("atmega328p");
    avr_init(avr);
    avr->log = LOG_ERROR;
    avr->frequency = MHZ * 1000000;
    avr_load_firmware(avr, &program);
    avr->frequency = MHZ * 1000000;
    avr->sleep = no_sleep;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    uart_in = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
    avr_irq_register_notify(
        avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_uart, NULL);
    for (pin = 0; pin < 4; pin++)
        avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('C'), (int)pin), 1);
    if (argc > 2)
        open_pty(argv[2]);
    run_until(2000);
    printf("ok %llu %02x\n", (unsigned long long)now_us(), pins);
    fflush(stdout);

    for (;;) {
        struct pollfd from[2] = {{0, POLLIN, 0}, {master_fd, POLLIN, 0}};
        char *end;
        ssize_t count;

        if (poll(from, 2, -1) < 0)
            return 1;
        if (from[1].revents & POLLIN)
            serve_client();
        if (!(from[0].revents & (POLLIN | POLLHUP)))
            continue;
        count = read(0, line + filled, sizeof line - 1 - filled);
        if (count <= 0)
            return 0;
        filled += (size_t)count;
        while ((end = memchr(line, '\n', filled)) != NULL) {
            *end++ = '\0';
            command(line);
            filled -= (size_t)(end - line);
            memmove(line, end, filled);
        }
    }
}
